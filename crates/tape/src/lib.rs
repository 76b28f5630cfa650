//! The tape: a sparse line of bytes over all of `i64`, which can be copied in no time.
//!
//! A [`Tape`] has bytes, a head, named marks and named [`Segment`]s. Bytes lie in pages that are
//! shared copy-on-write between the running tape, its [`TapeSnapshot`]s and its forks, so taking,
//! restoring and forking cost the same for a byte and for a gigabyte. [`diff`] and [`Tape::merge`]
//! look only at the pages that changed.
//!
//! There are two ways to write. Machines which keep their own history use the *untracked* access
//! (`load_…`, `store_…`, [`Tape::poke`], [`Tape::set_head`], [`Tape::names_mut`]); everybody else
//! writes at the head, and takes back with [`Tape::rewind`]:
//!
//! ```
//! let mut tape = tape::Tape::new();
//! tape.write(b"Hello")?;
//! tape.checkpoint("greeted");
//! tape.advance(5)?;
//! tape.write(b", tape")?;
//! tape.rewind("greeted")?;
//! assert_eq!((tape.head(), tape.read(8)?.as_slice()), (0, b"Hello\0\0\0".as_slice()));
//! # Ok::<(), tape::TapeError>(())
//! ```

mod cells;
mod diff;
mod error;
mod memory;
mod merge;
mod names;
mod packed;
mod page;
mod part;
mod period;
mod position;
mod ranges;
mod schema;
mod segment;
mod snapshot;
mod table;
mod tape;
mod tracked;
mod trail;
mod tree;

pub use diff::{CellChange, diff};
pub use error::TapeError;
pub use memory::{Stored, prefetch};
pub use merge::{CellConflict, MergeConflicts, MergeReport, MergeStrategy};
pub use names::Names;
pub use packed::PackedPage;
pub use page::PAGE_SIZE;
pub use part::{PageVersions, TapePart};
pub use period::Period;
pub use schema::{DataType, Field, Schema};
pub use segment::{Segment, SegmentType};
pub use snapshot::TapeSnapshot;
pub use tape::Tape;
pub use tracked::{READ_LEN_MAX, RewindTo, TapeData};
