//! The linker: gives objects their places, calculates what depends on them, makes the image.

use std::collections::{BTreeMap, BTreeSet};

use palindrome_vm::image::{
    Argument, LineEntry, STANDARD_SEGMENTS, SegmentImage, SourceFile, Symbol, SymbolKind,
    from_arguments, pack_all, row,
};
use palindrome_vm::layout::INSTRUCTIONS_MAX;
use palindrome_vm::{BaseOffset, CodeIndex, Image, Instruction, OperandKind};
use source::{Diagnostic, Severity, SourceMap, Span};

use crate::codes;
use crate::layout::number_bytes;
use crate::object::{Meaning, Object, Slot, Word};
use crate::operand::too_large;
use crate::place::{Part, Sections};
use crate::problem::{Problem, problem, with_nearest};
use crate::syntax::ast::Name;
use crate::syntax::expression::{Expr, to_word};
use crate::values::{Placement, Values};

/// Warnings about unreachable code in a unit.
const WARNINGS_MAX: usize = 10;

/// What a linker made.
pub(crate) struct Linked {
    pub(crate) image: Image,
    /// Whether the positions of instructions were used as numbers.
    pub(crate) uses_code_positions: bool,
}

/// Links objects whose spans already mean places in `sources`.
pub(crate) fn link_objects(
    objects: &[Object],
    sources: &SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Linked> {
    let mut linker = Linker { objects, diagnostics };
    let before = linker.diagnostics.len();
    let sections = Sections::place(objects, linker.diagnostics);
    let mut placement = Placement {
        code: linker.place_code(),
        segments: sections.starts.clone(),
        globals: BTreeMap::new(),
    };
    placement.globals = linker.globals();
    linker.check_names();
    let mut values = Values::linked(objects, &placement);
    let instructions = linker.instructions(&mut values);
    linker.warn_unreachable();
    let segments = linker.fill(sections, &mut values);
    let entry = linker.entry(&placement);
    let symbols = linker.symbols(&mut values);
    if linker.diagnostics[before..].iter().any(|d| d.severity == Severity::Error) {
        return None;
    }
    let (code, pool, texts) = pack_all(&instructions);
    let image = Image {
        code,
        pool,
        texts,
        entry: entry?,
        segments,
        symbols,
        lines: lines(objects, sources),
        sources: sources
            .iter()
            .map(|(_, name, text)| SourceFile { name: name.to_owned(), text: text.to_owned() })
            .collect(),
        unobserved: Vec::new(),
    };
    Some(Linked { image, uses_code_positions: values.used_code_position })
}

struct Linker<'a> {
    objects: &'a [Object],
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Linker<'_> {
    #[expect(clippy::boxed_local, reason = "problems come boxed")]
    fn report(&mut self, problem: Problem) {
        self.diagnostics.push(*problem);
    }

    /// The index of each object's first instruction.
    fn place_code(&mut self) -> Vec<u32> {
        let mut starts = Vec::new();
        let mut len = 0;
        for object in self.objects {
            starts.push(u32::try_from(len).unwrap_or(u32::MAX));
            let before = len;
            len += object.code.len();
            if len > INSTRUCTIONS_MAX && before <= INSTRUCTIONS_MAX {
                let span = object.code.first().map_or_else(Span::default, |word| word.span);
                let message = format!("more than {INSTRUCTIONS_MAX} instructions in all units");
                self.report(problem(codes::LIMIT, span, message));
            }
        }
        if len == 0 {
            let message = "there is no instruction to run";
            self.report(problem(codes::NO_CODE, Span::default(), message));
        }
        starts
    }

    fn globals(&mut self) -> BTreeMap<String, usize> {
        let mut globals: BTreeMap<String, usize> = BTreeMap::new();
        for (home, object) in self.objects.iter().enumerate() {
            for (name, symbol) in object.symbols.iter().filter(|(_, symbol)| symbol.is_global) {
                if symbol.meaning == Meaning::Extern {
                    continue;
                }
                if let Some(first) = globals.get(name) {
                    let message = format!("two units make `{name}` global");
                    let mut twice = problem(codes::DUPLICATE_GLOBAL, symbol.span, message);
                    if let Some(first) = self.objects[*first].symbols.get(name) {
                        twice = Box::new(twice.with_note(first.span, "the first is here"));
                    }
                    self.report(twice);
                } else {
                    globals.insert(name.clone(), home);
                }
            }
        }
        globals
    }

    /// Tests the names of segments, marks and checkpoints, which all units share.
    fn check_names(&mut self) {
        let objects = self.objects;
        let words = || objects.iter().flat_map(|object| &object.code);
        let declared = objects.iter().flat_map(|object| &object.segments);
        let mut segments: BTreeSet<&str> = STANDARD_SEGMENTS.into_iter().collect();
        segments.extend(declared.map(|segment| segment.name.text.as_str()));
        let makers = ["SEGMENTCREATE", "READ", "CREATE_VIEW"];
        for maker in makers {
            segments.extend(words().filter_map(|word| named(word, maker)));
        }
        let marks: BTreeSet<&str> = words().filter_map(|word| named(word, "MARK")).collect();
        let checkpoints: BTreeSet<&str> =
            words().filter_map(|word| named(word, "CHECKPOINT")).collect();
        for word in words() {
            let kinds = row(word.code).map_or(&[][..], |row| row.operands);
            for (slot, (_, kind)) in word.slots.iter().zip(kinds) {
                let Slot::Text(name) = slot else { continue };
                let (code, what, known) = match kind {
                    OperandKind::SegmentName => (codes::UNKNOWN_SEGMENT, "segment", &segments),
                    OperandKind::MarkName => (codes::UNKNOWN_MARK, "mark", &marks),
                    OperandKind::CheckpointName => {
                        (codes::UNKNOWN_CHECKPOINT, "checkpoint", &checkpoints)
                    }
                    OperandKind::Register
                    | OperandKind::Immediate
                    | OperandKind::Source
                    | OperandKind::Address
                    | OperandKind::Target
                    | OperandKind::Text
                    | OperandKind::Length
                    | OperandKind::RegisterSet
                    | OperandKind::Strategy
                    | OperandKind::Runtime
                    | OperandKind::FieldName
                    | OperandKind::Order => continue,
                };
                if !known.contains(name.text.as_str()) {
                    let message = format!("nothing makes the {what} `{}`", name.text);
                    let unknown = problem(code, name.span, message);
                    self.report(with_nearest(unknown, &name.text, known.iter().copied()));
                }
            }
        }
    }

    fn instructions(&mut self, values: &mut Values<'_>) -> Vec<Instruction> {
        let mut instructions = Vec::new();
        for (home, object) in self.objects.iter().enumerate() {
            for word in &object.code {
                match instruction(home, word, values) {
                    Ok(instruction) => instructions.push(instruction),
                    Err(problem) => self.report(problem),
                }
            }
        }
        instructions
    }

    /// Points at instructions without a label after one that never goes on.
    fn warn_unreachable(&mut self) {
        for object in self.objects {
            let labelled: BTreeSet<u32> = object
                .symbols
                .values()
                .filter_map(
                    |s| if let Meaning::Code(index) = s.meaning { Some(index) } else { None },
                )
                .collect();
            let mut warnings = 0;
            for (index, pair) in (1..).zip(object.code.windows(2)) {
                let [before, word] = pair else { continue };
                let ends = row(before.code)
                    .is_some_and(|row| ["HALT", "JUMP", "RETURN"].contains(&row.mnemonic));
                if ends && !labelled.contains(&index) && warnings < WARNINGS_MAX {
                    warnings += 1;
                    let message = "nothing leads to this instruction";
                    let warning = Diagnostic::warning(codes::UNREACHABLE, word.span, message);
                    self.diagnostics.push(warning.with_note(before.span, "this never goes on"));
                }
            }
        }
    }

    /// Puts the numbers into the segments that only now are known.
    fn fill(&mut self, mut sections: Sections, values: &mut Values<'_>) -> Vec<SegmentImage> {
        for Part { object, segment, image, offset } in &sections.parts {
            for patch in &self.objects[*object].segments[*segment].patches {
                let bytes = values
                    .number(*object, &patch.value)
                    .and_then(|number| number_bytes(number, patch.width, patch.value.span));
                let at = usize::try_from(offset + patch.offset).unwrap_or(usize::MAX);
                let width = usize::from(patch.width).min(8);
                match bytes {
                    Ok(bytes) => {
                        let data = &mut sections.images[*image].data;
                        if let Some(place) = data.get_mut(at..at.saturating_add(width)) {
                            place.copy_from_slice(&bytes[..width]);
                        }
                    }
                    Err(problem) => self.diagnostics.push(*problem),
                }
            }
        }
        for image in &mut sections.images {
            let len = image.data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            image.data.truncate(len);
        }
        sections.images
    }

    fn entry(&mut self, placement: &Placement) -> Option<u32> {
        let values = Values::linked(self.objects, placement);
        let given = self.objects.iter().enumerate();
        let mut given = given.filter_map(|(home, object)| Some((home, object.entry.as_ref()?)));
        if let Some((home, name)) = given.next() {
            if let Some((_, second)) = given.next() {
                let message = "two units say where the program begins";
                let twice = problem(codes::DUPLICATE_ENTRY, second.span, message);
                let twice = twice.with_note(name.span, "the first is here");
                self.diagnostics.push(twice);
            }
            return match values.target(home, &name.text, name.span) {
                Ok(index) if index >= values.code_len() => {
                    let message = format!("no instruction follows the label `{}`", name.text);
                    self.report(problem(codes::LABEL_AT_END, name.span, message));
                    None
                }
                Ok(index) => Some(index),
                Err(problem) => {
                    self.report(problem);
                    None
                }
            };
        }
        let is_code = |object: &Object| matches!(object.symbols.get("main"), Some(s) if matches!(s.meaning, Meaning::Code(_)));
        let home = self.objects.iter().position(is_code);
        let main = home.and_then(|home| values.target(home, "main", Span::default()).ok());
        let main = main.filter(|index| *index < values.code_len());
        Some(main.unwrap_or(0))
    }

    fn symbols(&mut self, values: &mut Values<'_>) -> Vec<Symbol> {
        let before = values.used_code_position;
        let mut symbols = Vec::new();
        for (home, object) in self.objects.iter().enumerate() {
            for (name, symbol) in &object.symbols {
                let span = symbol.span;
                let number = match &symbol.meaning {
                    Meaning::Code(_) => {
                        values.target(home, name, span).map(|index| Some(i64::from(index)))
                    }
                    Meaning::Register(register) => Ok(Some(i64::from(*register))),
                    Meaning::Data { .. } | Meaning::Constant(_) => {
                        values.number(home, &Expr::symbol(name, span)).map(to_word)
                    }
                    Meaning::Extern => continue,
                };
                let kind = match &symbol.meaning {
                    Meaning::Code(_) => SymbolKind::Code,
                    Meaning::Data { .. } => SymbolKind::Data,
                    Meaning::Constant(_) => SymbolKind::Constant,
                    Meaning::Register(_) | Meaning::Extern => SymbolKind::Register,
                };
                match number {
                    Ok(Some(value)) => symbols.push(Symbol { name: name.clone(), kind, value }),
                    Ok(None) => self.report(problem(codes::RANGE, span, "this does not fit")),
                    Err(problem) => self.report(problem),
                }
            }
        }
        values.used_code_position = before;
        symbols
    }
}

