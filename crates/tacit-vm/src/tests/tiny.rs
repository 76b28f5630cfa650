//! A tiny compiler for tests: words, numbers, strings, blocks, definitions, `IF { } ELSE { }`,
//! `for-each { }` and `times { }`. No comments, no variables; tokens are parted by blanks.

use std::collections::BTreeMap;

use machine::{Answer, ExitCode, Question};

use crate::control::system::{install, pack};
use crate::flow::Flow;
use crate::layout::{CODE_START, Layout, Register, Segment};
use crate::op::Instruction as I;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;

/// How a run ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Ended(ExitCode),
    Trapped(Trap),
    Endless,
}

/// What is left of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) vm: Vm,
    pub(crate) output: String,
    pub(crate) outcome: Outcome,
}

impl Run {
    /// The stack as text, then what has gone wrong.
    pub(crate) fn result(&self) -> String {
        let shown = self.vm.stack().into_iter().map(|cell| self.vm.memory.show(cell).unwrap());
        let mut text = shown.collect::<Vec<_>>().join(" ");
        match &self.outcome {
            Outcome::Ended(ExitCode(0)) => {}
            Outcome::Trapped(trap) => text += &format!(" ERROR: {trap}"),
            other @ (Outcome::Ended(_) | Outcome::Endless) => text += &format!(" {other:?}"),
        }
        text
    }
}

/// A machine with code at its beginning, ready to run it.
pub(crate) fn load(code: &[u8], entry: u16) -> Vm {
    load_into(Layout::DEFAULT, code, entry)
}

fn load_into(layout: Layout, code: &[u8], entry: u16) -> Vm {
    let mut vm = Vm::new(layout);
    install(&mut vm.memory);
    place(&mut vm, code);
    vm.registers.ip = entry;
    vm
}

fn place(vm: &mut Vm, code: &[u8]) {
    let base = vm.memory.layout().base(Segment::Code) + usize::from(CODE_START);
    for (index, byte) in code.iter().enumerate() {
        vm.memory.set_byte(base + index, *byte);
    }
    let end = u32::from(CODE_START) + u32::try_from(code.len()).unwrap();
    vm.memory.set_register(Register::CodeEnd, end);
}

/// Runs until the end or a trap, checking the heap after each instruction.
pub(crate) fn run_on(mut vm: Vm) -> Run {
    let mut output = String::new();
    let outcome = loop {
        if vm.tick > 20_000 {
            break Outcome::Endless;
        }
        match vm.step() {
            Ok(Flow::Asks(question)) => {
                let answer = match question {
                    Question::Write(pieces) => {
                        for piece in pieces {
                            output.push_str(&String::from_utf8(piece.bytes).unwrap());
                        }
                        Answer::Done
                    }
                    Question::ReadLine => Answer::Bytes(b"a line".to_vec()),
                    Question::Argument(0) => Answer::Bytes(b"first".to_vec()),
                    Question::Argument(_) => Answer::Nothing,
                    Question::ArgumentCount => Answer::Integer(1),
                    Question::ReadBytes(_)
                    | Question::InputEnded
                    | Question::Clock
                    | Question::Entropy
                    | Question::Sleep(_)
                    | Question::Variable(_)
                    | Question::Variables
                    | Question::SetVariable { .. }
                    | Question::ReadFile(_)
                    | Question::WriteFile { .. }
                    | Question::AppendFile { .. }
                    | Question::DeleteFile(_)
                    | Question::FileExists(_)
                    | Question::Elapsed
                    | Question::DescribeFile(_)
                    | Question::CopyFile { .. }
                    | Question::MoveFile { .. }
                    | Question::ListFolder(_)
                    | Question::MakeFolder { .. }
                    | Question::RemoveFolder(_)
                    | Question::WorkingFolder
                    | Question::Tool(_)
                    | Question::Fetch(_)
                    | Question::Compact(..) => Answer::Integer(-1),
                };
                if let Err(trap) = vm.step_with(&answer) {
                    break Outcome::Trapped(trap);
                }
            }
            Ok(Flow::End(code)) => break Outcome::Ended(code),
            Ok(_) => {}
            Err(trap) => break Outcome::Trapped(trap),
        }
        assert_eq!(vm.check(), Ok(()), "at {:#x}", vm.registers.ip);
    };
    assert_eq!(vm.check(), Ok(()));
    Run { vm, output, outcome }
}

/// Compiles and runs.
pub(crate) fn run(program: &str) -> Run {
    run_on(begun(program, &pack(&[I::End])))
}

/// A machine with a program, and other code after it, ready to run.
pub(crate) fn begun(program: &str, rest: &[u8]) -> Vm {
    begun_in(Layout::DEFAULT, program, rest)
}

/// Like [`begun`], with a memory of another size.
pub(crate) fn begun_in(layout: Layout, program: &str, rest: &[u8]) -> Vm {
    let mut vm = load_into(layout, &[], CODE_START);
    let mut compiler = Compiler { vm: &mut vm, code: Vec::new(), words: BTreeMap::new() };
    compiler.items(&mut tokens(program).into_iter());
    let code = [&compiler.code, rest].concat();
    place(&mut vm, &code);
    vm
}

