//! Queries as bytes: each node is its kind and its parts, outermost first.

use super::expr::{Arithmetic, Comparison, Expr};
use super::function::Function;
use super::plan::{JoinKind, PLAN_DEPTH_MAX, Query};
use super::total::Total;
use crate::StoreError;
use crate::catalog::RelationId;
use crate::read::Direction;
use crate::schema::Field;
use crate::stored::{Signature, pack_texts, packer, unpack_texts, unpacker};
use crate::value::Value;
use crate::view::ViewDefinition;
use crate::wire::{Packer, Unpacker, pack_value, unpack_value};

const WHAT: &str = "query";
/// How deep expressions nest at most; a deeper one would not be run either.
const EXPR_DEPTH_MAX: usize = 201;
const ARITHMETICS: [Arithmetic; 5] = [
    Arithmetic::Add,
    Arithmetic::Subtract,
    Arithmetic::Multiply,
    Arithmetic::Divide,
    Arithmetic::Rest,
];

impl Signature {
    /// A query as bytes. Its `Query::Relation` name places in `relations`, its `Expr::Parameter`
    /// those in `parameters`.
    #[must_use]
    pub fn to_bytes(&self, query: &Query) -> Vec<u8> {
        let mut packer = packer();
        self.pack(&mut packer);
        pack(query, &mut packer);
        packer.bytes
    }

    /// The signature at the beginning of bytes, and what is for [`Query::from_bytes`].
    ///
    /// # Errors
    /// They are no query.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, &[u8]), StoreError> {
        let mut unpacker = unpacker(bytes, WHAT)?;
        let signature = Self::unpack(&mut unpacker).ok_or(StoreError::Malformed { what: WHAT })?;
        Ok((signature, unpacker.rest))
    }
}

impl Query {
    /// From the bytes after a signature, given its relations and the values of its parameters.
    ///
    /// # Errors
    /// They are no query, or name a relation or parameter that is not given.
    pub fn from_bytes(
        bytes: &[u8],
        relations: &[RelationId],
        parameters: &[Value],
    ) -> Result<Self, StoreError> {
        Self::from_bytes_with(bytes, relations, Parameters::Given(parameters))
    }

    /// The same with its parameters as they are, of which there are so many.
    pub(super) fn template(
        bytes: &[u8],
        relations: &[RelationId],
        parameters: usize,
    ) -> Result<Self, StoreError> {
        Self::from_bytes_with(bytes, relations, Parameters::Open(parameters))
    }

    fn from_bytes_with(
        bytes: &[u8],
        relations: &[RelationId],
        parameters: Parameters<'_>,
    ) -> Result<Self, StoreError> {
        let (unpacker, relations) = (Unpacker { rest: bytes }, Some(relations));
        let mut reader = Reader { unpacker, relations, parameters };
        let query = reader.query(0).filter(|_| reader.unpacker.rest.is_empty());
        query.ok_or(StoreError::Malformed { what: WHAT })
    }

    /// Writes it as the catalog keeps it, with the numbers of relations.
    pub(crate) fn pack(&self, packer: &mut Packer) {
        pack(self, packer);
    }

    /// What [`pack`](Self::pack) wrote.
    pub(crate) fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let unpacker = Unpacker { rest: from.rest };
        let mut reader = Reader { unpacker, relations: None, parameters: Parameters::Given(&[]) };
        let query = reader.query(0)?;
        from.rest = reader.unpacker.rest;
        Some(query)
    }
}

fn pack(query: &Query, packer: &mut Packer) {
    match query {
        Query::Relation(id) => {
            packer.byte(1);
            packer.link(id.number());
        }
        Query::Rows(width, rows) => {
            packer.byte(2);
            packer.number(*width);
            packer.number(rows.len());
            for row in rows {
                packer.number(row.len());
                row.iter().for_each(|value| pack_value(value, packer));
            }
        }
        Query::Filter(input, condition) => {
            packer.byte(3);
            pack(input, packer);
            pack_expr(condition, packer);
        }
        Query::Project(input, exprs) => {
            packer.byte(4);
            pack(input, packer);
            pack_exprs(exprs, packer);
        }
        Query::Join(kind, left, right, on) => {
            packer.byte(if *kind == JoinKind::Left { 6 } else { 5 });
            pack(left, packer);
            pack(right, packer);
            packer.number(on.len());
            for (one, other) in on {
                packer.number(*one);
                packer.number(*other);
            }
        }
        Query::Group(input, by, totals) => {
            packer.byte(7);
            pack(input, packer);
            pack_exprs(by, packer);
            packer.number(totals.len());
            totals.iter().for_each(|total| pack_total(total, packer));
        }
        Query::Order(input, by) => {
            packer.byte(8);
            pack(input, packer);
            packer.number(by.len());
            for (expr, direction) in by {
                packer.byte(u8::from(*direction == Direction::Down));
                pack_expr(expr, packer);
            }
        }
        Query::Limit(input, skip, count) => {
            packer.byte(9);
            pack(input, packer);
            packer.bytes.extend_from_slice(&skip.to_le_bytes());
            packer.bytes.extend_from_slice(&count.to_le_bytes());
        }
        Query::Distinct(input) => {
            packer.byte(10);
            pack(input, packer);
        }
        Query::Union(one, other) => {
            packer.byte(11);
            pack(one, packer);
            pack(other, packer);
        }
    }
}

