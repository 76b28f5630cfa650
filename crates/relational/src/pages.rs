//! What the store sees of the tape: pages, read where they lie, and bytes written into them.

use tape::{Stored, Tape, TapePart, TapeSnapshot};

/// Bytes in a page.
pub const PAGE_SIZE: usize = tape::PAGE_SIZE;
/// The same as a distance on the tape.
pub(crate) const PAGE_STEP: i64 = 4096;
const _: () = assert!(PAGE_STEP.cast_unsigned() == PAGE_SIZE as u64);

/// Why a page could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageFault {
    /// Place the store so that it ends on the tape.
    #[error("position {position} lies past the end of the tape")]
    PastEnd {
        /// Where the access begins.
        position: i64,
    },
    /// Do not protect the region of the store.
    #[error("position {position} lies in a protected range; the store cannot write there")]
    Protected {
        /// Where the write begins.
        position: i64,
    },
    /// Whoever gives the pages refused, for its own reason (out of memory, a remote that is gone).
    #[error("position {position}: {reason}")]
    Refused {
        /// Where the access begins.
        position: i64,
        /// Why.
        reason: &'static str,
    },
    /// Whoever gives the pages wants no more to be done.
    #[error("stopped: {reason}")]
    Stopped {
        /// Why.
        reason: &'static str,
    },
}

/// Pages that can be read. Never-written pages are zeros.
pub trait Pages {
    /// The page that begins at `position`, a multiple of [`PAGE_SIZE`], without copying it.
    ///
    /// # Errors
    /// It cannot be had.
    fn page(&self, position: i64) -> Result<&[u8; PAGE_SIZE], PageFault>;

    /// Says that work goes on, and that so many more bytes of memory are kept for it. Whatever takes long
    /// says so now and then.
    ///
    /// # Errors
    /// It is to stop.
    fn spend(&self, _bytes: usize) -> Result<(), PageFault> {
        Ok(())
    }

    /// The same for work that is far from pages: whether it is to stop, which has kept so many bytes.
    fn stops(&self) -> fn(usize) -> bool {
        |_| false
    }
}

/// Pages that can be written, too.
pub trait PagesMut: Pages {
    /// Writes all of `bytes` at `position`, or nothing. They never cross the end of a page.
    ///
    /// # Errors
    /// The write is refused.
    fn write(&mut self, position: i64, bytes: &[u8]) -> Result<(), PageFault>;
}

impl Pages for Tape {
    #[inline]
    fn page(&self, position: i64) -> Result<&[u8; PAGE_SIZE], PageFault> {
        Ok(Self::page(self, position))
    }
}

/// Writes are untracked: a tape goes back by its snapshots.
impl PagesMut for Tape {
    #[inline]
    fn write(&mut self, position: i64, bytes: &[u8]) -> Result<(), PageFault> {
        match self.poke(position, bytes) {
            Stored::Ok | Stored::Watched => Ok(()),
            Stored::Protected => Err(PageFault::Protected { position }),
            Stored::PastEnd => Err(PageFault::PastEnd { position }),
        }
    }
}

/// Reads as of an old moment.
impl Pages for TapeSnapshot {
    #[inline]
    fn page(&self, position: i64) -> Result<&[u8; PAGE_SIZE], PageFault> {
        Ok(Self::page(self, position))
    }
}

/// Reads as of an old moment, of which the stretch with the store is kept.
impl Pages for TapePart {
    #[inline]
    fn page(&self, position: i64) -> Result<&[u8; PAGE_SIZE], PageFault> {
        Ok(Self::page(self, position))
    }
}

/// Pages with a log of what writes destroyed, so that a call that fails half-way can be taken back.
#[derive(Debug)]
pub struct Journal<'p, P: PagesMut> {
    pages: &'p mut P,
    log: Vec<(i64, Vec<u8>)>,
}

impl<'p, P: PagesMut> Journal<'p, P> {
    /// Logs the writes to `pages` from now on.
    pub const fn new(pages: &'p mut P) -> Self {
        Self { pages, log: Vec::new() }
    }

    /// Undoes all writes since the start, newest first.
    ///
    /// # Errors
    /// A write that went through before is refused now.
    pub fn undo(&mut self) -> Result<(), PageFault> {
        while let Some((position, before)) = self.log.pop() {
            self.pages.write(position, &before)?;
        }
        Ok(())
    }

    /// The pages below.
    pub const fn pages_mut(&mut self) -> &mut P {
        self.pages
    }

    /// How many bytes the log holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log.iter().map(|(_, before)| before.len()).sum()
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.log.is_empty()
    }
}

impl<P: PagesMut> Pages for Journal<'_, P> {
    fn page(&self, position: i64) -> Result<&[u8; PAGE_SIZE], PageFault> {
        self.pages.page(position)
    }
}

impl<P: PagesMut> PagesMut for Journal<'_, P> {
    fn write(&mut self, position: i64, bytes: &[u8]) -> Result<(), PageFault> {
        let start = position.div_euclid(PAGE_STEP) * PAGE_STEP;
        let offset = usize::try_from(position - start).unwrap_or(0);
        let before = self.pages.page(start)?.get(offset..offset + bytes.len());
        let before = before.ok_or(PageFault::PastEnd { position })?.to_vec();
        self.pages.write(position, bytes)?;
        self.log.push((position, before));
        Ok(())
    }
}
