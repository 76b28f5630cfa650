//! Compiled programs: the verifier finds nothing wrong with them, and files keep them.

mod common;

use std::collections::BTreeMap;

use achronyme::{Options, compile};
use achronyme_vm::{Program, verify};
use common::{cases, programs};
use source::SourceMap;

#[test]
fn every_program_that_compiles_is_sound_and_survives_a_file() {
    let cases = cases()
        .into_iter()
        .map(|case| (case.program, case.files.into_iter().collect::<BTreeMap<String, String>>()));
    let programs = programs().into_iter().map(|(_, text)| (text, BTreeMap::new()));
    let (mut compiled, mut wrong) = (0, Vec::new());
    for (text, files) in cases.chain(programs) {
        for optimise in [false, true] {
            let options = Options { optimise, ..Options::default() };
            let mut sources = SourceMap::default();
            let loader = &mut files.clone();
            let Ok((program, _)) = compile("main.soc", &text, &mut sources, options, loader) else {
                continue;
            };
            compiled += 1;
            // A NaN is not equal to itself, so files are compared in place of programs.
            let file = program.to_bytes();
            match verify(&program) {
                Err(error) => wrong.push(format!("{error}\n{text}")),
                Ok(()) => match Program::from_bytes(&file) {
                    Ok(read) if read.to_bytes() == file => {}
                    Ok(_) => wrong.push(format!("a file changes it\n{text}")),
                    Err(error) => wrong.push(format!("{error}\n{text}")),
                },
            }
        }
    }
    assert!(compiled > 2000, "only {compiled} compiled");
    assert!(wrong.is_empty(), "{} of {compiled}\n{}", wrong.len(), wrong.join("\n\n"));
}
