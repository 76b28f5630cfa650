//! Units put together by hand, for tests of the machine without the compiler.

#![allow(dead_code, reason = "each test uses its own part")]

use machine::SourceText;
use tacit_vm::{
    CODE_START, CodeSpan, HEADER_BYTES, Instruction, LocalNames, Register, STRING_START, Unit, Vm,
    WordKind,
};

/// A unit in the making.
pub(crate) struct Assembly {
    pub(crate) unit: Unit,
    string_end: usize,
}

impl Assembly {
    /// For a machine that was just switched on.
    pub(crate) fn new() -> Self {
        Self::at(CODE_START, STRING_START, 0)
    }

    /// For a machine as it is.
    pub(crate) fn after(vm: &Vm) -> Self {
        let register = |it| offset(vm.memory().register(it) as usize);
        let mut assembly = Self::at(
            register(Register::CodeEnd),
            register(Register::StringsEnd),
            register(Register::Words),
        );
        assembly.unit.globals = register(Register::Globals);
        assembly
    }

    fn at(base: u16, string_base: u16, words: u16) -> Self {
        let unit = Unit { base, string_base, words, entry: base, ..Unit::default() };
        Self { unit, string_end: string_base.into() }
    }

    /// The offset of what comes next.
    pub(crate) fn here(&self) -> u16 {
        self.unit.base + offset(self.unit.code.len())
    }

    pub(crate) fn put(&mut self, instruction: Instruction) -> u16 {
        let at = self.here();
        instruction.encode(&mut self.unit.code);
        at
    }

    pub(crate) fn all(&mut self, instructions: &[Instruction]) {
        for instruction in instructions {
            self.put(instruction.clone());
        }
    }

    pub(crate) fn number(&mut self, number: f32) {
        self.put(Instruction::Literal { value: number.to_bits() });
    }

    /// The offset of a string, which must be new to the memory.
    pub(crate) fn string(&mut self, text: &str) -> u16 {
        let mut at = usize::from(self.unit.string_base) + 2;
        for known in &self.unit.strings {
            if known == text {
                return offset(at);
            }
            at += known.len() + 3;
        }
        self.string_end = at + text.len() + 1;
        self.unit.strings.push(text.to_owned());
        offset(at)
    }

    pub(crate) fn push_string(&mut self, text: &str) {
        let at = self.string(text);
        self.put(Instruction::LiteralString { at });
    }

    /// Makes the distance of the instruction at `from`, its last operand, lead here.
    pub(crate) fn land(&mut self, from: u16) {
        let (_, size) = Instruction::decode(&self.unit.code[self.index(from)..])
            .expect("an instruction was put there");
        self.lead(from, self.here(), size);
    }

    /// A jump back to `to`.
    pub(crate) fn back(&mut self, instruction: Instruction, to: u16) {
        let at = self.put(instruction);
        let size = usize::from(self.here() - at);
        self.lead(at, to, size);
    }

    fn lead(&mut self, from: u16, to: u16, size: usize) {
        let end = self.index(from) + size;
        let distance = to.wrapping_sub(offset(usize::from(self.unit.base) + end)).cast_signed();
        self.unit.code[end - 2..end].copy_from_slice(&distance.to_le_bytes());
    }

    fn index(&self, at: u16) -> usize {
        usize::from(at - self.unit.base)
    }

    pub(crate) fn block(&mut self, body: impl FnOnce(&mut Self)) {
        let over = self.put(Instruction::LiteralCode { over: 0 });
        body(self);
        self.put(Instruction::Exit);
        self.land(over);
    }

    pub(crate) fn header(&mut self, name: &str, kind: WordKind, value: u16) -> u16 {
        let (link, name) = (self.unit.words, self.string(name));
        let at = self.put(Instruction::Header { link, name, kind: kind as i8, value });
        self.unit.words = at;
        at
    }

    /// A definition; returns where its code is.
    pub(crate) fn define(
        &mut self,
        name: &str,
        locals: &[&str],
        body: impl FnOnce(&mut Self),
    ) -> u16 {
        let over = self.put(Instruction::Branch { to: 0 });
        let header = self.header(name, WordKind::Definition, 0);
        if locals.is_empty() {
            body(self);
            self.put(Instruction::Exit);
        } else {
            self.put(Instruction::Enter {
                count: u8::try_from(locals.len()).expect("few variables"),
            });
            body(self);
            self.put(Instruction::Leave);
            let names = locals.iter().map(|&name| name.to_owned()).collect();
            self.unit.debug.locals.push(LocalNames { header, names });
        }
        self.land(over);
        header + HEADER_BYTES
    }

    /// A global variable; returns its number.
    pub(crate) fn global(&mut self, name: &str) -> u16 {
        let index = self.unit.globals;
        self.unit.globals += 1;
        let over = self.put(Instruction::Branch { to: 0 });
        self.header(name, WordKind::Global, index);
        self.land(over);
        self.unit.debug.globals.push((index, name.to_owned()));
        index
    }

    /// What comes next is from that part of the source, which must have been given.
    pub(crate) fn span(&mut self, part: &str) {
        let text = &self.unit.debug.sources[0].text;
        let start = text.find(part).expect("a part of the source");
        let number = |at| u32::try_from(at).expect("a short source");
        let (start, end) = (number(start), number(start + part.len()));
        self.unit.debug.spans.push(CodeSpan { code: self.here(), source: 0, start, end });
    }

    pub(crate) fn source(&mut self, name: &str, text: &str) {
        let source = SourceText { name: name.to_owned(), text: text.to_owned() };
        self.unit.debug.sources.push(source);
    }

    pub(crate) fn finish(mut self) -> Unit {
        self.put(Instruction::End);
        self.unit
    }
}

fn offset(at: usize) -> u16 {
    u16::try_from(at).expect("programs of tests are short")
}
