//! The image file: sections, each with its length and checksum. `docs/formats/image.md` draws it.

use image_file::{ByteReader, ByteWriter, FileKind, ImageError};
use tape::{DataType, Field, Schema, SegmentType};

use super::{Image, LineEntry, SegmentImage, SourceFile, Symbol, SymbolKind};

const IMAGE: FileKind = FileKind {
    magic: *b"PVMI",
    version: 1,
    name: "a Palindrome image",
    sections: &["code", "pool", "texts", "segments", "symbols", "lines", "sources", "unobserved"],
};

impl Image {
    /// The bytes of an image file.
    ///
    /// # Panics
    /// Something in it is larger than a verified program's parts can be: 4 GiB.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut sections = [const { ByteWriter::new() }; 8];
        let [code, pool, texts, segments, symbols, lines, sources, unobserved] = &mut sections;
        code.u32(self.entry);
        code.count(self.code.len());
        self.code.iter().for_each(|word| code.u64(*word));
        pool.count(self.pool.len());
        self.pool.iter().for_each(|number| pool.i64(*number));
        texts.count(self.texts.len());
        self.texts.iter().for_each(|text| texts.text(text));
        segments.count(self.segments.len());
        self.segments.iter().for_each(|segment| write_segment(segments, segment));
        symbols.count(self.symbols.len());
        for symbol in &self.symbols {
            symbols.u8(symbol.kind as u8);
            symbols.i64(symbol.value);
            symbols.text(&symbol.name);
        }
        lines.count(self.lines.len());
        for line in &self.lines {
            [line.index, line.source, line.line].into_iter().for_each(|number| lines.u32(number));
        }
        sources.count(self.sources.len());
        for source in &self.sources {
            sources.text(&source.name);
            sources.text(&source.text);
        }
        unobserved.count(self.unobserved.len());
        self.unobserved.iter().for_each(|index| unobserved.u32(*index));
        IMAGE.write(&sections.map(ByteWriter::into_bytes))
    }

    /// Reads an image file. What it says may still be no program.
    ///
    /// # Errors
    /// It is something else, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        let sections = IMAGE.read(bytes)?;
        let readers = IMAGE.sections.iter().zip(&sections);
        let mut readers = readers.map(|(name, bytes)| ByteReader::new(name, bytes));
        let mut section = || readers.next().unwrap_or(ByteReader::new("missing", &[]));
        let mut code = section();
        let entry = code.u32()?;
        let image = Self {
            entry,
            code: whole(code, 8, ByteReader::u64)?,
            pool: whole(section(), 8, ByteReader::i64)?,
            texts: whole(section(), 4, ByteReader::text)?,
            segments: whole(section(), 25, read_segment)?,
            symbols: whole(section(), 13, read_symbol)?,
            lines: whole(section(), 12, |r| {
                Ok(LineEntry { index: r.u32()?, source: r.u32()?, line: r.u32()? })
            })?,
            sources: whole(section(), 8, |r| Ok(SourceFile { name: r.text()?, text: r.text()? }))?,
            unobserved: whole(section(), 4, ByteReader::u32)?,
        };
        Ok(image)
    }
}

/// A list that fills the rest of its section.
fn whole<'a, T>(
    mut reader: ByteReader<'a>,
    size: usize,
    element: impl FnMut(&mut ByteReader<'a>) -> Result<T, ImageError>,
) -> Result<Vec<T>, ImageError> {
    let list = reader.list(size, element)?;
    reader.finish()?;
    Ok(list)
}

fn read_symbol(reader: &mut ByteReader<'_>) -> Result<Symbol, ImageError> {
    const KINDS: [SymbolKind; 4] =
        [SymbolKind::Code, SymbolKind::Data, SymbolKind::Constant, SymbolKind::Register];
    let kind = usize::from(reader.u8()?);
    let kind = *KINDS.get(kind).ok_or_else(|| reader.wrong(0, "a kind of symbol"))?;
    Ok(Symbol { kind, value: reader.i64()?, name: reader.text()? })
}

