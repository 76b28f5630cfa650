//! The machine's state, and how a program is loaded into it.

use std::sync::Arc;

use achronyme_library::{Fault, Store, Type};
use machine::{Answer, ExitCode, Question, Tick};

use crate::chain::Chains;
use crate::exec::Failure;
use crate::frame::{Link, Return};
use crate::heap::{Heap, STACK};
use crate::inspect::lines::Lines;
use crate::layout::ObjectKind;
use crate::loaded::Loaded;
use crate::program::{Constant, Pattern, Program, Prototype};
use crate::stops::Stops;
use crate::task::Tasks;
use crate::temporary::Spent;
use crate::trail::Trail;
use crate::trap::Trap;
use crate::value::Value;
use crate::verify::{VerifyError, verify, verify_from};

/// A machine with a program.
///
/// What a program can see or what decides over its future is the state and the heap; the rest is
/// the program in a form made for running.
#[derive(Debug)]
pub struct Vm {
    pub(crate) program: Arc<Program>,
    /// The code of all prototypes, one after the other. Only cache words ever change.
    pub(crate) code: Vec<u32>,
    /// The constants of all prototypes, one after the other. Those in the heap live for ever.
    pub(crate) constants: Vec<Value>,
    pub(crate) prototypes: Vec<Proto>,
    /// Which instructions of each prototype may write over an operand, once that was asked.
    pub(crate) spent: Vec<Option<Spent>>,
    /// The chains of each prototype, as far as they were asked for.
    pub(crate) chains: Vec<Chains>,
    /// The words of code where instructions remember fields.
    pub(crate) caches: Vec<u32>,
    /// Where the fast engine stops for the probes of the last run, and whether the code is marked there
    /// just now.
    pub(crate) stops: Option<Box<Stops>>,
    pub(crate) is_marked: bool,
    /// The heap's numbers of the program's names.
    pub(crate) names: Vec<u32>,
    /// The heap's numbers of the program's shapes.
    pub(crate) shapes: Vec<u32>,
    /// The shape of what `next()` gives.
    pub(crate) turn_shape: u32,
    /// The error that says that memory has run out, for when there is none to say it with.
    pub(crate) last_error: Value,
    /// The strings of one ASCII character each, which live for ever.
    pub(crate) characters: Vec<Value>,
    /// The longest way, in words of code, between two safepoints.
    pub(crate) stretch: u64,
    pub(crate) heap: Heap,
    /// Why the fast engine could not finish the call of a library's function at the pc; the plain
    /// one, which goes on there at once, says so. What such a call has made stays in the heap, so it
    /// must not be called again.
    pub(crate) failed: Option<Failure>,
    pub(crate) state: State,
    /// What must be known to go back, while somebody steps back.
    pub(crate) trail: Option<Box<Trail>>,
    /// Where the code comes from.
    pub(crate) lines: Arc<Lines>,
    /// All of the above that is the program's, as it was loaded.
    pub(crate) loaded: Arc<Loaded>,
}

/// A prototype as the engines see it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Proto {
    /// Its first word of code.
    pub(crate) code: u32,
    /// Its first constant.
    pub(crate) constants: u32,
    /// How many registers it has.
    pub(crate) registers: u16,
    /// With so many arguments it can be entered without more ado; `u16::MAX` if never.
    pub(crate) plain: u16,
    pub(crate) parameters: u8,
    pub(crate) parameters_min: u8,
    /// The register for `self`; `u16::MAX` if it does not use it.
    pub(crate) self_register: u16,
    pub(crate) kind: Body,
}

/// What a call of a prototype gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Body {
    /// What it returns.
    Plain,
    /// A generator.
    Generator,
    /// A future.
    Async,
}

