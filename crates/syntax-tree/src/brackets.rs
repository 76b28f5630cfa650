//! Which bracket closes which, found before anything is parsed: so the parser knows where a list
//! ends however wrong its inside is, and a bracket that is not closed is told with its place.

use source::{Diagnostic, SourceId, Span};

use crate::cursor::{Codes, RawToken};
use crate::kind::Kind;

/// For each token that opens something, the index of the one that closes it; [`NONE`] elsewhere.
pub const NONE: usize = usize::MAX;

/// The kinds of brackets that are found here; those of strings the lexer finds.
const KINDS: usize = 3;

/// What is open, innermost last, and how many of each kind.
#[derive(Default)]
struct Frame {
    open: Vec<usize>,
    counts: [usize; KINDS],
}

/// Pairs the brackets of a text.
pub(crate) fn partners<K: Kind>(
    tokens: &[RawToken<K>],
    text: &str,
    source: SourceId,
    codes: &Codes,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let mut partners = vec![NONE; tokens.len() + 1];
    // Each `${` begins a frame of its own: nothing outside of the string is closed in there.
    let mut frames = vec![(NONE, Frame::default())];
    let span = |index: usize| {
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let RawToken { start, length, .. } = tokens[index];
        Span { source, start: place(start), end: place(start + length) }
    };
    let shown = |index: usize| &text[tokens[index].start..][..tokens[index].length];
    let unclosed = |index: usize| {
        let message = format!("`{}` is not closed", shown(index));
        Diagnostic::error(codes.unclosed, span(index), message).with_label("opened here")
    };
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            kind if kind == K::HOLE_OPEN => frames.push((index, Frame::default())),
            kind if kind == K::HOLE_CLOSE => {
                let Some((open, frame)) = frames.pop() else { continue };
                diagnostics.extend(frame.open.into_iter().map(unclosed));
                if open != NONE {
                    partners[open] = index;
                }
            }
            kind if kind.is_open() => {
                let Some((_, frame)) = frames.last_mut() else { continue };
                frame.open.push(index);
                frame.counts[class(kind)] += 1;
            }
            kind if kind.is_close() => {
                let Some((_, frame)) = frames.last_mut() else { continue };
                if frame.counts[class(kind)] == 0 {
                    let Some(open) = frame.open.pop() else {
                        let message = format!("`{}` closes nothing", shown(index));
                        diagnostics.push(Diagnostic::error(codes.unopened, span(index), message));
                        continue;
                    };
                    frame.counts[class(tokens[open].kind)] -= 1;
                    partners[open] = index;
                    let message = format!("`{}` is closed by `{}`", shown(open), shown(index));
                    let wrong = Diagnostic::error(codes.mismatched, span(index), message);
                    diagnostics.push(wrong.with_note(span(open), "opened here"));
                    continue;
                }
                while let Some(open) = frame.open.pop() {
                    frame.counts[class(tokens[open].kind)] -= 1;
                    if class(tokens[open].kind) == class(kind) {
                        partners[open] = index;
                        break;
                    }
                    diagnostics.push(unclosed(open));
                }
            }
            _ => {}
        }
    }
    for (open, frame) in frames {
        diagnostics.extend(frame.open.into_iter().map(unclosed));
        diagnostics.extend((open != NONE).then(|| unclosed(open)));
    }
    partners
}

/// Which kind of bracket this is.
fn class<K: Kind>(kind: K) -> usize {
    let is_kind = |(open, close): &(K, K)| *open == kind || *close == kind;
    K::BRACKETS.iter().position(is_kind).unwrap_or_default()
}
