//! What stands before the numbers: a dictionary of Python, as text.

use super::dtype::Dtype;
use crate::Error;

const MAGIC: &[u8] = b"\x93NUMPY";
/// The numbers begin at a multiple of this.
const ALIGNMENT: usize = 64;
/// More axes than NumPy has ever allowed.
const AXES_MAX: usize = 64;

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) dtype: Dtype,
    /// Whether the first axis changes fastest.
    pub(super) is_fortran: bool,
    pub(super) shape: Vec<usize>,
}

impl Header {
    /// The header of a file, and the bytes after it.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Error> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(Error::new("no NumPy file: it does not begin with \\x93NUMPY"));
        };
        let cut_off = || Error::new(format!("the header is cut off after {} bytes", bytes.len()));
        let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_off)?;
        let (length, rest) = match version[0] {
            1 => {
                let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_off)?;
                (u64::from(u16::from_le_bytes(*length)), rest)
            }
            2 | 3 => {
                let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(cut_off)?;
                (u64::from(u32::from_le_bytes(*length)), rest)
            }
            other => {
                let message = format!("version {other}.{} of the format is unknown", version[1]);
                return Err(Error::new(message));
            }
        };
        let length = usize::try_from(length).ok().filter(|length| *length <= rest.len());
        let (text, data) = rest.split_at(length.ok_or_else(cut_off)?);
        let text = if version[0] == 3 {
            std::str::from_utf8(text).map(str::to_owned).map_err(|_| wrong(0, "UTF-8"))?
        } else {
            // Latin-1.
            text.iter().map(|byte| char::from(*byte)).collect()
        };
        Ok((Scanner { text: &text, at: 0 }.header()?, data))
    }
}

/// A header of version 1.0, or 2.0 where it is too long for that.
pub(super) fn write(descr: &str, shape: &[usize]) -> Vec<u8> {
    let lengths: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let comma = if lengths.len() == 1 { "," } else { "" };
    let shape = format!("({}{comma})", lengths.join(", "));
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let padded = |front: usize| (front + text.len() + 1).next_multiple_of(ALIGNMENT) - front;
    let mut bytes = MAGIC.to_vec();
    let length = if let Ok(length) = u16::try_from(padded(10)) {
        bytes.extend([1, 0]);
        bytes.extend(length.to_le_bytes());
        usize::from(length)
    } else {
        let length = padded(12);
        bytes.extend([2, 0]);
        bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        length
    };
    text.push_str(&" ".repeat(length - text.len() - 1));
    text.push('\n');
    bytes.extend(text.bytes());
    bytes
}

/// A header that is being read.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn header(&mut self) -> Result<Header, Error> {
        let (mut dtype, mut is_fortran, mut shape) = (None, None, None);
        self.expect('{')?;
        while !self.take('}') {
            let place = self.at;
            match &*self.string()? {
                "descr" => {
                    self.expect(':')?;
                    if self.peek() == Some('[') {
                        let message = "items with fields cannot be read: only numbers";
                        return Err(Error::new(message));
                    }
                    dtype = Some(Dtype::read(&self.string()?)?);
                }
                "fortran_order" => {
                    self.expect(':')?;
                    is_fortran = Some(self.truth()?);
                }
                "shape" => {
                    self.expect(':')?;
                    shape = Some(self.shape()?);
                }
                _ => return Err(wrong(place, "'descr', 'fortran_order' or 'shape'")),
            }
            if !self.take(',') && self.peek() != Some('}') {
                return Err(wrong(self.at, "`,` or `}`"));
            }
        }
        if self.peek().is_some() {
            return Err(wrong(self.at, "the end"));
        }
        let missing = |name| Error::new(format!("the header does not say '{name}'"));
        Ok(Header {
            dtype: dtype.ok_or_else(|| missing("descr"))?,
            is_fortran: is_fortran.ok_or_else(|| missing("fortran_order"))?,
            shape: shape.ok_or_else(|| missing("shape"))?,
        })
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next letter that is no blank.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    fn take(&mut self, letter: char) -> bool {
        let is_there = self.peek() == Some(letter);
        if is_there {
            self.at += letter.len_utf8();
        }
        is_there
    }

    fn expect(&mut self, letter: char) -> Result<(), Error> {
        if self.take(letter) { Ok(()) } else { Err(wrong(self.at, &format!("`{letter}`"))) }
    }

    fn string(&mut self) -> Result<String, Error> {
        let place = self.at;
        // Python 2 wrote names with a `u` before them.
        let _is_unicode = self.take('u');
        let quote = if self.take('\'') {
            '\''
        } else if self.take('"') {
            '"'
        } else {
            return Err(wrong(self.at, "a text in quotes"));
        };
        let rest = self.rest();
        let end = rest.find(quote).ok_or_else(|| wrong(place, "a text in quotes that ends"))?;
        let text = rest[..end].to_owned();
        self.at += end + 1;
        Ok(text)
    }

    fn truth(&mut self) -> Result<bool, Error> {
        self.peek();
        for (word, meaning) in [("True", true), ("False", false)] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(meaning);
            }
        }
        Err(wrong(self.at, "True or False"))
    }

    fn shape(&mut self) -> Result<Vec<usize>, Error> {
        self.expect('(')?;
        let mut shape = Vec::new();
        while !self.take(')') {
            self.peek();
            let rest = self.rest();
            let width = rest.bytes().take_while(u8::is_ascii_digit).count();
            let length = rest[..width].parse();
            shape.push(length.map_err(|_| wrong(self.at, "a length"))?);
            self.at += width;
            // Python 2 wrote long integers with an `L`.
            let _is_long = self.take('L');
            if shape.len() > AXES_MAX {
                return Err(wrong(self.at, &format!("at most {AXES_MAX} axes")));
            }
            if !self.take(',') && self.peek() != Some(')') {
                return Err(wrong(self.at, "`,` or `)`"));
            }
        }
        Ok(shape)
    }
}

fn wrong(at: usize, expected: &str) -> Error {
    Error::new(format!("the header is damaged: expected {expected} at its byte {at}"))
}
