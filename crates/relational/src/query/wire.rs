//! Queries as bytes, as the catalog keeps those of views.

use super::expr::{Arithmetic, Comparison, DEPTH_MAX, Expr};
use super::plan::{JoinKind, PLAN_DEPTH_MAX, Query};
use super::total::Total;
use crate::any::{decode_any, encode_any};
use crate::catalog::RelationId;
use crate::key::Zeros;
use crate::value::Value;
use crate::wire::{Packer, Unpacker};

/// The number of each comparison and operation is its place here.
const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::Unequal,
    Comparison::Less,
    Comparison::AtMost,
    Comparison::Greater,
    Comparison::AtLeast,
];
const OPERATIONS: [Arithmetic; 5] = [
    Arithmetic::Add,
    Arithmetic::Subtract,
    Arithmetic::Multiply,
    Arithmetic::Divide,
    Arithmetic::Rest,
];

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|other| other == one).unwrap_or(0).to_le_bytes()[0]
}

fn pack_value(value: &Value, packer: &mut Packer) {
    let mut bytes = Vec::new();
    encode_any(value, Zeros::Told, &mut bytes);
    packer.block(&bytes);
}

fn unpack_value(from: &mut Unpacker<'_>) -> Option<Value> {
    let mut rest = from.block()?;
    decode_any(Zeros::Told, &mut rest).filter(|_| rest.is_empty())
}

