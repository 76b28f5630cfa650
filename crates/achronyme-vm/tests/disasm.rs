//! Listings: what is in the program can be read there.
#![expect(clippy::unwrap_used, reason = "a test")]

mod random;

use achronyme_vm::{
    Capture, Constant, Handler, Line, Local, Op, Pattern, Program, Prototype, Shape, ShapeField,
    Source, disassemble, verify,
};
use proptest::prelude::{any, proptest};

const SOURCE: &str = "let f = n =>\n  n + 1\nf({mut x: 2})\n";

fn sample() -> Program {
    let line = |at, start: usize, statement| {
        let start = u32::try_from(start).unwrap();
        Line { at, source: 0, start, end: start + 1, statement }
    };
    let local = |name: &str, register, start, end| Local {
        name: name.to_owned(),
        register,
        cell: false,
        start,
        end,
    };
    let main = Prototype {
        registers: 8,
        constants: vec![Constant::Number(2.0), Constant::String("no \"x\"\n".to_owned())],
        code: vec![
            Op::Closure.wide(0, 1),
            Op::Copy.abc(2, 0, 0),
            Op::LoadConst.wide(4, 0),
            Op::NewRecord.abc(3, 4, 1),
            0,
            Op::Call.abc(1, 1, 0),
            Op::DestructureRec.abc(2, 1, 0),
            0,
            0,
            Op::GetField.abc(4, 1, 0),
            0,
            0,
            Op::GetIndexMany.abc(4, 1, 3),
            0b00_01,
            Op::End.abc(1, 0, 0),
            Op::Raise.wide(0, 1),
        ],
        handlers: vec![Handler { start: 5, end: 6, target: 15, register: 1 }],
        locals: vec![local("f", 0, 1, 15)],
        lines: vec![line(0, 0, true), line(1, 21, true), line(2, 23, false)],
        ..Prototype::default()
    };
    let function = Prototype {
        name: "f".to_owned(),
        parameters_min: 1,
        parameters: 1,
        registers: 2,
        constants: vec![Constant::Number(1.0)],
        captures: vec![Capture::Register(0)],
        upvalues: vec![("f".to_owned(), false)],
        code: vec![
            Op::JumpIfPresent.abc(0, 0, 0),
            1,
            Op::LoadNull.abc(0, 0, 0),
            Op::AddK.abc(1, 0, 0),
            Op::PeekUpvalue.abc(0, 0, 0),
            Op::Return.abc(1, 0, 0),
        ],
        locals: vec![local("n", 0, 0, 6)],
        lines: vec![line(3, 15, true)],
        ..Prototype::default()
    };
    Program {
        prototypes: vec![main, function],
        names: vec!["x".to_owned()],
        shapes: vec![Shape { fields: vec![ShapeField { name: 0, mutable: true }] }],
        patterns: vec![Pattern::Record { fields: vec![(0, true)] }],
        sources: vec![Source {
            name: "sample.soc".to_owned(),
            text: SOURCE.to_owned(),
            library: false,
        }],
        ..Program::default()
    }
}

#[test]
fn a_listing_has_names_values_and_the_source() {
    let program = sample();
    verify(&program).unwrap();
    insta::assert_snapshot!(disassemble(&program), @r#"
    F0 (program)(0), 8 registers
      ; errors from 5 to 6 go to L15 with R1
      ; 1: let f = n =>
          0  closure R0, F1  ; F1 is f
      ; 3: f({mut x: 2})
          1  copy R2, R0  ; R0 is f
          2  load_const R4, K0  ; K0 is 2
          3  new_record R3, R4, 1, {mut x}
          5  call R1, 1
          6  destructure_rec R2, R1, {x?}, L9
     L9:
          9  get_field R4, R1, .x
         12  get_index_many R4, R1, 3, [_.._, _]
         14  end R1
     L15:
         15  raise K1  ; K1 is "no \"x\"\n"

    F1 f(1), 2 registers
      ; U0 is f, from R0 of its maker
          0  jump_if_present R0, L3  ; R0 is n
          2  load_null R0  ; R0 is n
      ; 2: n + 1
     L3:
          3  add_k R1, R0, K0  ; R0 is n, K0 is 1
          4  peek_upvalue R0, U0  ; R0 is n, U0 is f
          5  return R1
    "#);
}

proptest! {
    #[test]
    fn every_program_can_be_listed(seed in any::<u64>()) {
        let program = random::program(seed);
        let words: usize = program.prototypes.iter().map(|prototype| prototype.code.len()).sum();
        assert!(disassemble(&program).lines().count() <= 4 * words + 20);
    }
}
