//! The object file: the same outer form as an image, with other sections.

use palindrome_vm::image::{
    ByteReader, ByteWriter, FileKind, ImageError, SEGMENT_BYTES_MAX, SourceFile, read_segment_type,
    write_segment_type,
};
use palindrome_vm::layout::INSTRUCTIONS_MAX;
use palindrome_vm::{Order, Strategy};
use source::{SourceId, Span};

use super::{Meaning, Object, ObjectSegment, ObjectSymbol, Patch, Slot, Word};
use crate::syntax::ast::Name;
use crate::syntax::expression::{Expr, ExprOp};

const OBJECT: FileKind = FileKind {
    magic: *b"PVMO",
    version: 1,
    name: "a Palindrome object",
    sections: &["sources", "code", "segments", "symbols", "entry"],
};

impl Object {
    /// The bytes of an object file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut sections = [const { ByteWriter::new() }; 5];
        let [sources, code, segments, symbols, entry] = &mut sections;
        sources.count(self.sources.len());
        for source in &self.sources {
            sources.text(&source.name);
            sources.text(&source.text);
        }
        code.count(self.code.len());
        for word in &self.code {
            code.u8(word.code);
            write_span(code, word.span);
            code.count(word.slots.len());
            word.slots.iter().for_each(|slot| write_slot(code, slot));
        }
        segments.count(self.segments.len());
        for segment in &self.segments {
            write_name(segments, &segment.name);
            segments.u64(segment.size.unwrap_or(0));
            write_segment_type(segments, &segment.kind);
            segments.u64(segment.len);
            segments.bytes(&segment.data);
            segments.count(segment.patches.len());
            for patch in &segment.patches {
                segments.u64(patch.offset);
                segments.u8(patch.width);
                write_expr(segments, &patch.value);
            }
        }
        symbols.count(self.symbols.len());
        for (name, symbol) in &self.symbols {
            symbols.text(name);
            write_span(symbols, symbol.span);
            symbols.u8(u8::from(symbol.is_global));
            write_meaning(symbols, &symbol.meaning);
        }
        entry.count(usize::from(self.entry.is_some()));
        self.entry.iter().for_each(|name| write_name(entry, name));
        OBJECT.write(&sections.map(ByteWriter::into_bytes))
    }

    /// Reads an object file. Whatever it says, [`link`](crate::link) survives it.
    ///
    /// # Errors
    /// It is something else, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        let sections = OBJECT.read(bytes)?;
        let readers = OBJECT.sections.iter().zip(&sections);
        let mut readers = readers.map(|(name, bytes)| ByteReader::new(name, bytes));
        let mut section = || readers.next().unwrap_or(ByteReader::new("missing", &[]));
        let mut sources = section();
        let mut object = Self {
            sources: sources.list(8, |r| -> Result<_, ImageError> {
                Ok(SourceFile { name: r.text()?, text: r.text()? })
            })?,
            ..Self::default()
        };
        sources.finish()?;
        let mut code = section();
        object.code = code.list(17, read_word)?;
        if object.code.len() > INSTRUCTIONS_MAX {
            return Err(code.wrong(0, "code that fits into its segment"));
        }
        code.finish()?;
        let mut segments = section();
        object.segments = segments.list(49, read_segment)?;
        segments.finish()?;
        let mut symbols = section();
        let list = symbols.list(18, |reader| {
            let (name, span) = (reader.text()?, read_span(reader)?);
            let is_global = reader.u8()? != 0;
            let meaning = read_meaning(reader, &object)?;
            Ok::<_, ImageError>((name, ObjectSymbol { meaning, span, is_global }))
        })?;
        object.symbols = list.into_iter().collect();
        symbols.finish()?;
        let mut entry = section();
        object.entry = entry.list(16, read_name)?.pop();
        entry.finish()?;
        let mut is_sound = true;
        let count = object.sources.len();
        object.each_span(&mut |span| is_sound &= (span.source.0 as usize) < count);
        if is_sound { Ok(object) } else { Err(entry.wrong(0, "places in the sources")) }
    }
}

fn write_span(writer: &mut ByteWriter, span: Span) {
    [span.source.0, span.start, span.end].into_iter().for_each(|number| writer.u32(number));
}

fn read_span(reader: &mut ByteReader<'_>) -> Result<Span, ImageError> {
    Ok(Span { source: SourceId(reader.u32()?), start: reader.u32()?, end: reader.u32()? })
}

fn write_name(writer: &mut ByteWriter, name: &Name) {
    writer.text(&name.text);
    write_span(writer, name.span);
}

fn read_name(reader: &mut ByteReader<'_>) -> Result<Name, ImageError> {
    Ok(Name { text: reader.text()?, span: read_span(reader)? })
}

const PLAIN_OPS: [ExprOp; 5] =
    [ExprOp::Negate, ExprOp::Add, ExprOp::Subtract, ExprOp::Multiply, ExprOp::Divide];

fn write_expr(writer: &mut ByteWriter, expr: &Expr) {
    write_span(writer, expr.span);
    writer.count(expr.ops.len());
    for op in &expr.ops {
        if let ExprOp::Number(number) = op {
            writer.u8(0);
            writer.i128(*number);
        } else if let ExprOp::Symbol(name) = op {
            writer.u8(1);
            writer.text(name);
        } else {
            let codes = (2..).zip(PLAIN_OPS);
            codes.filter(|(_, plain)| plain == op).for_each(|(code, _)| writer.u8(code));
        }
    }
}

