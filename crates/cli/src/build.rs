//! `palindrome build`: source texts and objects to a program.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::arguments::BuildArguments;
use crate::disasm;
use crate::error::{CliError, exit};
use crate::files;
use crate::guest::{Guest, GuestName, LoadOptions, with_guest};
use crate::kind::{Form, Kind, renamed};
use crate::terminal::{Terminal, show};

pub(crate) fn build(arguments: &BuildArguments, terminal: Terminal) -> Result<u8, CliError> {
    let paths: Vec<&Path> = arguments.files.iter().map(PathBuf::as_path).collect();
    let guest = guest(&paths)?;
    let is_image = Kind::of(paths[0])? == Kind::Program(guest, Form::Image);
    if arguments.disasm && paths.len() == 1 && is_image {
        return disasm::disasm(paths[0]);
    }
    if arguments.is_compile_only {
        return compile(guest, arguments, &paths);
    }
    let options = LoadOptions {
        optimise: arguments.level > 0,
        keep_sources: !arguments.no_source,
        memory: arguments.memory,
        search_limit: arguments.search_limit,
        tape: arguments.tape.clone(),
        ..LoadOptions::default()
    };
    options.check(guest)?;
    let (image, listing) = with_guest!(guest, G => {
        let program = G::build(&paths, &options, terminal)?;
        (program.to_image(), arguments.disasm.then(|| program.listing()))
    });
    if let Some(listing) = listing {
        show(&listing)?;
        return Ok(exit::OK);
    }
    let output = arguments.output.clone();
    write(&output.unwrap_or_else(|| renamed(paths[0], guest, Form::Image)), &image)?;
    Ok(exit::OK)
}

/// The guest that all the files are for.
fn guest(paths: &[&Path]) -> Result<GuestName, CliError> {
    let mut found = None;
    for path in paths {
        std::fs::metadata(path).map_err(CliError::unreadable(path))?;
        let shown = path.display();
        let Kind::Program(guest, _) = Kind::of(path)? else {
            let message = format!("{shown} is a recording, and nothing to build");
            return Err(CliError::Usage(message));
        };
        if *found.get_or_insert(guest) != guest {
            let message = format!("{shown} is in another language than the files before it");
            return Err(CliError::Usage(message));
        }
    }
    found.ok_or_else(|| CliError::Usage("nothing to build".to_owned()))
}

/// Makes an object of each source text.
fn compile(guest: GuestName, arguments: &BuildArguments, paths: &[&Path]) -> Result<u8, CliError> {
    if arguments.output.is_some() && paths.len() > 1 {
        let message = "-o names one file, and -c makes one of each source text".to_owned();
        return Err(CliError::Usage(message));
    }
    for path in paths {
        let object = with_guest!(guest, G => G::object(path)?);
        let output = arguments.output.clone();
        write(&output.unwrap_or_else(|| renamed(path, guest, Form::Object)), &object)?;
    }
    Ok(exit::OK)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |source| CliError::Unwritten { what: path.display().to_string(), source };
    files::replace(path, |file| file.write_all(bytes).map_err(failed), failed)
}
