//! A tiny guest with lines, calls and one variable per letter, for testing the debugger alone.
//!
//! A line is `[label:] statement; statement…`. Statements: `set a N`, `add a b`, `sub a b`,
//! `div a b`, `jump L`, `jz a L`, `call L`, `ret`, `out a`, `in a`, `halt`. Expressions: a letter, a
//! number, or two of them with `=`, `<` or `>` between; `@a` is the variable whose number `a` holds.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::fmt;

use debugger::World;
use machine::{
    Answer, CodePosition, Edit, EditError, EvaluateError, ExitCode, Frame, Hit, Inspect, Listing,
    Location, Machine, Piece, Place, Probes, Question, Scope, SourceText, Space, StateHash, Stop,
    Stream, Tick, Value, Variable,
};

const NAME: &str = "demo.toy";
const VARIABLES: Space = Space(0);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Set(usize, i64),
    Add(usize, usize),
    Sub(usize, usize),
    Div(usize, usize),
    Jump(usize),
    JumpIfZero(usize, usize),
    Call(usize),
    Return,
    Out(usize),
    In(usize),
    Halt,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pc: usize,
    tick: Tick,
    variables: [i64; 26],
    calls: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Guest {
    text: String,
    ops: Vec<(Op, u32, String)>,
    labels: BTreeMap<String, usize>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DivisionByZero;

impl fmt::Display for DivisionByZero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("division by zero")
    }
}

fn variable(word: &str) -> usize {
    usize::from(word.as_bytes()[0] - b'a')
}

impl Guest {
    pub(crate) fn new(text: &str) -> Self {
        let mut statements = Vec::new();
        let mut labels = BTreeMap::new();
        for (line, number) in text.lines().zip(1_u32..) {
            let code = match line.split_once(':') {
                Some((label, code)) => {
                    labels.insert(label.trim().to_owned(), statements.len());
                    code
                }
                None => line,
            };
            let pieces = code.split(';').map(str::trim).filter(|piece| !piece.is_empty());
            statements.extend(pieces.map(|piece| (piece.to_owned(), number)));
        }
        let op = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            match words[..] {
                ["set", a, n] => Op::Set(variable(a), n.parse().unwrap()),
                ["add", a, b] => Op::Add(variable(a), variable(b)),
                ["sub", a, b] => Op::Sub(variable(a), variable(b)),
                ["div", a, b] => Op::Div(variable(a), variable(b)),
                ["jump", label] => Op::Jump(labels[label]),
                ["jz", a, label] => Op::JumpIfZero(variable(a), labels[label]),
                ["call", label] => Op::Call(labels[label]),
                ["ret"] => Op::Return,
                ["out", a] => Op::Out(variable(a)),
                ["in", a] => Op::In(variable(a)),
                ["halt"] => Op::Halt,
                _ => unreachable!("{text}"),
            }
        };
        let ops = statements.iter().map(|(text, line)| (op(text), *line, text.clone())).collect();
        let state = State { pc: 0, tick: Tick::ZERO, variables: [0; 26], calls: Vec::new() };
        Self { text: text.to_owned(), ops, labels, state }
    }

    fn retire(&mut self, write: Option<(usize, i64)>, next: usize, probes: &Probes) -> Option<Hit> {
        let mut changed = None;
        if let Some((index, value)) = write {
            let before = std::mem::replace(&mut self.state.variables[index], value);
            changed = (before != value).then_some(index);
        }
        // Backward jumps are safepoints, so that ticks are no plain count.
        if next <= self.state.pc {
            self.state.tick = Tick::at(self.state.tick.safepoints + 1);
        } else {
            self.state.tick.steps += 1;
        }
        self.state.pc = next;
        let is_changed =
            |watch: &Location| changed.is_some_and(|c| i64::try_from(c) == Ok(watch.address));
        if let Some(index) = probes.watches.iter().position(is_changed) {
            return Some(Hit::Watch(index));
        }
        if probes.breakpoints.contains(&self.position()) {
            return Some(Hit::Breakpoint(self.position()));
        }
        probes.every_step.then_some(Hit::Step)
    }

    fn operand(&self, word: &str) -> Result<i64, EvaluateError> {
        if let Ok(number) = word.parse() {
            return Ok(number);
        }
        let location = self.locate(word)?;
        Ok(self.state.variables[usize::try_from(location.address).unwrap()])
    }
}

