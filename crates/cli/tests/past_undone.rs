//! Lines that are taken back and done again at random, over several sessions on a tape, compared with lists
//! of rows: every answer, and what was at every checkpoint that stands.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use common::Place;

/// The rows, and those at each checkpoint.
#[derive(Clone, Default)]
struct Rows {
    now: BTreeSet<u64>,
    at: BTreeMap<&'static str, BTreeSet<u64>>,
}

/// A session, its lines, and what it has to answer.
#[derive(Default)]
struct Model {
    rows: Rows,
    /// Lines that can be taken back, with the rows before and after them; then those that were.
    lines: Vec<(String, Rows, Rows)>,
    done: usize,
    typed: String,
    answers: String,
}

impl Model {
    fn shows(&mut self, line: &str, answer: impl std::fmt::Display) {
        let _ = writeln!(self.typed, "{line}");
        let _ = writeln!(self.answers, "{answer}");
    }

    fn changes(&mut self, line: String, after: Rows) {
        let _ = writeln!(self.typed, "{line}");
        let before = std::mem::replace(&mut self.rows, after.clone());
        self.lines.truncate(self.done);
        self.lines.push((line, before, after));
        self.done += 1;
    }

    fn undo(&mut self) {
        self.typed += "undo\n";
        if let Some(last) = self.done.checked_sub(1) {
            let (line, before, _) = self.lines[last].clone();
            let _ = writeln!(self.answers, "undone: {line}");
            (self.rows, self.done) = (before, last);
        }
    }

    fn redo(&mut self) {
        self.typed += "redo\n";
        if let Some((line, _, after)) = self.lines.get(self.done).cloned() {
            let _ = writeln!(self.answers, "done again: {line}");
            self.rows = after;
            self.done += 1;
        }
    }

    /// Takes some lines back, and does some of them again; what is shown in between changes nothing.
    fn go_back_and_forth(&mut self, chance: &mut dyn FnMut(usize) -> usize) {
        let many = 1 + chance(4);
        for _ in 0..many {
            self.undo();
        }
        for _ in 0..chance(many + 1) {
            for _ in 0..chance(3) {
                self.shows("G.count()", self.rows.now.len());
            }
            self.redo();
        }
    }

    /// Asks for all that stands.
    fn look(&mut self) {
        self.shows("G.count()", self.rows.now.len());
        for (name, rows) in self.rows.at.clone() {
            self.shows(&format!("G.count() at {name}"), rows.len());
        }
    }

    /// A line of one of all kinds; `fresh` is no row yet.
    fn say(&mut self, chance: &mut dyn FnMut(usize) -> usize, fresh: u64) {
        let name = ["a", "b", "c"][chance(3)];
        let mut rows = self.rows.clone();
        match chance(16) {
            0 | 1 => {
                rows.now.insert(fresh);
                self.changes(format!("G += {{n: {fresh}}}"), rows);
            }
            2 if !rows.now.is_empty() => {
                rows.now.pop_first();
                let first = self.rows.now.first().copied().unwrap_or(0);
                self.changes(format!("G -= G where n = {first}"), rows);
            }
            3 | 4 => {
                rows.at.insert(name, rows.now.clone());
                self.changes(format!("checkpoint {name}"), rows);
            }
            2 | 5 => {
                rows.now.insert(fresh);
                rows.at.insert(name, rows.now.clone());
                self.changes(format!("{{ G += {{n: {fresh}}}; checkpoint {name} }}"), rows);
            }
            6 => {
                if let Some(then) = rows.at.get(name) {
                    rows.now = then.clone();
                    self.changes(format!("rewind to {name}"), rows);
                }
            }
            7 => self.changes(format!("let d{fresh} = {fresh}"), rows),
            8 => self.typed += &format!("{{ G += {{n: {fresh}}}; assert false }}\n"),
            9 | 10 => self.shows("G.count()", self.rows.now.len()),
            11 => self.undo(),
            12 => self.redo(),
            _ => self.go_back_and_forth(chance),
        }
    }
}

#[test]
fn lines_are_taken_back_and_done_again_with_their_moments() {
    let mut noise = 7_u64;
    let mut chance = |below: usize| {
        noise =
            noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(noise >> 33).unwrap_or(0) % below
    };
    for tape in 0..8 {
        let place = Place::new();
        let (mut rows, mut fresh) = (Rows::default(), 0);
        let command = "palindrome repl --language pal --tape a.tape";
        let begun = place.run(command, "relation G(n: Int key)\n");
        assert_eq!((begun.code, begun.error.as_str()), (Some(0), ""));
        let mut told = String::new();
        for session in 0..4 {
            let mut model = Model { rows, ..Model::default() };
            model.look();
            for _ in 0..24 {
                fresh += 1;
                model.say(&mut chance, fresh);
            }
            model.look();
            let said = place.run(command, &model.typed);
            let _ = write!(told, "--- session {session}\n{}", model.typed);
            assert_eq!(said.output, model.answers, "tape {tape}\n{told}{}", said.error);
            rows = model.rows;
        }
    }
}
