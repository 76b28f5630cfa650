//! Bytes of a section, written and read: little-endian numbers, texts and lists with their length.

use crate::ImageError;

/// Writes what a [`ByteReader`] reads.
#[derive(Clone, Debug, Default)]
pub struct ByteWriter {
    bytes: Vec<u8>,
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident),*) => {
        impl ByteWriter {
            $($(#[$doc])* pub fn $name(&mut self, value: $name) {
                self.bytes.extend_from_slice(&value.to_le_bytes());
            })*
        }

        impl ByteReader<'_> {
            $($(#[$doc])*
            ///
            /// # Errors
            /// The section ends.
            pub fn $name(&mut self) -> Result<$name, ImageError> {
                self.array().map($name::from_le_bytes)
            })*
        }
    };
}

numbers! {
    /// A byte.
    u8,
    /// 2 bytes.
    u16,
    /// 4 bytes.
    u32,
    /// 8 bytes.
    u64,
    /// 8 bytes, signed.
    i64,
    /// 16 bytes, signed.
    i128,
    /// 8 bytes, to the bit.
    f64
}

impl ByteWriter {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// 0 or 1, a byte.
    pub fn flag(&mut self, value: bool) {
        self.u8(value.into());
    }

    /// The number of things that follow, 4 bytes.
    ///
    /// # Panics
    /// There are 2^32 or more.
    pub fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).expect("images hold fewer than 2^32 of anything"));
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A text, after its length.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Bytes, after their number.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// A list, after its length.
    pub fn list<T>(&mut self, list: &[T], mut element: impl FnMut(&mut Self, &T)) {
        self.count(list.len());
        for it in list {
            element(self, it);
        }
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads a section; every error says where.
#[derive(Clone, Debug)]
pub struct ByteReader<'a> {
    section: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> ByteReader<'a> {
    /// At the start of `bytes`; errors call them `section`.
    #[must_use]
    pub const fn new(section: &'static str, bytes: &'a [u8]) -> Self {
        Self { section, bytes, at: 0 }
    }

    /// "The section says something that cannot be", in the `back` bytes just read.
    #[must_use]
    pub const fn wrong(&self, back: usize, expected: &'static str) -> ImageError {
        ImageError::Value { section: self.section, at: self.at.saturating_sub(back), expected }
    }

    const fn truncated(&self) -> ImageError {
        ImageError::Truncated { section: self.section, at: self.at }
    }

    /// So many bytes as they are.
    ///
    /// # Errors
    /// The section ends.
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8], ImageError> {
        let taken = self.bytes[self.at..].get(..len).ok_or_else(|| self.truncated())?;
        self.at += len;
        Ok(taken)
    }

    /// The number of things that follow, each of which takes at least `size` bytes. It is never
    /// more than the section can hold, so memory may be reserved for it.
    ///
    /// # Errors
    /// The section is too short for so many.
    pub fn count(&mut self, size: usize) -> Result<usize, ImageError> {
        let count = self.u32()? as usize;
        if count.saturating_mul(size.max(1)) > self.bytes.len() - self.at {
            return Err(self.truncated());
        }
        Ok(count)
    }

    /// 0 or 1, a byte.
    ///
    /// # Errors
    /// The section ends, or it is another byte.
    pub fn flag(&mut self) -> Result<bool, ImageError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(1, "0 or 1")),
        }
    }

    /// A text, after its length.
    ///
    /// # Errors
    /// The section ends, or it is no UTF-8.
    pub fn text(&mut self) -> Result<String, ImageError> {
        self.str().map(str::to_owned)
    }

    /// A text, after its length, where it stands.
    ///
    /// # Errors
    /// The section ends, or it is no UTF-8.
    pub fn str(&mut self) -> Result<&'a str, ImageError> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong(bytes.len(), "UTF-8 text"))
    }

    /// Bytes, after their number.
    ///
    /// # Errors
    /// The section ends.
    pub fn bytes(&mut self) -> Result<&'a [u8], ImageError> {
        let len = self.count(1)?;
        self.raw(len)
    }

    /// So many bytes as they are.
    ///
    /// # Errors
    /// The section ends.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let mut array = [0; N];
        array.copy_from_slice(self.raw(N)?);
        Ok(array)
    }

    /// A list, after its length; `size` is the least that an element takes.
    ///
    /// # Errors
    /// Those of `element`, or the section is too short for so many.
    pub fn list<T, E: From<ImageError>>(
        &mut self,
        size: usize,
        mut element: impl FnMut(&mut Self) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let count = self.count(size)?;
        (0..count).map(|_| element(self)).collect()
    }

    /// Tests that the section ends here.
    ///
    /// # Errors
    /// It does not.
    pub const fn finish(&self) -> Result<(), ImageError> {
        if self.at == self.bytes.len() {
            return Ok(());
        }
        Err(ImageError::Trailing { section: self.section, at: self.at })
    }
}
