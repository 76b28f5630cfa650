//! The timeline itself: a machine, the branches of its life, and where it is now.

use std::num::NonZeroUsize;

use machine::{Answer, Hit, Machine, Probes, Question, StateHash, Tick};

use crate::ahead::Pace;
use crate::branch::{Branch, Lineage, Segment};
use crate::checkpoint::{Checkpoint, gap};
use crate::drive::TRAIL_MOVE_MAX;
use crate::output::OutputLog;
use crate::{
    Arrival, BranchId, BranchInfo, Exchange, History, Info, Mark, Moment, Note, Options, Outputs,
    UnknownBranch,
};

/// A machine together with all of its past.
///
/// It runs the machine, keeps the answers that the outside gave, and takes checkpoints. While now
/// is before the end of the branch, questions are answered from what is kept, and nothing is
/// performed a second time.
#[derive(Debug)]
pub struct Timeline<M: Machine> {
    pub(crate) machine: M,
    pub(crate) options: Options,
    /// Never empty: the first is the run itself.
    pub(crate) branches: Vec<Branch<M::Snapshot>>,
    pub(crate) current: BranchId,
    pub(crate) lineage: Lineage,
    /// The question that waits for an answer, and what the run that met it was probing for.
    pub(crate) asked: Option<(Question, Probes)>,
    /// What the instruction answered last hit, until the next move says so.
    pub(crate) arrived: Option<(Hit, Probes)>,
    /// Safepoints that far checkpoints are apart at most.
    pub(crate) spacing: u64,
    /// What was held just after the last checkpoint; what came since is what an interval dirties.
    pub(crate) bytes_before: usize,
    /// What the latest interval on new ground dirtied.
    pub(crate) interval_bytes: usize,
    /// The stepping stones that are laid, oldest first.
    pub(crate) stones: Vec<(BranchId, Tick)>,
    /// Safepoints that a regenerated trail covers at most, and the next one covers.
    pub(crate) window_max: u64,
    pub(crate) window: u64,
    pub(crate) is_trailing: bool,
    pub(crate) pace: Pace<M>,
    /// States that the recording of the first branch vouches for.
    pub(crate) hashes: Vec<(Tick, StateHash)>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) notes: Vec<Note>,
    /// Where questions that are answered from the past go, while somebody listens.
    pub(crate) heard: Option<Vec<Exchange>>,
}

impl<M: Machine> Timeline<M> {
    /// Starts the life of a machine where it is, usually before its first instruction.
    #[must_use]
    pub fn new(mut machine: M, options: Options) -> Self {
        let begin = machine.tick();
        let mut first = Branch::new("main".to_owned(), None, begin, Tick::MAX);
        let snapshot = machine.snapshot();
        first.checkpoints.insert(Checkpoint::new(begin, snapshot));
        let branches = vec![first];
        let lineage = Lineage::of(&branches, BranchId::default());
        let mut timeline = Self {
            bytes_before: machine.memory(),
            interval_bytes: 0,
            machine,
            options,
            branches,
            current: BranchId::default(),
            lineage,
            asked: None,
            arrived: None,
            spacing: options.spacing.max(1),
            stones: Vec::new(),
            window_max: options.window.max(1),
            window: 1,
            is_trailing: false,
            pace: Pace::default(),
            hashes: Vec::new(),
            marks: Vec::new(),
            notes: Vec::new(),
            heard: None,
        };
        timeline.branches[0].due = timeline.next_due(begin, 0);
        timeline.shrink_window();
        if options.history == History::Full {
            timeline.start_trail();
        }
        timeline
    }

    /// The machine, to look at.
    #[must_use]
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// How it keeps the past.
    #[must_use]
    pub const fn options(&self) -> Options {
        self.options
    }

    /// Lets so many threads search the past from now on: see [`Options::threads`].
    pub const fn set_threads(&mut self, threads: Option<NonZeroUsize>) {
        self.options.threads = threads;
    }

