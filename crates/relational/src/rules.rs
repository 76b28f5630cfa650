//! Rules: facts that follow from other facts, as in Datalog.
//!
//! What stands for a rule is checked here: that its variables are bound, and that nothing depends
//! on its own absence. `facts` keeps facts, `derive` finds them.

mod derive;
mod facts;
mod wire;

use crate::StoreError;
use crate::catalog::RelationId;
use crate::query::Comparison;
use crate::value::Value;

pub use derive::Derived;

/// How many columns a predicate has at most.
pub const COLUMNS_MAX: usize = 64;

/// How many parts the body of a rule has at most; its variables are numbered below ten times that.
pub const BODY_MAX: usize = 100;

/// A predicate of a program, by its place.
pub type Predicate = usize;

/// A variable of a rule, or a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A variable: equal numbers in one rule are the same one.
    Variable(usize),
    /// A value.
    Value(Value),
}

/// A predicate of terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Atom {
    /// The predicate.
    pub predicate: Predicate,
    /// One for each of its columns.
    pub terms: Vec<Term>,
}

/// A part of the body of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// There is such a fact.
    Holds(Atom),
    /// There is no such fact. All its variables must be bound by atoms that hold.
    Fails(Atom),
    /// Two terms compare so; bound as well.
    Compares(Comparison, Term, Term),
}

/// The head follows where the whole body holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What follows. Its variables must be bound in the body.
    pub head: Atom,
    /// What must hold.
    pub body: Vec<Literal>,
}

/// Where the facts of a predicate come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The rows of a relation of the store.
    Relation(RelationId),
    /// The rules, with so many columns.
    Rules(usize),
}

/// Predicates with their names, and the rules for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The predicates. A rule's head may not be one that is a relation.
    pub predicates: Vec<(String, Source)>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// Why a program of rules could not be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Name predicates that are there, with as many terms as they have columns; heads that are not
    /// relations.
    #[error(
        "rule {rule} names a predicate that is not there, with other columns, or as its head a relation"
    )]
    Predicate {
        /// The place of the rule.
        rule: usize,
    },
    /// Name the columns that matter in a narrower relation.
    #[error("\"{name}\" has {width} columns; in rules, at most {COLUMNS_MAX} are possible")]
    TooWide {
        /// The predicate.
        name: String,
        /// How many columns it has.
        width: usize,
    },
    /// Break the rule up.
    #[error("rule {rule} is too long: at most {BODY_MAX} parts, and variables below {}", 10 * BODY_MAX)]
    TooLong {
        /// The place of the rule.
        rule: usize,
    },
    /// Let the variable stand in an atom that must hold.
    #[error("rule {rule}: variable {variable} is bound by nothing")]
    Unbound {
        /// The place of the rule.
        rule: usize,
        /// The variable.
        variable: usize,
    },
    /// Break the cycle.
    #[error("{} depends on its own absence: {}", cycle[0], cycle.join(" needs "))]
    Cycle {
        /// The predicates on the way from the first to itself; the last step is by a negation.
        cycle: Vec<String>,
    },
    /// Restrict the rules, or allow more.
    #[error("more than {max} facts follow from the rules")]
    TooMany {
        /// The most that were allowed.
        max: usize,
    },
}

