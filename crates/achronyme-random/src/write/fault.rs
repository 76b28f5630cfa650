//! Statements that fail.

use crate::author::Author;
use crate::types::Type;

impl Author {
    /// A statement that throws, or does what cannot be done.
    pub(crate) fn fault(&mut self, depth: usize) -> String {
        match self.dice.below(10) {
            0..=2 => format!("throw {}", self.expression(&Type::Text, depth)),
            3 => {
                let message = self.expression(&Type::Text, depth);
                format!("throw {{message: {message}, kind: \"K\"}}")
            }
            4 => {
                let kind = self.plain_type(2);
                format!("throw {}", self.expression(&kind, depth))
            }
            _ => self.misuse(depth),
        }
    }

    fn misuse(&mut self, depth: usize) -> String {
        let kind = self.plain_type(1);
        let value = self.tight(&kind, depth.min(1));
        let number = self.expression(&Type::Number, depth.min(1));
        match self.dice.below(14) {
            0 => "missing".to_owned(),
            1 => "missing(1)".to_owned(),
            2 => format!("{value}.missing"),
            3 => format!("{value}.missing({number})"),
            4 => format!("{value}(1)"),
            5 => format!("{value}[{number}]"),
            6 => format!("{value} + null"),
            7 => format!("({number}) % 0"),
            8 => format!("for (i in {value}) {{ [][i] }}"),
            9 => "(x => x)(1, 2)".to_owned(),
            10 => "let [one, two] = [1]".to_owned(),
            11 => "let none: String = 1".to_owned(),
            12 => format!("match {value} {{ \"never\" => 1 }}"),
            _ => {
                let variable = self.variable(|v| !v.mutable).map_or("i".to_owned(), |v| v.name);
                format!("{variable} = {number}")
            }
        }
    }
}
