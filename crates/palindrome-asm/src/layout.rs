//! Layout: where in its section each thing of a unit lies, and what each name means.

use palindrome_vm::image::{SEGMENT_BYTES_MAX, STANDARD_SEGMENTS};
use palindrome_vm::layout::INSTRUCTIONS_MAX;
use source::{Diagnostic, Span};
use tape::SegmentType;

use crate::codes;
use crate::object::{Meaning, Object, ObjectSegment, ObjectSymbol, Patch};
use crate::operand::register_number;
use crate::problem::{Problem, labelled, problem};
use crate::syntax::ast::{Name, Operand, Statement, StatementKind};
use crate::syntax::directive::ALIGN_MAX;
use crate::syntax::expression::{Expr, ExprOp, to_word};
use crate::values::{Values, undefined};

/// Bytes that the segments of a unit hold at the start.
pub(crate) const DATA_BYTES_MAX: u64 = 256 << 20;
/// An instruction that is still to be lowered; its index is its place in the list.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) span: Span,
    /// Nothing if the line was no instruction.
    pub(crate) parts: Option<(Name, Vec<Operand>)>,
}

/// Gives everything its place.
pub(crate) fn lay_out(
    statements: Vec<Statement>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Object, Vec<Pending>) {
    let mut layout = Layout {
        object: Object::default(),
        pending: Vec::new(),
        current: None,
        data_bytes: 0,
        diagnostics,
    };
    for statement in &statements {
        if let Err(problem) = layout.define(statement) {
            layout.diagnostics.push(*problem);
        }
    }
    layout.settle_constants(&[codes::CYCLE, codes::ARITHMETIC, codes::LIMIT]);
    for statement in statements {
        if let Err(problem) = layout.statement(statement) {
            layout.diagnostics.push(*problem);
        }
    }
    layout.finish();
    (layout.object, layout.pending)
}

