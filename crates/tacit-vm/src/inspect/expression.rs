//! Expressions over a machine's state, for looking: like Tacit, operands first, without side
//! effects.
//!
//! ```text
//! expression = { item }                          leaves exactly one value
//! item       = number | string | "NIL" | "true" | "false"
//!            | name                              a local or global variable, or a word
//!            | "s0" "s1" …  | "r0" "r1" …        stack and return stack, from the top
//!            | "ip" "sp" "rp" "bp" "tick" "depth" "task" "heap-used" "heap-peak" "heap-quota"
//!            | "[" { item } "]"                  the element of the value before, by keys
//!            | "mem" address                     a byte of the memory
//!            | "block" number | "code" address   a block of the heap, an instruction, as text
//!            | "status" number                   what a task does
//!            | "+" "-" "*" "/" "!" "^" "&" "|" "<" ">" "<=" ">=" "=" "<>" "and" "or" "xor" "not"
//!            | "length"
//! ```

mod token;

use machine::{CodePosition, EvaluateError, Inspect, Location};

use crate::inspect::probe::{
    MEMORY, REGISTER_BP, REGISTER_IP, REGISTER_RP, REGISTER_SP, REGISTERS, VALUES,
};
use crate::inspect::shown::{Element, Shown};
use crate::layout::Register;
use crate::value::Cell;
use crate::vm::Vm;
use token::{Token, Tokens, constant, integer};

pub(crate) use token::{Literal, literal, path};

/// Values that an expression may have at the same time.
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
    /// A name that means something elsewhere counts as NIL.
    Anywhere,
}

/// Evaluates `text`.
pub(crate) fn evaluate(vm: &Vm, text: &str, names: Names) -> Result<Found, EvaluateError> {
    let mut evaluation =
        Evaluation { vm, names, stack: Vec::new(), open: Vec::new(), reads: Vec::new() };
    let mut tokens = Tokens { text, at: 0 };
    while let Some(token) = tokens.next()? {
        evaluation.item(&token, &mut tokens)?;
        if evaluation.stack.len() > DEPTH_MAX {
            return Err(at(token.at, "the expression leaves too many values lying"));
        }
    }
    if let Some((start, _)) = evaluation.open.pop() {
        return Err(at(start, "this `[` is never closed"));
    }
    let reads = evaluation.reads;
    match (evaluation.stack.pop(), evaluation.stack.len()) {
        (Some(Operand { value, place }), 0) => Ok(Found { value, place, reads }),
        (None, _) => Err(at(text.len(), "a value was expected here")),
        (Some(_), more) => {
            let count = more + 1;
            Err(at(
                text.len(),
                format!("this leaves {count} values; an operator comes after its operands"),
            ))
        }
    }
}

struct Operand {
    value: Shown,
    place: Option<Location>,
}

struct Evaluation<'a> {
    vm: &'a Vm,
    names: Names,
    stack: Vec<Operand>,
    /// Where brackets were opened, and how many values there were.
    open: Vec<(usize, usize)>,
    reads: Vec<Location>,
}

