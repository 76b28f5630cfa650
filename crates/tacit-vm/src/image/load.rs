//! Switching a machine on, and adding units to its memory.

use std::sync::Arc;

use crate::control::system;
use crate::digest::STRING_MAX;
use crate::heap;
use crate::image::verify::{CodeProblem, verify};
use crate::layout::{BadSize, Layout, Register, Segment};
use crate::memory::Memory;
use crate::program::{Program, code_end, code_max};
use crate::snapshot::Pages;
use crate::trail::Trail;
use crate::trap::Trap;
use crate::unit::{Unit, UnitDebug};
use crate::value::Cell;
use crate::vm::{Vm, fresh, initialise};

/// Why a unit could not be loaded. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It was made for another state of a memory.
    #[error("its {what} begins at {found:#06x}; in this memory it would be {expected:#06x}")]
    Place {
        /// Code or strings.
        what: &'static str,
        /// Where the unit says that it begins.
        found: u16,
        /// Where it would begin.
        expected: u32,
    },
    /// It does not fit.
    #[error("the unit has no room: {what} of {count} where there are {max}")]
    NoRoom {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        count: usize,
        /// The most there can be.
        max: usize,
    },
    /// A string that is too long, empty, or there already.
    #[error("its string number {index} {problem}")]
    String {
        /// Its index in the unit.
        index: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// An instruction is wrong.
    #[error("the instruction at {at:#06x} {problem}")]
    Code {
        /// Its offset.
        at: u16,
        /// What is wrong.
        problem: CodeProblem,
    },
    /// What it says for a debugger does not fit its code.
    #[error("its {what} for the debugger do not fit the code")]
    Debug {
        /// Which part.
        what: &'static str,
    },
    /// The program before it has not ended.
    #[error("the program before it is not at its end: something is on its return stack")]
    Busy,
    /// No memory has the size that an image wants.
    #[error(transparent)]
    Size(#[from] BadSize),
    /// The machine could not take it.
    #[error("{0}")]
    Trap(Trap),
}

impl Vm {
    /// A machine that was just switched on: nothing is loaded, nothing is on its stacks.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let mut memory = Memory::new(layout);
        initialise(&mut memory);
        heap::format(&mut memory);
        system::install(&mut memory);
        memory.clear_log();
        let program = Arc::new(Program::system(&memory));
        Self {
            registers: fresh(layout),
            memory,
            tick: 0,
            program,
            pages: Pages::default(),
            trail: Trail::default(),
            fast: None,
        }
    }

    /// Adds a unit, to be run next. The stack and global variables stay.
    ///
    /// # Errors
    /// The unit was made for another memory, is damaged, or has no room; nothing is changed.
    pub fn load(&mut self, unit: Unit) -> Result<(), LoadError> {
        if self.registers.rp != self.registers.return_start
            || self.memory.register(Register::Task) != 0
        {
            return Err(LoadError::Busy);
        }
        check_place(&self.memory, &unit)?;
        check_strings(&self.memory, &unit)?;
        let verified = verify(&self.memory, &self.program, &unit);
        let verified = verified.map_err(|(at, problem)| LoadError::Code { at, problem })?;
        check_debug(&unit)?;
        self.memory.clear_log();
        if let Err(trap) = self.write_unit(&unit) {
            self.memory.roll_back();
            return Err(LoadError::Trap(trap));
        }
        self.memory.clear_log();
        self.registers.ip = unit.entry;
        self.program = Arc::new(self.program.with(unit, verified));
        self.trail.clear();
        Ok(())
    }

    /// The program: what is loaded.
    #[must_use]
    pub const fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Writes what a checked unit brings into the memory.
    fn write_unit(&mut self, unit: &Unit) -> Result<(), Trap> {
        let memory = &mut self.memory;
        for text in &unit.strings {
            memory.intern(text)?;
        }
        for (offset, byte) in (usize::from(unit.base)..).zip(&unit.code) {
            let no_room = Trap::NoRoom { what: "its code is not where code may be written" };
            memory.write(Segment::Code, offset, [*byte]).map_err(|_| no_room)?;
        }
        let globals = memory.layout().globals().0;
        let known = memory.register(Register::Globals) as usize;
        for index in known..usize::from(unit.globals) {
            memory.set(globals + index, Cell::NIL);
        }
        let end = u32::from(unit.base) + u32::try_from(unit.code.len()).unwrap_or(u32::MAX);
        memory.set_register(Register::CodeEnd, end);
        memory.set_register(Register::Words, unit.words.into());
        memory.set_register(Register::Globals, unit.globals.into());
        Ok(())
    }
}

/// Whether a unit goes where it says, and there is room for it.
fn check_place(memory: &Memory, unit: &Unit) -> Result<(), LoadError> {
    let places = [
        ("code", unit.base, Register::CodeEnd),
        ("strings", unit.string_base, Register::StringsEnd),
    ];
    for (what, found, register) in places {
        let expected = memory.register(register);
        if u32::from(found) != expected {
            return Err(LoadError::Place { what, found, expected });
        }
    }
    let room = |what, count, max| {
        if count > max { Err(LoadError::NoRoom { what, count, max }) } else { Ok(()) }
    };
    room("bytes of code", code_end(memory) + unit.code.len(), code_max(memory))?;
    let strings = unit.strings.iter().map(|text| text.len() + 3).sum::<usize>();
    let max = memory.layout().segment_bytes();
    room("bytes of strings", usize::from(unit.string_base) + strings, max)?;
    let (start, end) = memory.layout().globals();
    room("global variables", unit.globals.into(), end - start)?;
    let known = memory.register(Register::Globals);
    if u32::from(unit.globals) < known {
        return Err(LoadError::Place {
            what: "global variables",
            found: unit.globals,
            expected: known,
        });
    }
    Ok(())
}

fn check_strings(memory: &Memory, unit: &Unit) -> Result<(), LoadError> {
    let mut seen = std::collections::BTreeSet::new();
    for (index, text) in unit.strings.iter().enumerate() {
        let problem = if text.len() > STRING_MAX {
            "is too long"
        } else if memory.find_string(text).is_some() || !seen.insert(text) {
            "is there already"
        } else {
            continue;
        };
        return Err(LoadError::String { index, problem });
    }
    Ok(())
}

/// Whether what is said for debuggers can be found by them.
fn check_debug(unit: &Unit) -> Result<(), LoadError> {
    let UnitDebug { sources, spans, locals, globals } = &unit.debug;
    let wrong = |what| Err(LoadError::Debug { what });
    let code = usize::from(unit.base)..usize::from(unit.base) + unit.code.len();
    let is_span = |span: &crate::unit::CodeSpan| {
        let text = sources.get(usize::from(span.source)).map(|source| source.text.len());
        code.contains(&usize::from(span.code))
            && span.start <= span.end
            && text.is_some_and(|length| span.end as usize <= length)
    };
    if !spans.iter().all(is_span) || !spans.is_sorted_by(|a, b| a.code < b.code) {
        return wrong("places in the source");
    }
    let is_inside = |names: &crate::unit::LocalNames| {
        code.contains(&usize::from(names.header)) && names.names.len() <= usize::from(u8::MAX)
    };
    if !locals.iter().all(is_inside) || !locals.is_sorted_by(|a, b| a.header < b.header) {
        return wrong("names of local variables");
    }
    if !globals.iter().all(|(index, _)| *index < unit.globals) {
        return wrong("names of global variables");
    }
    Ok(())
}