struct Compiler<'a> {
    vm: &'a mut Vm,
    code: Vec<u8>,
    words: BTreeMap<String, u16>,
}

impl Compiler<'_> {
    fn here(&self) -> u16 {
        CODE_START + u16::try_from(self.code.len()).unwrap()
    }

    fn emit(&mut self, instruction: I) {
        self.code.extend(pack(&[instruction]));
    }

    /// Fills in the distance of the branch that ends before `from`.
    fn patch(&mut self, from: usize, to: usize) {
        let distance = distance(from, to);
        self.code[from - 2..from].copy_from_slice(&distance.to_le_bytes());
    }

    fn block(&mut self, tokens: &mut std::vec::IntoIter<String>, first: I, last: &[I]) {
        self.emit(first);
        let start = self.code.len();
        self.items(tokens);
        for instruction in last {
            self.emit(instruction.clone());
        }
        self.patch(start, self.code.len());
    }

    fn items(&mut self, tokens: &mut std::vec::IntoIter<String>) {
        while let Some(token) = tokens.next() {
            match token.as_str() {
                ")" | ";" | "}" => return,
                "(" => self.block(tokens, I::LiteralCode { over: 0 }, &[I::Exit]),
                ":" => {
                    let name = tokens.next().unwrap();
                    self.emit(I::Branch { to: 0 });
                    let start = self.code.len();
                    let header = self.here();
                    let at = self.vm.memory.intern(&name).unwrap();
                    self.emit(I::Header { link: 0, name: at, kind: 0, value: 0 });
                    self.words.insert(name, header);
                    self.items(tokens);
                    self.emit(I::Exit);
                    self.patch(start, self.code.len());
                }
                "IF" => {
                    assert_eq!(tokens.next().unwrap(), "{");
                    self.emit(I::BranchIfFalse { to: 0 });
                    let start = self.code.len();
                    self.items(tokens);
                    let mut rest = tokens.clone();
                    if rest.next().as_deref() == Some("ELSE") {
                        tokens.next();
                        assert_eq!(tokens.next().unwrap(), "{");
                        self.emit(I::Branch { to: 0 });
                        let otherwise = self.code.len();
                        self.patch(start, otherwise);
                        self.items(tokens);
                        self.patch(otherwise, self.code.len());
                    } else {
                        self.patch(start, self.code.len());
                    }
                }
                "for-each" | "times" if tokens.as_slice().first().is_some_and(|it| it == "{") => {
                    tokens.next();
                    let is_times = token == "times";
                    self.emit(if is_times { I::TimesInit } else { I::ForInit });
                    self.block(tokens, I::Branch { to: 0 }, &[]);
                    let body = self.body_of_last_block(&token);
                    let back = |here: usize| distance(here + 3, body);
                    if is_times {
                        self.emit(I::TimesNext { body: back(self.code.len()) });
                    } else {
                        self.emit(I::ForNext { body: back(self.code.len()) });
                        self.emit(I::ForGot { body: back(self.code.len()) });
                    }
                }
                word => self.word(word),
            }
        }
    }

    /// Where the innermost loop's body begins: after its opening instruction and branch.
    fn body_of_last_block(&self, word: &str) -> usize {
        let opening = if word == "times" { I::TimesInit } else { I::ForInit };
        let at = |&start: &usize| {
            let distance = [self.code[start + 2], self.code[start + 3]];
            self.code[start] == opening.code()
                && self.code[start + 1] == (I::Branch { to: 0 }).code()
                && start + 4 + usize::from(u16::from_le_bytes(distance)) == self.code.len()
        };
        (0..self.code.len() - 3).find(at).unwrap() + 4
    }

    fn word(&mut self, word: &str) {
        if let Some(text) = word.strip_prefix('"') {
            let at = self.vm.memory.intern(text.trim_end_matches('"')).unwrap();
            return self.emit(I::LiteralString { at });
        }
        if let Some(name) = word.strip_prefix('`') {
            let at = self.words.get(name).copied().unwrap_or_else(|| builtin(name).into());
            return self.emit(I::LiteralSymbol { at });
        }
        if let Some(&header) = self.words.get(word) {
            return self.emit(I::Call { target: header + 8 });
        }
        if let (Ok(number), true) = (word.parse::<f32>(), word != "NaN") {
            return self.emit(I::Literal { value: Cell::number(number).0 });
        }
        self.code.push(builtin(word));
    }
}

fn distance(from: usize, to: usize) -> i16 {
    i16::try_from(to).unwrap() - i16::try_from(from).unwrap()
}

fn builtin(word: &str) -> u8 {
    let row = I::TABLE.iter().find(|row| row.mnemonic == word && row.operands.is_empty());
    row.unwrap_or_else(|| panic!("no word {word}")).code
}

/// Tokens; brackets of blocks need no blanks around them.
fn tokens(program: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = program.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '"' => 2 + rest[1..].find('"').unwrap(),
            _ => rest.find([' ', '(', ')', '\n']).unwrap_or(rest.len()),
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}
