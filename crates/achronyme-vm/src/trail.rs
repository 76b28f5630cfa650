//! The trail: what instructions destroyed, newest last, so that each can be taken back (decision 17).
//!
//! While it is kept, the plain engine runs, and the heap logs every word before it changes, and what
//! changes in its allocator. An instruction that has retired is a [`Step`] over that log.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::heap::{Mark, Tables};
use crate::task::Tasks;
use crate::value::Value;
use crate::vm::{Exit, Vm};

/// What is needed to take instructions back.
#[derive(Debug)]
pub(crate) struct Trail {
    steps: VecDeque<Step>,
    /// What lies beside the memory and changes rarely, as it was before the steps that changed it,
    /// with the bytes that this takes.
    rests: VecDeque<(Rest, usize)>,
    rest_bytes: usize,
    /// As it is now.
    rest: Rest,
    bytes_max: usize,
}

/// An instruction that has retired.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// How far time was, where control was, and where its registers were.
    tick: u64,
    pc: u32,
    base: u32,
    /// What the heap has logged of it.
    mark: Mark,
    /// Whether the newest of the rests is its own.
    has_rest: bool,
}

/// What changes rarely. The tick, the question that waits and its answer are no part of it.
#[derive(Clone, Debug)]
struct Rest {
    ended: Option<Value>,
    exit_code: u8,
    precision: Option<u16>,
    tasks: Arc<Tasks>,
    effects: Arc<Vec<Value>>,
    tables: Tables,
}

impl Rest {
    fn of(vm: &Vm) -> Self {
        Self {
            ended: vm.state.ended,
            exit_code: vm.state.exit_code,
            precision: vm.state.precision,
            tasks: Arc::clone(&vm.state.tasks),
            effects: Arc::clone(&vm.state.effects),
            tables: vm.heap.tables(),
        }
    }

    /// Whether it is still so. What is shared is copied where it changes.
    fn is_of(&self, vm: &Vm) -> bool {
        let state = &vm.state;
        Arc::ptr_eq(&self.tasks, &state.tasks)
            && Arc::ptr_eq(&self.effects, &state.effects)
            && vm.heap.has_tables(&self.tables)
            && (self.ended, self.exit_code, self.precision)
                == (state.ended, state.exit_code, state.precision)
    }

    fn put_into(self, vm: &mut Vm) {
        vm.state.ended = self.ended;
        vm.state.exit_code = self.exit_code;
        vm.state.precision = self.precision;
        vm.heap.set_precision(self.precision);
        vm.state.tasks = self.tasks;
        vm.state.effects = self.effects;
        if !vm.heap.has_tables(&self.tables) {
            vm.heap.set_tables(self.tables);
            // The numbers of shapes may mean something else from now on.
            vm.forget_caches();
        }
    }

    /// About how many bytes it takes that it does not share with what came after it.
    fn bytes(&self, after: &Self) -> usize {
        let counted = |is_same: bool, bytes: usize| if is_same { 0 } else { bytes };
        let ((names, shapes), (later_names, later_shapes)) = (&self.tables, &after.tables);
        size_of::<Self>()
            + counted(Arc::ptr_eq(&self.tasks, &after.tasks), self.tasks.bytes())
            + counted(Arc::ptr_eq(&self.effects, &after.effects), self.effects.len() * 8)
            + counted(Arc::ptr_eq(names, later_names), names.bytes())
            + counted(Arc::ptr_eq(shapes, later_shapes), shapes.bytes())
    }
}

impl Trail {
    fn bytes(&self) -> usize {
        self.steps.len() * size_of::<Step>() + self.rest_bytes
    }
}