impl Evaluation<'_> {
    fn item(&mut self, token: &Token<'_>, tokens: &mut Tokens<'_>) -> Result<(), EvaluateError> {
        if let Some(value) = constant(token) {
            self.push(value);
            return Ok(());
        }
        if let Some(operand) = self.variable(token.text) {
            self.stack.push(operand);
            return Ok(());
        }
        match token.text {
            "[" if self.stack.is_empty() => {
                Err(at(token.at, "a value with elements was expected before `[`"))
            }
            "[" => {
                self.open.push((token.at, self.stack.len()));
                Ok(())
            }
            "]" => self.close(token.at),
            "mem" | "block" | "code" | "status" => {
                let wanted = || at(token.at, format!("`{}` needs a number after it", token.text));
                let argument = tokens.next()?.ok_or_else(wanted)?;
                let number = integer(argument.text).ok_or_else(wanted)?;
                self.about(token.text, number, argument.at)
            }
            _ => self.operator(token),
        }
    }

    fn push(&mut self, value: Shown) {
        self.stack.push(Operand { value, place: None });
    }

    fn pop(&mut self, at_byte: usize, name: &str) -> Result<Operand, EvaluateError> {
        let floor = self.open.last().map_or(0, |(_, height)| *height);
        if self.stack.len() <= floor {
            return Err(at(at_byte, format!("`{name}` needs more values before it")));
        }
        self.stack.pop().ok_or_else(|| at(at_byte, "a value was expected before this"))
    }

    /// What a name means: the nearest meaning, as for the compiler, then the machine's own names.
    fn variable(&mut self, name: &str) -> Option<Operand> {
        let vm = self.vm;
        if let Some(locals) = vm.locals()
            && let Some(slot) = locals.names.iter().take(locals.count).rposition(|it| it == name)
        {
            self.reads.push(register(REGISTER_BP));
            return Some(self.stored(locals.first + slot));
        }
        if let Some(index) = vm.program.global_index(name) {
            return Some(self.stored(vm.memory.layout().globals().0 + index));
        }
        let below = |prefix: char| name.strip_prefix(prefix)?.parse::<usize>().ok();
        if let Some(index) = below('s') {
            return self.below(index, REGISTER_SP, vm.registers.stack_start, vm.registers.sp);
        }
        if let Some(index) = below('r') {
            return self.below(index, REGISTER_RP, vm.registers.return_start, vm.registers.rp);
        }
        let number = match name {
            "ip" => REGISTER_IP,
            "sp" => REGISTER_SP,
            "rp" => REGISTER_RP,
            "bp" => REGISTER_BP,
            "depth" => {
                self.reads.push(register(REGISTER_SP));
                let depth = vm.registers.sp - vm.registers.stack_start;
                return Some(Operand { value: Shown::count(depth.into()), place: None });
            }
            "tick" => {
                #[expect(clippy::cast_precision_loss, reason = "for looking at")]
                let tick = vm.tick as f32;
                return Some(Operand { value: Shown::number(tick), place: None });
            }
            _ => return self.kept(name).or_else(|| self.other_name(name)),
        };
        let value = Shown::count(vm.register_now(number)?.into());
        self.reads.push(register(number));
        Some(Operand { value, place: Some(register(number)) })
    }

    /// A number that the machine keeps in its memory.
    fn kept(&mut self, name: &str) -> Option<Operand> {
        let (_, register) = KEPT.iter().find(|(it, _)| *it == name)?;
        let cell = self.vm.memory.layout().registers().0 + *register as usize;
        let place = Location { space: MEMORY, address: i64_of(4 * cell), size: 4 };
        self.reads.push(place);
        let value = Shown::count(self.vm.memory.register(*register) as usize);
        Some(Operand { value, place: Some(place) })
    }

    /// A word, or a local variable of a definition that is not running.
    fn other_name(&self, name: &str) -> Option<Operand> {
        if let Some(word) = self.vm.memory.find_word(name) {
            let symbol = Cell::tagged(crate::value::Tag::Symbol, word.header.into());
            return Some(Operand { value: Shown::Cell(symbol), place: None });
        }
        let is_known = || self.vm.program.local_names().any(|it| it == name);
        let is_elsewhere = self.names == Names::Anywhere && is_known();
        is_elsewhere.then_some(Operand { value: Shown::Cell(Cell::NIL), place: None })
    }

    fn below(&mut self, index: usize, number: i64, start: u16, end: u16) -> Option<Operand> {
        self.reads.push(register(number));
        if index >= usize::from(end - start) {
            let nothing = || Operand { value: Shown::Cell(Cell::NIL), place: None };
            return (self.names == Names::Anywhere).then(nothing);
        }
        Some(self.stored(usize::from(end) - 1 - index))
    }

    /// The value in a cell.
    fn stored(&mut self, cell: usize) -> Operand {
        let place = Location { space: VALUES, address: i64_of(cell), size: 1 };
        self.reads.push(place);
        Operand { value: Shown::Cell(self.vm.memory.get(cell)), place: Some(place) }
    }

    /// Ends a path: takes the element by each of the keys in turn.
    fn close(&mut self, start: usize) -> Result<(), EvaluateError> {
        let (_, height) = self.open.pop().ok_or_else(|| at(start, "no `[` before this"))?;
        let keys = self.stack.split_off(height);
        if keys.is_empty() {
            return Err(at(start, "a key was expected before `]`"));
        }
        let mut found = self.pop(start, "[")?;
        for key in keys {
            found = match (self.element(&found, &key.value, start), self.unknown()) {
                (Err(_), Some(value)) => Operand { value, place: None },
                (element, _) => element?,
            };
        }
        self.stack.push(found);
        Ok(())
    }

    fn element(
        &mut self,
        of: &Operand,
        key: &Shown,
        start: usize,
    ) -> Result<Operand, EvaluateError> {
        let memory = &self.vm.memory;
        if let Some(text) = of.value.text(memory) {
            let index = key.as_number().and_then(|number| Cell::number(number).as_count());
            let index = index.ok_or_else(|| at(start, "a string has elements by number"))?;
            let character = text.chars().nth(index).map(|c| Shown::Text(c.to_string()));
            let value = character.unwrap_or(Shown::Cell(Cell::NIL));
            return Ok(Operand { value, place: None });
        }
        let Shown::Cell(container) = of.value else {
            return Err(at(start, "this has no elements"));
        };
        let found = memory.find_element(container, key).map_err(|message| at(start, message))?;
        Ok(match found {
            Some(Element::Cell(cell)) => self.stored(cell),
            Some(Element::Byte(byte)) => {
                let place = Location { space: MEMORY, address: i64_of(byte), size: 1 };
                self.reads.push(place);
                let value = Shown::count(memory.byte(byte).into());
                Operand { value, place: Some(place) }
            }
            None => Operand { value: Shown::Cell(Cell::NIL), place: None },
        })
    }

    /// What is at a place of the machine.
    fn about(&mut self, what: &str, number: usize, start: usize) -> Result<(), EvaluateError> {
        let vm = self.vm;
        let layout = vm.memory.layout();
        match what {
            "mem" if number < layout.bytes() => {
                let place = Location { space: MEMORY, address: i64_of(number), size: 1 };
                self.reads.push(place);
                let value = Shown::count(vm.byte_now(number).into());
                self.stack.push(Operand { value, place: Some(place) });
                Ok(())
            }
            "mem" => Err(at(start, format!("the memory has {} bytes", layout.bytes()))),
            "block" if number < layout.blocks() => {
                let address = i64_of(4 * layout.block(number));
                self.reads.push(Location { space: MEMORY, address, size: 64 });
                self.push(Shown::Lines(vm.memory.block_text(number)));
                Ok(())
            }
            "block" => Err(at(start, format!("the heap has {} blocks", layout.blocks()))),
            "status" => {
                let text =
                    vm.task_text(number).ok_or_else(|| at(start, "there is no such task"))?;
                self.push(Shown::Lines(text));
                Ok(())
            }
            _ => {
                let listing = vm.disassemble(CodePosition(number as u64), 1).pop();
                let listing = listing.ok_or_else(|| at(start, "there is no code"))?;
                self.push(Shown::Lines(listing.text));
                Ok(())
            }
        }
    }

    fn operator(&mut self, token: &Token<'_>) -> Result<(), EvaluateError> {
        let Token { at: start, text: name, .. } = *token;
        if !OPERATORS.contains(&name) {
            return Err(at(start, format!("`{name}` means nothing here")));
        }
        let right = self.pop(start, name)?.value;
        if name == "not" {
            self.push(Shown::Cell(Cell::flag(!right.is_true())));
            return Ok(());
        }
        if name == "length" {
            let length = self.vm.memory.length_of(&right).map(Shown::count);
            let length = length.or_else(|| self.unknown());
            self.push(length.ok_or_else(|| at(start, "this has no length"))?);
            return Ok(());
        }
        let left = self.pop(start, name)?.value;
        let value = self.apply(name, &left, &right);
        let wrong = || at(start, format!("`{name}` cannot be done with these two"));
        self.push(value.or_else(|| self.unknown()).ok_or_else(wrong)?);
        Ok(())
    }

    /// What counts as the value of something that may have one at another moment.
    fn unknown(&self) -> Option<Shown> {
        (self.names == Names::Anywhere).then_some(Shown::Cell(Cell::NIL))
    }

    fn apply(&self, name: &str, left: &Shown, right: &Shown) -> Option<Shown> {
        let flag = |flag| Some(Shown::Cell(Cell::flag(flag)));
        match name {
            "=" => return flag(self.equal(left, right)),
            "<>" => return flag(!self.equal(left, right)),
            "and" => return flag(left.is_true() && right.is_true()),
            "or" => return flag(left.is_true() || right.is_true()),
            "xor" => return flag(left.is_true() != right.is_true()),
            _ => {}
        }
        if let (Some(a), Some(b)) = (left.text(&self.vm.memory), right.text(&self.vm.memory)) {
            return match name {
                "<" => flag(a < b),
                ">" => flag(a > b),
                "<=" => flag(a <= b),
                ">=" => flag(a >= b),
                _ => None,
            };
        }
        let (a, b) = (left.as_number()?, right.as_number()?);
        Some(match name {
            "<" => return flag(a < b),
            ">" => return flag(a > b),
            "<=" => return flag(a <= b),
            ">=" => return flag(a >= b),
            "+" => Shown::number(a + b),
            "-" => Shown::number(a - b),
            "*" => Shown::number(a * b),
            "/" => Shown::number(a / b),
            "!" => Shown::number(libm::fmodf(a, b)),
            "^" => Shown::number(libm::powf(a, b)),
            "&" => Shown::number(a.min(b)),
            "|" => Shown::number(a.max(b)),
            _ => return None,
        })
    }

    fn equal(&self, left: &Shown, right: &Shown) -> bool {
        let memory = &self.vm.memory;
        if let (Some(a), Some(b)) = (left.text(memory), right.text(memory)) {
            return a == b;
        }
        match (left, right) {
            (Shown::Cell(a), Shown::Cell(b)) => memory.equals(*a, *b),
            _ => false,
        }
    }
}

/// Names of the machine's own values that are registers or may always be asked for.
pub(crate) const NAMES: [&str; 9] = ["s0", "s1", "r0", "ip", "sp", "rp", "bp", "depth", "tick"];

/// Names of numbers that the machine keeps in its memory.
pub(crate) const KEPT: [(&str, Register); 4] = [
    ("task", Register::Task),
    ("heap-used", Register::BlocksUsed),
    ("heap-peak", Register::BlocksPeak),
    ("heap-quota", Register::Quota),
];

const OPERATORS: [&str; 19] = [
    "+", "-", "*", "/", "!", "^", "&", "|", "<", ">", "<=", ">=", "=", "<>", "and", "or", "xor",
    "not", "length",
];

const fn register(number: i64) -> Location {
    Location { space: REGISTERS, address: number, size: 1 }
}

fn i64_of(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn at(at: usize, message: impl Into<String>) -> EvaluateError {
    EvaluateError { at, message: message.into() }
}
