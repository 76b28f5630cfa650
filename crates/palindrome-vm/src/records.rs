//! Records of tables as instructions see them: a field at a time, by the schema of the table that
//! the head is in. All of it is bytes on the tape.

use machine::{Piece, Question, Stream};
use tape::{DataType, Field, Schema, Segment, SegmentType};

use crate::exec::{Flow, from_f64};
use crate::op::Instruction;
use crate::operand::Order;
use crate::segments::COPY_MAX;
use crate::trap::Trap;
use crate::vm::Vm;

/// A field of a record: where it begins, its presence byte included.
struct Place {
    at: i64,
    field: Field,
}

impl Place {
    fn wrong(&self, reason: impl Into<String>) -> Trap {
        Trap::FieldValue { field: self.field.name.clone(), reason: reason.into() }
    }
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
enum Held {
    Absent,
    Int(i64),
    /// Above what a register shows as a number without a sign.
    Large(u64),
    Float(f64),
    Text(Vec<u8>),
}

impl Vm {
    /// Performs an instruction on records, but for what needs an answer.
    pub(crate) fn record_instruction(&mut self, instruction: &Instruction) -> Result<Flow, Trap> {
        use Instruction as I;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only these come here")]
        match instruction {
            I::WriteField { field, value } => self.write_number(field, self.value(*value)),
            I::WriteText { field, text } => {
                let place = self.field_at_head(field)?;
                self.write_held(&place, &Held::Text(text.clone().into_bytes()))
            }
            I::WriteFrom { field, record, from } => {
                let place = self.field_at_head(field)?;
                let held = self.held(&self.field_of(record, from)?)?;
                self.write_held(&place, &held)
            }
            I::WritePosition { field, table, index } => {
                let segment = self.table(table)?;
                let offset = self.value(*index).checked_mul(segment.1.cast_signed());
                let size = i64::try_from(segment.1).unwrap_or(i64::MAX);
                let at = self.segment_range(table, offset.unwrap_or(-1), size)?;
                self.write_number(field, at)
            }
            I::WriteNow { field } => {
                self.field_at_head(field)?;
                Ok(Flow::Asks(Question::Clock))
            }
            I::ReadRecord { record } => {
                let (schema, _) = self.schema_at_head()?;
                self.read_record(record, schema)
            }
            I::ReadRecordAs { record, layout } => {
                let schema = self.schema_of(layout)?;
                self.read_record(record, schema)
            }
            I::LoadField { dst, record, field } => {
                let place = self.field_of(record, field)?;
                let value = match self.held(&place)? {
                    Held::Absent => 0,
                    Held::Int(value) => value,
                    Held::Large(value) => value.cast_signed(),
                    Held::Float(value) => from_f64(value),
                    Held::Text(_) => place.at + i64::from(place.field.nullable) + 4,
                };
                Ok(self.set(*dst, value))
            }
            I::OutputRecord { record } => {
                let schema = self.schema_of(record)?;
                let start = self.table(record)?.0;
                let all: Vec<_> = schema.fields.iter().map(|field| field.name.as_str()).collect();
                self.show_fields(record, &schema, start, &all)
            }
            I::Project { fields } => {
                let (schema, name) = self.schema_at_head()?;
                self.next_record()?;
                let names: Vec<_> = fields.split(',').map(str::trim).collect();
                self.show_fields(&name, &schema, self.tape.head(), &names)
            }
            I::FilterNumber { field, order, value } => {
                let value = self.value(*value);
                self.filter(field, *order, &Held::Int(value))
            }
            I::FilterText { field, order, text } => {
                self.filter(field, *order, &Held::Text(text.clone().into_bytes()))
            }
            I::CreateView { view, source, field, order, value } => {
                let value = Held::Int(self.value(*value));
                self.create_view(view, source, field, (*order, &value))
            }
            I::SegmentCreateLike { name, size, layout } => {
                let schema = self.schema_of(layout)?;
                let size = self.value(*size);
                let size = u64::try_from(size).map_err(|_| Trap::Segment {
                    reason: format!("a segment of {size} bytes cannot be made"),
                })?;
                self.save_state();
                self.make_table(name, size, schema).map_err(|trap| self.unsave(trap))
            }
            _ => unreachable!("only instructions on records come here"),
        }
    }