fn pack_exprs(exprs: &[Expr], packer: &mut Packer) {
    packer.number(exprs.len());
    exprs.iter().for_each(|expr| pack_expr(expr, packer));
}

pub(crate) fn pack_expr(expr: &Expr, packer: &mut Packer) {
    match expr {
        Expr::Field(column) => {
            packer.byte(1);
            packer.number(*column);
        }
        Expr::Value(value) => {
            packer.byte(2);
            pack_value(value, packer);
        }
        Expr::Parameter(place) => {
            packer.byte(3);
            packer.number(*place);
        }
        Expr::Compare(how, one, other) => {
            packer.byte(4);
            packer.byte(how.code());
            pack_two(one, other, packer);
        }
        Expr::And(one, other) => {
            packer.byte(5);
            pack_two(one, other, packer);
        }
        Expr::Or(one, other) => {
            packer.byte(6);
            pack_two(one, other, packer);
        }
        Expr::Not(one) => {
            packer.byte(7);
            pack_expr(one, packer);
        }
        Expr::Arithmetic(how, one, other) => {
            packer.byte(8);
            let code = ARITHMETICS.iter().zip(0..).find(|(known, _)| *known == how);
            packer.byte(code.map_or(0, |(_, code)| code));
            pack_two(one, other, packer);
        }
        Expr::IsNone(one) => {
            packer.byte(9);
            pack_expr(one, packer);
        }
        Expr::Else(one, other) => {
            packer.byte(10);
            pack_two(one, other, packer);
        }
        Expr::Words(one, other) => {
            packer.byte(11);
            pack_two(one, other, packer);
        }
        Expr::If(parts) => {
            packer.byte(12);
            parts.iter().for_each(|part| pack_expr(part, packer));
        }
        Expr::Call(function, given) => {
            packer.byte(13);
            let (code, numbers) = function.code();
            packer.byte(code);
            numbers.into_iter().for_each(|number| packer.number(number));
            pack_exprs(given, packer);
        }
        Expr::Hint(one) => {
            packer.byte(14);
            pack_expr(one, packer);
        }
    }
}

fn pack_two(one: &Expr, other: &Expr, packer: &mut Packer) {
    pack_expr(one, packer);
    pack_expr(other, packer);
}

fn pack_total(total: &Total, packer: &mut Packer) {
    packer.byte(match total {
        Total::Count => 1,
        Total::Sum(..) => 2,
        Total::Min(_) => 3,
        Total::Max(_) => 4,
        Total::Avg(_) => 5,
        Total::Collect(_) => 6,
    });
    if let Some(of) = total.of() {
        pack_expr(of, packer);
    }
    if let Total::Sum(_, zero) = total {
        pack_value(zero, packer);
    }
}

impl ViewDefinition {
    /// As bytes. The query names places in `relations`, which are names.
    #[must_use]
    pub fn to_bytes<T: AsRef<str>>(&self, relations: &[T]) -> Vec<u8> {
        let mut packer = packer();
        pack_texts(relations, &mut packer);
        packer.block(self.name.as_bytes());
        packer.number(self.fields.len());
        self.fields.iter().for_each(|field| field.pack(&mut packer));
        pack(&self.query, &mut packer);
        packer.bytes
    }

    /// From bytes. `find` gives the relation of a name.
    ///
    /// # Errors
    /// They are no view, or what `find` says.
    pub fn from_bytes<E: From<StoreError>>(
        bytes: &[u8],
        find: impl FnMut(&String) -> Result<RelationId, E>,
    ) -> Result<Self, E> {
        let what = "definition of a view";
        let malformed = || E::from(StoreError::Malformed { what });
        let mut unpacker = unpacker(bytes, what)?;
        let names = unpack_texts(&mut unpacker).ok_or_else(malformed)?;
        let relations = names.iter().map(find).collect::<Result<Vec<_>, E>>()?;
        let mut unpack = || {
            let name = unpacker.text()?;
            let fields = (0..unpacker.count()?).map(|_| Field::unpack(&mut unpacker));
            let fields = fields.collect::<Option<_>>()?;
            let query = Query::from_bytes(unpacker.rest, &relations, &[]).ok()?;
            Some(Self { name, fields, query })
        };
        unpack().ok_or_else(malformed)
    }
}

