//! Bytes that a program writes as texts that a client shows: no letter is cut in two.

use machine::Stream;

/// What was written and is not yet told, for each stream.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    rests: [Vec<u8>; 2],
}

impl Texts {
    /// What of `bytes`, and of what came before, is whole. What is no UTF-8 is replaced.
    pub(crate) fn take(&mut self, stream: Stream, bytes: &[u8]) -> String {
        let rest = &mut self.rests[usize::from(stream == Stream::Error)];
        rest.extend(bytes);
        let end = match std::str::from_utf8(rest) {
            Ok(text) => text.len(),
            // Only what may still become a letter is kept: the end of what there is.
            Err(error) => match error.error_len() {
                None => error.valid_up_to(),
                Some(_) => last_letter(rest),
            },
        };
        let text = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest.drain(..end);
        text
    }
}

/// Where a letter that is not whole begins at the end of bytes that are damaged elsewhere.
fn last_letter(bytes: &[u8]) -> usize {
    let from = bytes.len().saturating_sub(3);
    let begins = (from..bytes.len()).find(|at| {
        let open = std::str::from_utf8(&bytes[*at..]).err();
        open.is_some_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    });
    begins.unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_come_in_pieces_are_told_whole() {
        let mut texts = Texts::default();
        let told: Vec<String> =
            "añ𝄞b".as_bytes().iter().map(|byte| texts.take(Stream::Output, &[*byte])).collect();
        assert_eq!(told.concat(), "añ𝄞b");
        assert!(told.iter().all(|text| !text.contains('\u{fffd}')));
    }

    #[test]
    fn damaged_bytes_are_replaced_and_hold_nothing_up() {
        let mut texts = Texts::default();
        assert_eq!(texts.take(Stream::Output, b"a\xffb"), "a\u{fffd}b");
        assert_eq!(texts.take(Stream::Output, b"\xff\xc3"), "\u{fffd}");
        assert_eq!(texts.take(Stream::Error, b"x"), "x");
        assert_eq!(texts.take(Stream::Output, b"\xa9"), "é");
    }
}