fn read_expr(reader: &mut ByteReader<'_>) -> Result<Expr, ImageError> {
    let span = read_span(reader)?;
    let ops = reader.list(1, |reader| match reader.u8()? {
        0 => Ok(ExprOp::Number(reader.i128()?)),
        1 => Ok(ExprOp::Symbol(reader.text()?)),
        code => {
            let found = PLAIN_OPS.get(usize::from(code) - 2);
            found.cloned().ok_or_else(|| reader.wrong(0, "a step of an expression"))
        }
    })?;
    Ok(Expr { ops, span })
}

fn write_slot(writer: &mut ByteWriter, slot: &Slot) {
    match slot {
        Slot::Register(register) => {
            writer.u8(0);
            writer.u8(*register);
        }
        Slot::Number(expr) => {
            writer.u8(1);
            write_expr(writer, expr);
        }
        Slot::Address { base, offset } => {
            writer.u8(2);
            writer.u8(*base);
            write_expr(writer, offset);
        }
        Slot::Label(name) => {
            writer.u8(3);
            write_name(writer, name);
        }
        Slot::Text(name) => {
            writer.u8(4);
            write_name(writer, name);
        }
        Slot::Registers(set) => {
            writer.u8(5);
            writer.u16(*set);
        }
        Slot::Strategy(strategy) => {
            writer.u8(6);
            writer.u8(*strategy as u8);
        }
        Slot::Order(order) => {
            writer.u8(7);
            writer.u8(*order as u8);
        }
    }
}

fn read_word(reader: &mut ByteReader<'_>) -> Result<Word, ImageError> {
    let (code, span) = (reader.u8()?, read_span(reader)?);
    Ok(Word { code, span, slots: reader.list(2, read_slot)? })
}

fn read_slot(reader: &mut ByteReader<'_>) -> Result<Slot, ImageError> {
    Ok(match reader.u8()? {
        0 => Slot::Register(reader.u8()?),
        1 => Slot::Number(read_expr(reader)?),
        2 => Slot::Address { base: reader.u8()?, offset: read_expr(reader)? },
        3 => Slot::Label(read_name(reader)?),
        4 => Slot::Text(read_name(reader)?),
        5 => Slot::Registers(reader.u16()?),
        6 => {
            let code = reader.u8()?;
            let found = Strategy::NAMES.iter().find(|(strategy, _)| *strategy as u8 == code);
            Slot::Strategy(found.ok_or_else(|| reader.wrong(0, "a strategy"))?.0)
        }
        7 => {
            let code = reader.u8()?;
            let found = Order::NAMES.iter().find(|(order, ..)| *order as u8 == code);
            Slot::Order(found.ok_or_else(|| reader.wrong(0, "a comparison"))?.0)
        }
        _ => return Err(reader.wrong(0, "a kind of operand")),
    })
}

fn read_segment(reader: &mut ByteReader<'_>) -> Result<ObjectSegment, ImageError> {
    let name = read_name(reader)?;
    let size = Some(reader.u64()?).filter(|size| *size != 0);
    let kind = read_segment_type(reader)?;
    let (len, data) = (reader.u64()?, reader.bytes()?.to_vec());
    let data_len = data.len() as u64;
    if data_len > len || len > size.unwrap_or(SEGMENT_BYTES_MAX) || len > SEGMENT_BYTES_MAX {
        return Err(reader.wrong(0, "data that fit into their segment"));
    }
    let patches = reader.list(25, |reader| {
        let (offset, width) = (reader.u64()?, reader.u8()?);
        let is_fit = offset.checked_add(u64::from(width)).is_some_and(|end| end <= data_len);
        if !is_fit || !matches!(width, 1 | 2 | 4 | 8) {
            return Err(reader.wrong(0, "a number in the data"));
        }
        Ok(Patch { offset, width, value: read_expr(reader)? })
    })?;
    Ok(ObjectSegment { name, size, kind, len, data, patches })
}

fn write_meaning(writer: &mut ByteWriter, meaning: &Meaning) {
    match meaning {
        Meaning::Code(index) => {
            writer.u8(0);
            writer.u32(*index);
        }
        Meaning::Data { segment, offset } => {
            writer.u8(1);
            writer.u32(*segment);
            writer.u64(*offset);
        }
        Meaning::Constant(expr) => {
            writer.u8(2);
            write_expr(writer, expr);
        }
        Meaning::Register(register) => {
            writer.u8(3);
            writer.u8(*register);
        }
        Meaning::Extern => writer.u8(4),
    }
}

fn read_meaning(reader: &mut ByteReader<'_>, object: &Object) -> Result<Meaning, ImageError> {
    let meaning = match reader.u8()? {
        0 => Meaning::Code(reader.u32()?),
        1 => Meaning::Data { segment: reader.u32()?, offset: reader.u64()? },
        2 => Meaning::Constant(read_expr(reader)?),
        3 => Meaning::Register(reader.u8()?),
        4 => Meaning::Extern,
        _ => return Err(reader.wrong(0, "a kind of name")),
    };
    let is_sound = match &meaning {
        Meaning::Code(index) => *index as usize <= object.code.len(),
        Meaning::Data { segment, offset } => {
            object.segments.get(*segment as usize).is_some_and(|s| *offset <= s.len)
        }
        Meaning::Register(register) => usize::from(*register) < palindrome_vm::REGISTER_COUNT,
        Meaning::Constant(_) | Meaning::Extern => true,
    };
    if is_sound { Ok(meaning) } else { Err(reader.wrong(0, "a place in the object")) }
}
