//! Branches: what-ifs that share the past of the branch they come from.

use std::fmt;

use machine::Tick;

use crate::Ending;
use crate::checkpoint::Checkpoints;
use crate::log::Log;
use crate::output::OutputLog;

/// The name of a branch for programs; the first branch is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchId(pub(crate) u32);

impl BranchId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for BranchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What is known of a branch without going there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchInfo {
    /// Its number.
    pub id: BranchId,
    /// What a user calls it.
    pub name: String,
    /// The branch whose past it shares, unless it is the first.
    pub parent: Option<BranchId>,
    /// The tick at which it leaves that branch.
    pub begin: Tick,
    /// The furthest tick known.
    pub end: Tick,
    /// Whether it begins with a change from outside.
    pub is_edited: bool,
}

/// This timeline has no such branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no branch {0}")]
pub struct UnknownBranch(pub BranchId);

/// One branch: its own answers, output and checkpoints, from its beginning on.
#[derive(Debug)]
pub(crate) struct Branch<S> {
    pub(crate) name: String,
    pub(crate) parent: Option<BranchId>,
    pub(crate) begin: Tick,
    /// Whether the state at `begin` is another than the parent's; the first checkpoint has it.
    pub(crate) is_edited: bool,
    /// The furthest tick known, whether this process has been there or a recording says so.
    pub(crate) end: Tick,
    /// The furthest tick at which this process has been: behind it are outputs and checkpoints.
    pub(crate) explored: Tick,
    /// When the next checkpoint should be taken.
    pub(crate) due: Tick,
    /// Where the branch was left.
    pub(crate) left_at: Tick,
    /// How it ended, where it did at `end`.
    pub(crate) ending: Option<Ending>,
    pub(crate) log: Log,
    pub(crate) outputs: OutputLog,
    pub(crate) checkpoints: Checkpoints<S>,
}

impl<S> Branch<S> {
    pub(crate) fn new(name: String, parent: Option<BranchId>, begin: Tick, due: Tick) -> Self {
        Self {
            name,
            parent,
            begin,
            is_edited: false,
            end: begin,
            explored: begin,
            due,
            left_at: begin,
            ending: None,
            log: Log::default(),
            outputs: OutputLog::default(),
            checkpoints: Checkpoints::default(),
        }
    }

    /// Whether the first checkpoint is the beginning, which nothing else could bring back.
    pub(crate) fn keeps_first(&self) -> bool {
        self.is_edited || self.parent.is_none()
    }

    /// How many checkpoints could go.
    pub(crate) fn droppable_count(&self) -> usize {
        self.checkpoints.len() - usize::from(self.keeps_first())
    }

    pub(crate) fn info(&self, id: BranchId) -> BranchInfo {
        BranchInfo {
            id,
            name: self.name.clone(),
            parent: self.parent,
            begin: self.begin,
            end: self.end,
            is_edited: self.is_edited,
        }
    }
}

/// The branches that the past of one branch runs through, first one first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lineage {
    segments: Vec<Segment>,
}

/// From `begin` on, the past is that of `branch`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) begin: Tick,
    pub(crate) branch: BranchId,
    pub(crate) is_edited: bool,
}

impl Lineage {
    pub(crate) fn of<S>(branches: &[Branch<S>], id: BranchId) -> Self {
        let mut segments = Vec::new();
        let mut next = Some(id);
        while let Some(branch) = next {
            let Branch { begin, is_edited, parent, .. } = branches[branch.index()];
            segments.push(Segment { begin, branch, is_edited });
            next = parent;
        }
        segments.reverse();
        Self { segments }
    }

    /// Leaves the past as it is up to `segment`, and goes on there.
    pub(crate) fn fork(&mut self, segment: Segment) {
        self.segments.truncate(self.index_at(segment.begin) + 1);
        self.segments.push(segment);
    }

    /// The number of the segment that `tick` belongs to.
    pub(crate) fn index_at(&self, tick: Tick) -> usize {
        self.segments.partition_point(|segment| segment.begin <= tick).saturating_sub(1)
    }

    /// The branch whose answers and outputs count at `tick`.
    pub(crate) fn branch_at(&self, tick: Tick) -> BranchId {
        self.segments[self.index_at(tick)].branch
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The first tick after `now` at which an edit takes effect.
    pub(crate) fn next_edit(&self, now: Tick) -> Option<Tick> {
        let after = self.segments.partition_point(|segment| segment.begin <= now);
        self.segments[after..].iter().find(|segment| segment.is_edited).map(|edit| edit.begin)
    }

    /// The last edit that takes effect at exactly `tick`.
    pub(crate) fn edit_at(&self, tick: Tick) -> Option<BranchId> {
        let after = self.segments.partition_point(|segment| segment.begin <= tick);
        let same = self.segments[..after].iter().rev().take_while(|segment| segment.begin == tick);
        same.into_iter().find(|segment| segment.is_edited).map(|edit| edit.branch)
    }
}
