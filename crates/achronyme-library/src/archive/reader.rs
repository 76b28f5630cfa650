//! Bytes to values. Nothing in a file is believed: every length is held against the bytes there are.

use std::collections::BTreeSet;

use rmp::decode;

use super::{
    BODY_MAX, DEPTH_MAX, HEAD, LZ4, MAGIC, MUTABLE, PLAIN, SUM, VERSION, ZSTD, sum, wrong,
};
use crate::{Complex, Fault, Store, find};

/// What a file has.
#[derive(Debug)]
pub(crate) struct Archive<V> {
    /// Seconds since 1970.
    pub(crate) created: u64,
    /// The version of the runtime that wrote it.
    pub(crate) version: String,
    pub(crate) created_by: String,
    pub(crate) platform: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) bindings: Vec<(String, V)>,
}

/// Reads a file; whether its sum is right is looked at if asked.
///
/// # Errors
/// It is no such file, damaged, or of another version; or memory has run out.
pub(crate) fn read<S: Store>(
    store: &mut S,
    file: &[u8],
    is_checked: bool,
) -> Result<Archive<S::Value>, Fault> {
    let invalid = || wrong("Invalid .ach file");
    let (head, rest) = file.split_at_checked(HEAD).ok_or_else(invalid)?;
    let body_length = rest.len().checked_sub(SUM).ok_or_else(invalid)?;
    let (body, expected) = rest.split_at(body_length);
    if head[..4] != MAGIC {
        return Err(invalid());
    }
    let version = (u16::from_le_bytes([head[4], head[5]]), u16::from_le_bytes([head[6], head[7]]));
    if version.0 != VERSION.0 {
        let ((major, minor), (ours, _)) = (version, VERSION);
        return Err(wrong(format!(
            "Version mismatch: the file has {major}.{minor}, {ours} is read"
        )));
    }
    if is_checked && sum(body) != expected {
        return Err(wrong("Checksum verification failed: the file is damaged"));
    }
    let unpacked;
    let bytes = match head[36] {
        PLAIN => body,
        LZ4 => {
            unpacked = unpack(store, body)?;
            &unpacked
        }
        ZSTD => return Err(wrong("it is packed with zstd, which is not read here")),
        _ => return Err(invalid()),
    };
    let mut created = [0; 8];
    created.copy_from_slice(&head[12..20]);
    let version = head[20..36].iter().take_while(|byte| **byte != 0);
    let mut archive = Archive {
        created: u64::from_le_bytes(created),
        version: String::from_utf8_lossy(&version.copied().collect::<Vec<_>>()).into_owned(),
        created_by: String::new(),
        platform: String::new(),
        description: None,
        tags: Vec::new(),
        bindings: Vec::new(),
    };
    Body { bytes, store }.all(&mut archive)?;
    Ok(archive)
}

fn unpack<S: Store>(store: &S, body: &[u8]) -> Result<Vec<u8>, Fault> {
    let damaged = || wrong("Invalid .ach file");
    let (size, packed) = lz4_flex::block::uncompressed_size(body).map_err(|_| damaged())?;
    if size > BODY_MAX {
        return Err(Fault::out_of_memory(size));
    }
    store.room(size)?;
    lz4_flex::block::decompress(packed, size).map_err(|_| damaged())
}

/// What is left of a body.
struct Body<'b, 's, S: Store> {
    bytes: &'b [u8],
    store: &'s mut S,
}

