//! Events: values by which tasks tell each other to go on. One that nobody waits for is kept.

use crate::flow::Flow;
use crate::layout::{EVENTS, Register, TASKS};
use crate::task::{AWAITED, INBOX, State};
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn wait(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("wait", 1)?;
        let awaited = self.pop();
        let here = self.task();
        let kept = (0..self.event_count()).find(|&at| {
            let event = self.memory.get(self.event_cell(at));
            self.is_same_event(event, awaited)
        });
        if let Some(at) = kept {
            let event = self.take_event(at);
            self.memory.release(awaited)?;
            self.set_record(here, INBOX, event)?;
            return Ok(Flow::Next);
        }
        self.set_record(here, AWAITED, awaited)?;
        self.set_state(here, State::Waiting);
        self.switch(next)
    }

    /// Of several tasks that wait for the event, the next one after this gets it.
    pub(crate) fn signal(&mut self) -> Result<Flow, Trap> {
        self.need("signal", 1)?;
        let event = self.pop();
        let here = self.task();
        let waiting = (1..=TASKS).map(|step| (here + step) % (TASKS + 1)).find(|&task| {
            let awaited = self.memory.get(self.record(task, AWAITED));
            self.state(task) == State::Waiting && self.is_same_event(event, awaited)
        });
        if let Some(task) = waiting {
            self.set_record(task, INBOX, event)?;
            self.set_record(task, AWAITED, Cell::NIL)?;
            self.set_state(task, State::Ready);
            return Ok(Flow::Next);
        }
        let count = self.event_count();
        if count == EVENTS {
            return Err(Trap::EventsFull { events: EVENTS });
        }
        self.memory.set(self.event_cell(count), event);
        self.set_event_count(count + 1);
        Ok(Flow::Next)
    }

    pub(crate) fn inbox(&mut self) -> Result<Flow, Trap> {
        self.room(1)?;
        self.push_copy(self.memory.get(self.record(self.task(), INBOX)))?;
        Ok(Flow::Next)
    }

    /// Strings with the same text, symbols of that name, or values that are equal.
    fn is_same_event(&self, a: Cell, b: Cell) -> bool {
        match (self.memory.name_text(a), self.memory.name_text(b)) {
            (Some(a), Some(b)) => a == b,
            _ => self.memory.equals(a, b),
        }
    }

    fn event_count(&self) -> usize {
        (self.memory.register(Register::EventCount) as usize).min(EVENTS)
    }

    #[expect(clippy::cast_possible_truncation, reason = "64 at most")]
    fn set_event_count(&mut self, count: usize) {
        self.memory.set_register(Register::EventCount, count as u32);
    }

    /// The cell of an event, the oldest being number 0.
    fn event_cell(&self, at: usize) -> usize {
        let first = self.memory.register(Register::EventFirst) as usize;
        let events = self.memory.layout().registers().0 + Register::Events as usize;
        events + (first % EVENTS + at) % EVENTS
    }

    /// Takes an event out; those after it move up.
    fn take_event(&mut self, at: usize) -> Cell {
        let event = self.memory.get(self.event_cell(at));
        let count = self.event_count();
        for at in at + 1..count {
            let later = self.memory.get(self.event_cell(at));
            self.memory.set(self.event_cell(at - 1), later);
        }
        self.memory.set(self.event_cell(count - 1), Cell::NIL);
        self.set_event_count(count - 1);
        event
    }
}

impl crate::memory::Memory {
    /// The text of a string, or the name of a symbol.
    pub(crate) fn name_text(&self, name: Cell) -> Option<String> {
        match name.tag() {
            Some(Tag::String) => Some(self.text(name.address())),
            Some(Tag::Symbol) => Some(self.symbol_name(name)),
            _ => None,
        }
    }
}
