//! Comparing what the engines make of a program.

use std::fmt;

use crate::run::{Compiled, Manner, Text};
use crate::seen::{End, Seen};
use crate::shrink::shrink;

/// Ticks that a program that ends may take, and steps of the tree.
pub const TICKS: u64 = 2_000_000;
/// Errors that come at other times in the one engine than in the other.
const LIMITS: [&str; 2] = ["Out of memory", "Stack overflow"];

/// Two runs of a program that came to different ends.
#[derive(Clone, Debug)]
pub struct Difference {
    /// How the second was run. The first walks the tree, or is the fast one in one go.
    pub manner: String,
    /// What the first came to.
    pub left: String,
    /// What the second came to.
    pub right: String,
}

/// How a program fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fared {
    /// It came to a value.
    Well,
    /// It came to an error.
    Failed,
    /// It is no program.
    Refused,
    /// It took too long, and was not compared.
    TooLong,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.manner)?;
        let (left, right): (Vec<&str>, Vec<&str>) =
            (self.left.lines().collect(), self.right.lines().collect());
        let same = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
        writeln!(f, "after {same} equal lines:")?;
        for line in left.iter().skip(same).take(5) {
            writeln!(f, "- {line}")?;
        }
        for line in right.iter().skip(same).take(5) {
            writeln!(f, "+ {line}")?;
        }
        Ok(())
    }
}

/// Runs a program in several ways, which `seed` decides over, and compares what comes of it. It may
/// take so many ticks, and so many steps in the tree.
///
/// # Errors
/// Two runs differ.
pub fn compare(program: &str, seed: u64, ticks: u64) -> Result<Fared, Box<Difference>> {
    let text = match Text::new(program) {
        Ok(text) => text,
        Err(Seen { end: End::Refused(_), .. }) => return Ok(Fared::Refused),
        Err(seen) => return Err(difference("reading", &seen, &seen)),
    };
    let walked = text.walk(ticks);
    if is_cut(&walked) {
        return Ok(Fared::TooLong);
    }
    let compiled = match Compiled::new(&text, seed % 4 != 3) {
        Ok(compiled) => compiled,
        Err(seen) => {
            return match (&walked.end, &seen.end) {
                // What the compiler finds beforehand, the tree finds where it is.
                (_, End::Refused(message)) if message.ends_with("refers to itself") => {
                    Ok(Fared::Refused)
                }
                _ => Err(difference("compiled", &walked, &seen)),
            };
        }
    };
    let mut runs = compiled.runs().map_err(|seen| difference("loading", &walked, &seen))?;
    let fast = runs.run(Manner::Fast, ticks);
    if is_cut(&fast.seen) {
        return Ok(Fared::TooLong);
    }
    if !walked.is_as(&fast.seen) {
        return Err(difference("walked and compiled", &walked, &fast.seen));
    }
    for manner in manners(seed) {
        let other = runs.run(manner, ticks);
        if other.seen != fast.seen {
            return Err(difference(&format!("in one go and {manner:?}"), &fast.seen, &other.seen));
        }
        if other.state.is_some() && other.state != fast.state {
            return Err(Box::new(Difference {
                manner: format!("in one go and {manner:?}"),
                left: format!("{:?}", fast.state),
                right: format!("{:?}", other.state),
            }));
        }
    }
    match fast.seen.end {
        End::Value(_) => Ok(Fared::Well),
        End::Uncaught { .. } => Ok(Fared::Failed),
        End::Refused(_) | End::Stopped | End::Broken(_) => {
            Err(difference("broken", &walked, &fast.seen))
        }
    }
}

/// Whether a limit of the engine shows.
fn is_cut(seen: &Seen) -> bool {
    let text = seen.to_string();
    seen.end == End::Stopped || LIMITS.iter().any(|limit| text.contains(limit))
}

/// How a program is run besides: in one of the other manners, now and then in all.
fn manners(seed: u64) -> Vec<Manner> {
    let all = [Manner::Steps, Manner::Pieces(seed), Manner::Returns(seed), Manner::Collecting];
    match seed % 40 {
        0 => [&all[..], &[Manner::CollectingSteps]].concat(),
        number => vec![all[usize::try_from(number % 4).unwrap_or(0)]],
    }
}

/// The shortest program found that differs as `program` does, and how it does, within so many ticks.
#[must_use]
pub fn minimal(
    program: &str,
    seed: u64,
    ticks: u64,
    tries: usize,
) -> (String, Option<Box<Difference>>) {
    let Err(first) = compare(program, seed, ticks) else { return (program.to_owned(), None) };
    let mut last = None;
    let text = shrink(program, tries, &mut |text| match compare(text, seed, ticks) {
        Err(found) if found.is_like(&first) => {
            last = Some(found);
            true
        }
        _ => false,
    });
    (text, Some(last.unwrap_or(first)))
}

impl Difference {
    /// Whether another seems to have the same reason.
    fn is_like(&self, other: &Self) -> bool {
        let what = |text: &str| {
            let last = text.lines().last().unwrap_or_default();
            last.chars().next().filter(|c| "!=b".contains(*c))
        };
        self.manner == other.manner
            && what(&self.left) == what(&other.left)
            && what(&self.right) == what(&other.right)
    }
}

fn difference(manner: &str, left: &Seen, right: &Seen) -> Box<Difference> {
    Box::new(Difference {
        manner: manner.to_owned(),
        left: left.to_string(),
        right: right.to_string(),
    })
}
