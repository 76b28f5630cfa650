//! Routines to bytes: gives everything its place, then writes it.

use machine::SourceText;
use source::{Diagnostic, Severity, Span};
use tacit_vm::{
    CODE_START, CodeSpan, HEADER_BYTES, Instruction, LocalNames, Memory, Register, Unit, UnitDebug,
};

use super::Generator;
use super::names::NewWord;
use super::routine::{Label, Op, Routine, WordId};
use crate::codes;

/// Where everything is.
struct Places {
    /// Headers of the unit's words.
    headers: Vec<usize>,
    /// Labels of each routine.
    labels: Vec<Vec<usize>>,
    /// Where the routine outside of definitions begins, and where it ends.
    entry: usize,
    end: usize,
    /// Bytes of the longest routine.
    longest: usize,
}

impl Generator<'_> {
    /// The unit, unless there are errors.
    pub(super) fn lay_out(mut self, before: &Memory) -> Option<Unit> {
        let mut main = std::mem::take(&mut self.routine);
        if self.options.optimise {
            super::take::take_last_uses(&mut main);
        }
        self.ready.push(main);
        let code_end = before.register(Register::CodeEnd).max(CODE_START.into());
        let base = usize::try_from(code_end).unwrap_or(usize::MAX);
        let places = places(&self.ready, self.names.new.len(), base);
        let limit = before.layout().segment_bytes().min(usize::from(u16::MAX));
        if places.end > limit {
            let message = format!(
                "The code segment is full: the unit takes {} bytes, {} are free",
                places.end - base,
                limit.saturating_sub(base)
            );
            let diagnostic = Diagnostic::error(codes::FULL, Span::default(), message);
            self.error(diagnostic.with_hint("a larger memory has room for more code"));
        } else if places.longest > i16::MAX.unsigned_abs().into() {
            let message = format!(
                "A definition, or the code outside of definitions, takes {} bytes: at most {} are \
                 possible",
                places.longest,
                i16::MAX
            );
            self.error(Diagnostic::error(codes::FULL, Span::default(), message));
        }
        if self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return None;
        }
        let mut writer = Writer {
            places: &places,
            words: &self.names.new,
            base,
            code: Vec::with_capacity(places.end - base),
            debug: UnitDebug::default(),
        };
        for (index, routine) in self.ready.iter().enumerate() {
            writer.routine(routine, index);
        }
        let words = writer.address(self.names.newest());
        let Writer { code, mut debug, .. } = writer;
        debug.globals = self.global_names;
        let texts = self.sources.iter();
        let texts = texts
            .map(|(_, name, text)| SourceText { name: name.to_owned(), text: text.to_owned() });
        debug.sources = texts.collect();
        if !self.options.keep_sources {
            strip(&mut debug);
        }
        let string_end = before.register(Register::StringsEnd);
        Some(Unit {
            base: half(base),
            code,
            string_base: half(string_end as usize),
            strings: self.strings,
            entry: half(places.entry),
            words,
            globals: self.globals,
            debug,
        })
    }
}

fn places(routines: &[Routine], words: usize, base: usize) -> Places {
    let mut places =
        Places { headers: vec![0; words], labels: Vec::new(), entry: base, end: base, longest: 0 };
    for routine in routines {
        places.entry = places.end;
        if let Some(id) = routine.word {
            places.headers[id] = places.end;
            places.end += usize::from(HEADER_BYTES);
        }
        let mut labels = vec![0; routine.labels];
        for step in &routine.steps {
            if let Op::Here(label) = step.op {
                labels[label.0] = places.end;
            }
            places.end += size(&step.op);
        }
        places.labels.push(labels);
        places.longest = places.longest.max(places.end - places.entry);
    }
    places
}

