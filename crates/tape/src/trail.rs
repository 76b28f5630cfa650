//! The undo trail: what each tracked operation destroyed, newest first, and the checkpoints in it.
//!
//! A trail is a persistent list, so a snapshot holds the trail of its moment in O(1).

use std::sync::Arc;

use crate::{Segment, TapeError};

/// How to undo one tracked operation.
#[derive(Debug)]
pub(crate) enum Undo {
    /// Puts bytes back.
    Bytes { at: i64, before: Box<[u8]> },
    /// Puts the head back.
    Head { before: i64 },
    /// Puts a mark back, or takes it away.
    Mark { name: String, before: Option<i64> },
    /// Drops a segment that was created.
    Drop { segment: String },
    /// Creates a segment that was dropped.
    Create { segment: Segment },
}

/// The operations that can be undone.
#[derive(Clone, Default)]
pub(crate) struct Trail {
    newest: Option<Arc<Link>>,
    len: usize,
    /// Names with the trail lengths they stand for, which never fall.
    checkpoints: Arc<Vec<(String, usize)>>,
}

/// One operation, and what came before it.
pub(crate) struct Link {
    pub(crate) undo: Undo,
    older: Option<Arc<Self>>,
}

impl Trail {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, undo: Undo) {
        let older = self.newest.take();
        self.newest = Some(Arc::new(Link { undo, older }));
        self.len += 1;
    }

    /// Takes the newest operation off, with the checkpoints that came after it.
    pub(crate) fn pop(&mut self) -> Option<Arc<Link>> {
        let link = self.newest.take()?;
        self.newest.clone_from(&link.older);
        self.len -= 1;
        while self.checkpoints.last().is_some_and(|(_, len)| *len > self.len) {
            Arc::make_mut(&mut self.checkpoints).pop();
        }
        Some(link)
    }

    /// The newest checkpoints by name, with the trail lengths they stand for.
    pub(crate) fn checkpoints(&self) -> impl Iterator<Item = (&str, usize)> {
        self.checkpoints.iter().map(|(name, len)| (name.as_str(), *len))
    }

    pub(crate) fn add_checkpoint(&mut self, name: String) {
        Arc::make_mut(&mut self.checkpoints).push((name, self.len));
    }

    /// Forgets the checkpoints made after the newest of that name, and says what it stands for.
    pub(crate) fn return_to(&mut self, name: &str) -> Result<usize, TapeError> {
        let index = self.index(name)?;
        Arc::make_mut(&mut self.checkpoints).truncate(index + 1);
        Ok(self.checkpoints[index].1)
    }

    /// Forgets the newest checkpoint of that name, and those made after it.
    pub(crate) fn forget(&mut self, name: &str) -> Result<(), TapeError> {
        let index = self.index(name)?;
        Arc::make_mut(&mut self.checkpoints).truncate(index);
        Ok(())
    }

    fn index(&self, name: &str) -> Result<usize, TapeError> {
        let index = self.checkpoints.iter().rposition(|(known, _)| known == name);
        index.ok_or_else(|| TapeError::UnknownCheckpoint { name: name.to_owned() })
    }
}

impl Drop for Link {
    /// Link by link: a long trail dropped by recursion would overflow the stack.
    fn drop(&mut self) {
        let mut next = self.older.take();
        while let Some(mut link) = next.and_then(Arc::into_inner) {
            next = link.older.take();
        }
    }
}