impl Vm {
    /// Keeps a trail of about so many bytes from here on, or none.
    pub(crate) fn set_trail(&mut self, bytes: usize) {
        match &mut self.trail {
            Some(trail) if bytes > 0 => {
                trail.bytes_max = bytes;
                self.shrink_trail();
            }
            _ => {
                self.trail = None;
                self.heap.keep_log(bytes);
                if bytes > 0 {
                    self.trail = Some(Box::new(Trail {
                        steps: VecDeque::new(),
                        rests: VecDeque::new(),
                        rest_bytes: 0,
                        rest: Rest::of(self),
                        bytes_max: bytes,
                    }));
                }
            }
        }
    }

    /// Forgets the trail: what is now came about in another way.
    pub(crate) fn restart_trail(&mut self) {
        if let Some(trail) = self.trail.take() {
            self.set_trail(trail.bytes_max);
        }
    }

    /// Bytes that the trail has.
    pub(crate) fn trail_size(&self) -> usize {
        self.trail.as_ref().map_or(0, |trail| trail.bytes()) + self.heap.log_bytes()
    }

    /// Performs the instruction at the pc, and keeps what it destroys if a trail is kept.
    pub(crate) fn perform_kept(&mut self) -> Option<Exit> {
        if self.trail.is_none() {
            return self.perform();
        }
        let (tick, pc, base) = (self.state.tick, self.state.pc, self.state.base);
        let exit = self.perform();
        if self.state.tick != tick {
            self.keep_step(tick, pc, base);
        }
        exit
    }

    fn keep_step(&mut self, tick: u64, pc: u32, base: usize) {
        let mark = self.heap.mark_log();
        let Some(mut trail) = self.trail.take() else { return };
        let (Some(mark), Ok(base)) = (mark, u32::try_from(base)) else {
            // It destroyed more than is kept.
            self.set_trail(trail.bytes_max);
            return;
        };
        let has_rest = !trail.rest.is_of(self);
        if has_rest {
            let before = std::mem::replace(&mut trail.rest, Rest::of(self));
            let bytes = before.bytes(&trail.rest);
            trail.rest_bytes += bytes;
            trail.rests.push_back((before, bytes));
        }
        trail.steps.push_back(Step { tick, pc, base, mark, has_rest });
        self.trail = Some(trail);
        self.shrink_trail();
    }

    /// Forgets the oldest steps if they are too many.
    fn shrink_trail(&mut self) {
        let Some(trail) = &mut self.trail else { return };
        while trail.bytes() + self.heap.log_bytes() > trail.bytes_max
            && let Some(step) = trail.steps.pop_front()
        {
            self.heap.forget_log(step.mark);
            if step.has_rest
                && let Some((_, bytes)) = trail.rests.pop_front()
            {
                trail.rest_bytes -= bytes;
            }
        }
    }

    /// Takes back up to so many instructions; how many it were.
    pub(crate) fn step_back(&mut self, steps: u64) -> u64 {
        // What an instruction did that has not retired, because it asks or has trapped.
        let Some(open) = self.heap.open_log() else { return 0 };
        let Some(mut trail) = self.trail.take() else { return 0 };
        let mut taken = 0;
        if steps > 0 && !trail.steps.is_empty() {
            self.heap.undo(open);
            self.take_back_rest(&mut trail, false);
            (self.state.asked, self.state.answered) = (None, None);
        }
        while taken < steps
            && let Some(step) = trail.steps.pop_back()
        {
            self.heap.undo(step.mark);
            (self.state.tick, self.state.pc) = (step.tick, step.pc);
            self.state.base = step.base as usize;
            if step.has_rest {
                self.take_back_rest(&mut trail, true);
            }
            taken += 1;
        }
        self.trail = Some(trail);
        taken
    }

    /// Makes the newest of the rests the present one, and puts it into place.
    fn take_back_rest(&mut self, trail: &mut Trail, is_older: bool) {
        if is_older && let Some((before, bytes)) = trail.rests.pop_back() {
            trail.rest_bytes -= bytes;
            trail.rest = before;
        }
        if !trail.rest.is_of(self) {
            trail.rest.clone().put_into(self);
        }
    }
}