    /// Where the record after the one at the head begins.
    pub(crate) fn next_record(&self) -> Result<i64, Trap> {
        let head = self.tape.head();
        let size = self.schema_at_head()?.0.record_size();
        let next = head.checked_add_unsigned(size);
        next.ok_or(Trap::HeadPastEnd { from: head, by: size.cast_signed() })
    }

    /// Writes a number into a field of the record at the head.
    pub(crate) fn write_number(&mut self, field: &str, value: i64) -> Result<Flow, Trap> {
        let place = self.field_at_head(field)?;
        let held = match place.field.dtype {
            DataType::Float32 | DataType::Float64 => {
                Held::Float(f64::from_bits(value.cast_unsigned()))
            }
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::Timestamp
            | DataType::String { .. }
            | DataType::Bytes { .. } => Held::Int(value),
        };
        self.write_held(&place, &held)
    }

    /// The schema of the table that the head is in, and the table's name.
    fn schema_at_head(&self) -> Result<(Schema, String), Trap> {
        let head = self.tape.head();
        let segment = self.tape.segment_at(head);
        let table = segment.and_then(|it| Some((it.schema()?.clone(), it.name().to_owned())));
        table.ok_or(Trap::NotInTable { head })
    }

    /// Where a table begins, the bytes of its records, and where it ends.
    fn table(&self, name: &str) -> Result<(i64, u64, i64), Trap> {
        let size = self.schema_of(name)?.record_size();
        let segment = self.tape.segment(name);
        let found = segment.map(|segment| (segment.start(), size, segment.end()));
        found.ok_or_else(|| Trap::NoSegment { name: name.to_owned() })
    }

    fn schema_of(&self, name: &str) -> Result<Schema, Trap> {
        let segment = self.tape.segment(name);
        let segment = segment.ok_or_else(|| Trap::NoSegment { name: name.to_owned() })?;
        let reason = || format!("`{name}` is no table, so it has no records");
        segment.schema().cloned().ok_or_else(|| Trap::Segment { reason: reason() })
    }

    fn field_at_head(&self, field: &str) -> Result<Place, Trap> {
        let (schema, table) = self.schema_at_head()?;
        let head = self.tape.head();
        let end = self.tape.segment(&table).map_or(head, Segment::end);
        let next = self.next_record()?;
        if next > end {
            let reason = format!("the head at {head} has no room for a record before {end}");
            return Err(Trap::Segment { reason });
        }
        place(&table, &schema, head, field)
    }

    fn field_of(&self, record: &str, field: &str) -> Result<Place, Trap> {
        let schema = self.schema_of(record)?;
        place(record, &schema, self.table(record)?.0, field)
    }

    fn held(&self, place: &Place) -> Result<Held, Trap> {
        let mut bytes = vec![0; usize::try_from(place.field.size()).unwrap_or(0)];
        if !self.tape.peek(place.at, &mut bytes) {
            return Err(Trap::PastEnd { at: place.at });
        }
        Ok(held_in(&place.field, &bytes))
    }

