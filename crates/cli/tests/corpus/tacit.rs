//! Tacit's corpus.

use std::fs;
use std::path::Path;

use ::tacit::{Options, compile};
use source::Severity;
use tacit_vm::{Layout, Vm};

use crate::case::Guest;

pub(crate) enum Tacit {}

impl Guest for Tacit {
    type Machine = Vm;

    const EXTENSION: &'static str = "tacit";
    const FOLDERS: &'static [&'static str] = &["corpus/tacit", "examples/tacit"];
    const STEPS_MAX: u64 = 2_000;

    fn load(path: &Path, optimise: bool) -> Result<Vm, String> {
        let text = fs::read_to_string(path).unwrap();
        let options = Options { optimise, ..Options::default() };
        let mut vm = Vm::new(Layout::DEFAULT);
        let compiled = compile(&path.display().to_string(), &text, vm.memory(), &options);
        let Some(unit) = compiled.unit else {
            let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
            let errors: String = errors.map(|error| format!("! {}\n", error.message)).collect();
            return Err(format!("stack: empty\n{errors}= exit 65\n"));
        };
        vm.load(unit).unwrap();
        Ok(vm)
    }

    /// The stack; and the heap has to be sound.
    fn state(vm: &Vm) -> String {
        vm.check().unwrap();
        let cells = vm.stack();
        let show = |cell| vm.memory().show(cell).unwrap_or_else(|error| format!("({error})"));
        let shown: Vec<String> = cells.into_iter().map(show).collect();
        format!("stack: {}\n", if shown.is_empty() { "empty".to_owned() } else { shown.join(" ") })
    }
}