    /// Where time stands.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment { branch: self.current, tick: self.machine.tick() }
    }

    /// The first tick of all.
    #[must_use]
    pub fn start(&self) -> Tick {
        self.branches[0].begin
    }

    /// The furthest tick known of this branch.
    #[must_use]
    pub fn end(&self) -> Tick {
        self.branch_now().end
    }

    /// Whether what comes next has happened before.
    #[must_use]
    pub fn is_replaying(&self) -> bool {
        self.machine.tick() < self.end()
    }

    /// Moves forward to `until`, or to an earlier stop. Beyond the end of the branch it makes new
    /// past; up to there it repeats the old one.
    ///
    /// After [`Arrival::Asks`] perform what is asked, call [`answer`](Self::answer), and call this
    /// again: it first reports the probe that the answered instruction hit, if any.
    pub fn forward(&mut self, until: Tick, probes: &Probes) -> Arrival<M::Trap> {
        let arrived = self.arrived.take();
        self.leave();
        if let Some((hit, asked_for)) = arrived
            && is_wanted(hit, &asked_for, probes)
        {
            return Arrival::Probed(hit);
        }
        if !probes.every_step && gap(self.machine.tick(), until) > TRAIL_MOVE_MAX {
            self.pause_trail();
        }
        let arrival = self.drive(until, probes, true);
        if let Arrival::Asks(question) = &arrival {
            self.asked = Some((question.clone(), probes.clone()));
        }
        arrival
    }

    /// Gives the answer to the question that the last move stopped with, and keeps it.
    ///
    /// # Errors
    /// The guest cannot go on with this answer: it has trapped. That is part of its past too.
    ///
    /// # Panics
    /// Nothing was asked.
    pub fn answer(&mut self, answer: Answer) -> Result<(), M::Trap> {
        let Some((question, probes)) = self.asked.take() else {
            unreachable!("an answer without a question");
        };
        let tick = self.machine.tick();
        let result = self.machine.answer_probed(&answer, &probes);
        self.keep_answer(tick, &question, answer, result.as_ref().err());
        let hit = result?;
        self.arrived = hit.map(|hit| (hit, probes));
        self.progress();
        Ok(())
    }

    /// Moves to a tick of this branch, at most its end. Nothing is performed.
    pub fn goto(&mut self, tick: Tick) -> Arrival<M::Trap> {
        self.leave();
        self.jump(tick, true)
    }

    /// Moves to a moment of any branch.
    ///
    /// # Errors
    /// There is no such branch; nothing has moved.
    pub fn goto_moment(&mut self, moment: Moment) -> Result<Arrival<M::Trap>, UnknownBranch> {
        if moment.branch == self.current {
            return Ok(self.goto(moment.tick));
        }
        self.known(moment.branch)?;
        self.leave();
        let is_here = self.enter(moment.branch);
        Ok(self.jump(moment.tick, is_here))
    }

    /// Starts a branch from now and goes on there; the old future stays where it is.
    pub fn branch(&mut self, name: impl Into<String>) -> BranchId {
        self.leave();
        self.add_branch(name.into(), false)
    }

    /// Every branch, in the order they were started.
    pub fn branches(&self) -> impl Iterator<Item = BranchInfo> {
        (0..).zip(&self.branches).map(|(id, branch)| branch.info(BranchId(id)))
    }

    /// Goes to where a branch was left.
    ///
    /// # Errors
    /// There is no such branch; nothing has moved.
    pub fn switch(&mut self, branch: BranchId) -> Result<Arrival<M::Trap>, UnknownBranch> {
        let tick = self.known(branch)?.left_at;
        if branch == self.current {
            return Ok(Arrival::Reached);
        }
        self.goto_moment(Moment { branch, tick })
    }

    /// The state now, for a [`change`](Self::change) that brings two of them together.
    pub fn snapshot(&mut self) -> M::Snapshot {
        self.machine.snapshot()
    }

    /// Changes the machine, which starts a branch from now; the old future stays where it is.
    ///
    /// # Errors
    /// The edit failed; the machine is as it was, and there is no new branch.
    pub fn change<E>(
        &mut self,
        name: impl Into<String>,
        edit: impl FnOnce(&mut M) -> Result<(), E>,
    ) -> Result<BranchId, E> {
        self.leave();
        let tick = self.machine.tick();
        let before = self.machine.snapshot();
        if let Err(error) = edit(&mut self.machine) {
            self.restore(&before);
            return Err(error);
        }
        assert!(self.machine.tick() == tick, "an edit must not move time");
        let snapshot = self.machine.snapshot();
        // The trail knows nothing of the edit; a restore forgets it.
        self.restore(&snapshot);
        let id = self.add_branch(name.into(), true);
        let checkpoints = &mut self.branches[id.index()].checkpoints;
        checkpoints.insert(Checkpoint::new(tick, snapshot));
        Ok(id)
    }

    /// Names the present moment; an earlier mark of the same name moves here.
    pub fn set_mark(&mut self, name: impl Into<String>) {
        let mark = Mark { name: name.into(), moment: self.now() };
        self.marks.retain(|kept| kept.name != mark.name);
        self.marks.push(mark);
    }

    /// The moment that a mark names.
    #[must_use]
    pub fn mark(&self, name: &str) -> Option<Moment> {
        self.marks.iter().find(|mark| mark.name == name).map(|mark| mark.moment)
    }

    /// The marks, in the order they were set.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Keeps a remark about the present moment.
    pub fn add_note(&mut self, text: impl Into<String>) {
        self.notes.push(Note { text: text.into(), moment: self.now() });
    }

    /// The remarks, in the order they were made.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The bytes that the program had written by now.
    #[must_use]
    pub fn outputs(&self) -> Outputs {
        self.outputs_since(Tick::ZERO)
    }

    /// The bytes that the program had written by now, and not yet at `begin`.
    #[must_use]
    pub fn outputs_since(&self, begin: Tick) -> Outputs {
        let mut outputs = Outputs::default();
        for (log, end) in self.output_logs() {
            log.collect(begin, end, &mut outputs);
        }
        outputs
    }

    /// How many bytes of standard output it is that [`outputs`](Self::outputs) gives.
    #[must_use]
    pub fn output_bytes(&self) -> usize {
        self.output_logs().map(|(log, end)| log.output_bytes(end)).sum()
    }

    /// What was written on the way here, and up to when it counts.
    fn output_logs(&self) -> impl Iterator<Item = (&OutputLog, Tick)> {
        let now = self.machine.tick();
        let segments = self.lineage.segments();
        segments.iter().enumerate().map(move |(index, segment)| {
            let end = segments.get(index + 1).map_or(now, |next| next.begin.min(now));
            (&self.branches[segment.branch.index()].outputs, end)
        })
    }

    /// What is kept, and what a jump on this branch will cost.
    #[must_use]
    pub fn info(&self) -> Info {
        let mut ticks = self.checkpoint_ticks(self.end());
        ticks.push(self.end());
        let gaps = ticks.windows(2).map(|pair| gap(pair[0], pair[1]));
        let (length, squares) = gaps.clone().fold((0_u128, 0_u128), |(length, squares), gap| {
            (length + u128::from(gap), squares + u128::from(gap) * u128::from(gap))
        });
        Info {
            checkpoints: self.branches.iter().map(|branch| branch.checkpoints.len()).sum(),
            bytes: self.bytes(),
            bytes_max: self.options.memory,
            answers: self.branches.iter().map(|branch| branch.log.len()).sum(),
            branches: self.branches.len(),
            spacing: self.spacing,
            jump_mean: u64::try_from(squares / 2 / length.max(1)).unwrap_or(u64::MAX),
            jump_max: gaps.max().unwrap_or(0),
        }
    }

    pub(crate) fn branch_now(&self) -> &Branch<M::Snapshot> {
        &self.branches[self.current.index()]
    }

    pub(crate) fn branch_now_mut(&mut self) -> &mut Branch<M::Snapshot> {
        &mut self.branches[self.current.index()]
    }

    /// Forgets an open question and a hit not yet told: time is about to move elsewhere.
    pub(crate) fn leave(&mut self) {
        self.asked = None;
        self.arrived = None;
        self.shrink_window();
    }

    fn known(&self, id: BranchId) -> Result<&Branch<M::Snapshot>, UnknownBranch> {
        self.branches.get(id.index()).ok_or(UnknownBranch(id))
    }

    /// Goes on from now on a new branch.
    fn add_branch(&mut self, name: String, is_edited: bool) -> BranchId {
        let begin = self.machine.tick();
        let id = BranchId(u32::try_from(self.branches.len()).unwrap_or(u32::MAX));
        // Before the beginning of this branch, it is an ancestor's past that goes on otherwise.
        let parent = self.lineage.branch_at(begin);
        let mut branch = Branch::new(name, Some(parent), begin, self.next_due(begin, 0));
        branch.is_edited = is_edited;
        self.branches.push(branch);
        self.branch_now_mut().left_at = begin;
        self.current = id;
        self.lineage.fork(Segment { begin, branch: id, is_edited });
        id
    }

    /// Makes `id` the branch that time is on; says whether the machine's state belongs to it.
    fn enter(&mut self, id: BranchId) -> bool {
        let now = self.machine.tick();
        let lineage = Lineage::of(&self.branches, id);
        let is_here = lineage.branch_at(now) == self.lineage.branch_at(now);
        self.branch_now_mut().left_at = now;
        self.current = id;
        self.lineage = lineage;
        is_here
    }
}

/// Whether what was hit while asking for `before` is something that `probes` ask for as well.
fn is_wanted(hit: Hit, before: &Probes, probes: &Probes) -> bool {
    match hit {
        Hit::Breakpoint(position) => probes.breakpoints.contains(&position),
        Hit::Watch(index) => {
            probes.watches.get(index).is_some_and(|watch| before.watches.get(index) == Some(watch))
        }
        Hit::Step => probes.every_step,
    }
}