    fn write_held(&mut self, place: &Place, held: &Held) -> Result<Flow, Trap> {
        let bytes = bytes_of(place, held)?;
        let at = place.at;
        self.save_run(at, i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        self.write_bytes(at, &bytes).map_err(|trap| self.unsave(trap))?;
        Ok(Flow::Next)
    }

    /// Makes a table; the state was saved.
    fn make_table(&mut self, name: &str, size: u64, schema: Schema) -> Result<Flow, Trap> {
        let reserved = ["code", "stack", "heap", "objects", "store", "stdin", "stdout", "stderr"];
        if reserved.contains(&name) {
            let reason = format!("`{name}` is no name for a table: every program has it");
            return Err(Trap::Segment { reason });
        }
        let mut names = self.tape.names();
        let kind = SegmentType::Table { schema };
        let made = names.create_segment(name, size, kind);
        made.map_err(|error| Trap::Segment { reason: error.to_string() })?;
        self.tape.set_names(names);
        Ok(Flow::Next)
    }

    /// Copies the bytes at the head into the table `record`, which has this schema afterwards.
    fn read_record(&mut self, record: &str, schema: Schema) -> Result<Flow, Trap> {
        let size = schema.record_size();
        let reason = || format!("a record of {size} bytes is too long to be read");
        let len = usize::try_from(size).ok().filter(|_| size <= COPY_MAX.cast_unsigned());
        let mut bytes = vec![0; len.ok_or_else(|| Trap::Segment { reason: reason() })?];
        let head = self.tape.head();
        if !self.tape.peek(head, &mut bytes) {
            return Err(Trap::PastEnd { at: head });
        }
        let is_ready = self
            .tape
            .segment(record)
            .is_some_and(|segment| segment.schema() == Some(&schema) && segment.size() >= size);
        let start = if is_ready {
            let start = self.table(record)?.0;
            self.save_run(start, size.cast_signed());
            start
        } else {
            self.save_tape();
            self.remake(record, size, schema).map_err(|trap| self.unsave(trap))?
        };
        if let Err(trap) = self.write_bytes(start, &bytes) {
            return Err(self.unsave(trap));
        }
        Ok(Flow::Next)
    }

    /// Makes a table in place of one that has other records. The state was saved.
    fn remake(&mut self, name: &str, size: u64, schema: Schema) -> Result<i64, Trap> {
        let before = self.tape.names();
        if let Some(segment) = self.tape.segment(name) {
            if segment.schema().is_none() {
                let reason = format!("`{name}` is no table: a record needs another name");
                return Err(Trap::Segment { reason });
            }
            let dropped = self.tape.names_mut().drop_segment(name);
            dropped.map_err(|error| Trap::Segment { reason: error.to_string() })?;
        }
        if let Err(trap) = self.make_table(name, size, schema) {
            self.tape.set_names(before);
            return Err(trap);
        }
        Ok(self.tape.segment(name).map_or(0, Segment::start))
    }

    fn show_fields(
        &self,
        table: &str,
        schema: &Schema,
        record: i64,
        names: &[&str],
    ) -> Result<Flow, Trap> {
        let mut line = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                line.push(b'\t');
            }
            match self.held(&place(table, schema, record, name)?)? {
                Held::Absent => line.extend(b"none"),
                Held::Int(value) => line.extend(value.to_string().bytes()),
                Held::Large(value) => line.extend(value.to_string().bytes()),
                Held::Float(value) => line.extend(value.to_string().bytes()),
                Held::Text(bytes) => line.extend(bytes),
            }
        }
        line.push(b'\n');
        Ok(Flow::Asks(Question::Write(vec![Piece { stream: Stream::Output, bytes: line }])))
    }

    fn filter(&mut self, field: &str, order: Order, value: &Held) -> Result<Flow, Trap> {
        let head = self.tape.head();
        let (schema, table) = match self.schema_at_head() {
            Ok(found) => found,
            // Behind the last record there is nothing left to look at.
            Err(_) if self.tape.segments().any(|segment| segment.end() == head) => {
                return Ok(self.seek(head));
            }
            Err(trap) => return Err(trap),
        };
        let end = self.tape.segment(&table).map_or(head, Segment::end);
        let next = self.next_record()?;
        if next > end {
            return Ok(self.seek(end));
        }
        if holds(&self.held(&place(&table, &schema, head, field)?)?, order, value) {
            return Ok(self.seek(head));
        }
        self.seek(next);
        Ok(Flow::Again)
    }

