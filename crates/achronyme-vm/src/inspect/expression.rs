//! Expressions over a machine's state, for looking: a part of Achronyme, without side effects.
//!
//! ```text
//! expression = choice
//! choice     = both { "||" both }
//! both       = comparison { "&&" comparison }
//! comparison = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) sum ]
//! sum        = product { ( "+" | "-" ) product }
//! product    = unary { ( "*" | "/" | "%" ) unary }
//! unary      = ( "-" | "!" ) unary | power
//! power      = postfix [ "^" unary ]
//! postfix    = primary { "." name | "[" expression { "," expression } "]" }
//! primary    = number | string | "true" | "false" | "null" | "(" expression ")"
//!            | "[" [ expression { "," expression } ] "]"
//!            | ( "len" | "typeof" ) "(" expression ")"
//!            | name                          a variable, `self`, a global, a constant
//!            | "R0" "R1" …  | "U0" … | "G0" … | "K0" …   registers, upvalues, globals, constants
//!            | "pc" | "tick" | "depth"
//! ```

mod name;
mod operator;
mod part;
mod token;

use machine::{EvaluateError, Location};

use crate::inspect::shown::Shown;
use crate::vm::Vm;
use token::{Token, Tokens, Word};

pub(crate) use name::SPECIAL;

/// Brackets and signs that may be inside of each other.
const DEPTH_MAX: usize = 64;

/// What was found: the value, where it is stored if it is, and everything that was read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) value: Shown,
    pub(crate) place: Option<Location>,
    pub(crate) reads: Vec<Location>,
}

/// Whether all names have to mean something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// They have to.
    Here,
    /// A name that means something elsewhere, and whatever cannot be done, counts as null.
    Anywhere,
}

/// Evaluates `text`.
pub(crate) fn evaluate(vm: &Vm, text: &str, names: Names) -> Result<Found, EvaluateError> {
    let tokens = Tokens::of(text)?;
    let mut evaluation = Evaluation { vm, names, tokens, depth: 0, reads: Vec::new() };
    let Operand { value, place } = evaluation.choice()?;
    match evaluation.tokens.next() {
        Token { word: Word::End, .. } => Ok(Found { value, place, reads: evaluation.reads }),
        more => Err(at(more.at, "an operator or the end was expected here")),
    }
}

#[derive(Clone, Debug)]
struct Operand {
    value: Shown,
    place: Option<Location>,
}

impl From<Shown> for Operand {
    fn from(value: Shown) -> Self {
        Self { value, place: None }
    }
}

struct Evaluation<'a> {
    vm: &'a Vm,
    names: Names,
    tokens: Tokens,
    depth: usize,
    reads: Vec<Location>,
}

type Evaluated = Result<Operand, EvaluateError>;