/// What [`pack_expr`] wrote of an expression without parameters.
pub(crate) fn unpack_expr(from: &mut Unpacker<'_>) -> Option<Expr> {
    let unpacker = Unpacker { rest: from.rest };
    let mut reader = Reader { unpacker, relations: None, parameters: Parameters::Given(&[]) };
    let expr = reader.expr(0)?;
    from.rest = reader.unpacker.rest;
    Some(expr)
}

struct Reader<'b> {
    unpacker: Unpacker<'b>,
    /// What relations are named by: places here, or else their numbers.
    relations: Option<&'b [RelationId]>,
    parameters: Parameters<'b>,
}

/// What becomes of parameters.
#[derive(Clone, Copy)]
enum Parameters<'b> {
    /// They are these values.
    Given(&'b [Value]),
    /// They stay, and there are so many.
    Open(usize),
}

impl Parameters<'_> {
    fn at(self, place: usize) -> Option<Expr> {
        match self {
            Self::Given(values) => values.get(place).cloned().map(Expr::Value),
            Self::Open(count) => (place < count).then_some(Expr::Parameter(place)),
        }
    }
}

impl Reader<'_> {
    fn query(&mut self, depth: usize) -> Option<Query> {
        if depth > PLAN_DEPTH_MAX {
            return None;
        }
        Some(match self.unpacker.byte()? {
            1 => {
                let number = self.unpacker.link()?;
                Query::Relation(match self.relations {
                    Some(relations) => *relations.get(number as usize)?,
                    None => RelationId(number),
                })
            }
            2 => {
                let (width, mut rows) = (self.unpacker.number()?, Vec::new());
                for _ in 0..self.unpacker.count()? {
                    let values =
                        (0..self.unpacker.count()?).map(|_| unpack_value(&mut self.unpacker, 0));
                    rows.push(values.collect::<Option<_>>()?);
                }
                Query::Rows(width, rows)
            }
            3 => Query::Filter(self.input(depth)?, self.expr(0)?),
            4 => Query::Project(self.input(depth)?, self.exprs()?),
            kind @ (5 | 6) => {
                let (left, right) = (self.input(depth)?, self.input(depth)?);
                let mut on = Vec::new();
                for _ in 0..self.unpacker.count()? {
                    on.push((self.unpacker.number()?, self.unpacker.number()?));
                }
                let kind = if kind == 6 { JoinKind::Left } else { JoinKind::Inner };
                Query::Join(kind, left, right, on)
            }
            7 => {
                let (input, by, mut totals) = (self.input(depth)?, self.exprs()?, Vec::new());
                for _ in 0..self.unpacker.count()? {
                    totals.push(self.total()?);
                }
                Query::Group(input, by, totals)
            }
            8 => {
                let (input, mut by) = (self.input(depth)?, Vec::new());
                for _ in 0..self.unpacker.count()? {
                    let is_down = self.unpacker.byte()? != 0;
                    let direction = if is_down { Direction::Down } else { Direction::Up };
                    by.push((self.expr(0)?, direction));
                }
                Query::Order(input, by)
            }
            9 => Query::Limit(self.input(depth)?, self.unpacker.word()?, self.unpacker.word()?),
            10 => Query::Distinct(self.input(depth)?),
            11 => Query::Union(self.input(depth)?, self.input(depth)?),
            _ => return None,
        })
    }

    fn input(&mut self, depth: usize) -> Option<Box<Query>> {
        self.query(depth + 1).map(Box::new)
    }

    fn exprs(&mut self) -> Option<Vec<Expr>> {
        (0..self.unpacker.count()?).map(|_| self.expr(0)).collect()
    }

    fn expr(&mut self, depth: usize) -> Option<Expr> {
        if depth > EXPR_DEPTH_MAX {
            return None;
        }
        let part = |reader: &mut Self| reader.expr(depth + 1).map(Box::new);
        Some(match self.unpacker.byte()? {
            1 => Expr::Field(self.unpacker.number()?),
            2 => Expr::Value(unpack_value(&mut self.unpacker, 0)?),
            3 => self.parameters.at(self.unpacker.number()?)?,
            4 => {
                let how = Comparison::from_code(self.unpacker.byte()?)?;
                Expr::Compare(how, part(self)?, part(self)?)
            }
            5 => Expr::And(part(self)?, part(self)?),
            6 => Expr::Or(part(self)?, part(self)?),
            7 => Expr::Not(part(self)?),
            8 => {
                let how = *ARITHMETICS.get(usize::from(self.unpacker.byte()?))?;
                Expr::Arithmetic(how, part(self)?, part(self)?)
            }
            9 => Expr::IsNone(part(self)?),
            10 => Expr::Else(part(self)?, part(self)?),
            11 => Expr::Words(part(self)?, part(self)?),
            12 => Expr::If(Box::new([*part(self)?, *part(self)?, *part(self)?])),
            13 => {
                let code = self.unpacker.byte()?;
                let function = Function::from_code(code, || self.unpacker.number())?;
                let given = (0..self.unpacker.count()?).map(|_| self.expr(depth + 1));
                Expr::Call(function, given.collect::<Option<_>>()?)
            }
            14 => Expr::Hint(part(self)?),
            _ => return None,
        })
    }

    fn total(&mut self) -> Option<Total> {
        Some(match self.unpacker.byte()? {
            1 => Total::Count,
            2 => Total::Sum(self.expr(0)?, unpack_value(&mut self.unpacker, 0)?),
            3 => Total::Min(self.expr(0)?),
            4 => Total::Max(self.expr(0)?),
            5 => Total::Avg(self.expr(0)?),
            6 => Total::Collect(self.expr(0)?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each node.
    fn everything() -> Query {
        let field = |column| Box::new(Expr::Field(column));
        let value = || Box::new(Expr::Value(Value::Int(7)));
        let less = Expr::Compare(Comparison::Less, field(0), value());
        let none = Expr::Not(Box::new(Expr::IsNone(field(1))));
        let words = Expr::Words(field(0), value());
        let held = Expr::call(Function::Held(2, 1), vec![*field(0)]);
        let lower = Expr::call(Function::Lower, vec![held]);
        let chosen = Expr::If(Box::new([Expr::Hint(Box::new(words)), lower, *value()]));
        let both = Expr::Or(Box::new(less.and(none)), Box::new(chosen));
        let rest =
            Expr::Arithmetic(Arithmetic::Rest, Box::new(Expr::Else(field(0), value())), value());
        let people = Box::new(Query::Relation(RelationId::new(5)));
        let kept = Box::new(Query::Filter(people.clone(), both));
        let joined = Query::Join(JoinKind::Left, kept, people.clone(), vec![(0, 1), (2, 300)]);
        let crossed = Query::Join(JoinKind::Inner, Box::new(joined), people, vec![]);
        let totals = vec![
            Total::Count,
            Total::Sum(rest.clone(), Value::Int(0)),
            Total::Min(rest.clone()),
            Total::Max(rest.clone()),
            Total::Avg(rest.clone()),
            Total::Collect(rest.clone()),
        ];
        let grouped = Query::Group(Box::new(crossed), vec![rest.clone()], totals);
        let by = vec![(rest.clone(), Direction::Down), (rest.clone(), Direction::Up)];
        let few = Query::Limit(Box::new(Query::Order(Box::new(grouped), by)), 1, u64::MAX);
        let rows = Query::Rows(2, vec![vec![Value::None, Value::from("x")]]);
        let shown = Query::Project(Box::new(Query::Distinct(Box::new(few))), vec![rest]);
        Query::Union(Box::new(shown), Box::new(rows))
    }

    #[test]
    fn a_query_comes_back_from_its_bytes_and_from_none_that_are_shorter() {
        let signature = Signature { relations: vec!["Person".into()], ..Signature::default() };
        let bytes = signature.to_bytes(&everything());
        let (found, rest) = Signature::from_bytes(&bytes).expect("a signature");
        assert_eq!(found, signature);
        let relations: Vec<_> = (0..6).map(RelationId::new).collect();
        assert_eq!(Query::from_bytes(rest, &relations, &[]), Ok(everything()));
        assert!(Query::from_bytes(rest, &relations[..5], &[]).is_err());
        for len in 0..rest.len() {
            assert!(Query::from_bytes(&rest[..len], &relations, &[]).is_err());
        }
    }

    #[test]
    fn a_parameter_becomes_its_value() {
        let input = Query::Rows(1, vec![]);
        let query = Query::Project(Box::new(input.clone()), vec![Expr::Parameter(1)]);
        let bytes = Signature::default().to_bytes(&query);
        let (_, rest) = Signature::from_bytes(&bytes).expect("a signature");
        let given = [Value::Int(1), Value::Int(2)];
        let bound = Query::Project(Box::new(input), vec![Expr::Value(Value::Int(2))]);
        assert_eq!(Query::from_bytes(rest, &[], &given), Ok(bound));
        assert!(Query::from_bytes(rest, &[], &given[..1]).is_err());
    }
}