/// What changes while a program runs, apart from the heap.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// The word of code that is run next.
    pub(crate) pc: u32,
    /// The word of memory that is register 0.
    pub(crate) base: usize,
    /// How many words of code have been passed.
    pub(crate) tick: u64,
    /// The object with the globals.
    pub(crate) globals: usize,
    /// What was asked and not answered.
    pub(crate) asked: Option<Question>,
    /// What was said to that, until the instruction that asked takes it.
    pub(crate) answered: Option<Answer>,
    /// The value of a program that has ended.
    pub(crate) ended: Option<Value>,
    /// What it says to its caller then.
    pub(crate) exit_code: u8,
    /// How many digits after the point printed numbers have; the heap knows it, too.
    pub(crate) precision: Option<u16>,
    /// Shared with snapshots, like the effects: copied where it changes.
    pub(crate) tasks: Arc<Tasks>,
    /// The effects that run, the innermost last.
    pub(crate) effects: Arc<Vec<Value>>,
}

/// Why running stops.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Exit {
    /// The program has ended.
    Ended,
    /// The outside must be asked.
    Asks(Question),
    /// Nothing catches this error.
    Trapped(Trap),
    /// A `breakpoint` instruction was passed.
    Breakpoint,
    /// Something that is watched may have changed, or what it depends on: somebody has to look.
    Watched,
}

impl Vm {
    /// The least memory a machine can have, in bytes.
    pub const MEMORY_MIN: usize = 1 << 20;

    /// A machine before its first instruction, with `memory` bytes for objects.
    ///
    /// # Errors
    /// The program is not sound, or the system gives no memory.
    pub fn new(program: Arc<Program>, memory: usize) -> Result<Self, LoadError> {
        verify(&program)?;
        let mut vm =
            Self::fresh(program, memory.max(Self::MEMORY_MIN)).map_err(LoadError::Fault)?;
        vm.keep_loaded(&Program::default());
        Ok(vm)
    }

    /// Another machine with the same program, before its first instruction. What does not change is
    /// shared, and nothing is verified again.
    ///
    /// # Errors
    /// The system gives no memory.
    pub(crate) fn fresh_twin(&self) -> Result<Self, Fault> {
        let mut vm = Self::fresh(Arc::clone(&self.program), self.heap.limit())?;
        let is_alike = |one: &Self, other: &Self| {
            one.constants == other.constants
                && one.names == other.names
                && one.shapes == other.shapes
        };
        if is_alike(self, &vm) {
            vm.loaded = Arc::clone(&self.loaded);
        } else {
            // In a dialogue, where each input was loaded by itself.
            vm.keep_loaded(&Program::default());
        }
        Ok(vm)
    }

    /// A machine before the first instruction of a verified program.
    fn fresh(program: Arc<Program>, memory: usize) -> Result<Self, Fault> {
        let heap = Heap::new(&program, memory)?;
        let state = State {
            pc: 0,
            base: STACK + 2,
            tick: 0,
            globals: 0,
            asked: None,
            answered: None,
            ended: None,
            exit_code: 0,
            precision: None,
            tasks: Arc::default(),
            effects: Arc::default(),
        };
        let mut vm = Self {
            program: Arc::new(Program::default()),
            code: Vec::new(),
            constants: Vec::new(),
            prototypes: Vec::new(),
            spent: Vec::new(),
            chains: Vec::new(),
            caches: Vec::new(),
            stops: None,
            is_marked: false,
            names: Vec::new(),
            shapes: Vec::new(),
            turn_shape: 0,
            last_error: Value::NULL,
            characters: Vec::new(),
            stretch: 0,
            heap,
            failed: None,
            state,
            trail: None,
            lines: Arc::default(),
            loaded: Arc::default(),
        };
        vm.prepare()?;
        vm.load(program)?;
        vm.state.tasks_mut().begin();
        vm.enter_main()?;
        Ok(vm)
    }

