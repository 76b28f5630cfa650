//! What names and expressions are worth, before linking and after.

use std::collections::BTreeMap;

use source::Span;

use crate::codes;
use crate::object::{Meaning, Object};
use crate::problem::{Problem, labelled, problem, with_nearest};
use crate::syntax::expression::{Expr, Term};

/// Constants that are defined by each other.
const DEPTH_MAX: usize = 64;
/// Stands for the code where sections have no place yet.
const CODE_SECTION: u32 = u32::MAX;

/// Where a linker put the parts of the objects.
#[derive(Debug, Default)]
pub(crate) struct Placement {
    /// By object: the index of its first instruction.
    pub(crate) code: Vec<u32>,
    /// By object and segment: the first position.
    pub(crate) segments: Vec<Vec<i64>>,
    /// The object that has a global name.
    pub(crate) globals: BTreeMap<String, usize>,
}

/// Calculates. Remembers what it found, so that no tower of constants takes long.
pub(crate) struct Values<'a> {
    objects: &'a [Object],
    placement: Option<&'a Placement>,
    known: BTreeMap<(usize, String), Term>,
    open: Vec<(usize, String)>,
    /// Whether the number of an instruction was asked for as a position.
    pub(crate) used_code_position: bool,
}

impl<'a> Values<'a> {
    /// Before linking: places are relative to their section.
    pub(crate) fn of_object(object: &'a Object) -> Self {
        Self::new(std::slice::from_ref(object), None)
    }

    /// After everything has its place.
    pub(crate) fn linked(objects: &'a [Object], placement: &'a Placement) -> Self {
        Self::new(objects, Some(placement))
    }

    fn new(objects: &'a [Object], placement: Option<&'a Placement>) -> Self {
        let (known, open) = (BTreeMap::new(), Vec::new());
        Self { objects, placement, known, open, used_code_position: false }
    }

    /// Instructions of all objects.
    pub(crate) fn code_len(&self) -> u32 {
        let len = self.objects.iter().map(|object| object.code.len()).sum::<usize>();
        u32::try_from(len).unwrap_or(u32::MAX)
    }

    /// The number that `expr` of an object stands for.
    pub(crate) fn number(&mut self, object: usize, expr: &Expr) -> Result<i128, Problem> {
        expr.evaluate_number(&mut |name, span| self.value(object, name, span))
    }

    /// The index of the instruction that a label of an object stands for.
    pub(crate) fn target(&self, object: usize, name: &str, span: Span) -> Result<u32, Problem> {
        let (home, meaning) = self.find(object, name, span)?;
        match meaning {
            Meaning::Code(index) => {
                Ok(index + self.placement.map_or(0, |placement| placement.code[home]))
            }
            // The linker will see what it is.
            Meaning::Extern if self.placement.is_none() => Ok(0),
            Meaning::Data { .. }
            | Meaning::Constant(_)
            | Meaning::Register(_)
            | Meaning::Extern => Err(wrong_kind(name, span, &meaning, "a label in the code")),
        }
    }

    fn value(&mut self, object: usize, name: &str, span: Span) -> Result<Term, Problem> {
        let (home, meaning) = self.find(object, name, span)?;
        match meaning {
            Meaning::Code(index) => {
                self.used_code_position = true;
                Ok(match self.placement {
                    Some(placement) => Term::number(i128::from(placement.code[home] + index) * 8),
                    None => Term { section: Some(CODE_SECTION), value: i128::from(index) * 8 },
                })
            }
            Meaning::Data { segment, offset } => Ok(match self.placement {
                Some(placement) => {
                    let start = placement.segments[home][segment as usize];
                    Term::number(i128::from(start) + i128::from(offset))
                }
                None => Term { section: Some(segment), value: i128::from(offset) },
            }),
            Meaning::Constant(expr) => self.constant(home, name, &expr),
            Meaning::Register(_) => Err(wrong_kind(name, span, &meaning, "a number")),
            Meaning::Extern => Err(labelled(
                codes::NOT_CONSTANT,
                span,
                format!("`{name}` is known only after linking"),
                "a number was expected",
            )),
        }
    }

    fn constant(&mut self, home: usize, name: &str, expr: &Expr) -> Result<Term, Problem> {
        let key = (home, name.to_owned());
        if let Some(term) = self.known.get(&key) {
            return Ok(*term);
        }
        if self.open.contains(&key) {
            let message = format!("the constant `{name}` is defined by itself");
            return Err(problem(codes::CYCLE, expr.span, message));
        }
        if self.open.len() == DEPTH_MAX {
            let message = format!("more than {DEPTH_MAX} constants are defined by each other");
            return Err(problem(codes::LIMIT, expr.span, message));
        }
        self.open.push(key.clone());
        let term = expr.evaluate(&mut |name, span| self.value(home, name, span));
        self.open.pop();
        self.known.insert(key, term.clone()?);
        term
    }

    /// The object that defines a name, and what it is there.
    fn find(&self, object: usize, name: &str, span: Span) -> Result<(usize, Meaning), Problem> {
        let meaning = self.objects[object].meaning(name);
        let meaning = meaning.ok_or_else(|| undefined(&self.objects[object], name, span))?;
        let (Meaning::Extern, Some(placement)) = (&meaning, self.placement) else {
            return Ok((object, meaning));
        };
        let home = placement.globals.get(name).copied();
        let found = home.and_then(|home| Some((home, self.objects[home].meaning(name)?)));
        match found {
            Some((home, meaning)) if meaning != Meaning::Extern => Ok((home, meaning)),
            _ => {
                let message = format!("no unit makes `{name}` global");
                let globals = placement.globals.keys().map(String::as_str);
                let missing = problem(codes::UNDEFINED_EXTERN, span, message);
                Err(with_nearest(missing, name, globals))
            }
        }
    }
}

/// `name` is nowhere.
pub(crate) fn undefined(object: &Object, name: &str, span: Span) -> Problem {
    if name.contains('.') {
        let message = format!("`{name}` is a field of a record, and cannot stand here");
        let hint = "`LOAD Rx, record.field` reads a field; `WRITE [field: record.field]` copies it";
        return Box::new(problem(codes::UNDEFINED, span, message).with_hint(hint));
    }
    let message = format!("the name `{name}` is not defined");
    with_nearest(problem(codes::UNDEFINED, span, message), name, object.names())
}

/// `name` is something else than what is needed.
pub(crate) fn wrong_kind(name: &str, span: Span, meaning: &Meaning, needed: &str) -> Problem {
    let what = match meaning {
        Meaning::Code(_) => "a label in the code",
        Meaning::Data { .. } => "a position in a segment",
        Meaning::Constant(_) => "a constant",
        Meaning::Register(_) => "a register",
        Meaning::Extern => "in another unit",
    };
    let label = format!("{needed} was expected");
    labelled(codes::WRONG_KIND, span, format!("`{name}` is {what}"), label)
}
