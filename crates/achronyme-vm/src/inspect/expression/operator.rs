//! Operators on what was found.

use std::cmp::Ordering;

use achronyme_library::compare;

use super::{Evaluated, Evaluation};
use crate::inspect::shown::Shown;

impl Evaluation<'_> {
    pub(super) fn apply(
        &self,
        operator: &'static str,
        left: &Shown,
        right: &Shown,
        start: usize,
    ) -> Evaluated {
        let heap = &self.vm.heap;
        let value = match operator {
            "==" => Some(Shown::boolean(self.equal(left, right))),
            "!=" => Some(Shown::boolean(!self.equal(left, right))),
            _ => match (left.as_number(), right.as_number()) {
                (Some(a), Some(b)) => numbers(operator, a, b),
                _ => match (left.text(heap), right.text(heap)) {
                    (Some(a), Some(b)) => texts(operator, a, b),
                    _ => None,
                },
            },
        };
        match value {
            Some(value) => Ok(value.into()),
            None => {
                let (left, right) = (left.kind(heap), right.kind(heap));
                self.wrong(
                    start,
                    format!("`{operator}` cannot be done with {left} and {right} here"),
                )
            }
        }
    }

    /// As `==` of the language, of what can be seen.
    fn equal(&self, left: &Shown, right: &Shown) -> bool {
        let heap = &self.vm.heap;
        if let (Some(a), Some(b)) = (left.text(heap), right.text(heap)) {
            return a == b;
        }
        if let (Shown::Value(a), Shown::Value(b)) = (left, right) {
            return compare::equal(heap, a, b);
        }
        match (self.items(left), self.items(right)) {
            (Some(a), Some(b)) => {
                a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| self.equal(a, b))
            }
            _ => left == right,
        }
    }
}

fn numbers(operator: &str, a: f64, b: f64) -> Option<Shown> {
    Some(match operator {
        "+" => Shown::number(a + b),
        "-" => Shown::number(a - b),
        "*" => Shown::number(a * b),
        "/" => Shown::number(a / b),
        "%" => Shown::number(a % b),
        "^" => Shown::number(libm::pow(a, b)),
        _ => Shown::boolean(holds(operator, a.partial_cmp(&b))?),
    })
}

fn texts(operator: &str, a: &str, b: &str) -> Option<Shown> {
    match operator {
        "+" => Some(Shown::Text(format!("{a}{b}"))),
        _ => holds(operator, Some(a.cmp(b))).map(Shown::boolean),
    }
}

fn holds(operator: &str, order: Option<Ordering>) -> Option<bool> {
    Some(match operator {
        "<" => order == Some(Ordering::Less),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        ">" => order == Some(Ordering::Greater),
        ">=" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        _ => return None,
    })
}
