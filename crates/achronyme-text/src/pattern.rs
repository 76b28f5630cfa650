//! Regular expressions: where they match in a text, in time linear in the text for each match.

mod replacement;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use regex::{Captures, Regex, RegexBuilder};

pub use replacement::Replacement;

use crate::Error;

/// Bytes that a compiled expression may have.
const SIZE_MAX: usize = 10 << 20;

/// So many expressions a thread keeps compiled.
const KEPT_MAX: usize = 16;

thread_local! {
    static KEPT: RefCell<BTreeMap<String, Rc<Pattern>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A regular expression.
#[derive(Debug)]
pub struct Pattern {
    regex: Regex,
}

/// Where an expression matches. Places count characters, that is code points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'t> {
    /// What it matches.
    pub text: &'t str,
    /// Where that begins.
    pub start: usize,
    /// Where it ends: the place after its last character.
    pub end: usize,
    /// What each group matches, if it does, from the first.
    pub groups: Vec<Option<&'t str>>,
    /// The text between the match before and this one.
    pub before: &'t str,
}

/// The expression that a text is, in the syntax of the crate `regex`. A thread keeps the last ones it
/// was asked for, as compiling one takes longer than most matches.
///
/// # Errors
/// The text is none, or it would be too large.
pub fn pattern(text: &str) -> Result<Rc<Pattern>, Error> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(pattern) = kept.get(text) {
            return Ok(Rc::clone(pattern));
        }
        let pattern = Rc::new(Pattern::new(text)?);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(text.to_owned(), Rc::clone(&pattern));
        Ok(pattern)
    })
}

impl Pattern {
    fn new(text: &str) -> Result<Self, Error> {
        match RegexBuilder::new(text).size_limit(SIZE_MAX).nest_limit(100).build() {
            Ok(regex) => Ok(Self { regex }),
            Err(regex::Error::CompiledTooBig(_)) => {
                Err(Error::new("the regular expression is too large"))
            }
            Err(error) => {
                let message = error.to_string();
                let reason = message.lines().rev().find_map(|line| line.strip_prefix("error: "));
                let reason = reason.unwrap_or("it cannot be read");
                let short: String = text.chars().take(60).collect();
                Err(Error::new(format!("'{short}' is no regular expression: {reason}")))
            }
        }
    }

    /// Whether it matches anywhere.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Its matches, none over another, from the left.
    pub fn matches<'t>(&self, text: &'t str) -> impl Iterator<Item = Match<'t>> {
        let (mut byte, mut place) = (0, 0);
        let mut last = 0;
        self.regex.captures_iter(text).map(move |captures: Captures<'t>| {
            let whole = captures.get_match();
            place += text[byte..whole.start()].chars().count();
            let start = place;
            place += whole.as_str().chars().count();
            byte = whole.end();
            let before = &text[last..whole.start()];
            last = whole.end();
            let groups = captures.iter().skip(1).map(|group| group.map(|group| group.as_str()));
            let groups = groups.collect();
            Match { text: whole.as_str(), start, end: place, groups, before }
        })
    }

    /// The parts of a text between its matches.
    pub fn split<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        self.regex.split(text)
    }

    /// The groups that have names, by their number from 0, which is that in [`Match::groups`].
    pub fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let names = self.regex.capture_names().skip(1).enumerate();
        names.filter_map(|(group, name)| Some((group, name?)))
    }

    /// How many groups it has.
    fn groups(&self) -> usize {
        self.regex.captures_len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(regex: &str, text: &str) -> Option<(String, usize, usize, Vec<Option<String>>)> {
        let pattern = pattern(regex).ok()?;
        let found = pattern.matches(text).next()?;
        let groups = found.groups.iter().map(|group| group.map(str::to_owned)).collect();
        Some((found.text.to_owned(), found.start, found.end, groups))
    }

    #[test]
    fn places_count_characters() {
        let found = first("b+", "é🎈abbc");
        assert_eq!(found, Some(("bb".to_owned(), 3, 5, Vec::new())));
        let found = first("(a)|(b)", "éb");
        assert_eq!(found, Some(("b".to_owned(), 1, 2, vec![None, Some("b".to_owned())])));
        assert_eq!(first("e\u{301}", "e\u{301}").map(|found| found.2), Some(2));
    }

    #[test]
    fn empty_matches_are_matches() {
        let pattern = pattern("").unwrap_or_else(|error| panic!("{error}"));
        let places: Vec<usize> = pattern.matches("a🎈").map(|found| found.start).collect();
        assert_eq!(places, [0, 1, 2]);
    }

    #[test]
    fn names_know_their_groups() {
        let pattern = pattern("(a)(?<x>b)(?P<y>c)").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(pattern.names().collect::<Vec<_>>(), [(1, "x"), (2, "y")]);
        assert_eq!(pattern.groups(), 3);
    }

    #[test]
    fn what_is_no_expression_is_told() {
        let told = |text: &str| pattern(text).err().map(|error| error.0).unwrap_or_default();
        assert_eq!(told("("), "'(' is no regular expression: unclosed group");
        assert_eq!(
            told(r"(a)\1"),
            r"'(a)\1' is no regular expression: backreferences are not supported"
        );
        assert_eq!(told("((a{100}){100}){100}"), "the regular expression is too large");
        assert!(told(&"(".repeat(100_000)).contains("no regular expression"));
        assert!(told(&(r"\w".repeat(20_000))).contains("too large"));
        assert!(pattern(r"\w{100}").is_ok());
    }

    #[test]
    fn what_makes_other_engines_slow_does_not() {
        let text = "a".repeat(5000);
        assert!(pattern("(a*)*b").is_ok_and(|pattern| !pattern.is_in(&text)));
    }

    proptest! {
        #[test]
        fn matches_and_what_is_between_are_the_text(text in "[aébc🎈]{0,30}", regex in "[aébc🎈.*?|]{0,6}") {
            if let Ok(pattern) = pattern(&regex) {
                let matches: Vec<Match<'_>> = pattern.matches(&text).collect();
                let parts: Vec<&str> = pattern.split(&text).collect();
                prop_assert_eq!(parts.len(), matches.len() + 1);
                let mut whole = String::new();
                for (found, part) in matches.iter().zip(&parts) {
                    prop_assert_eq!(found.before, *part);
                    whole += part;
                    prop_assert_eq!(whole.chars().count(), found.start);
                    whole += found.text;
                    prop_assert_eq!(whole.chars().count(), found.end);
                }
                whole += parts[parts.len() - 1];
                prop_assert_eq!(whole, text);
            }
        }
    }
}
