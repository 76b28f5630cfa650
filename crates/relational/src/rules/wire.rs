//! Programs of rules as bytes.

use super::{Aggregate, Atom, Computed, Literal, Program, Rule, Source, Term};
use crate::StoreError;
use crate::catalog::RelationId;
use crate::query::{Comparison, pack_expr, unpack_expr};
use crate::stored::{pack_texts, packer, unpack_texts, unpacker};
use crate::wire::{Packer, Unpacker, pack_value, unpack_value};

const WHAT: &str = "program of rules";
/// The number of each is its place.
const AGGREGATES: [Aggregate; 6] = [
    Aggregate::Count,
    Aggregate::Sum,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::Avg,
    Aggregate::Collect,
];

impl Program {
    /// As bytes. A source that is a relation names a place in `relations`, which are names.
    #[must_use]
    pub fn to_bytes<T: AsRef<str>>(&self, relations: &[T]) -> Vec<u8> {
        let mut packer = packer();
        pack_texts(relations, &mut packer);
        packer.number(self.predicates.len());
        for (name, source) in &self.predicates {
            packer.block(name.as_bytes());
            match source {
                Source::Relation(id) => {
                    packer.byte(1);
                    packer.link(id.number());
                }
                Source::Rules(width) => {
                    packer.byte(2);
                    packer.number(*width);
                }
            }
        }
        packer.number(self.rules.len());
        for rule in &self.rules {
            pack_atom(&rule.head, &mut packer);
            packer.number(rule.body.len());
            rule.body.iter().for_each(|literal| pack_literal(literal, &mut packer));
        }
        packer.number(self.computed.len());
        for computed in &self.computed {
            packer.number(computed.values);
            packer.number(computed.known);
            packer.number(computed.wanted);
        }
        packer.number(self.numbers.len());
        self.numbers.iter().for_each(|number| packer.number(*number));
        packer.bytes
    }

    /// From bytes. `find` gives the relation of a name.
    ///
    /// # Errors
    /// They are no program, or what `find` says.
    pub fn from_bytes<E: From<StoreError>>(
        bytes: &[u8],
        find: impl FnMut(&String) -> Result<RelationId, E>,
    ) -> Result<Self, E> {
        let malformed = || E::from(StoreError::Malformed { what: WHAT });
        let mut unpacker = unpacker(bytes, WHAT)?;
        let names = unpack_texts(&mut unpacker).ok_or_else(malformed)?;
        let relations = names.iter().map(find).collect::<Result<Vec<_>, E>>()?;
        Self::unpack(&mut unpacker, &relations)
            .filter(|_| unpacker.rest.is_empty())
            .ok_or_else(malformed)
    }

    fn unpack(unpacker: &mut Unpacker<'_>, relations: &[RelationId]) -> Option<Self> {
        let mut program = Self::default();
        for _ in 0..unpacker.count()? {
            let name = unpacker.text()?;
            let source = match unpacker.byte()? {
                1 => Source::Relation(*relations.get(unpacker.link()? as usize)?),
                2 => Source::Rules(unpacker.number()?),
                _ => return None,
            };
            program.predicates.push((name, source));
        }
        for _ in 0..unpacker.count()? {
            let head = unpack_atom(unpacker)?;
            let body = (0..unpacker.count()?).map(|_| unpack_literal(unpacker));
            program.rules.push(Rule { head, body: body.collect::<Option<_>>()? });
        }
        for _ in 0..unpacker.count()? {
            let [values, known, wanted] =
                [unpacker.number()?, unpacker.number()?, unpacker.number()?];
            program.computed.push(Computed { values, known, wanted });
        }
        for _ in 0..unpacker.count()? {
            program.numbers.push(unpacker.number()?);
        }
        Some(program)
    }
}

fn pack_atom(atom: &Atom, packer: &mut Packer) {
    packer.number(atom.predicate);
    packer.number(atom.terms.len());
    atom.terms.iter().for_each(|term| pack_term(term, packer));
}