/// Lists begin with their length.
fn unpack_all<T>(
    from: &mut Unpacker<'_>,
    mut one: impl FnMut(&mut Unpacker<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    (0..from.count()?).map(|_| one(from)).collect()
}

impl Expr {
    /// Writes it. Depth is bounded: it was checked.
    pub(crate) fn pack(&self, packer: &mut Packer) {
        let both = |packer: &mut Packer, one: &Self, two: &Self| {
            one.pack(packer);
            two.pack(packer);
        };
        match self {
            Self::Field(column) => {
                packer.byte(1);
                packer.number(*column);
            }
            Self::Value(value) => {
                packer.byte(2);
                pack_value(value, packer);
            }
            Self::Compare(how, one, two) => {
                packer.byte(3);
                packer.byte(place(&COMPARISONS, how));
                both(packer, one, two);
            }
            Self::And(one, two) => {
                packer.byte(4);
                both(packer, one, two);
            }
            Self::Or(one, two) => {
                packer.byte(5);
                both(packer, one, two);
            }
            Self::Not(one) => {
                packer.byte(6);
                one.pack(packer);
            }
            Self::Arithmetic(how, one, two) => {
                packer.byte(7);
                packer.byte(place(&OPERATIONS, how));
                both(packer, one, two);
            }
            Self::IsNone(one) => {
                packer.byte(8);
                one.pack(packer);
            }
            Self::Else(one, two) => {
                packer.byte(9);
                both(packer, one, two);
            }
            Self::Words(one, two) => {
                packer.byte(10);
                both(packer, one, two);
            }
        }
    }

    fn unpack(from: &mut Unpacker<'_>, depth: usize) -> Option<Self> {
        if depth > DEPTH_MAX {
            return None;
        }
        let part = |from: &mut Unpacker<'_>| Some(Box::new(Self::unpack(from, depth + 1)?));
        Some(match from.byte()? {
            1 => Self::Field(from.number()?),
            2 => Self::Value(unpack_value(from)?),
            3 => {
                let how = *COMPARISONS.get(usize::from(from.byte()?))?;
                Self::Compare(how, part(from)?, part(from)?)
            }
            4 => Self::And(part(from)?, part(from)?),
            5 => Self::Or(part(from)?, part(from)?),
            6 => Self::Not(part(from)?),
            7 => {
                let how = *OPERATIONS.get(usize::from(from.byte()?))?;
                Self::Arithmetic(how, part(from)?, part(from)?)
            }
            8 => Self::IsNone(part(from)?),
            9 => Self::Else(part(from)?, part(from)?),
            10 => Self::Words(part(from)?, part(from)?),
            _ => return None,
        })
    }
}

impl Total {
    fn pack(&self, packer: &mut Packer) {
        let code = match self {
            Self::Count => 1,
            Self::Sum(..) => 2,
            Self::Min(_) => 3,
            Self::Max(_) => 4,
            Self::Avg(_) => 5,
            Self::Collect(_) => 6,
        };
        packer.byte(code);
        if let Some(of) = self.of() {
            of.pack(packer);
        }
        if let Self::Sum(_, zero) = self {
            pack_value(zero, packer);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let code = from.byte()?;
        if code == 1 {
            return Some(Self::Count);
        }
        let of = Expr::unpack(from, 0)?;
        Some(match code {
            2 => Self::Sum(of, unpack_value(from)?),
            3 => Self::Min(of),
            4 => Self::Max(of),
            5 => Self::Avg(of),
            6 => Self::Collect(of),
            _ => return None,
        })
    }
}

impl Query {
    /// Writes it. Depth is bounded: it was checked.
    pub(crate) fn pack(&self, packer: &mut Packer) {
        match self {
            Self::Relation(id) => {
                packer.byte(1);
                packer.link(id.0);
            }
            Self::Rows(width, rows) => {
                packer.byte(2);
                packer.number(*width);
                packer.number(rows.len());
                rows.iter().flatten().for_each(|value| pack_value(value, packer));
            }
            Self::Filter(input, condition) => {
                packer.byte(3);
                input.pack(packer);
                condition.pack(packer);
            }
            Self::Project(input, exprs) => {
                packer.byte(4);
                input.pack(packer);
                pack_exprs(exprs, packer);
            }
            Self::Join(kind, left, right, on) => {
                packer.byte(if *kind == JoinKind::Inner { 5 } else { 6 });
                left.pack(packer);
                right.pack(packer);
                packer.numbers(&on.iter().map(|(left, _)| *left).collect::<Vec<_>>());
                packer.numbers(&on.iter().map(|(_, right)| *right).collect::<Vec<_>>());
            }
            Self::Group(input, by, totals) => {
                packer.byte(7);
                input.pack(packer);
                pack_exprs(by, packer);
                packer.number(totals.len());
                totals.iter().for_each(|total| total.pack(packer));
            }
            Self::Union(one, other) => {
                packer.byte(8);
                one.pack(packer);
                other.pack(packer);
            }
            Self::Distinct(input) => {
                packer.byte(9);
                input.pack(packer);
            }
            // Views have none of these: rows of a relation have no order.
            Self::Order(input, _) | Self::Limit(input, ..) => input.pack(packer),
        }
    }

    pub(crate) fn unpack(from: &mut Unpacker<'_>, depth: usize) -> Option<Self> {
        if depth > PLAN_DEPTH_MAX {
            return None;
        }
        let part = |from: &mut Unpacker<'_>| Some(Box::new(Self::unpack(from, depth + 1)?));
        let code = from.byte()?;
        Some(match code {
            1 => Self::Relation(RelationId(from.link()?)),
            2 => {
                let width = from.number().filter(|width| *width <= crate::FIELDS_MAX)?;
                let rows =
                    unpack_all(from, |from| (0..width).map(|_| unpack_value(from)).collect());
                Self::Rows(width, rows?)
            }
            3 => Self::Filter(part(from)?, Expr::unpack(from, 0)?),
            4 => Self::Project(part(from)?, unpack_all(from, |from| Expr::unpack(from, 0))?),
            5 | 6 => {
                let (left, right) = (part(from)?, part(from)?);
                let (one, other) = (from.numbers()?, from.numbers()?);
                let kind = if code == 5 { JoinKind::Inner } else { JoinKind::Left };
                Self::Join(kind, left, right, one.into_iter().zip(other).collect())
            }
            7 => {
                let input = part(from)?;
                let by = unpack_all(from, |from| Expr::unpack(from, 0))?;
                Self::Group(input, by, unpack_all(from, Total::unpack)?)
            }
            8 => Self::Union(part(from)?, part(from)?),
            9 => Self::Distinct(part(from)?),
            _ => return None,
        })
    }
}

fn pack_exprs(exprs: &[Expr], packer: &mut Packer) {
    packer.number(exprs.len());
    exprs.iter().for_each(|expr| expr.pack(packer));
}