    fn create_view(
        &mut self,
        view: &str,
        source: &str,
        field: &str,
        (order, value): (Order, &Held),
    ) -> Result<Flow, Trap> {
        let schema = self.schema_of(source)?;
        let (start, size, end) = self.table(source)?;
        let whole = end - start;
        if whole > COPY_MAX || view == source {
            let reason = format!("`{view}` cannot be a view of `{source}`");
            return Err(Trap::Segment { reason });
        }
        let mut bytes = vec![0; usize::try_from(whole).unwrap_or(0)];
        let mut kept = 0;
        let mut record = vec![0; usize::try_from(size).unwrap_or(0)];
        let mut at = start;
        while at <= end - size.cast_signed() {
            if holds(&self.held(&place(source, &schema, at, field)?)?, order, value)
                && self.tape.peek(at, &mut record)
            {
                bytes[kept..kept + record.len()].copy_from_slice(&record);
                kept += record.len();
            }
            at += size.cast_signed();
        }
        let is_ready = self.tape.segment(view).is_some_and(|segment| {
            segment.schema() == Some(&schema) && segment.end() - segment.start() == whole
        });
        self.save_tape();
        let target = match is_ready {
            true => self.table(view).map(|(target, ..)| target),
            false => self.remake(view, whole.cast_unsigned(), schema),
        };
        let written = target.and_then(|target| self.write_bytes(target, &bytes));
        written.map_err(|trap| self.unsave(trap))?;
        Ok(Flow::Next)
    }
}

/// The bucket of a number: a hash of it, by the number of buckets.
pub(crate) fn hash_bucket(key: i64, buckets: i64) -> Result<i64, Trap> {
    let hash = xxhash_rust::xxh3::xxh3_64(&key.to_le_bytes());
    match u64::try_from(buckets) {
        Ok(count @ 1..) => Ok((hash % count).cast_signed()),
        _ => Err(Trap::Division { dividend: key, divisor: buckets }),
    }
}

fn place(table: &str, schema: &Schema, record: i64, name: &str) -> Result<Place, Trap> {
    let (field, offset) = schema
        .field(name)
        .zip(schema.field_offset(name))
        .ok_or_else(|| Trap::NoField { table: table.to_owned(), field: name.to_owned() })?;
    let at = record.checked_add_unsigned(offset).ok_or(Trap::PastEnd { at: record })?;
    Ok(Place { at, field: field.clone() })
}

/// What a field holds in its bytes, its presence byte included.
fn held_in(field: &Field, bytes: &[u8]) -> Held {
    let bytes = match bytes {
        [0, ..] if field.nullable => return Held::Absent,
        [_, rest @ ..] if field.nullable => rest,
        all => all,
    };
    let mut word = [0; 8];
    let len = bytes.len().min(8);
    word[..len].copy_from_slice(&bytes[..len]);
    let (value, unused) = (i64::from_le_bytes(word), 64 - 8 * len);
    match field.dtype {
        DataType::Int8 | DataType::Int16 | DataType::Int32 => Held::Int(value << unused >> unused),
        DataType::Int64 | DataType::Timestamp => Held::Int(value),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => Held::Int(value),
        DataType::UInt64 => match i64::try_from(value.cast_unsigned()) {
            Ok(value) => Held::Int(value),
            Err(_) => Held::Large(value.cast_unsigned()),
        },
        DataType::Float32 => {
            let [a, b, c, d, ..] = word;
            Held::Float(f64::from(f32::from_le_bytes([a, b, c, d])))
        }
        DataType::Float64 => Held::Float(f64::from_le_bytes(word)),
        DataType::String { .. } | DataType::Bytes { .. } => {
            let text = bytes.get(4..).unwrap_or(&[]);
            let len = usize::try_from(value & i64::from(u32::MAX)).unwrap_or(0);
            Held::Text(text[..len.min(text.len())].to_vec())
        }
    }
}

