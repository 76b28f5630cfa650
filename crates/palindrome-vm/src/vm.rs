//! The machine: its state, how a program is loaded into it, and how states are kept and taken back.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use machine::{StateHash, Tick};
use tape::{Period, SegmentType, Tape, TapeSnapshot};
use xxhash_rust::xxh3::Xxh3;

use crate::checkpoint::Checkpoint;
use crate::fork::Fork;
use crate::image::Program;
use crate::layout;
use crate::moment::Moments;
use crate::op::Instruction;
use crate::operand::Strategy;
use crate::registers::RegisterFile;
use crate::runtime::Kept;
use crate::savepoint::Savepoints;
use crate::slot::FastCode;
use crate::trail::{Budget, SharedTrail, Start, Trail};
use crate::world::Worlds;

/// How many instructions `REWINDN` can take back.
pub const REWIND_MAX: u64 = 1 << 16;

/// A tape machine with a program.
pub struct Vm {
    /// R0 to R15 and the flags.
    pub registers: RegisterFile,
    /// The tape with its head, marks and segments.
    pub tape: Tape,
    pub(crate) core: Core,
    pub(crate) program: Arc<Program>,
    pub(crate) trail: Trail,
    /// What a return finds that leaves the outermost frame; elsewhere than at the end of the stack
    /// for a fork.
    pub(crate) origin: Origin,
    /// The states before each instruction given to [`Vm::execute`].
    pub(crate) executed: Vec<Snapshot>,
    /// Code that stops at the probes of the last run, kept for the next.
    pub(crate) probed: Option<Arc<FastCode>>,
    /// Since when a trail was asked for, as far as it is not a matter of the program's own.
    pub(crate) back_limit: Option<u64>,
    /// The ranges of tape that the last run watched.
    pub(crate) watching: Vec<Range<i64>>,
    /// The ticks for which the tape knows to which period belongs what is written.
    pub(crate) period: Range<u64>,
    /// What runtime functions keep between calls; follows from the tape.
    pub(crate) kept: Kept,
}

/// The part of the state that is neither registers nor tape.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    /// The index of the next instruction.
    pub(crate) ip: u32,
    pub(crate) sp: i64,
    pub(crate) fp: i64,
    /// Where the next pair goes.
    pub(crate) hp: i64,
    /// Instructions retired.
    pub(crate) tick: u64,
    /// How often a program took work of its own back.
    pub(crate) rewinds: u64,
    /// Registers whose value was not restored by going back, because nobody can observe it.
    pub(crate) stale: u16,
    /// Whether something that the code alone does not do brought the machine here: then nothing is
    /// known of it from the code, and everything is logged.
    pub(crate) strayed: bool,
    pub(crate) cold: Arc<Cold>,
}

/// What changes rarely.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cold {
    /// Oldest first.
    pub(crate) checkpoints: Vec<Checkpoint>,
    /// Those that no merge has folded yet, in the order they were started.
    pub(crate) forks: Vec<Fork>,
    /// What a user chose for the next merge that would fault over conflicts.
    pub(crate) choice: Option<Strategy>,
    /// What the data of the program were.
    pub(crate) moments: Arc<Moments>,
    /// Data that are kept by number, and the worlds that the program is in.
    pub(crate) worlds: Arc<Worlds>,
    /// States to go back to when the work since then fails.
    pub(crate) savepoints: Savepoints,
    /// What was written down last to be carried over going back.
    pub(crate) carry: Option<Arc<[u8]>>,
}

/// Where the outermost frame begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) sp: i64,
    /// How many forks deep this timeline is. In a fork, leaving the outermost frame ends it; in the
    /// program itself it is a fault.
    pub(crate) depth: u8,
}

impl Origin {
    pub(crate) const MAIN: Self = Self { sp: layout::STACK.end, depth: 0 };
}

/// A state of the machine. Shares with it, and with other snapshots, what is the same.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) registers: RegisterFile,
    pub(crate) core: Core,
    pub(crate) tape: TapeSnapshot,
    /// For programs that can rewind by steps.
    pub(crate) trail: Option<SharedTrail>,
}

