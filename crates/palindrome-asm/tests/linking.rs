//! Several units, object files, and disassembly.

mod common;

use common::{assemble_units, image, rendered};
use palindrome_asm::{
    Object, Options, Positions, Unit, assemble_object, disassemble, link, optimise,
};
use palindrome_vm::image::{Argument, from_arguments, pack_all};
use palindrome_vm::runtime::FUNCTIONS;
use palindrome_vm::{
    BaseOffset, CodeIndex, Image, Instruction, OperandKind, Order, Program,
    Strategy as MergeStrategy,
};
use proptest::prelude::*;

const FIRST: &str = ".extern double, TABLE, LIMIT\n.segment data\nown: .i64 TABLE\n.code\n\
                     loop: NOP\nmain: LI R1, LIMIT\nCALL double\nBZ R0, loop\nHALT";
const SECOND: &str = ".global double, TABLE, LIMIT\n.const LIMIT 3*7\n.segment data\n\
                      TABLE: .i64 1\n.code\nloop: NOP\ndouble: IADD R0, R1, R1\n\
                      BZ R0, loop\nRETURN";

fn object(text: &str) -> Object {
    let mut loader = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    assemble_object(&Unit::new("a.pvm", text), &mut loader).object.expect("no errors")
}

#[test]
fn units_share_globals_and_keep_their_own_labels() {
    let assembled = assemble_units(&[FIRST, SECOND]);
    let image = assembled.image.clone().unwrap_or_else(|| panic!("{}", rendered(&assembled)));
    assert_eq!(image.entry, 1);
    assert_eq!(image.segments.len(), 1, "parts of one name are joined");
    assert_eq!(image.segments[0].data[..8], ((3_i64 << 20) + 16).to_le_bytes());
    let program = Program::new(image).expect("it verifies");
    let made = program.instructions();
    assert_eq!(made[1], Instruction::LoadImm { reg: 1, value: 21 });
    assert_eq!(made[2], Instruction::Call { label: CodeIndex(6) });
    assert_eq!(made[3], Instruction::BranchZero { reg: 0, label: CodeIndex(0) });
    assert_eq!(made[7], Instruction::BranchZero { reg: 0, label: CodeIndex(5) });
    assert_eq!(program.image().line_of(7), Some(("1.pvm", 8)));
}

#[test]
fn object_files_link_like_their_units() {
    let options = Options { optimise: false, keep_sources: true };
    let objects = [FIRST, SECOND].map(|text| {
        let object = object(text);
        let again = Object::from_bytes(&object.to_bytes()).expect("it was just written");
        assert_eq!(again, object);
        again
    });
    let linked = link(objects.to_vec(), &options);
    let whole = assemble_units(&[FIRST, SECOND]);
    assert_eq!(linked.image.map(|image| image.code), whole.image.map(|image| image.code));
}

#[test]
fn every_damaged_bit_of_an_object_is_noticed() {
    let bytes = object(SECOND).to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Object::from_bytes(&damaged).is_err(), "bit {bit}");
    }
}

#[test]
fn the_entry_is_given_or_main_or_the_first() {
    assert_eq!(image("a: NOP\nHALT").entry, 0);
    assert_eq!(image("a: NOP\nmain: HALT").entry, 1);
    assert_eq!(image(".entry b\na: NOP\nmain: NOP\nb: HALT").entry, 2);
}

#[test]
fn sources_can_be_left_out() {
    let options = Options { optimise: false, keep_sources: false };
    let made = common::assemble_with(&["main: NOP\nHALT"], &options).image.expect("no errors");
    assert_eq!((made.sources[0].name.as_str(), made.sources[0].text.as_str()), ("0.pvm", ""));
    assert_eq!(made.line_of(1), Some(("0.pvm", 2)));
}

/// The segments that generated programs have, and a checkpoint and a mark for them.
const FRAME: &str = ".segment users, 64K, table [id: Int64, name: String(9) null] key id\n\
                     .byte 1, 2, 3\n.segment log, 4K, log\n.code\n";

