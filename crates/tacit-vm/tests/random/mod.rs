//! Random programs: every word, in any order, in blocks, definitions and loops.

use proptest::prelude::*;
use tacit_vm::{HEADER_BYTES, Image, Instruction, MEMORY_MAX, MEMORY_MIN};

use crate::assembly::Assembly;

const LOCALS: [&str; 3] = ["a", "b", "c"];
const TEXTS: [&str; 4] = ["one", "b", "a longer text", "é"];
const GLOBALS: u16 = 2;
const DEFINITIONS: usize = 2;

/// Words that any numbers will do for.
const NUMERIC: &[u8] = &[
    0x20, 0x22, 0x23, 0x24, 0x28, 0x2b, 0x30, 0x31, 0x32, 0x36, 0x38, 0x3a, 0x3f, 0x58, 0x5c, 0x5f,
    0x66, 0x68, 0x70, 0x72, 0x74, 0x86, 0xc8, 0xcc, 0xd5, 0xda, 0xe6, 0xe7,
];

/// Phrases in which words get what they want; `n` is any number, other names are strings, as
/// is what has a tick before it. They
/// leave numbers, at most one more than there were.
const IDIOMS: &[&str] = &[
    "[ n 1 2 ] ( 1 + ) map to-vector sum",
    "n [ 1 2 3 ] ( + ) for-each",
    "1 5 1 range n ( + ) reduce",
    "[ 3 n 2 ] sort first",
    "( n 2 * ) delay dup force swap force +",
    "( n yield 1 terminate ) spawn yield join +",
    "( text wait 7 terminate ) spawn yield text signal join",
    "text signal text wait inbox length",
    ":[ one ( 2 * ) ]: type implement n type tag one send",
    ":[ one ( 2 * ) ]: number implement n one send",
    "n ( 1 + ) +",
    "n ( 1 ) ( 2 ) if",
    "( n ) 3 4 if",
    "[ 1 n 3 ] ( 1 > ) filter count",
    "[ 1 2 ] ( 1 > ) find",
    "[ 1 n ] ( 1 > ) any",
    "n 3 ( 1 + ) times",
    "[ 1 2 ] [ 3 n 4 ] zip to-vector length",
    "1 ( 2 * ) iterate 4 seq-take last",
    "[ [ 1 n ] [ 3 4 5 ] ] multi to-vector length",
    "[ 1 2 ] seq n 1 seq-take chain count",
    "[ 1 2 ] 0 ( + ) scan to-vector 1 get",
    "[ 1 2 ] seq next drop drop",
    "text . n print read-line drop random drop now drop argument-count drop",
    "1 ( n ) and",
    "0 ( n ) or",
    "10 array 3 n put 3 get",
    "4 bytes 200 fill sum",
    "[ 1 2 ] n + dup 0 9 put drop 0 get",
    ":[ one n ]: dup text 5 put values sum swap drop",
    "[ 1 2 ] dup [ n ] concat reverse grade sum swap drop",
    "text one concat upper length",
    "n text tag payload",
    ":[ 'number ( 1 + ) ]: type implement n type tag 1 +",
    ":[ 'seq ( [ 1 2 ] swap append ) ]: type implement n type tag 0 ( + ) reduce",
    ":[ 'call ( + ) 'string ( drop one ) ]: type implement 1 n type tag call",
    "n type tag print",
    "n >R 1 R> +",
    "heap-stats drop heap-check",
];

/// Phrases that begin a loop.
const SOURCES: &[&str] = &[
    "0 3 1 (for-range)",
    "3 -1 -2 range (for)",
    "[ 5 6 ] (for)",
    "[ 5 6 7 ] ( n * ) map (for)",
    "text (for)",
];

