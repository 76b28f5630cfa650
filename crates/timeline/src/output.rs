//! What a branch has written so far, within bounds: the oldest bytes go first.

use std::collections::VecDeque;

use machine::{Piece, Stream, Tick};

/// The bytes written before a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// To standard output.
    pub output: Vec<u8>,
    /// To standard error.
    pub error: Vec<u8>,
    /// Whether older bytes existed that are no longer kept.
    pub is_elided: bool,
}

/// The pieces written on one branch, with the ticks at which they were.
#[derive(Debug, Default)]
pub(crate) struct OutputLog {
    pieces: VecDeque<(Tick, Piece)>,
    bytes: usize,
    /// When the last of the pieces was written that are no longer kept.
    elided: Option<Tick>,
}

/// What keeping a piece costs apart from its bytes.
const PIECE_BYTES: usize = size_of::<(Tick, Piece)>();

impl OutputLog {
    pub(crate) fn push(&mut self, tick: Tick, pieces: &[Piece], bytes_max: usize) {
        for piece in pieces {
            self.bytes += piece.bytes.len() + PIECE_BYTES;
            self.pieces.push_back((tick, piece.clone()));
        }
        while self.bytes > bytes_max
            && let Some((tick, piece)) = self.pieces.pop_front()
        {
            self.bytes -= piece.bytes.len() + PIECE_BYTES;
            self.elided = Some(tick);
        }
    }

    /// Bytes of standard output that are kept and were written before `end`.
    pub(crate) fn output_bytes(&self, end: Tick) -> usize {
        let before = self.pieces.iter().take_while(|(tick, _)| *tick < end);
        let own = before.filter(|(_, piece)| piece.stream == Stream::Output);
        own.map(|(_, piece)| piece.bytes.len()).sum()
    }

    /// Adds to `outputs` what was written before `end`, and not before `begin`.
    pub(crate) fn collect(&self, begin: Tick, end: Tick, outputs: &mut Outputs) {
        let first = self.pieces.partition_point(|(tick, _)| *tick < begin);
        outputs.is_elided |= self.elided.is_some_and(|last| last >= begin);
        for (_, piece) in self.pieces.range(first..).take_while(|(tick, _)| *tick < end) {
            match piece.stream {
                Stream::Output => outputs.output.extend(&piece.bytes),
                Stream::Error => outputs.error.extend(&piece.bytes),
            }
        }
    }
}
