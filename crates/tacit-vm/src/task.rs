//! Tasks: programs within the program, of which one runs until it yields, waits or ends.
//!
//! Task 0 is the program itself. The others have a record, a stack and a return stack of their own
//! in the data segment. While a task runs, its registers are the machine's; the record has them
//! while it does not.

pub(crate) mod event;

use machine::ExitCode;

use crate::control::system;
use crate::flow::Flow;
use crate::layout::{Register, TASKS};
use crate::trap::Trap;
use crate::value::{Cell, Control, Tag};
use crate::vm::{Registers, Vm, fresh};

/// Cells of a record.
const STATE: usize = 0;
const INSTRUCTION: usize = 1;
const STACK: usize = 2;
const RETURN: usize = 3;
const BASE: usize = 4;
/// The event or task that it waits for.
pub(crate) const AWAITED: usize = 5;
/// The event that it waited for last.
pub(crate) const INBOX: usize = 6;
/// What it ended with.
pub(crate) const RESULT: usize = 7;
/// How many cells a record has.
pub(crate) const RECORD_CELLS: u16 = 8;

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum State {
    /// There is none.
    Free = 0,
    /// It runs, or may.
    Ready = 1,
    /// It waits for an event.
    Waiting = 2,
    /// It waits for another one's end.
    Joining = 3,
    /// It has ended, and nobody has asked for its result.
    Ended = 4,
}

impl Vm {
    /// The number of the running task.
    pub(crate) fn task(&self) -> usize {
        (self.memory.register(Register::Task) as usize).min(TASKS)
    }

    /// A cell of a task's record.
    pub(crate) fn record(&self, task: usize, cell: usize) -> usize {
        let layout = self.memory.layout();
        if task == 0 {
            layout.registers().0 + Register::MainTask as usize + cell
        } else {
            layout.task(task).0 + cell
        }
    }

    pub(crate) fn state(&self, task: usize) -> State {
        match self.memory.get(self.record(task, STATE)).0 {
            1 => State::Ready,
            2 => State::Waiting,
            3 => State::Joining,
            4 => State::Ended,
            _ if task == 0 => State::Ready,
            _ => State::Free,
        }
    }

    pub(crate) fn set_state(&mut self, task: usize, state: State) {
        self.memory.set(self.record(task, STATE), Cell(state as u32));
    }

    /// Changes a value in a task's record. The reference is taken over, the old one released.
    pub(crate) fn set_record(&mut self, task: usize, cell: usize, value: Cell) -> Result<(), Trap> {
        let place = self.record(task, cell);
        let old = self.memory.get(place);
        self.memory.set(place, value);
        self.memory.release(old)
    }

    /// The registers of a task: those saved, or the machine's if it runs.
    pub(crate) fn task_registers(&self, task: usize) -> Registers {
        if task == self.task() {
            return self.registers;
        }
        let saved = |cell| {
            let [low, high, ..] = self.memory.get(self.record(task, cell)).0.to_le_bytes();
            u16::from_le_bytes([low, high])
        };
        let bounds = self.fresh_registers(task);
        let Registers { stack_start, stack_end, return_start, return_end, .. } = bounds;
        Registers {
            ip: saved(INSTRUCTION),
            sp: saved(STACK).clamp(stack_start, stack_end),
            rp: saved(RETURN).clamp(return_start, return_end),
            bp: saved(BASE).clamp(return_start, return_end),
            ..bounds
        }
    }

    /// The cells in which a task keeps values: its stacks, and those of its record.
    pub(crate) fn task_cells(&self, task: usize) -> impl Iterator<Item = usize> {
        let Registers { stack_start, sp, return_start, rp, .. } = self.task_registers(task);
        let stacks = (stack_start..sp).chain(return_start..rp).map(usize::from);
        stacks.chain([AWAITED, INBOX, RESULT].map(|cell| self.record(task, cell)))
    }

