//! The functions of the library that are written in Achronyme.
#![expect(clippy::unwrap_used, reason = "a test")]
mod common;

use std::collections::BTreeSet;
use std::fs;

use achronyme::{Node, SyntaxKind, check, format, parse};
use achronyme_library::BUILTINS;
use common::{compiler_said, said};
use source::SourceId;

/// Each file of the library with its text.
fn files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/library");
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn declared(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| Some(line.strip_prefix("let ")?.split_once(" = ")?.0))
}

#[test]
fn the_library_is_right_and_laid_out() {
    for (name, text) in files() {
        assert_eq!(said(&text), "", "{name}");
        assert!(check(&name, &text).diagnostics.is_empty(), "{name}");
        let laid_out = format(&text).is_ok_and(|formatted| formatted == text);
        assert!(laid_out, "run `palindrome fmt` on {name}");
    }
}

#[test]
fn every_function_of_the_library_is_in_the_table_and_the_other_way_round() {
    let files = files();
    let declared: Vec<&str> =
        files.iter().flat_map(|(_, text)| declared(text)).filter(|n| !n.starts_with('_')).collect();
    let listed: BTreeSet<&str> = achronyme_library::prelude().map(|row| row.name).collect();
    assert_eq!(declared.iter().copied().collect::<BTreeSet<_>>(), listed);
}

#[test]
fn no_name_is_declared_twice() {
    let files = files();
    let mut seen = BTreeSet::new();
    for (name, text) in &files {
        for declared in declared(text) {
            assert!(seen.insert(declared), "{declared} in {name} is there twice");
        }
    }
}

/// A name that the library declares.
struct Declaration {
    file: String,
    name: String,
    /// The names in what it stands for.
    mentioned: BTreeSet<String>,
    /// Those of them that are outside of all functions.
    evaluated: BTreeSet<String>,
}

fn declarations() -> Vec<Declaration> {
    let mut all = Vec::new();
    for (file, text) in files() {
        let parsed = parse(&text, SourceId::default());
        for statement in parsed.tree.root().children() {
            assert_eq!(statement.kind(), SyntaxKind::Let, "{file}: {}", statement.text());
            let of_kind = |kind| move |node: &Node<'_>| node.kind() == kind;
            let name = statement.descendants().find(of_kind(SyntaxKind::NamePattern)).unwrap();
            let is_lambda = of_kind(SyntaxKind::Lambda);
            let mut declaration = Declaration {
                file: file.clone(),
                name: name.text().to_owned(),
                mentioned: BTreeSet::new(),
                evaluated: BTreeSet::new(),
            };
            for node in statement.descendants() {
                if !matches!(node.kind(), SyntaxKind::NameExpression | SyntaxKind::Field) {
                    continue;
                }
                let name = node.text().trim_start_matches('.').to_owned();
                let around = std::iter::successors(node.parent(), |node| node.parent());
                let mut inside = around.take_while(|node| node.range() != statement.range());
                if !inside.any(|node| is_lambda(&node)) {
                    declaration.evaluated.insert(name.clone());
                }
                declaration.mentioned.insert(name);
            }
            all.push(declaration);
        }
    }
    assert!(all.len() > 200, "{}", all.len());
    all
}

/// Only what a program needs is compiled into it, in the order in which it is asked for: what a name
/// stands for must not depend on another name being there already.
#[test]
fn nothing_in_the_library_asks_for_the_rest_of_it_when_it_is_loaded() {
    let all = declarations();
    let names: BTreeSet<&str> = all.iter().map(|one| &*one.name).collect();
    for Declaration { file, name, evaluated, .. } in &all {
        let asked: Vec<_> = evaluated.iter().filter(|name| names.contains(&***name)).collect();
        assert!(asked.is_empty(), "{file}: {name} needs {asked:?} when it is loaded");
    }
}

#[test]
fn every_private_name_is_of_use_to_a_public_one() {
    /// What the compiler calls.
    const OF_COMPILER: [&str; 2] = ["_restored", "_is_restored"];
    let all = declarations();
    let mut used: BTreeSet<&str> = OF_COMPILER.into();
    let public = all.iter().map(|one| &*one.name).filter(|name| !name.starts_with('_'));
    let mut waiting: Vec<&str> = public.collect();
    while let Some(name) = waiting.pop() {
        if used.insert(name)
            && let Some(declaration) = all.iter().find(|one| one.name == name)
        {
            waiting.extend(declaration.mentioned.iter().map(String::as_str));
        }
    }
    let declared = all.iter().map(|one| &*one.name).chain(BUILTINS.iter().map(|row| row.name));
    let useless: Vec<&str> =
        declared.filter(|name| name.starts_with('_') && !used.contains(name)).collect();
    assert!(useless.is_empty(), "{useless:?}");
}

/// Each private name is of use to a public one, so that all is compiled.
#[test]
fn every_name_that_the_library_mentions_is_there() {
    let public: Vec<&str> = achronyme_library::prelude().map(|row| row.name).collect();
    for names in public.chunks(50) {
        let text = format!("let all = [{}]\n", names.join(", "));
        assert_eq!(compiler_said(&text), "");
    }
}