/// A part of a program.
#[derive(Clone, Debug)]
enum Part {
    Number(i8),
    Fraction(f32),
    Text(usize),
    Word(u8),
    Symbol(u8),
    Block(Vec<Self>),
    Vector(Vec<Self>),
    Dictionary(Vec<(usize, i8)>),
    If(Vec<Self>, Vec<Self>),
    Times(i8, Vec<Self>),
    ForEach(usize, Vec<Self>),
    Global(u16, u8),
    Local(u8, u8),
    Call(usize),
    Idiom(usize, i8),
}

/// The words that need nothing but the stack.
fn words() -> Vec<u8> {
    let rows = Instruction::TABLE.iter();
    let is_word = |mnemonic: &str| !mnemonic.starts_with('(');
    // What begins and ends brackets is a part of its own.
    let is_bracket = |code: u8| (0x80..=0x85).contains(&code);
    rows.filter(|row| row.operands.is_empty() && is_word(row.mnemonic) && !is_bracket(row.code))
        .map(|row| row.code)
        .collect()
}

fn part() -> impl Strategy<Value = Part> {
    let word = prop::sample::select(words());
    let leaf = prop_oneof![
        4 => any::<i8>().prop_map(Part::Number),
        1 => any::<f32>().prop_map(Part::Fraction),
        2 => (0..TEXTS.len()).prop_map(Part::Text),
        3 => word.clone().prop_map(Part::Word),
        4 => prop::sample::select(NUMERIC).prop_map(Part::Word),
        8 => (0..IDIOMS.len(), any::<i8>()).prop_map(|(index, number)| Part::Idiom(index, number)),
        1 => word.prop_map(Part::Symbol),
        2 => (0..GLOBALS, any::<u8>()).prop_map(|(index, how)| Part::Global(index, how)),
        2 => (0..3_u8, any::<u8>()).prop_map(|(slot, how)| Part::Local(slot, how)),
        1 => (0..DEFINITIONS).prop_map(Part::Call),
        1 => prop::collection::vec((0..TEXTS.len(), any::<i8>()), 0..3).prop_map(Part::Dictionary),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let some = || prop::collection::vec(inner.clone(), 0..5);
        prop_oneof![
            some().prop_map(Part::Block),
            some().prop_map(Part::Vector),
            (some(), some()).prop_map(|(then, otherwise)| Part::If(then, otherwise)),
            (0..4_i8, some()).prop_map(|(rounds, body)| Part::Times(rounds, body)),
            (0..SOURCES.len(), some()).prop_map(|(source, body)| Part::ForEach(source, body)),
        ]
    })
}

/// A program with definitions, one of which has local variables.
pub(crate) fn program() -> impl Strategy<Value = Image> {
    let parts = |count| prop::collection::vec(part(), 0..count);
    let sizes = prop_oneof![9 => Just(MEMORY_MIN), 1 => Just(MEMORY_MAX)];
    (parts(8), parts(8), parts(24), sizes).prop_map(|(first, second, main, memory)| {
        let mut assembly = Assembly::new();
        for index in 0..GLOBALS {
            assembly.global(&format!("g{index}"));
        }
        let plain = assembly.define("plain", &[], |it| put_all(it, &first, false, &[]));
        let named = assembly.define("named", &LOCALS, |it| put_all(it, &second, true, &[plain]));
        for number in [5.0, 2.0, 7.0] {
            assembly.number(number);
        }
        put_all(&mut assembly, &main, false, &[plain, named]);
        Image { memory, unit: assembly.finish() }
    })
}

fn put_all(assembly: &mut Assembly, parts: &[Part], has_locals: bool, definitions: &[u16]) {
    for part in parts {
        put(assembly, part, has_locals, definitions);
    }
}