impl Program {
    /// Checks names and variables of all rules; `widths` has the columns of each predicate.
    fn check(&self, widths: &[usize]) -> Result<(), RuleError> {
        for ((name, _), width) in self.predicates.iter().zip(widths) {
            if *width > COLUMNS_MAX {
                return Err(RuleError::TooWide { name: name.clone(), width: *width });
            }
        }
        for (number, rule) in self.rules.iter().enumerate() {
            let fits = |atom: &Atom| widths.get(atom.predicate) == Some(&atom.terms.len());
            let atoms = rule.body.iter().filter_map(Literal::atom);
            let is_derived = self.predicates.get(rule.head.predicate);
            let is_derived = is_derived.is_some_and(|(_, from)| matches!(from, Source::Rules(_)));
            if !is_derived || !atoms.chain([&rule.head]).all(fits) {
                return Err(RuleError::Predicate { rule: number });
            }
            let is_high = |term: &&Term| matches!(term, Term::Variable(at) if *at >= 10 * BODY_MAX);
            let is_long = rule.body.len() > BODY_MAX;
            if is_long || rule.body.iter().flat_map(Literal::terms).any(|term| is_high(&term)) {
                return Err(RuleError::TooLong { rule: number });
            }
            let bound: Vec<_> = rule.body.iter().flat_map(Literal::binds).collect();
            let needed = rule.body.iter().flat_map(Literal::terms).chain(&rule.head.terms);
            for term in needed {
                if let Term::Variable(variable) = term
                    && !bound.contains(variable)
                {
                    return Err(RuleError::Unbound { rule: number, variable: *variable });
                }
            }
        }
        Ok(())
    }

    /// The stratum of each predicate: above those that it needs the absence of, and not below those
    /// that it needs.
    fn strata(&self) -> Result<Vec<usize>, RuleError> {
        let count = self.predicates.len();
        let mut strata = vec![0; count];
        loop {
            let mut changed = None;
            for rule in &self.rules {
                let head = rule.head.predicate;
                for literal in &rule.body {
                    let Some(atom) = literal.atom() else { continue };
                    let is_negative = matches!(literal, Literal::Fails(_));
                    let least = strata[atom.predicate] + usize::from(is_negative);
                    if strata[head] < least {
                        strata[head] = least;
                        changed = Some(least);
                    }
                }
            }
            match changed {
                None => return Ok(strata),
                Some(stratum) if stratum > count => return Err(self.cycle()),
                Some(_) => {}
            }
        }
    }

    /// A cycle with a negation in it, when there is one.
    fn cycle(&self) -> RuleError {
        let edges = || {
            self.rules.iter().flat_map(|rule| {
                rule.body.iter().filter_map(|literal| {
                    let is_negative = matches!(literal, Literal::Fails(_));
                    Some((rule.head.predicate, literal.atom()?.predicate, is_negative))
                })
            })
        };
        let names = |path: &[usize]| path.iter().map(|at| self.predicates[*at].0.clone()).collect();
        for (head, absent, _) in edges().filter(|(_, _, is_negative)| *is_negative) {
            // From what must be absent back to the head, breadth first.
            let mut paths = vec![vec![absent]];
            let mut seen = vec![absent];
            let mut done = 0;
            while let Some(path) = paths.get(done).cloned() {
                done += 1;
                let last = path.last().copied().unwrap_or(absent);
                if last == head {
                    let mut cycle = path;
                    cycle.push(absent);
                    return RuleError::Cycle { cycle: names(&cycle) };
                }
                for (_, next, _) in edges().filter(|(from, ..)| *from == last) {
                    if !seen.contains(&next) {
                        seen.push(next);
                        paths.push([path.as_slice(), &[next]].concat());
                    }
                }
            }
        }
        RuleError::Cycle { cycle: names(&(0..self.predicates.len()).collect::<Vec<_>>()) }
    }
}

impl Literal {
    fn atom(&self) -> Option<&Atom> {
        match self {
            Self::Holds(atom) | Self::Fails(atom) => Some(atom),
            Self::Compares(..) => None,
        }
    }

    /// The variables that it gives values to.
    fn binds(&self) -> Vec<usize> {
        let Self::Holds(atom) = self else { return Vec::new() };
        let variable = |term: &Term| match term {
            Term::Variable(variable) => Some(*variable),
            Term::Value(_) => None,
        };
        atom.terms.iter().filter_map(variable).collect()
    }

    fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Holds(atom) | Self::Fails(atom) => atom.terms.iter().collect(),
            Self::Compares(_, one, other) => vec![one, other],
        }
    }
}