impl Machine for Guest {
    type Snapshot = State;
    type Trap = DivisionByZero;

    fn tick(&self) -> Tick {
        self.state.tick
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<DivisionByZero> {
        while self.state.tick < until {
            let pc = self.state.pc;
            let Some(&(op, ..)) = self.ops.get(pc) else { return Stop::Ended(ExitCode(0)) };
            let v = self.state.variables;
            let (write, next) = match op {
                Op::Set(a, n) => (Some((a, n)), pc + 1),
                Op::Add(a, b) => (Some((a, v[a] + v[b])), pc + 1),
                Op::Sub(a, b) => (Some((a, v[a] - v[b])), pc + 1),
                Op::Div(_, b) if v[b] == 0 => return Stop::Trapped(DivisionByZero),
                Op::Div(a, b) => (Some((a, v[a] / v[b])), pc + 1),
                Op::Jump(to) => (None, to),
                Op::JumpIfZero(a, to) => (None, if v[a] == 0 { to } else { pc + 1 }),
                Op::Call(to) => {
                    self.state.calls.push(pc + 1);
                    (None, to)
                }
                Op::Return => match self.state.calls.pop() {
                    Some(to) => (None, to),
                    None => return Stop::Ended(ExitCode(1)),
                },
                Op::Out(a) => {
                    let bytes = format!("{}\n", v[a]).into_bytes();
                    return Stop::Asks(Question::Write(vec![Piece {
                        stream: Stream::Output,
                        bytes,
                    }]));
                }
                Op::In(_) => return Stop::Asks(Question::ReadLine),
                Op::Halt => return Stop::Ended(ExitCode(0)),
            };
            if let Some(hit) = self.retire(write, next, probes) {
                return Stop::Probed(hit);
            }
        }
        Stop::Reached
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), DivisionByZero> {
        self.answer_probed(answer, &Probes::none()).map(|_| ())
    }

    fn answer_probed(
        &mut self,
        answer: &Answer,
        probes: &Probes,
    ) -> Result<Option<Hit>, DivisionByZero> {
        let write = match (self.ops[self.state.pc].0, answer) {
            (Op::In(a), Answer::Bytes(bytes)) => {
                Some((a, String::from_utf8_lossy(bytes).trim().parse().unwrap_or(-1)))
            }
            (Op::In(a), _) => Some((a, 0)),
            _ => None,
        };
        Ok(self.retire(write, self.state.pc + 1, probes))
    }

    fn snapshot(&mut self) -> State {
        self.state.clone()
    }

    fn restore(&mut self, snapshot: &State) {
        self.state = snapshot.clone();
    }

    fn state_hash(&self) -> StateHash {
        let words = self.state.variables.iter().map(|value| value.cast_unsigned());
        let words = words.chain(self.state.calls.iter().map(|call| *call as u64));
        let start = self.state.pc as u64;
        let mix = |hash: u64, word: u64| {
            (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
        };
        StateHash(words.fold(start, mix))
    }

    fn twin(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn memory(&self) -> usize {
        size_of::<State>()
    }
}

impl Inspect for Guest {
    fn position(&self) -> CodePosition {
        CodePosition(self.state.pc as u64)
    }

    fn depth(&self) -> usize {
        self.state.calls.len()
    }

    fn frames(&self, limit: usize) -> Vec<Frame> {
        let callers = self.state.calls.iter().rev().map(|to| CodePosition(*to as u64 - 1));
        let positions = std::iter::once(self.position()).chain(callers);
        let name = |position| self.name_of_position(position).map_or("program".to_owned(), |n| n.0);
        let frame =
            |position| Frame { name: name(position), position, place: self.place(position) };
        positions.take(limit).map(frame).collect()
    }

    fn scopes(&self) -> Vec<Scope> {
        let names = ('a'..='z').map(String::from);
        let used = names.zip(self.state.variables).filter(|(_, value)| *value != 0);
        let variables = used.map(|(name, value)| Variable {
            expression: name.clone(),
            name,
            value: number(value),
        });
        vec![Scope { name: "variables".to_owned(), variables: variables.collect() }]
    }

    fn sources(&self) -> Vec<SourceText> {
        vec![SourceText { name: NAME.to_owned(), text: self.text.clone() }]
    }

    fn place(&self, position: CodePosition) -> Option<Place> {
        let op = self.ops.get(usize::try_from(position.0).ok()?)?;
        Some(Place { source: 0, line: op.1 })
    }

    fn positions_of_line(&self, place: Place) -> Vec<CodePosition> {
        let first = self.ops.iter().position(|op| op.1 == place.line);
        first.map(|first| CodePosition(first as u64)).into_iter().collect()
    }

    fn position_of_name(&self, name: &str) -> Option<CodePosition> {
        self.labels.get(name).map(|at| CodePosition(*at as u64))
    }

    fn name_of_position(&self, position: CodePosition) -> Option<(String, u64)> {
        let before = self.labels.iter().filter(|(_, at)| **at as u64 <= position.0);
        let nearest = before.max_by_key(|(_, at)| **at)?;
        Some((nearest.0.clone(), position.0 - *nearest.1 as u64))
    }

    fn names(&self) -> Vec<String> {
        self.labels.keys().cloned().chain(('a'..='z').map(String::from)).collect()
    }

    fn evaluate(&self, expression: &str) -> Result<Value, EvaluateError> {
        let words: Vec<&str> = expression.split_whitespace().collect();
        match words[..] {
            [word] => self.operand(word).map(number),
            [a, sign, b] => {
                let (a, b) = (self.operand(a)?, self.operand(b)?);
                match sign {
                    "=" => Ok(number(i64::from(a == b))),
                    "<" => Ok(number(i64::from(a < b))),
                    ">" => Ok(number(i64::from(a > b))),
                    _ => Err(error("expected =, < or >")),
                }
            }
            _ => Err(error("expected an expression")),
        }
    }

    fn locate(&self, expression: &str) -> Result<Location, EvaluateError> {
        let index = match expression.as_bytes() {
            [letter @ b'a'..=b'z'] => i64::from(letter - b'a'),
            [b'@', letter @ b'a'..=b'z'] => {
                self.state.variables[usize::from(letter - b'a')].rem_euclid(26)
            }
            _ => return Err(error("expected a letter")),
        };
        Ok(Location { space: VARIABLES, address: index, size: 1 })
    }

    fn dependencies(&self, expression: &str) -> Result<Vec<Location>, EvaluateError> {
        self.evaluate(expression)?;
        let words = expression.split_whitespace();
        let mut found: Vec<_> = words.clone().filter_map(|word| self.locate(word).ok()).collect();
        let bases = words.filter_map(|word| word.strip_prefix('@'));
        found.extend(bases.filter_map(|base| self.locate(base).ok()));
        Ok(found)
    }

    fn read(&self, location: Location) -> Value {
        number(self.state.variables[usize::try_from(location.address).unwrap()])
    }

    fn memory(&self, address: i64, length: usize) -> Vec<u8> {
        let bytes = self.state.variables.iter().flat_map(|value| value.to_le_bytes());
        bytes.skip(usize::try_from(address).unwrap_or(0)).take(length).collect()
    }

    fn disassemble(&self, from: CodePosition, count: usize) -> Vec<Listing> {
        let start = usize::try_from(from.0).unwrap_or(usize::MAX);
        let ops = self.ops.iter().zip(0_u64..).skip(start).take(count);
        let row = |((_, _, text), at): (&(Op, u32, String), u64)| Listing {
            position: CodePosition(at),
            label: None,
            text: text.clone(),
        };
        ops.map(row).collect()
    }
}

impl Edit for Guest {
    fn assign(&mut self, location: Location, expression: &str) -> Result<(), EditError> {
        let value = self.operand(expression).map_err(|error| EditError(error.message))?;
        self.state.variables[usize::try_from(location.address).unwrap()] = value;
        Ok(())
    }
}

fn number(value: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "a test")]
    let number = value as f64;
    Value { text: value.to_string(), kind: "i64".into(), number: Some(number), is_true: value != 0 }
}

fn error(message: &str) -> EvaluateError {
    EvaluateError { at: 0, message: message.to_owned() }
}

/// The scripted world of the test kit.
#[derive(Debug, Default)]
pub(crate) struct Outside(pub(crate) testkit::ScriptedWorld);

impl World for Outside {
    fn ask(&mut self, question: &Question) -> Answer {
        self.0.answer(question)
    }
}
