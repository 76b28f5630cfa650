//! What the functions of a program share.

use std::collections::BTreeSet;

use achronyme_library::Kind;

use super::{CODE_MAX, GLOBALS_MAX, PROTOTYPES_MAX, ensure, in_range, types};
use crate::program::{Pattern, Program, Shape, Source};

/// Registers that an instruction can write at once.
const WINDOW_MAX: usize = 256;

pub(super) fn check(program: &Program) -> Result<(), String> {
    let names = program.names.len();
    check_size(program)?;
    check_main(program)?;
    let mut seen = BTreeSet::new();
    for name in &program.names {
        ensure(seen.insert(name), || format!("the name `{name}` is there twice"))?;
    }
    let mut fields = Fields { names, last: vec![0; names], round: 0 };
    for (index, shape) in program.shapes.iter().enumerate() {
        fields.check_shape(shape).map_err(|problem| format!("shape {index}: {problem}"))?;
    }
    for (index, pattern) in program.patterns.iter().enumerate() {
        check_pattern(pattern, names).map_err(|problem| format!("pattern {index}: {problem}"))?;
    }
    let aliases = program.aliases.len();
    for (index, alias) in program.aliases.iter().enumerate() {
        types::check(alias, aliases).map_err(|problem| format!("type alias {index}: {problem}"))?;
    }
    types::check_aliases(&program.aliases)?;
    for (index, check) in program.checks.iter().enumerate() {
        types::check(&check.annotation, aliases)
            .map_err(|problem| format!("check {index}: {problem}"))?;
    }
    for (kind, name, global) in &program.methods {
        ensure(Kind::from_code(*kind).is_some(), || {
            format!("a method belongs to the kind {kind}, and there is none")
        })?;
        in_range("name", *name, names)?;
        in_range("global", *global, program.globals.len())?;
    }
    program.sources.iter().try_for_each(check_source)
}

/// Positions in code and constants have 32 bits, functions 16.
fn check_size(program: &Program) -> Result<(), String> {
    let functions = program.prototypes.len();
    let globals = program.globals.len();
    ensure(globals <= GLOBALS_MAX, || {
        format!("it has {globals} globals; {GLOBALS_MAX} are the most")
    })?;
    ensure(functions <= PROTOTYPES_MAX, || {
        format!("it has {functions} functions; {PROTOTYPES_MAX} are the most")
    })?;
    let code: usize = program.prototypes.iter().map(|prototype| prototype.code.len()).sum();
    let constants: usize =
        program.prototypes.iter().map(|prototype| prototype.constants.len()).sum();
    ensure(code <= CODE_MAX && constants <= CODE_MAX, || {
        format!("it has {code} words of code and {constants} constants; {CODE_MAX} are the most")
    })
}

fn check_main(program: &Program) -> Result<(), String> {
    let Some(main) = program.prototypes.get(program.main as usize) else {
        return in_range("main function", program.main, program.prototypes.len());
    };
    let is_plain = main.parameters == 0 && main.captures.is_empty() && main.self_register.is_none();
    ensure(is_plain && !main.is_generator && !main.is_async, || {
        "the main function has parameters, upvalues, a `self`, or is a generator or async"
            .to_owned()
    })
}

/// Looks for names that come twice, without clearing anything between shapes.
struct Fields {
    names: usize,
    /// The round in which a name came last.
    last: Vec<usize>,
    round: usize,
}

impl Fields {
    fn check_shape(&mut self, shape: &Shape) -> Result<(), String> {
        self.round += 1;
        ensure(shape.fields.len() < WINDOW_MAX, || {
            format!("it has {} fields; {} are the most", shape.fields.len(), WINDOW_MAX - 1)
        })?;
        for field in &shape.fields {
            in_range("name", field.name, self.names)?;
            let last = &mut self.last[field.name as usize];
            ensure(*last != self.round, || format!("the name {} is there twice", field.name))?;
            *last = self.round;
        }
        Ok(())
    }
}

fn check_pattern(pattern: &Pattern, names: usize) -> Result<(), String> {
    match pattern {
        Pattern::Vector { before, rest, after, missing, open: _ } => {
            let asked = usize::from(*before) + usize::from(*after);
            ensure(asked + usize::from(*rest) <= WINDOW_MAX, || {
                format!("it asks for more than {WINDOW_MAX} registers")
            })?;
            ensure(usize::from(*missing) <= asked, || {
                format!("{missing} elements of {asked} may be missing")
            })
        }
        Pattern::Record { fields } => {
            ensure(fields.len() <= WINDOW_MAX, || {
                format!("it asks for more than {WINDOW_MAX} registers")
            })?;
            fields.iter().try_for_each(|(name, _)| in_range("name", *name, names))
        }
    }
}

fn check_source(source: &Source) -> Result<(), String> {
    ensure(u32::try_from(source.text.len()).is_ok(), || {
        format!("the text of `{}` is too long", source.name)
    })
}

/// How many registers a pattern gives values to.
pub(super) const fn pattern_registers(pattern: &Pattern) -> usize {
    match pattern {
        Pattern::Vector { before, rest, after, .. } => {
            *before as usize + *rest as usize + *after as usize
        }
        Pattern::Record { fields } => fields.len(),
    }
}
