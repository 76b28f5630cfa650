//! Comparing what the engines make of a program.

use std::fmt;

use crate::run::{Compiled, Manner, walk};
use crate::seen::{End, Seen};
use crate::shrink::shrink;

/// Ticks that a program may take.
const TICKS: u64 = 2_000_000;
/// Steps that it may take in the tree.
const STEPS: u64 = 2_000_000;

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

/// Runs a program in several ways, which `seed` decides over, and compares what comes of it.
///
/// # Errors
/// Two of them differ.
pub fn compare(program: &str, seed: u64) -> Result<Fared, Box<Difference>> {
    let walked = walk(program, STEPS);
    let compiled = match Compiled::new(program, seed % 4 != 3) {
        Ok(compiled) => compiled,
        Err(seen) => {
            return match (&walked.end, &seen.end) {
                (End::Refused(_), End::Refused(_)) => Ok(Fared::Refused),
                _ => Err(difference("compiled", &walked, &seen)),
            };
        }
    };
    let fast = compiled.run(Manner::Fast, TICKS);
    if fast.seen.end == End::Stopped || walked.end == End::Stopped {
        return Ok(Fared::TooLong);
    }
    if !walked.is_as(&fast.seen) {
        return Err(difference("walked and compiled", &walked, &fast.seen));
    }
    for manner in manners(seed) {
        let other = compiled.run(manner, TICKS);
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

/// How a program is run besides: in one of the other manners, now and then in all.
fn manners(seed: u64) -> Vec<Manner> {
    let all = [Manner::Steps, Manner::Pieces(seed), Manner::Returns(seed), Manner::Collecting];
    match seed % 40 {
        0 => [&all[..], &[Manner::CollectingSteps]].concat(),
        number => vec![all[usize::try_from(number % 4).unwrap_or(0)]],
    }
}

/// The shortest program found that differs as `program` does, and how it does.
#[must_use]
pub fn minimal(program: &str, seed: u64, tries: usize) -> (String, Option<Box<Difference>>) {
    let Err(first) = compare(program, seed) else { return (program.to_owned(), None) };
    let mut last = None;
    let text = shrink(program, tries, &mut |text| match compare(text, seed) {
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