fn size(op: &Op) -> usize {
    match op {
        Op::Plain(instruction) => {
            let mut bytes = Vec::new();
            instruction.encode(&mut bytes);
            bytes.len()
        }
        Op::Here(_) => 0,
        Op::Call(_)
        | Op::Symbol(_)
        | Op::Branch(_)
        | Op::BranchIfFalse(_)
        | Op::ForNext(_)
        | Op::ForGot(_)
        | Op::TimesNext(_)
        | Op::Code(_) => 3,
    }
}

struct Writer<'a> {
    places: &'a Places,
    words: &'a [NewWord],
    base: usize,
    code: Vec<u8>,
    debug: UnitDebug,
}

impl Writer<'_> {
    fn address(&self, word: Option<WordId>) -> u16 {
        match word {
            Some(WordId::New(id)) => half(self.places.headers[id]),
            Some(WordId::Old(header)) => header,
            None => 0,
        }
    }

    fn routine(&mut self, routine: &Routine, index: usize) {
        if let Some(id) = routine.word {
            let NewWord { string, kind, value, link, span, .. } = self.words[id];
            let link = self.address(link);
            self.span(span);
            let kind = kind as i8;
            self.write(&Instruction::Header { link, name: string, kind, value });
            if !routine.locals.is_empty() {
                let header = self.address(Some(WordId::New(id)));
                self.debug.locals.push(LocalNames { header, names: routine.locals.clone() });
            }
        }
        for step in &routine.steps {
            if let Some(instruction) = self.instruction(&step.op, index) {
                self.span(step.span);
                self.write(&instruction);
            }
        }
    }

    /// The instruction that an operation becomes where the code ends now.
    fn instruction(&self, op: &Op, routine: usize) -> Option<Instruction> {
        let target = |word: WordId| self.address(Some(word));
        let offset = |label: Label| {
            let after = self.base + self.code.len() + 3;
            // No routine is longer than a distance can be.
            half(self.places.labels[routine][label.0]).wrapping_sub(half(after)).cast_signed()
        };
        Some(match *op {
            Op::Plain(ref instruction) => instruction.clone(),
            Op::Call(word) => Instruction::Call { target: target(word) + HEADER_BYTES },
            Op::Symbol(word) => Instruction::LiteralSymbol { at: target(word) },
            Op::Branch(label) => Instruction::Branch { to: offset(label) },
            Op::BranchIfFalse(label) => Instruction::BranchIfFalse { to: offset(label) },
            Op::ForNext(label) => Instruction::ForNext { body: offset(label) },
            Op::ForGot(label) => Instruction::ForGot { body: offset(label) },
            Op::TimesNext(label) => Instruction::TimesNext { body: offset(label) },
            Op::Code(label) => Instruction::LiteralCode { over: offset(label) },
            Op::Here(_) => return None,
        })
    }

    fn write(&mut self, instruction: &Instruction) {
        instruction.encode(&mut self.code);
    }

    /// What is written next comes from there.
    fn span(&mut self, span: Span) {
        let code = half(self.base + self.code.len());
        let source = half(span.source.0 as usize);
        let next = CodeSpan { code, source, start: span.start, end: span.end };
        let is_same = self.debug.spans.last().is_some_and(|last| {
            (last.source, last.start, last.end) == (next.source, next.start, next.end)
        });
        if !is_same {
            self.debug.spans.push(next);
        }
    }
}

/// A number that was checked to be below 2¹⁶.
/// Leaves the texts out. Code still knows which line it comes from, though not which part of it: of
/// each text only the line ends are left.
fn strip(debug: &mut UnitDebug) {
    for span in &mut debug.spans {
        if let Some(source) = debug.sources.get(usize::from(span.source)) {
            let before = source.text.bytes().take(span.start as usize);
            let line = before.filter(|byte| *byte == b'\n').count();
            span.start = u32::try_from(line).unwrap_or(u32::MAX);
            span.end = span.start;
        }
    }
    for source in &mut debug.sources {
        source.text.retain(|character| character == '\n');
    }
}

fn half(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}