impl Evaluation<'_> {
    fn choice(&mut self) -> Evaluated {
        let mut left = self.both()?;
        while self.tokens.take("||") {
            let right = self.both()?;
            if !left.value.is_true(&self.vm.heap) {
                left = right.value.into();
            }
        }
        Ok(left)
    }

    fn both(&mut self) -> Evaluated {
        let mut left = self.comparison()?;
        while self.tokens.take("&&") {
            let right = self.comparison()?;
            if left.value.is_true(&self.vm.heap) {
                left = right.value.into();
            }
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Evaluated {
        let left = self.sum()?;
        let Some((start, operator)) = self.tokens.take_any(&["==", "!=", "<=", ">=", "<", ">"])
        else {
            return Ok(left);
        };
        let right = self.sum()?;
        self.apply(operator, &left.value, &right.value, start)
    }

    fn sum(&mut self) -> Evaluated {
        let mut left = self.product()?;
        while let Some((start, operator)) = self.tokens.take_any(&["+", "-"]) {
            let right = self.product()?;
            left = self.apply(operator, &left.value, &right.value, start)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Evaluated {
        let mut left = self.unary()?;
        while let Some((start, operator)) = self.tokens.take_any(&["*", "/", "%"]) {
            let right = self.unary()?;
            left = self.apply(operator, &left.value, &right.value, start)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Evaluated {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(at(self.tokens.at(), "too many brackets or signs inside of each other"));
        }
        let evaluated = match self.tokens.take_any(&["-", "!"]) {
            Some((_, "!")) => {
                let operand = self.unary()?.value;
                Ok(Shown::boolean(!operand.is_true(&self.vm.heap)).into())
            }
            Some((start, _)) => {
                let operand = self.unary()?.value;
                match operand.as_number() {
                    Some(number) => Ok(Shown::number(-number).into()),
                    None => self.wrong(start, "only numbers can be negated"),
                }
            }
            None => self.power(),
        };
        self.depth -= 1;
        evaluated
    }

    fn power(&mut self) -> Evaluated {
        let base = self.postfix()?;
        match self.tokens.take_any(&["^"]) {
            Some((start, operator)) => {
                let exponent = self.unary()?;
                self.apply(operator, &base.value, &exponent.value, start)
            }
            None => Ok(base),
        }
    }

    fn postfix(&mut self) -> Evaluated {
        let mut operand = self.primary()?;
        loop {
            if let Some((start, _)) = self.tokens.take_any(&["."]) {
                let Token { word: Word::Name(name), .. } = self.tokens.next() else {
                    return Err(at(start, "the name of a field was expected after `.`"));
                };
                operand = self.field(&operand.value, &name, start)?;
            } else if let Some((start, _)) = self.tokens.take_any(&["["]) {
                let indices = self.list(start)?;
                operand = self.element(&operand.value, &indices, start)?;
            } else {
                return Ok(operand);
            }
        }
    }

    /// Expressions up to the `]` for the `[` at `start`.
    fn list(&mut self, start: usize) -> Result<Vec<Shown>, EvaluateError> {
        let mut items = Vec::new();
        if self.tokens.take("]") {
            return Ok(items);
        }
        loop {
            items.push(self.choice()?.value);
            if self.tokens.take("]") {
                return Ok(items);
            }
            if !self.tokens.take(",") {
                return Err(at(start, "this `[` is never closed"));
            }
        }
    }

    fn primary(&mut self) -> Evaluated {
        let Token { at: start, word } = self.tokens.next();
        match word {
            Word::Number(number) => Ok(Shown::number(number).into()),
            Word::Text(text) => Ok(Shown::Text(text).into()),
            Word::Sign("(") => {
                let inner = self.choice()?;
                if self.tokens.take(")") {
                    Ok(inner)
                } else {
                    Err(at(start, "this `(` is never closed"))
                }
            }
            Word::Sign("[") => self.list(start).map(|items| Shown::List(items).into()),
            Word::Name(name) if self.tokens.take("(") => self.call(&name, start),
            Word::Name(name) => self.name(&name, start),
            Word::Sign(_) | Word::End => Err(at(start, "a value was expected here")),
        }
    }

    /// A function of one value that changes nothing. Its bracket is open.
    fn call(&mut self, name: &str, start: usize) -> Evaluated {
        let operand = self.choice()?.value;
        if !self.tokens.take(")") {
            return Err(at(start, "`)` was expected after one value"));
        }
        match name {
            "typeof" => Ok(Shown::Text(operand.kind(&self.vm.heap).to_owned()).into()),
            "len" => match self.length(&operand) {
                Some(length) => Ok(Shown::count(length).into()),
                None => self.wrong(start, "this has no length"),
            },
            _ => Err(at(
                start,
                "here only `len` and `typeof` can be called: others may change something",
            )),
        }
    }

    /// A message; or null, where all names need not mean something.
    fn wrong(&self, start: usize, message: impl Into<String>) -> Evaluated {
        match self.names {
            Names::Here => Err(at(start, message)),
            Names::Anywhere => Ok(Shown::NULL.into()),
        }
    }
}

fn at(byte: usize, message: impl Into<String>) -> EvaluateError {
    EvaluateError { at: byte, message: message.into() }
}