fn argument(kind: OperandKind, len: u32) -> BoxedStrategy<Argument> {
    let register = 0_u8..16;
    let number = prop_oneof![any::<i64>(), -9_i64..9, Just(i64::MIN), Just(1 << 31)];
    match kind {
        OperandKind::Register => register.prop_map(Argument::Register).boxed(),
        OperandKind::Immediate => number.prop_map(Argument::Number).boxed(),
        OperandKind::Source => {
            prop_oneof![register.prop_map(Argument::Register), number.prop_map(Argument::Number)]
                .boxed()
        }
        OperandKind::Address => (register, number)
            .prop_map(|(base, offset)| Argument::Address(BaseOffset { base, offset }))
            .boxed(),
        OperandKind::Target => (0..len).prop_map(|n| Argument::Target(CodeIndex(n))).boxed(),
        OperandKind::Text => any::<String>().prop_map(Argument::Text).boxed(),
        OperandKind::SegmentName => prop_oneof![Just("users"), Just("log"), Just("stdin")]
            .prop_map(|name| Argument::Text(name.to_owned()))
            .boxed(),
        OperandKind::MarkName | OperandKind::CheckpointName => prop_oneof![
            Just("R1"),
            Just("start"),
            Just("two words"),
            Just("1st"),
            Just(".dot"),
            Just("")
        ]
        .prop_map(|name| Argument::Text(name.to_owned()))
        .boxed(),
        OperandKind::Length => (1_i64..=8).prop_map(Argument::Number).boxed(),
        OperandKind::RegisterSet => (1_u16..).prop_map(Argument::Registers).boxed(),
        OperandKind::FieldName => prop_oneof![Just("age"), Just("two words"), Just("R1")]
            .prop_map(|name| Argument::Text(name.to_owned()))
            .boxed(),
        OperandKind::Order => proptest::sample::select(
            Order::NAMES.iter().map(|(order, ..)| *order).collect::<Vec<_>>(),
        )
        .prop_map(Argument::Order)
        .boxed(),
        OperandKind::Runtime => proptest::sample::select(FUNCTIONS)
            .prop_map(|function| Argument::Number(i64::from(function.number)))
            .boxed(),
        OperandKind::Strategy => proptest::sample::select(
            MergeStrategy::NAMES.iter().map(|(strategy, _)| *strategy).collect::<Vec<_>>(),
        )
        .prop_map(Argument::Strategy)
        .boxed(),
    }
}

fn instruction(len: u32) -> impl Strategy<Value = Instruction> {
    proptest::sample::select(Instruction::TABLE).prop_flat_map(move |row| {
        let operands: Vec<_> = row.operands.iter().map(|(_, kind)| argument(*kind, len)).collect();
        operands.prop_map(move |arguments| {
            from_arguments(row.code, &arguments).expect("the operands are those of the row")
        })
    })
}

/// Any program whose checkpoints and marks are made.
fn program() -> impl Strategy<Value = Image> {
    proptest::collection::vec(instruction(20), 20..40).prop_map(|mut instructions| {
        let names: Vec<String> = instructions
            .iter()
            .flat_map(palindrome_vm::image::arguments)
            .filter(|(kind, _)| matches!(kind, OperandKind::MarkName | OperandKind::CheckpointName))
            .filter_map(|(_, a)| if let Argument::Text(name) = a { Some(name) } else { None })
            .collect();
        for name in names {
            instructions.push(Instruction::Checkpoint { label: name.clone() });
            instructions.push(Instruction::TapeMark { label: name });
        }
        let (code, pool, texts) = pack_all(&instructions);
        let frame = image(&format!("{FRAME}main: HALT"));
        Image { code, pool, texts, entry: 3, symbols: Vec::new(), lines: Vec::new(), ..frame }
    })
}

proptest! {
    #[test]
    fn disassembly_assembles_to_the_same_code(image in program()) {
        Program::new(image.clone()).expect("it verifies");
        let text = disassemble(&image);
        let assembled = assemble_units(&[&text]);
        let Some(again) = &assembled.image else { panic!("{text}\n{}", rendered(&assembled)) };
        prop_assert_eq!(&again.code, &image.code);
        prop_assert_eq!(&again.pool, &image.pool);
        prop_assert_eq!(&again.texts, &image.texts);
        prop_assert_eq!(again.entry, image.entry);
        prop_assert_eq!(&again.segments, &image.segments);
    }

    #[test]
    fn optimised_programs_verify(image in program()) {
        let mut once = image.clone();
        optimise(&mut once, Positions::Free);
        prop_assert!(once.code.len() <= image.code.len());
        Program::new(once.clone()).expect("it verifies");
        let mut kept = image.clone();
        optimise(&mut kept, Positions::Kept);
        prop_assert_eq!(kept.code.len(), image.code.len());
        Program::new(kept).expect("it verifies");
    }
}
