//! Rules: facts that follow from other facts, as in Datalog.
//!
//! What stands for a rule is checked here: that its variables are bound, and that nothing depends
//! on its own absence. `facts` keeps facts, `derive` finds them, `proof` says why they hold.

mod again;
mod derive;
mod facts;
mod keep;
mod order;
mod pack;
mod proof;
mod search;
mod table;
mod total;
mod wire;

use crate::StoreError;
use crate::catalog::RelationId;
use crate::query::{Comparison, Expr, QueryError};
use crate::value::Value;

pub use derive::Derived;
pub use proof::{Missing, Proof, Reason, Step};

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
    /// In heads only: a total of a variable of the body, for each different list of the head's
    /// other terms, over all different values of all variables of the body for which it holds.
    Total(Aggregate, usize),
}

/// What is computed over all ways in which a body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// How many there are.
    Count,
    /// The sum.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The mean, a float or decimal.
    Avg,
    /// All values as a list, in ascending order.
    Collect,
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
    /// An expression is true; its columns are variables, which are bound as well.
    Where(Expr),
    /// A variable is the value of an expression over others, which are bound.
    Is(usize, Expr),
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
    /// What is computed elsewhere.
    pub computed: Vec<Computed>,
    /// What whoever made the rules calls the first ones of them, if that is not their place.
    pub numbers: Vec<usize>,
}

/// Values that somebody else computes, where rules want them. As long as there are such, nothing is
/// derived of what comes after the rules that want them: it would follow from what is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Computed {
    /// What was computed so far: a relation of arguments and values.
    pub values: Predicate,
    /// The arguments that have values: the other columns of those, by a rule.
    pub known: Predicate,
    /// Rules for the arguments whose values are not there yet.
    pub wanted: Predicate,
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
    /// Compute with values of one type, which are not too large.
    #[error("in a rule: {0}")]
    Compute(#[from] QueryError),
    /// Let totals stand in heads.
    #[error("rule {rule} has a total in its body; a total is a term of a head")]
    TotalInBody {
        /// The place of the rule.
        rule: usize,
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
        for computed in &self.computed {
            if computed.values.max(computed.known).max(computed.wanted) >= self.predicates.len() {
                return Err(RuleError::Predicate { rule: self.rules.len() });
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
            let is_total = |term: &Term| matches!(term, Term::Total(..));
            let terms = rule.body.iter().flat_map(Literal::terms);
            if terms.into_iter().any(is_total) {
                return Err(RuleError::TotalInBody { rule: number });
            }
            for part in &rule.body {
                if let Literal::Where(of) | Literal::Is(_, of) = part {
                    // A variable above them all is too high, too.
                    of.check(&mut [false; 10 * BODY_MAX])?;
                }
            }
            let named = || rule.body.iter().flat_map(|part| [part.needs(), part.binds()].concat());
            if rule.body.len() > BODY_MAX || named().any(|variable| variable >= 10 * BODY_MAX) {
                return Err(RuleError::TooLong { rule: number });
            }
            let bound = rule.bound();
            let of_head = rule.head.terms.iter().filter_map(Term::variable);
            if let Some(variable) = named().chain(of_head).find(|one| !bound.contains(one)) {
                return Err(RuleError::Unbound { rule: number, variable });
            }
        }
        Ok(())
    }

    /// The stratum of each predicate: above those that it needs, but for those that need it, too, which
    /// have the same one.
    fn strata(&self) -> Result<Vec<usize>, RuleError> {
        let mut needs: Vec<Vec<Predicate>> = vec![Vec::new(); self.predicates.len()];
        for rule in &self.rules {
            for atom in rule.body.iter().filter_map(Literal::atom) {
                needs[rule.head.predicate].push(atom.predicate);
                let needs_values =
                    |it: &&Computed| it.values == atom.predicate && it.known != rule.head.predicate;
                let computed = self.computed.iter().filter(needs_values);
                needs[rule.head.predicate].extend(computed.map(|it| it.wanted));
            }
        }
        let strata = order::strata(&needs);
        for rule in &self.rules {
            for literal in &rule.body {
                if let Some(atom) = literal.atom()
                    && rule.needs_all(literal)
                    && strata[atom.predicate] == strata[rule.head.predicate]
                {
                    return Err(self.cycle());
                }
            }
        }
        Ok(strata)
    }

    /// Whether a predicate follows from rules of a stratum.
    fn is_in(&self, strata: &[usize], stratum: usize, predicate: Predicate) -> bool {
        strata[predicate] == stratum && matches!(self.predicates[predicate].1, Source::Rules(_))
    }

    /// A cycle with a negation in it, when there is one.
    fn cycle(&self) -> RuleError {
        let edges = || {
            self.rules.iter().flat_map(|rule| {
                rule.body.iter().filter_map(|literal| {
                    let is_negative = rule.needs_all(literal);
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

impl Rule {
    /// The variables that get values: by atoms that hold, and by expressions over such variables.
    fn bound(&self) -> Vec<usize> {
        let atoms = self.body.iter().filter(|part| matches!(part, Literal::Holds(_)));
        let mut bound: Vec<_> = atoms.flat_map(Literal::binds).collect();
        loop {
            let before = bound.len();
            for part in &self.body {
                if let Literal::Is(variable, of) = part
                    && !bound.contains(variable)
                    && of.fields().iter().all(|used| bound.contains(used))
                {
                    bound.push(*variable);
                }
            }
            if bound.len() == before {
                return bound;
            }
        }
    }

    /// Whether all facts of a part of the body must be known before: where they must be absent, and
    /// under totals.
    fn needs_all(&self, literal: &Literal) -> bool {
        matches!(literal, Literal::Fails(_))
            || self.head.terms.iter().any(|term| matches!(term, Term::Total(..)))
    }
}

impl Literal {
    fn atom(&self) -> Option<&Atom> {
        match self {
            Self::Holds(atom) | Self::Fails(atom) => Some(atom),
            Self::Compares(..) | Self::Where(_) | Self::Is(..) => None,
        }
    }

    /// The variables that it gives values to.
    fn binds(&self) -> Vec<usize> {
        match self {
            Self::Holds(atom) => atom.terms.iter().filter_map(Term::variable).collect(),
            Self::Is(variable, _) => vec![*variable],
            Self::Fails(_) | Self::Compares(..) | Self::Where(_) => Vec::new(),
        }
    }

    /// The variables that must have values before it can be told whether it holds.
    fn needs(&self) -> Vec<usize> {
        match self {
            Self::Holds(_) => Vec::new(),
            Self::Fails(_) | Self::Compares(..) => {
                self.terms().into_iter().filter_map(Term::variable).collect()
            }
            Self::Where(of) | Self::Is(_, of) => of.fields(),
        }
    }

    fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Holds(atom) | Self::Fails(atom) => atom.terms.iter().collect(),
            Self::Compares(_, one, other) => vec![one, other],
            Self::Where(_) | Self::Is(..) => Vec::new(),
        }
    }
}

impl Term {
    /// The variable in it.
    fn variable(&self) -> Option<usize> {
        match self {
            Self::Variable(variable) | Self::Total(_, variable) => Some(*variable),
            Self::Value(_) => None,
        }
    }
}