    /// The registers of a task that has not begun.
    #[expect(clippy::cast_possible_truncation, reason = "cells are numbered in 16 bits")]
    fn fresh_registers(&self, task: usize) -> Registers {
        if task == 0 {
            return fresh(self.memory.layout());
        }
        let (first, end) = self.memory.layout().task(task);
        let (first, end) = (first as u16, end as u16);
        let middle = first + (end - first) / 2;
        let stack_start = first + RECORD_CELLS;
        Registers {
            ip: 0,
            sp: stack_start,
            rp: middle,
            bp: middle,
            stack_start,
            stack_end: middle,
            return_start: middle,
            return_end: end,
        }
    }

    fn save_registers(&mut self, task: usize, registers: Registers) {
        let Registers { ip, sp, rp, bp, .. } = registers;
        for (cell, value) in [(INSTRUCTION, ip), (STACK, sp), (RETURN, rp), (BASE, bp)] {
            self.memory.set(self.record(task, cell), Cell(value.into()));
        }
    }

    pub(crate) fn spawn(&mut self) -> Result<Flow, Trap> {
        self.need("spawn", 1)?;
        let callee = self.pop();
        if !matches!(callee.tag(), Some(Tag::Code | Tag::Symbol)) {
            return Err(self.memory.type_error("spawn", "code", callee));
        }
        let free = (1..=TASKS).find(|&task| self.state(task) == State::Free);
        let task = free.ok_or(Trap::TasksFull { tasks: TASKS })?;
        let mut registers = self.fresh_registers(task);
        if callee.tag() == Some(Tag::Code) {
            registers.ip = callee.address();
        } else {
            registers.ip = system::CALL;
            self.memory.set(registers.sp.into(), callee);
            registers.sp += 1;
        }
        let end = Cell::control(Control::Return(system::TASK_END));
        self.memory.set(registers.rp.into(), end);
        registers.rp += 1;
        self.save_registers(task, registers);
        for cell in [AWAITED, INBOX, RESULT] {
            self.memory.set(self.record(task, cell), Cell::NIL);
        }
        self.set_state(task, State::Ready);
        self.push(Cell::count(task));
        Ok(Flow::Next)
    }

    /// Lets the next task that is ready run; this one goes on at `next`, when it may.
    pub(crate) fn switch(&mut self, next: u16) -> Result<Flow, Trap> {
        let here = self.task();
        let registers = Registers { ip: next, ..self.registers };
        self.save_registers(here, registers);
        let ready = (1..=TASKS + 1)
            .map(|step| (here + step) % (TASKS + 1))
            .find(|&task| self.state(task) == State::Ready);
        let Some(task) = ready else {
            let is_blocked =
                |task: &usize| matches!(self.state(*task), State::Waiting | State::Joining);
            return Err(Trap::Deadlock { count: (0..=TASKS).filter(is_blocked).count() });
        };
        if task != here {
            let registers = self.task_registers(task);
            #[expect(clippy::cast_possible_truncation, reason = "8 at most")]
            self.memory.set_register(Register::Task, task as u32);
            self.registers = registers;
            return Ok(Flow::Jump(registers.ip));
        }
        Ok(Flow::Jump(next))
    }

    pub(crate) fn join(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("join", 1)?;
        let operand = self.pop();
        let task = self.existing("join", operand)?;
        if self.state(task) == State::Ended {
            let place = self.record(task, RESULT);
            let result = self.memory.get(place);
            self.memory.set(place, Cell::NIL);
            self.free_task(task)?;
            self.push(result);
            return Ok(Flow::Next);
        }
        let here = self.task();
        self.set_record(here, AWAITED, Cell::count(task))?;
        self.set_state(here, State::Joining);
        self.switch(next)
    }

    /// `terminate`
    pub(crate) fn terminate(&mut self) -> Result<Flow, Trap> {
        self.need("terminate", 1)?;
        if self.task() == 0 {
            let code = self.peek(0).as_count().and_then(|code| u8::try_from(code).ok());
            return Ok(Flow::End(ExitCode(code.unwrap_or(1))));
        }
        let result = self.pop();
        self.end_task(result)
    }

    /// `(task-end)`
    pub(crate) fn task_end(&mut self) -> Result<Flow, Trap> {
        if self.task() == 0 {
            return Err(Trap::Damaged { what: "the program is no task" });
        }
        let result = if self.depth() > 0 { self.pop() } else { Cell::NIL };
        self.end_task(result)
    }

