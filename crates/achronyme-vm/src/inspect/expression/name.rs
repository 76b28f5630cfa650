//! What names mean: the nearest meaning, as for the compiler, then the machine's own names.

use achronyme_library::Constant;

use super::{Evaluated, Evaluation, Operand};
use crate::inspect::frame::Activation;
use crate::inspect::probe::{BASE, PC, register, word};
use crate::inspect::shown::Shown;
use crate::program::Local;
use crate::value::Value;

/// Names of the machine's own.
pub(crate) const SPECIAL: [&str; 3] = ["pc", "tick", "depth"];

impl Evaluation<'_> {
    pub(super) fn name(&mut self, name: &str, start: usize) -> Evaluated {
        match name {
            "true" => return Ok(Shown::boolean(true).into()),
            "false" => return Ok(Shown::boolean(false).into()),
            "null" => return Ok(Shown::NULL.into()),
            "NaN" => return Ok(Shown::number(f64::NAN).into()),
            "Infinity" => return Ok(Shown::number(f64::INFINITY).into()),
            _ => {}
        }
        let found = self.variable(name).or_else(|| self.numbered(name));
        let found = found.or_else(|| self.other(name));
        match found {
            Some(operand) => Ok(operand),
            None if self.is_known_elsewhere(name) => {
                self.wrong(start, format!("`{name}` has no value here"))
            }
            None => Err(at_name(start, name)),
        }
    }

    fn variable(&mut self, name: &str) -> Option<Operand> {
        let vm = self.vm;
        let here = vm.user_activation();
        // Which call it is decides what the name means.
        self.reads.push(register(BASE));
        let local = vm.locals_of(here).filter(|local| local.name == name).last();
        if let Some(local) = local {
            return self.in_register(here, local);
        }
        let prototype = &vm.program.prototypes[here.function];
        // Where the variable will be once it is declared.
        let later = prototype.locals.iter().filter(|local| local.name == name);
        let later = later.map(|local| word(here.base + usize::from(local.register)));
        self.reads.extend(later);
        if name == "self"
            && let Some(at) = vm.word_of_self(here)
        {
            return Some(self.stored(word(at)));
        }
        let upvalue = prototype.upvalues.iter().position(|(upvalue, _)| upvalue == name);
        let at = upvalue.and_then(|index| vm.word_of_upvalue(here, index));
        if let Some(at) = at.or_else(|| vm.word_of_global(name)) {
            return self.if_given(at);
        }
        let outermost = vm.outermost_activation()?;
        let local = vm.locals_of(outermost).filter(|local| local.name == name).last()?;
        self.in_register(outermost, local)
    }

    fn in_register(&mut self, call: Activation, local: &Local) -> Option<Operand> {
        let at = self.vm.word_of_local(call, local)?;
        if local.cell {
            self.reads.push(word(call.base + usize::from(local.register)));
        }
        self.if_given(at)
    }

    fn if_given(&mut self, at: usize) -> Option<Operand> {
        let operand = self.stored(word(at));
        (operand.value != Shown::Value(Value::ABSENT)).then_some(operand)
    }

    /// `R0`, `U0`, `G0`, `K0`, of the function that runs, be it the library's.
    fn numbered(&mut self, name: &str) -> Option<Operand> {
        let vm = self.vm;
        let mut characters = name.chars();
        let prefix = characters.next()?;
        let index: usize = characters.as_str().parse().ok()?;
        let call = vm.activations().next()?;
        let prototype = &vm.program.prototypes[call.function];
        match prefix {
            'R' if index < usize::from(prototype.registers) => {
                self.reads.push(register(BASE));
                Some(self.stored(word(call.base + index)))
            }
            'U' => {
                let at = vm.word_of_upvalue(call, index)?;
                Some(self.stored(word(at)))
            }
            'G' if index < vm.program.globals.len() => {
                Some(self.stored(word(vm.state.globals + 1 + index)))
            }
            'K' => {
                prototype.constants.get(index)?;
                let first = vm.prototypes[call.function].constants as usize;
                Some(Shown::Value(vm.constants[first + index]).into())
            }
            _ => None,
        }
    }

    fn other(&mut self, name: &str) -> Option<Operand> {
        let vm = self.vm;
        match name {
            "pc" => return Some(self.stored(register(PC))),
            "depth" => {
                self.reads.push(register(BASE));
                return Some(Shown::count(vm.activations().count() - 1).into());
            }
            #[expect(clippy::cast_precision_loss, reason = "for looking at")]
            "tick" => return Some(Shown::number(vm.state.tick as f64).into()),
            _ => {}
        }
        if let Some(Constant::Number(number)) = achronyme_library::constant(name) {
            return Some(Shown::number(number).into());
        }
        achronyme_library::find(name).map(|index| Shown::Value(Value::builtin(index)).into())
    }

    /// Whether a name means something at another moment.
    fn is_known_elsewhere(&self, name: &str) -> bool {
        let program = &self.vm.program;
        let mut names = program.prototypes.iter().flat_map(|prototype| {
            let locals = prototype.locals.iter().map(|local| &local.name);
            locals.chain(prototype.upvalues.iter().map(|(name, _)| name))
        });
        name == "self"
            || program.globals.iter().any(|global| global == name)
            || names.any(|known| known == name)
    }
}

fn at_name(start: usize, name: &str) -> machine::EvaluateError {
    super::at(start, format!("`{name}` means nothing here"))
}