fn write_segment(writer: &mut ByteWriter, segment: &SegmentImage) {
    writer.text(&segment.name);
    writer.i64(segment.start);
    writer.u64(segment.size);
    write_segment_type(writer, &segment.kind);
    writer.bytes(&segment.data);
}

fn read_segment(reader: &mut ByteReader<'_>) -> Result<SegmentImage, ImageError> {
    Ok(SegmentImage {
        name: reader.text()?,
        start: reader.i64()?,
        size: reader.u64()?,
        kind: read_segment_type(reader)?,
        data: reader.bytes()?.to_vec(),
    })
}

/// Segment types without a schema, by their code.
const PLAIN_TYPES: [(u8, SegmentType); 9] = [
    (0, SegmentType::Data),
    (1, SegmentType::Code),
    (2, SegmentType::Stack),
    (3, SegmentType::Heap),
    (5, SegmentType::Index),
    (6, SegmentType::Log),
    (7, SegmentType::Input),
    (8, SegmentType::Output),
    (9, SegmentType::Error),
];
const TABLE: u8 = 4;

/// Data types without a size, by their code.
const PLAIN_FIELDS: [(u8, DataType); 11] = [
    (0, DataType::Int8),
    (1, DataType::Int16),
    (2, DataType::Int32),
    (3, DataType::Int64),
    (4, DataType::UInt8),
    (5, DataType::UInt16),
    (6, DataType::UInt32),
    (7, DataType::UInt64),
    (8, DataType::Float32),
    (9, DataType::Float64),
    (10, DataType::Timestamp),
];
const STRING: u8 = 11;
const BYTES: u8 = 12;

/// Writes what [`read_segment_type`] reads.
pub fn write_segment_type(writer: &mut ByteWriter, kind: &SegmentType) {
    let SegmentType::Table { schema } = kind else {
        let code = PLAIN_TYPES.iter().find(|(_, plain)| plain == kind);
        return writer.u8(code.map_or(0, |(code, _)| *code));
    };
    writer.u8(TABLE);
    writer.count(schema.fields.len());
    for field in &schema.fields {
        writer.text(&field.name);
        let (code, max) = if let DataType::String { max } = field.dtype {
            (STRING, max)
        } else if let DataType::Bytes { max } = field.dtype {
            (BYTES, max)
        } else {
            let found = PLAIN_FIELDS.iter().find(|(_, plain)| *plain == field.dtype);
            (found.map_or(0, |(code, _)| *code), 0)
        };
        writer.u8(code);
        writer.u32(max);
        writer.u8(u8::from(field.nullable));
    }
    writer.count(schema.primary_key.len());
    schema.primary_key.iter().for_each(|name| writer.text(name));
}

/// A segment's type with its schema.
///
/// # Errors
/// It is none.
pub fn read_segment_type(reader: &mut ByteReader<'_>) -> Result<SegmentType, ImageError> {
    let code = reader.u8()?;
    if code != TABLE {
        let found = PLAIN_TYPES.iter().find(|(plain, _)| *plain == code);
        let found = found.map(|(_, kind)| kind.clone());
        return found.ok_or_else(|| reader.wrong(0, "a kind of segment"));
    }
    let fields = reader.list(10, |reader| {
        let name = reader.text()?;
        let (code, max) = (reader.u8()?, reader.u32()?);
        let dtype = match (code, max) {
            (STRING, max) => DataType::String { max },
            (BYTES, max) => DataType::Bytes { max },
            (plain, 0) => {
                let found = PLAIN_FIELDS.iter().find(|(code, _)| *code == plain);
                found.map(|(_, dtype)| *dtype).ok_or_else(|| reader.wrong(0, "a type of field"))?
            }
            _ => return Err(reader.wrong(0, "a type of field")),
        };
        let nullable = match reader.u8()? {
            0 => false,
            1 => true,
            _ => return Err(reader.wrong(0, "0 or 1")),
        };
        Ok(Field { name, dtype, nullable })
    })?;
    let primary_key = reader.list(4, ByteReader::text)?;
    Ok(SegmentType::Table { schema: Schema { fields, primary_key } })
}