    /// Ends the running task, which is not the first, with a result whose reference it takes over.
    fn end_task(&mut self, result: Cell) -> Result<Flow, Trap> {
        let here = self.task();
        self.release_stacks(self.registers)?;
        self.registers = self.fresh_registers(here);
        let joining: Vec<usize> = (0..=TASKS)
            .filter(|&task| {
                self.state(task) == State::Joining
                    && self.memory.get(self.record(task, AWAITED)) == Cell::count(here)
            })
            .collect();
        if joining.is_empty() {
            self.memory.set(self.record(here, RESULT), result);
            self.set_record(here, AWAITED, Cell::NIL)?;
            self.set_state(here, State::Ended);
            return self.switch(system::END);
        }
        for task in joining {
            // The task's number has been popped, so there is room for the result.
            let mut registers = self.task_registers(task);
            self.memory.retain(result)?;
            self.memory.set(registers.sp.into(), result);
            registers.sp += 1;
            self.save_registers(task, registers);
            self.set_record(task, AWAITED, Cell::NIL)?;
            self.set_state(task, State::Ready);
        }
        self.memory.release(result)?;
        self.free_task(here)?;
        self.switch(system::END)
    }

    /// Gives a task's slot back, whose stacks are empty.
    fn free_task(&mut self, task: usize) -> Result<(), Trap> {
        for cell in [AWAITED, INBOX, RESULT] {
            self.set_record(task, cell, Cell::NIL)?;
        }
        self.set_state(task, State::Free);
        Ok(())
    }

    fn release_stacks(&mut self, registers: Registers) -> Result<(), Trap> {
        let Registers { sp, rp, stack_start, return_start, .. } = registers;
        for cell in (return_start..rp).rev().chain((stack_start..sp).rev()) {
            let value = self.memory.get(cell.into());
            self.give_up_promise(value);
            self.memory.release(value)?;
        }
        Ok(())
    }

    /// The task that a number means.
    fn existing(&self, word: &'static str, operand: Cell) -> Result<usize, Trap> {
        if operand.as_number().is_none() {
            return Err(self.memory.type_error(word, "number", operand));
        }
        let task = operand.as_count().filter(|&task| task <= TASKS);
        match task.filter(|&task| self.state(task) != State::Free) {
            Some(task) => Ok(task),
            None => Err(Trap::NoTask { id: self.memory.show(operand)? }),
        }
    }

    pub(crate) fn task_self(&mut self) -> Result<Flow, Trap> {
        self.room(1)?;
        self.push(Cell::count(self.task()));
        Ok(Flow::Next)
    }

    pub(crate) fn status(&mut self) -> Result<Flow, Trap> {
        self.need("status", 1)?;
        let operand = self.pop();
        let is_slot = operand.as_count().is_some_and(|task| (1..=TASKS).contains(&task));
        let name = match self.existing("status", operand) {
            Err(Trap::NoTask { .. }) if is_slot => "free",
            Err(trap) => return Err(trap),
            Ok(task) if task == self.task() => "running",
            Ok(task) => match self.state(task) {
                State::Ready | State::Free => "ready",
                State::Waiting | State::Joining => "waiting",
                State::Ended => "ended",
            },
        };
        let name = self.memory.intern_cell(name)?;
        self.push(name);
        Ok(Flow::Next)
    }

    /// Gives up what is running, as after a trap: empties the return stack, drops all other tasks,
    /// and makes the first one the running one. Its stack and the globals stay.
    pub fn abandon(&mut self) {
        for task in 0..=TASKS {
            if self.state(task) == State::Free {
                continue;
            }
            let mut registers = self.task_registers(task);
            if task == 0 {
                registers.sp = registers.stack_start;
            }
            // A count that is wrong already cannot be made right here.
            let _released = self.release_stacks(registers);
            let _released = self.set_record(task, AWAITED, Cell::NIL);
            if task > 0 {
                let _freed = self.free_task(task);
            }
        }
        let main = self.task_registers(0);
        let Registers { return_start, .. } = main;
        self.registers = Registers { rp: return_start, bp: return_start, ip: 0, ..main };
        self.set_state(0, State::Ready);
        self.memory.set_register(Register::Task, 0);
        self.memory.clear_log();
        self.trail.clear();
    }
}
