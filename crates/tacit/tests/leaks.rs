//! A program that has ended and given up its stack holds no block of the heap.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::run_on;
use tacit_vm::{Layout, Vm};

/// Words that leave something elsewhere than on the stack.
const KEEPERS: [&str; 4] = [" value ", "spawn", "implement", "signal"];

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "tacit") {
            found.push(path);
        }
    }
}

#[test]
fn no_program_of_the_corpus_leaves_a_block_behind() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["corpus/tacit", "examples/tacit"] {
        programs(&root.join(folder), &mut found);
    }
    let mut ended = 0;
    for path in found {
        let text = fs::read_to_string(&path).expect("a program");
        if KEEPERS.iter().any(|word| text.contains(word)) {
            continue;
        }
        let mut vm = Vm::new(Layout::DEFAULT);
        let outcome = run_on(&mut vm, &text);
        vm.check().unwrap_or_else(|damage| panic!("{}: {damage}", path.display()));
        // A program that fails may have redefined what is used here, or hold what it was at.
        if outcome.error.is_some() || text.contains("heap-quota") {
            continue;
        }
        let left = run_on(&mut vm, "depth times { drop } heap-stats \"used\" get");
        assert_eq!((left.stack, left.error), (vec!["0".to_owned()], None), "{}", path.display());
        ended += 1;
    }
    assert!(ended >= 150, "only {ended} programs ended");
}