/// The bytes of a field, its presence byte included.
fn bytes_of(place: &Place, held: &Held) -> Result<Vec<u8>, Trap> {
    let mut bytes = Vec::new();
    if place.field.nullable {
        bytes.push(u8::from(*held != Held::Absent));
    }
    let whole = |low: i64, high: i64| match held {
        Held::Int(value) if (low..=high).contains(value) => Ok(*value),
        Held::Int(value) => Err(place.wrong(format!("{value} does not go from {low} to {high}"))),
        Held::Large(value) => Err(place.wrong(format!("{value} does not go up to {high}"))),
        Held::Absent if place.field.nullable => Ok(0),
        Held::Absent => Err(place.wrong("it must have a value")),
        Held::Float(_) | Held::Text(_) => Err(place.wrong("it takes a whole number")),
    };
    let (value, len) = match place.field.dtype {
        DataType::Int8 => (whole(i8::MIN.into(), i8::MAX.into())?, 1),
        DataType::Int16 => (whole(i16::MIN.into(), i16::MAX.into())?, 2),
        DataType::Int32 => (whole(i32::MIN.into(), i32::MAX.into())?, 4),
        DataType::Int64 | DataType::Timestamp => (whole(i64::MIN, i64::MAX)?, 8),
        DataType::UInt8 => (whole(0, u8::MAX.into())?, 1),
        DataType::UInt16 => (whole(0, u16::MAX.into())?, 2),
        DataType::UInt32 => (whole(0, u32::MAX.into())?, 4),
        DataType::UInt64 => match held {
            Held::Large(value) => (value.cast_signed(), 8),
            Held::Absent | Held::Int(_) | Held::Float(_) | Held::Text(_) => {
                (whole(0, i64::MAX)?, 8)
            }
        },
        DataType::Float32 => {
            #[expect(clippy::cast_possible_truncation, reason = "the nearest one is meant")]
            let near = float(place, held)? as f32;
            (i64::from(near.to_bits()), 4)
        }
        DataType::Float64 => (from_f64(float(place, held)?), 8),
        DataType::String { max } | DataType::Bytes { max } => {
            let text = match held {
                Held::Text(text) => text.as_slice(),
                Held::Absent => &[],
                Held::Int(_) | Held::Large(_) | Held::Float(_) => {
                    return Err(place.wrong("it takes a text"));
                }
            };
            let len = u32::try_from(text.len()).ok().filter(|len| *len <= max);
            let too_long =
                || place.wrong(format!("a text of {} bytes does not fit {max}", text.len()));
            bytes.extend(len.ok_or_else(too_long)?.to_le_bytes());
            bytes.extend(text);
            return Ok(bytes);
        }
    };
    bytes.extend(&value.to_le_bytes()[..len]);
    Ok(bytes)
}

fn float(place: &Place, held: &Held) -> Result<f64, Trap> {
    match held {
        Held::Float(value) => Ok(*value),
        Held::Int(value) => Ok(crate::exec::int_to_float(*value)),
        Held::Absent if place.field.nullable => Ok(0.0),
        Held::Absent | Held::Large(_) | Held::Text(_) => Err(place.wrong("it takes a float")),
    }
}

/// Whether a field compares so with a value. One without a value compares with nothing.
fn holds(held: &Held, order: Order, value: &Held) -> bool {
    let found = match (held, value) {
        (Held::Int(one), Held::Int(other)) => Some(one.cmp(other)),
        (Held::Large(_), Held::Int(_)) => Some(std::cmp::Ordering::Greater),
        (Held::Float(one), Held::Int(bits)) => {
            one.partial_cmp(&f64::from_bits(bits.cast_unsigned()))
        }
        (Held::Text(one), Held::Text(other)) => Some(one.cmp(other)),
        (_, _) => None,
    };
    found.is_some_and(|found| order.holds(found))
}