    /// Goes on with a program that has the present one as its beginning: the next input of a
    /// dialogue. What ran is given up, values stay, and the new main code is entered.
    ///
    /// # Errors
    /// The program is not sound, or memory has run out; the program stays the present one.
    pub fn extend(&mut self, program: Arc<Program>) -> Result<(), LoadError> {
        verify_from(&program, self.prototypes.len())?;
        let before = Arc::clone(&self.program);
        let is_over = self.state.ended.is_some();
        let tasks = Arc::clone(&self.state.tasks);
        self.abandon();
        if is_over {
            self.state.tasks_mut().go_on(&tasks);
        }
        if self.add(&program).is_err() {
            // Loading collects nothing by itself.
            self.collect();
            self.add(&program).map_err(LoadError::Fault)?;
        }
        self.keep_loaded(&before);
        self.restart_trail();
        Ok(())
    }

    fn add(&mut self, program: &Arc<Program>) -> Result<(), Fault> {
        let before = self.state.clone();
        let added = self.load(Arc::clone(program)).and_then(|()| self.enter_main());
        if added.is_err() {
            self.state = before;
            self.unload();
        }
        added
    }

    /// Leaves all calls, tasks and effects: the code that runs is given up. Values stay.
    pub fn abandon(&mut self) {
        self.state.base = STACK + 2;
        self.state.asked = None;
        self.state.answered = None;
        self.state.exit_code = 0;
        self.state.effects = Arc::default();
        self.state.tasks_mut().begin();
        // What is on the stack is no longer looked at, and nothing runs on.
        self.state.ended = Some(Value::NULL);
    }