struct Layout<'a> {
    object: Object,
    pending: Vec<Pending>,
    /// The segment that is being filled; nothing in the code.
    current: Option<usize>,
    data_bytes: u64,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Layout<'_> {
    fn add(&mut self, name: &Name, meaning: Meaning) -> Result<(), Problem> {
        if let Some(first) = self.object.symbols.get(&name.text) {
            let message = format!("the name `{}` is given twice", name.text);
            let twice = problem(codes::DUPLICATE, name.span, message);
            return Err(Box::new(twice.with_note(first.span, "it is first given here")));
        }
        if register_number(&name.text).is_some() {
            let message = format!("`{}` is a register and cannot be defined", name.text);
            return Err(problem(codes::DUPLICATE, name.span, message));
        }
        let symbol = ObjectSymbol { meaning, span: name.span, is_global: false };
        self.object.symbols.insert(name.text.clone(), symbol);
        Ok(())
    }

    /// Names that do not depend on the layout may be used before they are defined.
    fn define(&mut self, statement: &Statement) -> Result<(), Problem> {
        match &statement.kind {
            StatementKind::Const { name, value } => {
                // One that can be calculated now never makes later ones deeper.
                let known = if value.ops.len() > 1 || value.as_symbol().is_some() {
                    Values::of_object(&self.object).number(0, value).ok()
                } else {
                    None
                };
                let value = known.map_or_else(|| value.clone(), |n| Expr::number(n, value.span));
                self.add(name, Meaning::Constant(value))
            }
            StatementKind::Alias { name, register } => {
                let number = match self.object.symbols.get(&register.text) {
                    Some(ObjectSymbol { meaning: Meaning::Register(number), .. }) => Some(*number),
                    _ => register_number(&register.text),
                };
                let number = number.ok_or_else(|| {
                    let message = format!("`{}` is no register", register.text);
                    let label = "a register from R0 to R15 was expected";
                    labelled(codes::REGISTER_RANGE, register.span, message, label)
                })?;
                self.add(name, Meaning::Register(number))
            }
            StatementKind::Extern(names) => {
                names.iter().try_for_each(|name| self.add(name, Meaning::Extern))
            }
            StatementKind::Label(_)
            | StatementKind::Instruction { .. }
            | StatementKind::Broken
            | StatementKind::Segment { .. }
            | StatementKind::Code
            | StatementKind::Numbers { .. }
            | StatementKind::Bytes(_)
            | StatementKind::Space(_)
            | StatementKind::Align(_)
            | StatementKind::Global(_)
            | StatementKind::Entry(_) => Ok(()),
        }
    }

    fn statement(&mut self, statement: Statement) -> Result<(), Problem> {
        let Statement { span, kind } = statement;
        match kind {
            StatementKind::Label(name) => {
                let meaning = match self.current {
                    None => Meaning::Code(u32::try_from(self.pending.len()).unwrap_or(u32::MAX)),
                    Some(index) => Meaning::Data {
                        segment: u32::try_from(index).unwrap_or(u32::MAX),
                        offset: self.object.segments[index].len,
                    },
                };
                self.add(&name, meaning)
            }
            StatementKind::Instruction { mnemonic, operands } => {
                self.instruction(span, Some((mnemonic, operands)))
            }
            StatementKind::Broken => self.instruction(span, None),
            StatementKind::Segment { name, size, kind } => self.segment(name, size, kind),
            StatementKind::Code => {
                self.current = None;
                Ok(())
            }
            StatementKind::Numbers { width, values } => self.numbers(span, width, values),
            StatementKind::Bytes(bytes) => self.bytes(span, &bytes),
            StatementKind::Space(size) => {
                let size = self.size(&size, SEGMENT_BYTES_MAX)?;
                self.segment_here(span)?.len += size;
                self.check_len(span)
            }
            StatementKind::Align(to) => {
                let to = self.size(&to, ALIGN_MAX)?.max(1);
                let segment = self.segment_here(span)?;
                segment.len = segment.len.next_multiple_of(to);
                self.check_len(span)
            }
            StatementKind::Global(names) => {
                self.object.globals.extend(names);
                Ok(())
            }
            StatementKind::Entry(name) => self.entry(name),
            StatementKind::Alias { .. }
            | StatementKind::Const { .. }
            | StatementKind::Extern(_) => Ok(()),
        }
    }

    fn entry(&mut self, name: Name) -> Result<(), Problem> {
        if let Some(first) = &self.object.entry {
            let twice = problem(codes::DIRECTIVE, name.span, "the entry is given twice");
            return Err(Box::new(twice.with_note(first.span, "it is first given here")));
        }
        self.object.entry = Some(name);
        Ok(())
    }

    fn instruction(
        &mut self,
        span: Span,
        parts: Option<(Name, Vec<Operand>)>,
    ) -> Result<(), Problem> {
        let segment = self.current.take();
        if self.pending.len() == INSTRUCTIONS_MAX {
            let message = format!("more than {INSTRUCTIONS_MAX} instructions");
            self.pending.push(Pending { span, parts: None });
            return Err(problem(codes::LIMIT, span, message));
        }
        if self.pending.len() < INSTRUCTIONS_MAX {
            self.pending.push(Pending { span, parts });
        }
        let Some(segment) = segment else { return Ok(()) };
        let name = &self.object.segments[segment].name.text;
        let message = format!("an instruction in the segment `{name}`");
        let inside = problem(codes::CODE_IN_DATA, span, message);
        Err(Box::new(inside.with_hint("write `.code` before it to go back to the code")))
    }

    fn segment(
        &mut self,
        name: Name,
        size: Option<Expr>,
        kind: Option<SegmentType>,
    ) -> Result<(), Problem> {
        if let Some(index) = self.object.segment(&name.text) {
            self.current = Some(index as usize);
            if size.is_none() && kind.is_none() {
                return Ok(());
            }
            let message = format!("the segment `{}` is declared twice", name.text);
            let twice = problem(codes::SEGMENT_NAME, name.span, message);
            let first = self.object.segments[index as usize].name.span;
            return Err(Box::new(twice.with_note(first, "it is first declared here")));
        }
        let is_standard = STANDARD_SEGMENTS.contains(&name.text.as_str());
        let span = name.span;
        let message = format!("every program has a segment `{}` already", name.text);
        let declared = size.map(|size| self.size(&size, SEGMENT_BYTES_MAX)).transpose();
        self.object.segments.push(ObjectSegment {
            name,
            size: declared.clone().unwrap_or(None),
            kind: kind.unwrap_or(SegmentType::Data),
            len: 0,
            data: Vec::new(),
            patches: Vec::new(),
        });
        self.current = Some(self.object.segments.len() - 1);
        if is_standard {
            return Err(problem(codes::SEGMENT_NAME, span, message));
        }
        if declared? == Some(0) {
            return Err(problem(codes::SEGMENT_SIZE, span, "a segment has at least one byte"));
        }
        Ok(())
    }

    /// A size that must be known now.
    fn size(&mut self, expr: &Expr, max: u64) -> Result<u64, Problem> {
        let value = Values::of_object(&self.object).number(0, expr)?;
        u64::try_from(value).ok().filter(|size| *size <= max).ok_or_else(|| {
            let message = format!("{value} is no size: it goes from 0 to {max}");
            problem(codes::RANGE, expr.span, message)
        })
    }

    fn segment_here(&mut self, span: Span) -> Result<&mut ObjectSegment, Problem> {
        let Some(index) = self.current else {
            let outside = problem(codes::DATA_IN_CODE, span, "data outside of a segment");
            let hint = "begin a segment with `.segment NAME`, and go back with `.code`";
            return Err(Box::new(outside.with_hint(hint)));
        };
        Ok(&mut self.object.segments[index])
    }

    /// Tests that the segment that was just filled is not too full.
    fn check_len(&mut self, span: Span) -> Result<(), Problem> {
        let segment = self.segment_here(span)?;
        let max = segment.size.unwrap_or(SEGMENT_BYTES_MAX);
        if segment.len > max {
            segment.len = 0; // Said once, not for every line that follows.
            segment.size = None;
            let message = format!("the segment `{}` has only {max} bytes", segment.name.text);
            return Err(problem(codes::SEGMENT_SIZE, span, message));
        }
        Ok(())
    }

    fn bytes(&mut self, span: Span, bytes: &[u8]) -> Result<(), Problem> {
        let total = self.data_bytes;
        let segment = self.segment_here(span)?;
        let count = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
        let end = segment.len.saturating_add(count(bytes.len()));
        let grown = end.saturating_sub(count(segment.data.len()));
        if total.saturating_add(grown) > DATA_BYTES_MAX {
            let message = format!("more than {} MiB of data", DATA_BYTES_MAX >> 20);
            return Err(problem(codes::LIMIT, span, message));
        }
        segment.data.resize(usize::try_from(segment.len).unwrap_or(usize::MAX), 0);
        segment.data.extend_from_slice(bytes);
        segment.len = end;
        self.data_bytes = total + grown;
        self.check_len(span)
    }

    fn numbers(&mut self, span: Span, width: u8, values: Vec<Expr>) -> Result<(), Problem> {
        for value in values {
            let offset = self.segment_here(span)?.len;
            let bytes = match value.ops.as_slice() {
                [ExprOp::Number(number)] => number_bytes(*number, width, value.span)?,
                _ => {
                    let segment = self.segment_here(span)?;
                    segment.patches.push(Patch { offset, width, value });
                    [0; 8]
                }
            };
            self.bytes(span, &bytes[..usize::from(width)])?;
        }
        Ok(())
    }

    /// Calculates the constants that can be calculated, and reports those that are `wrong`; they
    /// count as 0 from then on, so that what depends on them is not reported too.
    fn settle_constants(&mut self, wrong: &[&str]) {
        let constants = self.object.symbols.iter();
        let constants = constants.filter(|(_, s)| matches!(s.meaning, Meaning::Constant(_)));
        let mut spans: Vec<_> = constants.map(|(name, s)| (s.span, name.clone())).collect();
        spans.sort_unstable();
        for (_, name) in spans {
            let Some(Meaning::Constant(expr)) = self.object.meaning(&name) else { continue };
            let value = match Values::of_object(&self.object).number(0, &expr) {
                Ok(value) => value,
                Err(problem) if wrong.contains(&problem.code) => {
                    self.diagnostics.push(*problem);
                    0
                }
                Err(_) => continue,
            };
            if let Some(symbol) = self.object.symbols.get_mut(&name) {
                symbol.meaning = Meaning::Constant(Expr::number(value, expr.span));
            }
        }
    }

    /// Tests what could only be tested after the last line.
    fn finish(&mut self) {
        let wrong = [codes::CYCLE, codes::ARITHMETIC, codes::LIMIT, codes::WRONG_KIND];
        self.settle_constants(&wrong);
        let mut problems = Vec::new();
        for name in std::mem::take(&mut self.object.globals) {
            match self.object.symbols.get_mut(&name.text) {
                Some(symbol) => symbol.is_global = true,
                None => problems.push(undefined(&self.object, &name.text, name.span)),
            }
        }
        for symbol in self.object.symbols.values() {
            if let Meaning::Constant(expr) = &symbol.meaning {
                problems.extend(self.check_names(expr));
            }
        }
        for patch in self.object.segments.iter().flat_map(|segment| &segment.patches) {
            problems.extend(self.check_names(&patch.value).or_else(|| {
                let number = Values::of_object(&self.object).number(0, &patch.value);
                let bytes = number.and_then(|n| number_bytes(n, patch.width, patch.value.span));
                bytes.err().filter(|problem| problem.code != codes::NOT_CONSTANT)
            }));
        }
        if let Some(entry) = &self.object.entry {
            let target = Values::of_object(&self.object).target(0, &entry.text, entry.span);
            problems.extend(target.err());
        }
        self.diagnostics.extend(problems.into_iter().map(|problem| *problem));
    }

    fn check_names(&self, expr: &Expr) -> Option<Problem> {
        let missing = expr.symbols().find(|name| self.object.meaning(name).is_none())?;
        Some(undefined(&self.object, missing, expr.span))
    }
}

/// The low bytes of a number that fits into `width` bytes, signed or not.
pub(crate) fn number_bytes(number: i128, width: u8, span: Span) -> Result<[u8; 8], Problem> {
    let bits = u32::from(width) * 8;
    let (low, high) = (-(1_i128 << (bits - 1)), (1_i128 << bits) - 1);
    match to_word(number) {
        Some(word) if (low..=high).contains(&number) => Ok(word.to_le_bytes()),
        _ => {
            let label = format!("a number from {low} to {high} was expected");
            Err(labelled(codes::RANGE, span, format!("{number} does not fit"), label))
        }
    }
}
