//! The tape machine's corpus.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use palindrome_asm::{Options, Unit, assemble};
use palindrome_vm::{Program, Vm};

use crate::case::Guest;

pub(crate) enum Pvm {}

impl Guest for Pvm {
    type Machine = Vm;

    const EXTENSION: &'static str = "pvm";
    const FOLDERS: &'static [&'static str] = &["corpus/pvm", "examples/pvm"];
    const STEPS_MAX: u64 = 20_000;

    fn load(path: &Path, optimise: bool) -> Result<Vm, String> {
        let text = fs::read_to_string(path).unwrap();
        let unit = Unit::new(path.display().to_string(), text);
        let options = Options { optimise, ..Options::default() };
        let folder = path.parent().unwrap().to_owned();
        let mut loader = move |name: &str| fs::read_to_string(folder.join(name));
        let assembled = assemble(&[unit], &options, &mut loader);
        let Some(image) = assembled.image else {
            let shown = assembled.diagnostics.iter();
            let shown = shown.map(|d| d.render(&assembled.sources, source::Style::Plain));
            return Err(shown.collect());
        };
        let program: Arc<Program> = Program::new(image).unwrap();
        Ok(Vm::load(program))
    }
}