impl Vm {
    /// A machine without a program, for running single instructions with [`Vm::execute`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_tape(Program::empty(), standard_tape())
    }

    /// A machine with `program` loaded, before its first instruction.
    #[must_use]
    pub fn load(program: Arc<Program>) -> Self {
        let mut tape = standard_tape();
        let image = program.image();
        let code: Vec<u8> = image.code.iter().flat_map(|word| word.to_le_bytes()).collect();
        let placed = "verified programs fit onto the tape";
        assert_eq!(tape.poke(layout::CODE.start, &code), tape::Stored::Ok, "{placed}");
        for segment in &image.segments {
            let (name, kind) = (segment.name.clone(), segment.kind.clone());
            let names = tape.names_mut();
            names.create_segment_at(name, segment.start, segment.size, kind).expect(placed);
            assert_eq!(tape.poke(segment.start, &segment.data), tape::Stored::Ok, "{placed}");
        }
        if program.calls_runtime() {
            for (name, range, kind) in layout::RUNTIME_SEGMENTS {
                let size = (range.end - range.start).cast_unsigned();
                let names = tape.names_mut();
                names.create_segment_at(name, range.start, size, kind).expect(placed);
            }
        }
        // The head begins where the program's own data do.
        tape.set_head(image.segments.first().map_or(layout::HEAP.start, |segment| segment.start));
        tape.protect(layout::CODE);
        let mut vm = Self::with_tape(program, tape);
        vm.core.ip = vm.program.image().entry;
        vm
    }

    /// The same, as if so many instructions had been run before.
    #[must_use]
    pub fn load_at(program: Arc<Program>, tick: Tick) -> Self {
        let mut vm = Self::load(program);
        vm.core.tick = tick.safepoints;
        let start = vm.start_here();
        vm.trail.restart(start);
        vm
    }

    fn with_tape(program: Arc<Program>, tape: Tape) -> Self {
        let end = layout::STACK.end;
        let cold = Arc::default();
        let hp = layout::HEAP.start;
        let mut vm = Self {
            registers: RegisterFile::default(),
            tape,
            core: Core {
                ip: 0,
                sp: end,
                fp: end,
                hp,
                tick: 0,
                rewinds: 0,
                stale: 0,
                strayed: false,
                cold,
            },
            program,
            trail: Trail::default(),
            origin: Origin::MAIN,
            executed: Vec::new(),
            probed: None,
            back_limit: None,
            watching: Vec::new(),
            period: 0..0,
            kept: Kept::default(),
        };
        vm.keep_trail_for_rewind();
        vm
    }

    /// A machine in the state of `snapshot`, with its own tape, which may move to another thread.
    pub(crate) fn resume(program: &Arc<Program>, snapshot: &Snapshot, origin: Origin) -> Self {
        let mut vm = Self::with_tape(Arc::clone(program), Tape::new());
        vm.origin = origin;
        vm.go_to(snapshot);
        vm.tape.protect(layout::CODE);
        vm
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The index of the next instruction.
    #[must_use]
    pub fn ip(&self) -> u32 {
        self.core.ip
    }

    /// The position of the newest value on the stack.
    #[must_use]
    pub fn sp(&self) -> i64 {
        self.core.sp
    }

    /// The position of the innermost frame.
    #[must_use]
    pub fn fp(&self) -> i64 {
        self.core.fp
    }

    /// Where the next pair goes on the heap.
    #[must_use]
    pub fn hp(&self) -> i64 {
        self.core.hp
    }

    /// Registers whose value going back could not restore, because the optimiser found that nobody
    /// can observe it; one bit each. Going to the moment by replay restores them.
    #[must_use]
    pub fn stale_registers(&self) -> u16 {
        self.core.stale
    }

    /// How many savepoints are open.
    #[must_use]
    pub fn savepoints(&self) -> usize {
        self.core.cold.savepoints.depth()
    }

    /// The next instruction; none past the end of the code.
    #[must_use]
    pub fn instruction(&self) -> Option<&Instruction> {
        self.program.instructions().get(self.core.ip as usize)
    }

    pub(crate) fn cold_mut(&mut self) -> &mut Cold {
        Arc::make_mut(&mut self.core.cold)
    }

    pub(crate) fn take_snapshot(&mut self) -> Snapshot {
        let trail = self.program.rewinds_by_steps().then(|| {
            let start = self.start_here();
            self.trail.seal(start);
            self.trail.share()
        });
        let tape = self.tape.snapshot();
        Snapshot { registers: self.registers, core: self.core.clone(), tape, trail }
    }

    pub(crate) fn go_to(&mut self, snapshot: &Snapshot) {
        self.registers = snapshot.registers;
        self.core = snapshot.core.clone();
        self.tape.restore(&snapshot.tape);
        self.keep_period(0);
        let start = self.start_here();
        match &snapshot.trail {
            Some(shared) => self.trail.resume(shared, start),
            None => self.trail.restart(start),
        }
    }

    /// Programs that can rewind by steps keep a trail of their own, whatever is asked for.
    pub(crate) fn keep_trail_for_rewind(&mut self) {
        if self.program.rewinds_by_steps() {
            let start = self.start_here();
            self.trail.set(Budget::Instructions(REWIND_MAX), start);
        }
    }

    /// Tells the tape to which period belongs what is written from now on, for `slack` ticks at least;
    /// says how many ticks that stays true. A fork counts ticks of its own, which say nothing to others:
    /// for all that is known, what it writes is written last.
    pub(crate) fn keep_period(&mut self, slack: u64) -> u64 {
        let tick = self.core.tick;
        if self.origin.depth > 0 {
            return u64::MAX;
        }
        let last = tick.saturating_add(slack);
        if !self.period.contains(&last) {
            self.tape.set_period(Period::of(last));
            self.period = last..Period::end(last);
        }
        self.period.end - tick
    }

    /// Changes the tape from outside, as a debugger does. What fails has to leave it as it was.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn change_tape<T, E>(
        &mut self,
        change: impl FnOnce(&mut Tape) -> Result<T, E>,
    ) -> Result<T, E> {
        let changed = change(&mut self.tape)?;
        self.edited();
        Ok(changed)
    }

    /// Something was changed from outside: what was logged before does not lead to the state as it is
    /// now, and what is known from the code may not be so.
    pub(crate) fn edited(&mut self) {
        self.core.strayed = true;
        let start = self.start_here();
        self.trail.restart(start);
    }

    /// A stretch of trail that begins now.
    pub(crate) fn start_here(&self) -> Start {
        Start { tick: self.core.tick, flags: self.registers.flags, strayed: self.core.strayed }
    }

    /// A digest of everything but the tick and the trail.
    pub(crate) fn digest(&self) -> StateHash {
        let core = &self.core;
        digest(&self.registers, core, self.tape.content_hash())
    }
}

