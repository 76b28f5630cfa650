//! `palindrome build`: source texts and objects to a program.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::arguments::BuildArguments;
use crate::disasm;
use crate::error::{CliError, exit};
use crate::files;
use crate::kind::Kind;
use crate::pvm;
use crate::terminal::{Terminal, show};

pub(crate) fn build(arguments: &BuildArguments, terminal: Terminal) -> Result<u8, CliError> {
    let paths: Vec<&Path> = arguments.files.iter().map(PathBuf::as_path).collect();
    for path in &paths {
        std::fs::metadata(path).map_err(CliError::unreadable(path))?;
        let kind = Kind::of(path)?;
        if kind == Kind::Recording {
            let message = format!("{} is a recording, and nothing to build", path.display());
            return Err(CliError::Usage(message));
        }
    }
    if arguments.disasm && paths.len() == 1 && Kind::of(paths[0])? == Kind::PvmImage {
        return disasm::disasm(paths[0]);
    }
    if arguments.is_compile_only {
        return compile(arguments, &paths);
    }
    let assembled = pvm::assemble_files(&paths, arguments.level > 0, !arguments.no_source)?;
    let image = pvm::settle(assembled, terminal)?;
    if arguments.disasm {
        show(&palindrome_asm::disassemble(&image))?;
        return Ok(exit::OK);
    }
    let output = arguments.output.clone().unwrap_or_else(|| renamed(paths[0], ".pvm.bin"));
    write(&output, &image.to_bytes())?;
    Ok(exit::OK)
}

/// Makes an object of each source text.
fn compile(arguments: &BuildArguments, paths: &[&Path]) -> Result<u8, CliError> {
    if arguments.output.is_some() && paths.len() > 1 {
        let message = "-o names one file, and -c makes one of each source text".to_owned();
        return Err(CliError::Usage(message));
    }
    for path in paths {
        let object = pvm::object(path)?.map_err(|bad| CliError::BadSource(Box::new(bad)))?;
        let output = arguments.output.clone().unwrap_or_else(|| renamed(path, ".pvm.obj"));
        write(&output, &object.to_bytes())?;
    }
    Ok(exit::OK)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |source| CliError::Unwritten { what: path.display().to_string(), source };
    files::replace(path, |file| file.write_all(bytes).map_err(failed), failed)
}

/// `a.pvm` as `a.pvm.bin`, in the same folder.
fn renamed(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let endings = [".pvm.obj", ".pvm.bin", ".pvm"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    path.with_file_name(format!("{stem}{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_named_after_its_source() {
        assert_eq!(renamed(Path::new("x/a.pvm"), ".pvm.bin"), Path::new("x/a.pvm.bin"));
        assert_eq!(renamed(Path::new("a.pvm.obj"), ".pvm.bin"), Path::new("a.pvm.bin"));
    }
}
