//! Expressions that give strings. All are cut short, so that none can grow without end.

use crate::author::Author;
use crate::types::Type;

const TEXT: Type = Type::Text;

impl Author {
    /// An expression that gives a string.
    pub(crate) fn text(&mut self, depth: usize) -> String {
        match self.dice.weighted(&[30, 25, 12, 10, 8, 8, 8]) {
            0 => {
                let count = self.dice.between(2, 3);
                let mut operands: Vec<String> =
                    (0..count).map(|_| self.tight(&TEXT, depth)).collect();
                if self.dice.chance(40) {
                    let kind = self.plain_type(2);
                    let at = self.dice.between(1, operands.len());
                    let other = self.tight(&kind, depth);
                    operands.insert(at, other);
                }
                format!("({})[..20]", operands.join(" + "))
            }
            1 => self.interpolated(depth),
            2 => {
                let kind = self.plain_type(2);
                format!("str({})[..30]", self.expression(&kind, depth))
            }
            3 => self.changed_text(depth),
            4 => {
                let text = self.tight(&TEXT, depth);
                let slice =
                    *self.dice.pick(&["..1", "1..", "..-1", "-2..", "1..3", "3..1", "..", "2..99"]);
                format!("{text}[{slice}]")
            }
            5 => {
                let kind = self.any_type(2);
                format!("typeof({})", self.expression(&kind, depth))
            }
            _ => {
                let items = self.tight(&Type::texts(), depth);
                let glue = self.literal(&TEXT);
                match self.dice.below(2) {
                    0 => format!("join({items}, {glue})[..20]"),
                    _ => format!("{items}.join({glue})[..20]"),
                }
            }
        }
    }

    fn interpolated(&mut self, depth: usize) -> String {
        let mut text = "'".to_owned();
        for _ in 0..self.dice.between(1, 3) {
            let start: &[&str] = &["", "a", " ", "=", "\\n", "$", "ö", ", "];
            let start = *self.dice.pick(start);
            text.push_str(start);
            let kind = self.plain_type(2);
            text.push_str("${");
            text.push_str(&self.expression(&kind, depth));
            text.push('}');
        }
        text + "'[..40]"
    }

    fn changed_text(&mut self, depth: usize) -> String {
        let one = self.tight(&TEXT, depth);
        match self.dice.below(7) {
            0 => format!("{one}.upper()"),
            1 => format!("lower({one})"),
            2 => format!("{one}.trim()"),
            3 => {
                let (from, to) = (self.literal(&TEXT), self.literal(&TEXT));
                format!("replace({one}, {from}, {to})[..20]")
            }
            4 => format!("({one} * {})[..20]", self.dice.below(4)),
            5 => format!("pad_start({one}, {}, \"*\")", self.dice.below(9)),
            _ if self.is_library("reverse") => format!("reverse({one})"),
            _ => one,
        }
    }
}