impl<'b, S: Store> Body<'b, '_, S> {
    fn all(&mut self, archive: &mut Archive<S::Value>) -> Result<(), Fault> {
        for _ in 0..self.map()? {
            match self.text()? {
                "metadata" => self.metadata(archive)?,
                "bindings" => {
                    for _ in 0..self.map()? {
                        let name = self.text()?.to_owned();
                        let value = self.value(0)?;
                        archive.bindings.push((name, value));
                    }
                }
                _ => return Err(wrong("Invalid .ach file")),
            }
        }
        Ok(())
    }

    fn metadata(&mut self, archive: &mut Archive<S::Value>) -> Result<(), Fault> {
        for _ in 0..self.map()? {
            match self.text()? {
                "created_by" => archive.created_by = self.text()?.to_owned(),
                "platform" => archive.platform = self.text()?.to_owned(),
                "description" => archive.description = Some(self.text()?.to_owned()),
                "tags" => {
                    for _ in 0..self.array()? {
                        archive.tags.push(self.text()?.to_owned());
                    }
                }
                _ => return Err(wrong("Invalid .ach file")),
            }
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<S::Value, Fault> {
        if depth > DEPTH_MAX {
            return Err(wrong("its values are too deep inside of each other"));
        }
        // All but null are a map of one: what it is, and what is in it.
        if self.bytes.first().is_some_and(|byte| byte >> 5 == 0b101) {
            return match self.text()? {
                "Null" => Ok(self.store.null()),
                _ => Err(wrong("Invalid .ach file")),
            };
        }
        if self.map()? != 1 {
            return Err(wrong("Invalid .ach file"));
        }
        match self.text()? {
            "Boolean" => {
                let truth = self.parsed(|bytes| decode::read_bool(bytes).ok())?;
                Ok(self.store.boolean(truth))
            }
            "Number" => {
                let number = self.number()?;
                Ok(self.store.number(number))
            }
            "Complex" => {
                let complex = self.complex()?;
                self.store.new_complex(complex)
            }
            "String" => {
                let text = self.text()?;
                self.store.new_string(text)
            }
            "Vector" => {
                let count = self.array()?;
                let elements = (0..count).map(|_| self.value(depth + 1));
                let elements = elements.collect::<Result<Vec<_>, _>>()?;
                self.store.new_vector(&elements)
            }
            "Tensor" => {
                let shape = self.shape()?;
                let data = self.numbers(&shape, Self::number)?;
                self.store.new_tensor(&shape, &data)
            }
            "ComplexTensor" => {
                let shape = self.shape()?;
                let data = self.numbers(&shape, Self::complex)?;
                self.store.new_complex_tensor(&shape, &data)
            }
            "Record" => self.record(depth),
            "Edge" => self.edge(depth),
            "BuiltinFunction" => {
                let name = self.text()?;
                let index =
                    find(name).ok_or_else(|| wrong(format!("there is no function {name}")))?;
                Ok(self.store.builtin(index))
            }
            _ => Err(wrong("Invalid .ach file")),
        }
    }

    fn record(&mut self, depth: usize) -> Result<S::Value, Fault> {
        let mut fields: Vec<(&'b str, S::Value, bool)> = Vec::new();
        let mut names = BTreeSet::new();
        for _ in 0..self.map()? {
            let name = self.text()?;
            if !names.insert(name) {
                return Err(wrong("Invalid .ach file"));
            }
            let before = self.bytes;
            let is_mutable = matches!(self.map(), Ok(1)) && matches!(self.text(), Ok(MUTABLE));
            if !is_mutable {
                self.bytes = before;
            }
            fields.push((name, self.value(depth + 1)?, is_mutable));
        }
        self.store.new_record(&fields)
    }

    fn edge(&mut self, depth: usize) -> Result<S::Value, Fault> {
        if self.array()? != 4 {
            return Err(wrong("Invalid .ach file"));
        }
        let (from, to) = (self.text()?, self.text()?);
        let directed = self.parsed(|bytes| decode::read_bool(bytes).ok())?;
        let properties = self.record(depth)?;
        let is_empty = self.store.fields(&properties).is_empty();
        let properties = if is_empty { self.store.null() } else { properties };
        self.store.new_edge(from, to, directed, properties)
    }

    fn shape(&mut self) -> Result<Vec<usize>, Fault> {
        if self.array()? != 2 {
            return Err(wrong("Invalid .ach file"));
        }
        let count = self.array()?;
        (0..count).map(|_| self.parsed(|bytes| decode::read_int(bytes).ok())).collect()
    }

    fn numbers<T>(
        &mut self,
        shape: &[usize],
        one: impl Fn(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let count = self.array()?;
        let wanted = shape.iter().try_fold(1_usize, |all, length| all.checked_mul(*length));
        if wanted != Some(count) {
            return Err(wrong("Invalid .ach file"));
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn number(&mut self) -> Result<f64, Fault> {
        self.parsed(|bytes| decode::read_f64(bytes).ok())
    }

    fn complex(&mut self) -> Result<Complex, Fault> {
        if self.array()? != 2 {
            return Err(wrong("Invalid .ach file"));
        }
        Ok(Complex::new(self.number()?, self.number()?))
    }

    fn text(&mut self) -> Result<&'b str, Fault> {
        let length = self.parsed(|bytes| decode::read_str_len(bytes).ok())?;
        let split = self.bytes.split_at_checked(length as usize);
        let (text, rest) = split.ok_or_else(|| wrong("Invalid .ach file"))?;
        self.bytes = rest;
        std::str::from_utf8(text).map_err(|_| wrong("Invalid .ach file"))
    }

    /// Every element takes a byte at least.
    fn array(&mut self) -> Result<usize, Fault> {
        let count = self.parsed(|bytes| decode::read_array_len(bytes).ok())? as usize;
        if count > self.bytes.len() { Err(wrong("Invalid .ach file")) } else { Ok(count) }
    }

    fn map(&mut self) -> Result<usize, Fault> {
        let count = self.parsed(|bytes| decode::read_map_len(bytes).ok())? as usize;
        if count > self.bytes.len() { Err(wrong("Invalid .ach file")) } else { Ok(count) }
    }

    fn parsed<T>(&mut self, parse: impl Fn(&mut &'b [u8]) -> Option<T>) -> Result<T, Fault> {
        parse(&mut self.bytes).ok_or_else(|| wrong("Invalid .ach file"))
    }
}