/// The name that a word makes, if it has this mnemonic.
fn named<'a>(word: &'a Word, mnemonic: &str) -> Option<&'a str> {
    let is_it = row(word.code).is_some_and(|row| row.mnemonic == mnemonic);
    match word.slots.first() {
        Some(Slot::Text(name)) if is_it => Some(&name.text),
        _ => None,
    }
}

fn instruction(home: usize, word: &Word, values: &mut Values<'_>) -> Result<Instruction, Problem> {
    let mut arguments = Vec::with_capacity(word.slots.len());
    for slot in &word.slots {
        arguments.push(match slot {
            Slot::Register(register) => Argument::Register(*register),
            Slot::Number(expr) => Argument::Number(number(home, expr, values)?),
            Slot::Address { base, offset } => {
                Argument::Address(BaseOffset { base: *base, offset: number(home, offset, values)? })
            }
            Slot::Label(Name { text, span }) => {
                let target = values.target(home, text, *span)?;
                if target >= values.code_len() {
                    let message = format!("no instruction follows the label `{text}`");
                    return Err(problem(codes::LABEL_AT_END, *span, message));
                }
                Argument::Target(CodeIndex(target))
            }
            Slot::Text(name) => Argument::Text(name.text.clone()),
            Slot::Registers(set) => Argument::Registers(*set),
            Slot::Strategy(strategy) => Argument::Strategy(*strategy),
            Slot::Order(order) => Argument::Order(*order),
        });
    }
    from_arguments(word.code, &arguments)
        .map_err(|error| problem(codes::RANGE, word.span, error.to_string()))
}

fn number(home: usize, expr: &Expr, values: &mut Values<'_>) -> Result<i64, Problem> {
    let value = values.number(home, expr)?;
    to_word(value).ok_or_else(|| too_large(value, expr.span))
}

/// The first instruction of each line.
fn lines(objects: &[Object], sources: &SourceMap) -> Vec<LineEntry> {
    let mut lines: Vec<LineEntry> = Vec::new();
    let spans = objects.iter().flat_map(|object| &object.code).map(|word| word.span);
    for (index, span) in (0..).zip(spans) {
        let line = sources.line_column(span.source, span.start).line;
        let entry = LineEntry { index, source: span.source.0, line };
        let is_new = lines.last().is_none_or(|l| (l.source, l.line) != (entry.source, line));
        if is_new {
            lines.push(entry);
        }
    }
    lines
}
