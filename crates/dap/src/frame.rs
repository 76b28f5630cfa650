//! Framing: how messages follow each other on a stream of bytes.
//!
//! A message is a header, `Content-Length: N`, an empty line, and N bytes of JSON. What they mean is
//! for others.

use std::io::{self, BufRead, Read, Write};

/// The most bytes of a header, and of a message.
pub const HEADER_BYTES_MAX: usize = 8 << 10;
/// The most bytes of one message.
pub const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// Why no further message can be read. Where the next one begins is not known any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The other end went away in the middle of a message.
    #[error("the connection ended in the middle of a message")]
    CutOff,
    /// A header line is no header line.
    #[error("a message begins with lines such as `Content-Length: 120`, and not with `{0}`")]
    BadHeader(String),
    /// The header does not say how long the message is.
    #[error("a message has no `Content-Length`")]
    NoLength,
    /// The header, or the message that it announces, is too long.
    #[error("a message is longer than {max} bytes")]
    TooLong {
        /// What it may have.
        max: usize,
    },
    /// The stream cannot be read.
    #[error("the connection cannot be read")]
    Io(#[source] io::Error),
}

/// The next message, or nothing where the stream ends between two.
///
/// # Errors
/// What is there is no message; nothing more can be read then.
pub fn read_message(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, FrameError> {
    let Some(length) = header(input)? else { return Ok(None) };
    if length > MESSAGE_BYTES_MAX {
        return Err(FrameError::TooLong { max: MESSAGE_BYTES_MAX });
    }
    let mut body = Vec::new();
    let count =
        input.by_ref().take(length as u64).read_to_end(&mut body).map_err(FrameError::Io)?;
    if count < length { Err(FrameError::CutOff) } else { Ok(Some(body)) }
}

/// Writes a message.
///
/// # Errors
/// The stream cannot be written.
pub fn write_message(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(body)?;
    output.flush()
}

/// How many bytes follow the header; nothing at the end of the stream.
fn header(input: &mut impl BufRead) -> Result<Option<usize>, FrameError> {
    let (mut length, mut room, mut is_begun) = (None, HEADER_BYTES_MAX, false);
    loop {
        let mut line = Vec::new();
        let limit = room as u64;
        input.by_ref().take(limit).read_until(b'\n', &mut line).map_err(FrameError::Io)?;
        room -= line.len();
        if line.last() != Some(&b'\n') {
            return match line.is_empty() && !is_begun && room > 0 {
                true => Ok(None),
                false if room == 0 => Err(FrameError::TooLong { max: HEADER_BYTES_MAX }),
                false => Err(FrameError::CutOff),
            };
        }
        is_begun = true;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if text.is_empty() {
            return length.map(Some).ok_or(FrameError::NoLength);
        }
        let bad = || FrameError::BadHeader(source::visible(text).chars().take(60).collect());
        let (name, value) = text.split_once(':').ok_or_else(bad)?;
        if name.trim().eq_ignore_ascii_case("content-length") {
            // More digits than a number has are a length all the same, and too much.
            let digits = value.trim();
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad());
            }
            length = Some(digits.parse().unwrap_or(usize::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_and_the_end_is_no_error() {
        let mut bytes = Vec::new();
        write_message(&mut bytes, b"{}").unwrap();
        write_message(&mut bytes, "{\"a\":\"é\"}".as_bytes()).unwrap();
        let mut input = bytes.as_slice();
        assert_eq!(read_message(&mut input).unwrap().unwrap(), b"{}");
        assert_eq!(read_message(&mut input).unwrap().unwrap(), "{\"a\":\"é\"}".as_bytes());
        assert!(read_message(&mut input).unwrap().is_none());
    }

    #[test]
    fn a_message_that_is_cut_anywhere_says_so() {
        let mut bytes = Vec::new();
        write_message(&mut bytes, b"{\"seq\":1}").unwrap();
        for end in 1..bytes.len() {
            let error = read_message(&mut &bytes[..end]).unwrap_err();
            assert!(matches!(error, FrameError::CutOff), "{end}: {error}");
        }
        assert!(read_message(&mut &bytes[..0]).unwrap().is_none());
    }

    #[test]
    fn what_is_no_header_is_named_and_nothing_is_allocated_for_a_promise() {
        let told = |text: &str| read_message(&mut text.as_bytes()).unwrap_err().to_string();
        assert!(told("GET / HTTP/1.1\r\n\r\n").contains("GET / HTTP/1.1"));
        assert!(told("Content-Length: many\r\n\r\n").contains("many"));
        assert!(told("Content-Length: -1\r\n\r\n").contains("-1"));
        assert!(told("Content-Type: x\r\n\r\n{}").contains("no `Content-Length`"));
        let long = "Content-Length: 99999999999999999999999\r\n\r\n";
        assert!(told(long).contains("longer than 16777216"));
        assert!(told("Content-Length: 16777216\r\n\r\n{}").contains("ended in the middle"));
        assert!(told(&"x".repeat(HEADER_BYTES_MAX + 1)).contains("longer than 8192"));
    }
}