fn unpack_atom(unpacker: &mut Unpacker<'_>) -> Option<Atom> {
    let predicate = unpacker.number()?;
    let terms = (0..unpacker.count()?).map(|_| unpack_term(unpacker));
    Some(Atom { predicate, terms: terms.collect::<Option<_>>()? })
}

fn pack_term(term: &Term, packer: &mut Packer) {
    match term {
        Term::Variable(variable) => {
            packer.byte(1);
            packer.number(*variable);
        }
        Term::Value(value) => {
            packer.byte(2);
            pack_value(value, packer);
        }
        Term::Total(total, variable) => {
            packer.byte(3);
            packer.byte(
                AGGREGATES.iter().zip(0..).find(|(at, _)| *at == total).map_or(0, |(_, at)| at),
            );
            packer.number(*variable);
        }
    }
}

fn unpack_term(unpacker: &mut Unpacker<'_>) -> Option<Term> {
    match unpacker.byte()? {
        1 => Some(Term::Variable(unpacker.number()?)),
        2 => Some(Term::Value(unpack_value(unpacker, 0)?)),
        3 => {
            let total = *AGGREGATES.get(usize::from(unpacker.byte()?))?;
            Some(Term::Total(total, unpacker.number()?))
        }
        _ => None,
    }
}

fn pack_literal(literal: &Literal, packer: &mut Packer) {
    match literal {
        Literal::Holds(atom) => {
            packer.byte(1);
            pack_atom(atom, packer);
        }
        Literal::Fails(atom) => {
            packer.byte(2);
            pack_atom(atom, packer);
        }
        Literal::Compares(how, one, other) => {
            packer.byte(3);
            packer.byte(how.code());
            pack_term(one, packer);
            pack_term(other, packer);
        }
        Literal::Where(of) => {
            packer.byte(4);
            pack_expr(of, packer);
        }
        Literal::Is(variable, of) => {
            packer.byte(5);
            packer.number(*variable);
            pack_expr(of, packer);
        }
    }
}

fn unpack_literal(unpacker: &mut Unpacker<'_>) -> Option<Literal> {
    match unpacker.byte()? {
        1 => Some(Literal::Holds(unpack_atom(unpacker)?)),
        2 => Some(Literal::Fails(unpack_atom(unpacker)?)),
        3 => {
            let how = Comparison::from_code(unpacker.byte()?)?;
            Some(Literal::Compares(how, unpack_term(unpacker)?, unpack_term(unpacker)?))
        }
        4 => Some(Literal::Where(unpack_expr(unpacker)?)),
        5 => Some(Literal::Is(unpacker.number()?, unpack_expr(unpacker)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Expr;
    use crate::value::Value;

    #[test]
    fn rules_come_back_from_their_bytes_and_from_none_that_are_shorter() {
        let atom = |predicate, terms| Atom { predicate, terms };
        let (a, b, c) = (Term::Variable(0), Term::Variable(1), Term::Variable(2));
        let person = |number| Ok::<_, StoreError>(RelationId::new(number));
        let program = Program {
            predicates: vec![
                ("parent".into(), Source::Relation(RelationId::new(9))),
                ("ancestor".into(), Source::Rules(2)),
            ],
            rules: vec![Rule {
                head: atom(1, vec![a.clone(), Term::Total(Aggregate::Max, 2)]),
                body: vec![
                    Literal::Holds(atom(0, vec![a.clone(), b.clone()])),
                    Literal::Fails(atom(1, vec![b, Term::Value(Value::from("x"))])),
                    Literal::Compares(Comparison::Unequal, a, c),
                    Literal::Where(Expr::Field(0).compare(Comparison::Less, Expr::Field(1))),
                    Literal::Is(2, Expr::Field(0)),
                ],
            }],
            computed: vec![Computed { values: 0, known: 1, wanted: 1 }],
            numbers: vec![7],
        };
        let mut named = program.clone();
        named.predicates[0].1 = Source::Relation(RelationId::new(0));
        let bytes = named.to_bytes(&["parent"]);
        assert_eq!(Program::from_bytes(&bytes, |_| person(9)), Ok(program));
        for len in 0..bytes.len() {
            assert!(Program::from_bytes(&bytes[..len], |_| person(9)).is_err());
        }
    }
}
