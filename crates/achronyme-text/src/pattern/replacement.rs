//! What takes the place of a match.

use super::{Match, Pattern};
use crate::Error;

/// A text with places for groups: `$1`, `$name`, `${name}`; `$0` is the match, `$$` a dollar sign.
#[derive(Clone, Debug)]
pub struct Replacement {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Match,
    Group(usize),
}

impl Replacement {
    /// What a text means beside an expression.
    ///
    /// # Errors
    /// A `$` begins nothing, or the expression has no such group.
    pub fn new(text: &str, pattern: &Pattern) -> Result<Self, Error> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            if let Some(after) = after.strip_prefix('$') {
                pieces.push(Piece::Text("$".to_owned()));
                rest = after;
                continue;
            }
            let (name, after) = name(after)
                .ok_or_else(|| Error::new("a '$' without group: write '$$' for a dollar sign"))?;
            pieces.push(group(name, pattern)?);
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// Writes what takes the place of a match. Groups without match are empty.
    pub fn write(&self, found: &Match<'_>, out: &mut String) {
        for piece in &self.pieces {
            out.push_str(match piece {
                Piece::Text(text) => text,
                Piece::Match => found.text,
                Piece::Group(group) => found.groups.get(*group).copied().flatten().unwrap_or(""),
            });
        }
    }
}

/// The name or number of a group that a text begins with, and what comes after it.
fn name(text: &str) -> Option<(&str, &str)> {
    if let Some(braced) = text.strip_prefix('{') {
        return braced.split_once('}');
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let is_part =
        |c: char| c.is_ascii_digit() || !is_number && (c.is_ascii_alphabetic() || c == '_');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn group(name: &str, pattern: &Pattern) -> Result<Piece, Error> {
    let missing = || Error::new(format!("the regular expression has no group '{name}'"));
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return match name.parse::<usize>() {
            Ok(0) => Ok(Piece::Match),
            Ok(number) if number <= pattern.groups() => Ok(Piece::Group(number - 1)),
            _ => Err(missing()),
        };
    }
    let group = pattern.names().find(|(_, known)| *known == name).ok_or_else(missing)?;
    Ok(Piece::Group(group.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern;

    fn replaced(text: &str, regex: &str, to: &str) -> Result<String, Error> {
        let pattern = pattern(regex)?;
        let to = Replacement::new(to, &pattern)?;
        let mut out = String::new();
        for found in pattern.matches(text) {
            to.write(&found, &mut out);
        }
        Ok(out)
    }

    #[test]
    fn groups_stand_where_they_are_named() {
        let date = "(?<y>[0-9]+)-([0-9]+)";
        assert_eq!(replaced("2024-05", date, "$2/$y").as_deref(), Ok("05/2024"));
        assert_eq!(replaced("2024-05", date, "${2}1$$${y}a$0").as_deref(), Ok("051$2024a2024-05"));
        assert_eq!(replaced("b", "(a)|b", "<$1>").as_deref(), Ok("<>"));
        for wrong in ["$", "$ ", "$3", "$x", "${y", "${}", "$99999999999999999999999"] {
            assert!(replaced("2024-05", date, wrong).is_err(), "{wrong}");
        }
    }
}
