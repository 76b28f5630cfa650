//! Achronyme's corpus, on its register machine.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ::achronyme::{File, Files, Options, compile};
use achronyme_vm::Vm;
use source::{Severity, SourceMap};

use crate::case::Guest;

pub(crate) enum Achronyme {}

/// Bytes of memory of each machine.
const MEMORY: usize = 256 << 20;

impl Guest for Achronyme {
    type Machine = Vm;

    const EXTENSION: &'static str = "soc";
    const FOLDERS: &'static [&'static str] = &["corpus/achronyme", "examples/achronyme"];
    /// It keeps no trail.
    const STEPS_MAX: u64 = 0;

    fn load(path: &Path, optimise: bool) -> Result<Vm, String> {
        let text = fs::read_to_string(path).unwrap();
        let mut sources = SourceMap::default();
        let options = Options { optimise, ..Options::default() };
        let name = path.display().to_string();
        match compile(&name, &text, &mut sources, options, &mut Disk) {
            Ok((program, _)) => {
                Vm::new(Arc::new(program), MEMORY).map_err(|error| format!("{error}\n"))
            }
            Err(found) => {
                let errors = found.iter().filter(|it| it.severity == Severity::Error);
                let errors: String = errors.map(|error| format!("! {}\n", error.message)).collect();
                Err(format!("{errors}= exit 65\n"))
            }
        }
    }

    /// What the program came to.
    fn state(vm: &Vm) -> String {
        vm.echo().map(|echo| echo + "\n").unwrap_or_default()
    }
}

/// Files by their whole paths.
struct Disk;

impl Files for Disk {
    fn read(&mut self, path: &str) -> Result<File, String> {
        let real = fs::canonicalize(path).map_err(|error| error.to_string())?;
        let text = fs::read_to_string(&real).map_err(|error| error.to_string())?;
        Ok(File { name: real.display().to_string(), text })
    }
}