fn put(assembly: &mut Assembly, part: &Part, has_locals: bool, definitions: &[u16]) {
    use Instruction as I;
    match part {
        Part::Number(value) => {
            assembly.put(I::Small { value: *value });
        }
        Part::Fraction(value) => {
            assembly.put(I::Literal { value: tacit_vm::Cell::number(*value).0 });
        }
        Part::Text(index) => assembly.push_string(TEXTS[*index]),
        Part::Word(code) => assembly.unit.code.push(*code),
        Part::Symbol(code) => {
            let at = definitions.first().map_or(u16::from(*code), |code| code - HEADER_BYTES);
            assembly.put(I::LiteralSymbol { at });
        }
        Part::Block(body) => assembly.block(|it| put_all(it, body, false, definitions)),
        Part::Vector(items) => {
            assembly.put(I::VectorLeft);
            put_all(assembly, items, has_locals, definitions);
            assembly.put(I::VectorRight);
        }
        Part::Dictionary(items) => {
            assembly.put(I::DictionaryLeft);
            for (key, value) in items {
                assembly.push_string(TEXTS[*key]);
                assembly.put(I::Small { value: *value });
            }
            assembly.put(I::DictionaryRight);
        }
        Part::If(then, otherwise) => {
            let to_else = assembly.put(I::BranchIfFalse { to: 0 });
            put_all(assembly, then, has_locals, definitions);
            let to_end = assembly.put(I::Branch { to: 0 });
            assembly.land(to_else);
            put_all(assembly, otherwise, has_locals, definitions);
            assembly.land(to_end);
        }
        Part::Times(rounds, body) => {
            assembly.put(I::Small { value: *rounds });
            assembly.put(I::TimesInit);
            let test = assembly.put(I::Branch { to: 0 });
            let start = assembly.here();
            put_all(assembly, body, has_locals, definitions);
            assembly.land(test);
            assembly.back(I::TimesNext { body: 0 }, start);
        }
        Part::ForEach(source, body) => {
            idiom(assembly, SOURCES[*source], 2);
            let test = assembly.put(I::Branch { to: 0 });
            let start = assembly.here();
            put_all(assembly, body, has_locals, definitions);
            assembly.land(test);
            assembly.back(I::ForNext { body: 0 }, start);
            assembly.back(I::ForGot { body: 0 }, start);
        }
        Part::Global(index, how) => {
            let index = *index;
            assembly.put(match how % 6 {
                0 => I::GlobalSet { index },
                1 => I::GlobalTake { index },
                2 => I::GlobalAt { index },
                3 => I::GlobalPut { index },
                4 => I::GlobalPath { index, count: 2 },
                _ => I::GlobalGet { index },
            });
        }
        Part::Local(slot, how) => {
            let slot = *slot;
            if has_locals {
                assembly.put(match how % 6 {
                    0 => I::LocalGet { slot },
                    1 => I::LocalTake { slot },
                    2 => I::LocalAt { slot },
                    3 => I::LocalPut { slot },
                    4 => I::LocalPutPath { slot, count: 2 },
                    _ => I::LocalSet { slot },
                });
            }
        }
        Part::Idiom(index, number) => idiom(assembly, IDIOMS[*index], *number),
        Part::Call(index) => {
            if let Some(&target) = definitions.get(*index) {
                assembly.put(I::Call { target });
            }
        }
    }
}

/// Puts a phrase of [`IDIOMS`].
fn idiom(assembly: &mut Assembly, phrase: &str, number: i8) {
    use Instruction as I;
    let mut blocks = Vec::new();
    for word in phrase.split(' ') {
        let row = Instruction::TABLE.iter().find(|row| row.mnemonic == word);
        match (word, row) {
            ("(", _) => blocks.push(assembly.put(I::LiteralCode { over: 0 })),
            (")", _) => {
                assembly.put(I::Exit);
                assembly.land(blocks.pop().expect("brackets come in pairs"));
            }
            ("n", _) => {
                assembly.put(I::Small { value: number });
            }
            ("number" | "text" | "one" | "type", _) => assembly.push_string(word),
            (_, None) if word.starts_with('\'') => assembly.push_string(&word[1..]),
            (_, Some(row)) => assembly.unit.code.push(row.code),
            (_, None) => {
                let number: f32 = word.parse().expect("a word or a number");
                assembly.number(number);
            }
        }
    }
}