impl Default for Vm {
    fn default() -> Self {
        Self::new()
    }
}

impl Snapshot {
    /// A digest as [`Vm::digest`] gives it.
    pub(crate) fn digest(&self) -> StateHash {
        digest(&self.registers, &self.core, self.tape.content_hash())
    }

    /// The tape then.
    #[must_use]
    pub const fn tape(&self) -> &TapeSnapshot {
        &self.tape
    }

    /// Where it was taken.
    #[must_use]
    pub fn tick(&self) -> u64 {
        self.core.tick
    }
}

fn digest(registers: &RegisterFile, core: &Core, tape: u64) -> StateHash {
    let mut hasher = Xxh3::new();
    for (number, value) in registers.general.iter().enumerate() {
        let shown = if core.stale >> number & 1 == 1 { 0 } else { *value };
        hasher.update(&shown.to_le_bytes());
    }
    hasher.update(&[registers.flags.bits()]);
    hasher.update(&core.stale.to_le_bytes());
    hasher.update(&core.ip.to_le_bytes());
    for position in [core.sp, core.fp, core.hp] {
        hasher.update(&position.to_le_bytes());
    }
    hasher.update(&tape.to_le_bytes());
    for checkpoint in &core.cold.checkpoints {
        hasher.update(&(checkpoint.name().len() as u64).to_le_bytes());
        hasher.update(checkpoint.name().as_bytes());
        hasher.update(&checkpoint.digest().to_le_bytes());
    }
    hasher.update(&[core.cold.choice.map_or(u8::MAX, |choice| choice as u8)]);
    for fork in &core.cold.forks {
        hasher.update(&fork.digest().to_le_bytes());
    }
    if let Some(moments) = core.cold.moments.digest() {
        hasher.update(&moments.to_le_bytes());
    }
    if let Some(worlds) = core.cold.worlds.digest() {
        hasher.update(&worlds.to_le_bytes());
    }
    if !core.cold.savepoints.is_empty() {
        hasher.update(&core.cold.savepoints.digest().to_le_bytes());
    }
    if let Some(carry) = &core.cold.carry {
        hasher.update(&(carry.len() as u64).to_le_bytes());
        hasher.update(carry);
    }
    StateHash(hasher.digest())
}

/// An empty tape with the standard segments.
fn standard_tape() -> Tape {
    let mut tape = Tape::new();
    let segments = [
        ("code", layout::CODE, SegmentType::Code),
        ("stack", layout::STACK, SegmentType::Stack),
        ("heap", layout::HEAP, SegmentType::Heap),
    ];
    for (name, range, kind) in segments {
        let size = (range.end - range.start).cast_unsigned();
        let names = tape.names_mut();
        names.create_segment_at(name, range.start, size, kind).expect("an empty tape has room");
    }
    tape
}

impl fmt::Debug for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Vm");
        shown.field("tick", &self.core.tick).field("ip", &self.core.ip);
        shown.field("registers", &self.registers).finish_non_exhaustive()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("tick", &self.core.tick).finish_non_exhaustive()
    }
}