    /// Collects wherever it may from now on, or no longer, which shows references that were lost
    /// sight of.
    #[doc(hidden)]
    pub fn collect_often(&mut self, often: bool) {
        self.heap.collect_often(often);
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// What the program came to, as a dialogue shows it; nothing before its end, and for null.
    #[must_use]
    pub fn echo(&self) -> Option<String> {
        let value = self.state.ended.filter(|&value| value != Value::NULL)?;
        Some(match achronyme_library::echo(&self.heap, &value) {
            Ok(text) => text,
            Err(fault) => format!("<{fault}>"),
        })
    }

    /// How many words of code have been passed.
    #[must_use]
    pub fn now(&self) -> Tick {
        Tick::at(self.state.tick)
    }

    /// Makes what every program needs.
    fn prepare(&mut self) -> Result<(), Fault> {
        let fields = vec![(self.heap.intern("value")?, false), (self.heap.intern("done")?, false)];
        self.turn_shape = self.heap.shape_of(fields)?;
        for code in 0..128_u8 {
            let character = self.heap.new_string(char::from(code).encode_utf8(&mut [0; 4]))?;
            self.characters.push(character);
        }
        let fault = Fault { kind: Fault::MEMORY, message: "Out of memory".to_owned() };
        self.last_error = achronyme_library::error::from_fault(&mut self.heap, &fault)?;
        Ok(())
    }

    /// Takes over the part of `program` that is new.
    fn load(&mut self, program: Arc<Program>) -> Result<(), Fault> {
        for name in &program.names[self.names.len()..] {
            let name = self.heap.intern(name)?;
            self.names.push(name);
        }
        for shape in &program.shapes[self.shapes.len()..] {
            let fields: Vec<(u32, bool)> = shape
                .fields
                .iter()
                .map(|field| (self.names[field.name as usize], field.mutable))
                .collect();
            let shape = self.heap.shape_of(fields)?;
            self.shapes.push(shape);
        }
        for prototype in &program.prototypes[self.prototypes.len()..] {
            self.load_code(prototype, self.constants.len());
            for constant in &prototype.constants {
                let value = self.constant(constant)?;
                self.constants.push(value);
            }
        }
        let old = self.program.globals.len();
        let mut globals: Vec<Value> = (0..old).map(|index| self.global(index)).collect();
        globals.resize(program.globals.len(), Value::ABSENT);
        self.state.globals = self.heap.new_object(ObjectKind::ValueBuffer, &globals)?.at();
        self.lines = Arc::new(Lines::new(&program));
        self.heap.know(&program);
        self.program = program;
        Ok(())
    }

    /// Takes over the code of a prototype whose constants begin at `constants`.
    pub(crate) fn load_code(&mut self, prototype: &Prototype, constants: usize) {
        let code = position(self.code.len());
        self.stops = None;
        self.code.extend_from_slice(&prototype.code);
        self.stretch = self.stretch.max(prototype.code.len() as u64);
        let kind = match (prototype.is_generator, prototype.is_async) {
            (true, _) => Body::Generator,
            (_, true) => Body::Async,
            _ => Body::Plain,
        };
        self.spent.push(None);
        self.chains.push(Chains::default());
        self.prototypes.push(Proto {
            code,
            constants: position(constants),
            registers: prototype.registers,
            plain: if kind == Body::Plain { u16::from(prototype.parameters) } else { u16::MAX },
            parameters: prototype.parameters,
            parameters_min: prototype.parameters_min,
            self_register: prototype.self_register.map_or(u16::MAX, u16::from),
            kind,
        });
    }

    fn constant(&mut self, constant: &Constant) -> Result<Value, Fault> {
        Ok(match constant {
            Constant::Null => Value::NULL,
            Constant::Boolean(value) => Value::boolean(*value),
            Constant::Number(value) => Value::number(*value),
            Constant::Complex(re, im) => {
                self.heap.new_complex(achronyme_library::Complex::new(*re, *im))?
            }
            Constant::String(text) => match text.as_bytes() {
                [code @ 0..128] => self.characters[usize::from(*code)],
                _ => self.heap.new_string(text)?,
            },
            Constant::Builtin(index) => Value::builtin(*index),
        })
    }

    /// Makes the frame of the outermost code.
    fn enter_main(&mut self) -> Result<(), Fault> {
        let main = self.program.main;
        let proto = self.prototypes[main as usize];
        let closure = self.heap.new_closure(main, &[])?;
        let base = self.state.base;
        self.heap.set_stack(base - 2, Link::new(0, 0, 0, Return::Main).word());
        self.heap.set_stack(base - 1, closure);
        for register in 0..usize::from(proto.registers) {
            self.heap.set_stack(base + register, Value(0));
        }
        self.state.pc = proto.code;
        self.state.ended = None;
        Ok(())
    }

    /// The value of a global; absent if it was never set.
    pub(crate) fn global(&self, index: usize) -> Value {
        self.heap.get(self.state.globals + 1 + index)
    }

    pub(crate) fn set_global(&mut self, index: usize, value: Value) {
        self.heap.set(self.state.globals + 1 + index, value);
    }

    /// A register of the running function.
    #[inline(always)]
    pub(crate) fn register(&self, index: u8) -> Value {
        self.heap.get(self.state.base + usize::from(index))
    }

    #[inline(always)]
    pub(crate) fn set_register(&mut self, index: u8, value: Value) {
        self.heap.set_stack(self.state.base + usize::from(index), value);
    }

    /// The closure whose code runs.
    pub(crate) fn closure(&self) -> Value {
        self.heap.get(self.state.base - 1)
    }

    /// A constant of the running function.
    pub(crate) fn constant_value(&self, index: usize) -> Value {
        self.constants[self.prototypes[self.prototype()].constants as usize + index]
    }

    /// The number of the prototype that runs.
    pub(crate) fn prototype(&self) -> usize {
        self.heap.closure_prototype(self.closure()) as usize
    }

    /// The first word above the running function's registers.
    pub(crate) fn stack_top(&self) -> usize {
        self.state.base + usize::from(self.prototypes[self.prototype()].registers)
    }

    /// What a program that has ended says to its caller.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode(self.state.exit_code)
    }

    pub(crate) fn alias_table(&self) -> &[Type] {
        &self.program.aliases
    }

    pub(crate) fn pattern(&self, index: u32) -> &Pattern {
        &self.program.patterns[index as usize]
    }
}

/// A position in code or constants.
fn position(at: usize) -> u32 {
    u32::try_from(at).expect("the verifier bounds programs")
}

/// Why a program cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It is not sound.
    #[error(transparent)]
    Unsound(#[from] VerifyError),
    /// The system gives no memory, or its constants do not fit.
    #[error(transparent)]
    Fault(Fault),
}
