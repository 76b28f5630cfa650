//! What a place holds, written with other places.

use crate::alu::Alu;

/// Operations of one term at most: what has more is not worth calculating again.
const OPERATIONS_MAX: usize = 3;

/// Somewhere that a word lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Register(u8),
    /// The 8 bytes so far from what a register holds.
    Cell {
        base: u8,
        offset: i64,
    },
}

impl Place {
    /// Whether a register is needed to find it.
    pub(super) fn is_based_on(self, register: u8) -> bool {
        matches!(self, Self::Cell { base, .. } if base == register)
    }
}

/// A word as something that can be calculated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    Constant(i64),
    Place(Place),
    Operation(Alu, Box<(Self, Self)>),
}

impl Term {
    pub(super) fn register(number: u8) -> Self {
        Self::Place(Place::Register(number))
    }

    /// `a op b` in as few operations as are found; none if these are too many.
    pub(super) fn operation(op: Alu, a: Self, b: Self) -> Option<Self> {
        if let (Self::Constant(a), Self::Constant(b)) = (&a, &b) {
            return op.apply(*a, *b).map(Self::Constant);
        }
        let made = match (op, a, b) {
            (Alu::Add, a @ Self::Constant(_), b) => return Self::operation(Alu::Add, b, a),
            (Alu::Sub, a, Self::Constant(b)) => {
                return Self::operation(Alu::Add, a, Self::Constant(b.wrapping_neg()));
            }
            (Alu::Add | Alu::Xor, a, Self::Constant(0)) => a,
            (Alu::Sub | Alu::Xor, a, b) if a == b => Self::Constant(0),
            (Alu::Add, Self::Operation(Alu::Sub, parts), b) if parts.1 == b => parts.0,
            (Alu::Add, a, Self::Operation(Alu::Sub, parts)) if parts.1 == a => parts.0,
            (Alu::Sub, Self::Operation(Alu::Add, parts), b) if parts.1 == b => parts.0,
            (Alu::Sub, Self::Operation(Alu::Add, parts), b) if parts.0 == b => parts.1,
            (Alu::Xor, Self::Operation(Alu::Xor, parts), b) if parts.1 == b => parts.0,
            (Alu::Add | Alu::Xor, Self::Operation(inner, parts), Self::Constant(b))
                if inner == op && matches!(parts.1, Self::Constant(_)) =>
            {
                let (first, second) = *parts;
                let sum = Self::operation(op, second, Self::Constant(b))?;
                return Self::operation(op, first, sum);
            }
            (op, a, b) => Self::Operation(op, Box::new((a, b))),
        };
        (made.operations() <= OPERATIONS_MAX).then_some(made)
    }

    /// How many operations it takes.
    pub(super) fn operations(&self) -> usize {
        match self {
            Self::Constant(_) | Self::Place(_) => 0,
            Self::Operation(_, parts) => 1 + parts.0.operations() + parts.1.operations(),
        }
    }

    /// What it takes to calculate, for choosing between terms.
    pub(super) fn cost(&self) -> usize {
        match self {
            Self::Constant(_) => 0,
            Self::Place(Place::Register(_)) => 1,
            Self::Place(Place::Cell { .. }) => 2,
            Self::Operation(_, parts) => 2 + parts.0.cost() + parts.1.cost(),
        }
    }

    /// Looks at every place in it.
    pub(super) fn each_place(&self, look: &mut impl FnMut(Place)) {
        match self {
            Self::Constant(_) => {}
            Self::Place(place) => look(*place),
            Self::Operation(_, parts) => {
                parts.0.each_place(look);
                parts.1.each_place(look);
            }
        }
    }

    /// The registers that it takes to calculate it, one bit each.
    pub(crate) fn registers(&self) -> u16 {
        let mut found = 0;
        self.each_place(&mut |place| match place {
            Place::Register(number) | Place::Cell { base: number, .. } => found |= 1 << number,
        });
        found
    }

