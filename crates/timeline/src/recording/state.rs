//! What durable runs keep beside the answers: where the outside is, what is about to be done, and
//! states to go on from.

use machine::{StateHash, Tick};

use super::contents::LZ4_RATIO_MAX;
use super::error::RecordingError;
use super::frame::{self, Kind};
use super::recorder::encode;
use super::wire::{WireOutside, WireStart, WireState, from_wire_tick, to_wire_tick};

/// How far a program has come with its streams and clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Bytes taken from standard input.
    pub input: u64,
    /// Bytes of the program's that went to standard output.
    pub output: u64,
    /// The same of standard error.
    pub error: u64,
    /// Nanoseconds that passed on the clock that is never set.
    pub elapsed: u64,
}

/// Where and how a durable run was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// A number that tells this file from any other; states say to which they belong.
    pub run: u64,
    /// The folder that paths begin from.
    pub folder: Vec<u8>,
    /// The device and number of the file that standard output is; zeros if it is none.
    pub output_file: (u64, u64),
    /// Bytes that were in that file before the program's.
    pub output_base: u64,
}

/// Something that changes the outside is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intent {
    /// When it is asked.
    pub tick: Tick,
    /// The bytes of the file that it is about, if that is there; 0 for a folder.
    pub before: Option<u64>,
}

/// A state of a durable run, in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedState {
    /// How the run was started that it belongs to.
    pub start: Start,
    /// When.
    pub tick: Tick,
    /// The digest of the state.
    pub hash: StateHash,
    /// Bytes of the recording that come before.
    pub log_bytes: u64,
    /// Where the outside was.
    pub outside: Outside,
    /// Whether the last byte written to standard output ended no line.
    pub is_line_open: bool,
    /// The environment variables that the program has set.
    pub variables: Vec<(Vec<u8>, Vec<u8>)>,
    /// The machine's state, as the machine writes it.
    pub state: Vec<u8>,
}

/// The first bytes of every such file, and its version.
const MAGIC: [u8; 10] = *b"PALSTATE\x01\0";

impl SavedState {
    /// The bytes of a file.
    ///
    /// # Errors
    /// The state is larger than a frame can be.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordingError> {
        let state_lz4 = packed(&self.state);
        let variables = self.variables.iter();
        let wire = WireState {
            start: (&self.start).into(),
            tick: to_wire_tick(self.tick),
            hash: self.hash.0,
            log_bytes: self.log_bytes,
            outside: self.outside.into(),
            is_line_open: self.is_line_open,
            variables: variables.map(|(name, value)| (&name[..], &value[..])).collect(),
            state_bytes: self.state.len() as u64,
            state_lz4: &state_lz4,
        };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(frame::frame(Kind::State, &encode(&wire))?);
        Ok(bytes)
    }

    /// Reads the bytes of a file; `None` where they are not whole, or something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let frame = frame::split_frame(rest).filter(|frame| frame.kind == Some(Kind::State))?;
        let wire: WireState<'_> = postcard::from_bytes(frame.payload).ok()?;
        if wire.state_bytes > (wire.state_lz4.len() as u64).saturating_mul(LZ4_RATIO_MAX) {
            return None;
        }
        let size = usize::try_from(wire.state_bytes).ok()?;
        let state = lz4_flex::block::decompress(wire.state_lz4, size).ok()?;
        let pair = |(name, value): (&[u8], &[u8])| (name.to_vec(), value.to_vec());
        (state.len() == size).then(|| Self {
            start: wire.start.into(),
            tick: from_wire_tick(wire.tick),
            hash: StateHash(wire.hash),
            log_bytes: wire.log_bytes,
            outside: wire.outside.into(),
            is_line_open: wire.is_line_open,
            variables: wire.variables.into_iter().map(pair).collect(),
            state,
        })
    }
}

/// An lz4 block. Where a sample says that there is little to gain it holds the bytes as they are, which
/// takes a tenth of the time.
fn packed(bytes: &[u8]) -> Vec<u8> {
    const SAMPLES: usize = 16;
    const SAMPLE_BYTES: usize = 4 << 10;
    if bytes.len() > SAMPLES * SAMPLE_BYTES * 2 {
        let samples = bytes.chunks(SAMPLE_BYTES).step_by(bytes.len() / SAMPLE_BYTES / SAMPLES);
        let (plain, lz4) = samples.fold((0, 0), |(plain, lz4), sample| {
            (plain + sample.len(), lz4 + lz4_flex::block::compress(sample).len())
        });
        if lz4 > plain / 4 * 3 {
            return as_it_is(bytes);
        }
    }
    lz4_flex::block::compress(bytes)
}

/// A block of one sequence, all of it literals (LZ4 block format description, Collet 2013).
fn as_it_is(bytes: &[u8]) -> Vec<u8> {
    let mut block = Vec::with_capacity(bytes.len() + bytes.len() / 255 + 16);
    match (u8::try_from(bytes.len()), bytes.len().checked_sub(15)) {
        (Ok(length), _) if length < 15 => block.push(length << 4),
        (_, rest) => {
            let rest = rest.unwrap_or_default();
            block.push(15 << 4);
            block.resize(1 + rest / 255, 255);
            block.extend(u8::try_from(rest % 255));
        }
    }
    block.extend(bytes);
    block
}

impl From<Outside> for WireOutside {
    fn from(Outside { input, output, error, elapsed }: Outside) -> Self {
        Self { input, output, error, elapsed }
    }
}

impl From<WireOutside> for Outside {
    fn from(WireOutside { input, output, error, elapsed }: WireOutside) -> Self {
        Self { input, output, error, elapsed }
    }
}

impl<'a> From<&'a Start> for WireStart<'a> {
    fn from(start: &'a Start) -> Self {
        let Start { run, folder, output_file, output_base } = start;
        Self { run: *run, folder, output_file: *output_file, output_base: *output_base }
    }
}

impl From<WireStart<'_>> for Start {
    fn from(WireStart { run, folder, output_file, output_base }: WireStart<'_>) -> Self {
        Self { run, folder: folder.to_vec(), output_file, output_base }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_literals_is_read_like_any_other() {
        for length in [0_usize, 1, 14, 15, 16, 269, 270, 271, 1 << 20] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let read = lz4_flex::block::decompress(&as_it_is(&bytes), length);
            assert_eq!(read.ok().as_deref(), Some(&bytes[..]), "{length} bytes");
        }
    }

    #[test]
    fn a_state_without_a_pattern_grows_by_little_and_one_with_a_pattern_shrinks() {
        let mut word = 1_u64;
        let mut next = || {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            word
        };
        let random: Vec<u8> = (0..1 << 16).flat_map(|_| next().to_le_bytes()).collect();
        assert!(packed(&random).len() < random.len() + random.len() / 200);
        assert!(packed(&vec![7; 1 << 19]).len() < 1 << 13);
        for bytes in [random, vec![7; 1 << 19]] {
            let read = lz4_flex::block::decompress(&packed(&bytes), bytes.len());
            assert_eq!(read.ok(), Some(bytes));
        }
    }
}
