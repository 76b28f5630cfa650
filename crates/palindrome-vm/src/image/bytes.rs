//! Bytes of a section, written and read: little-endian numbers, texts and lists with their length.

use super::ImageError;

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
                let bytes = self.take(size_of::<$name>())?;
                let mut array = [0; size_of::<$name>()];
                array.copy_from_slice(bytes);
                Ok($name::from_le_bytes(array))
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
    i128
}

impl ByteWriter {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// The number of things that follow, 4 bytes.
    pub fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).expect("images hold fewer than 2^32 of anything"));
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

    /// "The section says something that cannot be", here.
    #[must_use]
    pub const fn bad(&self, expected: &'static str) -> ImageError {
        ImageError::BadValue { section: self.section, at: self.at, expected }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], ImageError> {
        let rest = &self.bytes[self.at..];
        let Some(taken) = rest.get(..len) else {
            return Err(ImageError::Truncated { section: self.section, at: self.at });
        };
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
            return Err(ImageError::Truncated { section: self.section, at: self.at });
        }
        Ok(count)
    }

    /// A text, after its length.
    ///
    /// # Errors
    /// The section ends, or it is no UTF-8.
    pub fn text(&mut self) -> Result<String, ImageError> {
        let bytes = self.bytes()?;
        let text = std::str::from_utf8(bytes).map_err(|_| self.bad("UTF-8 text"))?;
        Ok(text.to_owned())
    }

    /// Bytes, after their number.
    ///
    /// # Errors
    /// The section ends.
    pub fn bytes(&mut self) -> Result<&'a [u8], ImageError> {
        let len = self.count(1)?;
        self.take(len)
    }

    /// So many bytes as they are.
    ///
    /// # Errors
    /// The section ends.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let at = self.at;
        let taken = self.take(N)?.try_into();
        taken.map_err(|_| ImageError::Truncated { section: self.section, at })
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
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.bad("the end of the section")) }
    }
}