    /// Whether it changes when `place` does.
    pub(super) fn depends_on(&self, place: Place) -> bool {
        let mut found = false;
        self.each_place(&mut |one| {
            found |= one == place
                || matches!(place, Place::Register(register) if one.is_based_on(register));
        });
        found
    }

    /// The term with another in the place of `place`; none if it is too large then.
    pub(super) fn with(&self, place: Place, term: &Self) -> Option<Self> {
        match self {
            Self::Constant(_) => Some(self.clone()),
            Self::Place(one) => Some(if *one == place { term.clone() } else { self.clone() }),
            Self::Operation(op, parts) => {
                Self::operation(*op, parts.0.with(place, term)?, parts.1.with(place, term)?)
            }
        }
    }

    /// What `place` must hold for this term to be `whole`, if only one value does.
    pub(super) fn solve(&self, place: Place, whole: Self) -> Option<Self> {
        match self {
            Self::Constant(_) => None,
            Self::Place(one) => (*one == place).then_some(whole),
            Self::Operation(op, parts) => {
                let (a, b) = &**parts;
                match (op.inverse()?, a.depends_on(place), b.depends_on(place)) {
                    (inverse, true, false) => {
                        a.solve(place, Self::operation(inverse, whole, b.clone())?)
                    }
                    (Alu::Add, false, true) => {
                        b.solve(place, Self::operation(Alu::Sub, a.clone(), whole)?)
                    }
                    (inverse, false, true) => {
                        b.solve(place, Self::operation(inverse, whole, a.clone())?)
                    }
                    (_, true, true) | (_, false, false) => None,
                }
            }
        }
    }

    /// The word that it comes to, with what the places hold.
    pub(crate) fn evaluate(&self, at: &mut impl FnMut(Place) -> i64) -> i64 {
        match self {
            Self::Constant(value) => *value,
            Self::Place(place) => at(*place),
            Self::Operation(op, parts) => {
                let (a, b) = (parts.0.evaluate(at), parts.1.evaluate(at));
                // What was calculated once can be calculated again.
                op.apply(a, b).unwrap_or(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place::Cell { base: 14, offset: 8 };

    fn plus(a: Term, b: Term) -> Term {
        Term::operation(Alu::Add, a, b).expect("small")
    }

    #[test]
    fn sums_are_solved_for_each_of_their_parts() {
        let sum = plus(Term::Place(HERE), Term::register(1));
        let found = sum.solve(HERE, Term::register(0)).expect("one value does");
        let mut values = |place| match place {
            Place::Register(0) => 50,
            Place::Register(1) => 8,
            Place::Register(_) | Place::Cell { .. } => 42,
        };
        assert_eq!(found.evaluate(&mut values), 42);
        let difference = Term::operation(Alu::Sub, Term::register(1), Term::Place(HERE));
        let found = difference.expect("small").solve(HERE, Term::register(0));
        assert_eq!(found.expect("one value does").evaluate(&mut values), 8 - 50);
        let product = Term::operation(Alu::Mul, Term::Place(HERE), Term::Constant(2));
        assert_eq!(product.expect("small").solve(HERE, Term::register(0)), None);
        let twice = plus(Term::Place(HERE), Term::Place(HERE));
        assert_eq!(twice.solve(HERE, Term::register(0)), None);
    }

    #[test]
    fn what_is_added_and_taken_away_again_is_gone() {
        let sum = plus(Term::register(0), Term::register(1));
        let back = Term::operation(Alu::Sub, sum, Term::register(1));
        assert_eq!(back, Some(Term::register(0)));
        let sum = plus(plus(Term::register(0), Term::Constant(5)), Term::Constant(-5));
        assert_eq!(sum, Term::register(0));
    }

    #[test]
    fn terms_do_not_grow_without_end() {
        let mut term = Some(Term::register(0));
        for register in 1..=3 {
            term = Term::operation(Alu::Mul, term.expect("small"), Term::register(register));
        }
        assert!(term.is_some());
        assert_eq!(Term::operation(Alu::Mul, term.expect("small"), Term::register(4)), None);
    }
}
