//! Bytes of a section, written and read: little-endian numbers, texts and lists with their length.

use super::ImageError;

/// Writes what a [`Reader`] reads.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.u8(value.into());
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn f64(&mut self, value: f64) {
        self.0.extend(value.to_bits().to_le_bytes());
    }

    /// The number of things that follow. No image has so many that it does not fit.
    pub(super) fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    pub(super) fn list<T>(&mut self, list: &[T], mut element: impl FnMut(&mut Self, &T)) {
        self.count(list.len());
        for it in list {
            element(self, it);
        }
    }
}

/// Reads a section; every error says where.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    section: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(section: &'static str, bytes: &'a [u8]) -> Self {
        Self { section, bytes, at: 0 }
    }

    const fn truncated(&self) -> ImageError {
        ImageError::Truncated { section: self.section, at: self.at }
    }

    /// "The section says something that cannot be", in the `back` bytes just read.
    pub(super) const fn wrong(&self, back: usize, expected: &'static str) -> ImageError {
        ImageError::Value { section: self.section, at: self.at.saturating_sub(back), expected }
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], ImageError> {
        let taken = self.bytes[self.at..].get(..count).ok_or_else(|| self.truncated())?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, ImageError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn flag(&mut self) -> Result<bool, ImageError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(1, "0 or 1")),
        }
    }

    pub(super) fn u16(&mut self) -> Result<u16, ImageError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ImageError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, ImageError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, ImageError> {
        self.array().map(f64::from_le_bytes)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, ImageError> {
        let count = self.u32()? as usize;
        let bytes = self.take(count)?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong(count, "UTF-8 text"))
    }

    /// A list whose elements have at least `size` bytes each. Nothing is reserved for more than
    /// the section can hold.
    pub(super) fn list<T>(
        &mut self,
        size: usize,
        mut element: impl FnMut(&mut Self) -> Result<T, ImageError>,
    ) -> Result<Vec<T>, ImageError> {
        let count = self.u32()? as usize;
        if count.saturating_mul(size) > self.bytes.len() - self.at {
            return Err(self.truncated());
        }
        (0..count).map(|_| element(self)).collect()
    }

    /// Tests that the section ends here.
    pub(super) const fn finish(&self) -> Result<(), ImageError> {
        if self.at == self.bytes.len() {
            return Ok(());
        }
        Err(ImageError::Trailing { section: self.section, at: self.at })
    }
}
