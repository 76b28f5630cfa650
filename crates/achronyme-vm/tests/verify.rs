//! The verifier: what is whole passes, and whatever is broken is refused with the place.
#![expect(clippy::unwrap_used, reason = "a test")]

mod random;

use achronyme_library::{FieldType, Type};
use achronyme_vm::{Constant, Handler, Op, Program, Prototype, VerifyError, verify};
use proptest::prelude::{any, proptest};

use random::{Random, program};

/// A main function of four registers with this code.
fn main_with(code: &[u32]) -> Program {
    let main = Prototype {
        registers: 4,
        code: code.to_vec(),
        constants: vec![Constant::Number(1.0), Constant::String("no".to_owned())],
        ..Prototype::default()
    };
    Program { prototypes: vec![main], ..Program::default() }
}

/// A function of four registers and one argument, beside a main function.
fn function_with(code: &[u32]) -> Program {
    let mut program = main_with(&[Op::End.abc(0, 0, 0)]);
    let mut function = program.prototypes[0].clone();
    function.parameters = 1;
    function.code = code.to_vec();
    program.prototypes.push(function);
    program
}

fn refused(program: &Program) -> VerifyError {
    verify(program).unwrap_err()
}

const END: u32 = Op::End.abc(0, 0, 0);
const RETURN: u32 = Op::Return.abc(0, 0, 0);

#[test]
fn a_small_program_passes() {
    assert_eq!(verify(&main_with(&[Op::LoadConst.wide(0, 1), END])), Ok(()));
    assert_eq!(verify(&function_with(&[RETURN])), Ok(()));
}

#[test]
fn every_operand_out_of_range_is_refused() {
    let wrong = [
        [Op::LoadNull.abc(4, 0, 0), END],
        [Op::Move.abc(0, 4, 0), END],
        [Op::Add.abc(0, 0, 4), END],
        [Op::AddK.abc(0, 0, 2), END],
        [Op::LoadConst.wide(0, 2), END],
        [Op::GetUpvalue.abc(0, 0, 0), END],
        [Op::GetGlobal.wide(0, 0), END],
        [Op::CheckType.wide(0, 0), END],
        [Op::Closure.wide(0, 1), END],
        [Op::Closure.wide(0, 0), END],
        [Op::Call.abc(1, 2, 0), END],
        [Op::NewVector.abc(0, 2, 3), END],
        [Op::NewRange.abc(0, 3, 0), END],
        [Op::NewRange.abc(0, 0, 2), END],
        [Op::NewEdge.abc(0, 2, 0), END],
        [Op::IterPrepare.abc(0, 0, 0), END],
        [Op::LoadNull.abc(0, 1, 0), END],
        [Op::Raise.wide(0, 0), END],
        [Op::Raise.wide(1, 1), END],
        [Op::Yield.abc(0, 0, 0), END],
        [0xFF, END],
    ];
    for code in wrong {
        let error = refused(&main_with(&code));
        assert_eq!((error.prototype, error.at), (Some(0), Some(0)), "{error} {code:x?}");
    }
    let error = refused(&function_with(&[Op::Closure.wide(0, 0), RETURN]));
    assert_eq!(error.to_string(), "function 1, word 0: the main function is no closure");
}

#[test]
fn jumps_lead_to_instructions_and_go_back_only_where_a_run_can_stop() {
    let jump = |by: i32| main_with(&[Op::JumpIfTrue.abc(0, 0, 0), by.cast_unsigned(), END]);
    assert_eq!(verify(&jump(0)), Ok(()));
    for by in [-2, -1, 1, i32::MIN, i32::MAX] {
        assert_eq!(refused(&jump(by)).at, Some(0), "{by}");
    }
    let nops = |last| main_with(&[Op::Nop.abc(0, 0, 0), last, END]);
    assert_eq!(verify(&nops(Op::Loop.jump(-2).unwrap())), Ok(()));
    assert_eq!(verify(&nops(Op::Jump.jump(0).unwrap())), Ok(()));
    for wrong in [Op::Loop.jump(0), Op::Loop.jump(-3), Op::Jump.jump(-1), Op::Jump.jump(1)] {
        assert_eq!(refused(&nops(wrong.unwrap())).at, Some(1));
    }
}

#[test]
fn an_exchange_is_followed_by_all_of_it() {
    let whole = [
        Op::Swap.abc(0, 1, 2),
        Op::GetIndex.abc(3, 1, 2),
        Op::SetIndex.abc(1, 2, 3),
        Op::SetIndex.abc(1, 2, 0),
        END,
    ];
    assert_eq!(verify(&main_with(&whole)), Ok(()));
    for at in 1..4 {
        let mut wrong = whole;
        wrong[at] = Op::Nop.abc(0, 0, 0);
        assert_eq!(refused(&main_with(&wrong)).at, Some(0), "{at}");
    }
    let error = refused(&main_with(&[whole[0], END]));
    assert!(error.to_string().ends_with("the rest of the exchange does not follow"), "{error}");
}

#[test]
fn code_ends_where_control_ends() {
    for code in [&[][..], &[Op::Nop.abc(0, 0, 0)], &[END, Op::JumpIfTrue.abc(0, 0, 0), 0]] {
        assert_eq!(refused(&main_with(code)).prototype, Some(0));
    }
    assert_eq!(refused(&main_with(&[END, Op::JumpIfTrue.abc(0, 0, 0)])).at, Some(1));
}

#[test]
fn iter_next_and_iter_take_belong_together() {
    let code = |next: [u32; 2], take: [u32; 2]| {
        let mut program = main_with(&[next[0], next[1], take[0], take[1], END]);
        program.prototypes[0].registers = 8;
        program
    };
    let (next, take) = (Op::IterNext.abc(1, 0, 0), Op::IterTake.abc(1, 0, 0));
    assert_eq!(verify(&code([next, 2], [take, 0])), Ok(()));
    assert!(verify(&code([next, 0], [take, 0])).is_err());
    assert!(verify(&code([next, 2], [Op::IterTake.abc(2, 0, 0), 0])).is_err());
    assert!(verify(&code([take, 2], [take, 0])).is_err());
    assert!(verify(&code([next, 2], [next, 0])).is_err());
}

#[test]
fn masks_tell_all_registers_apart() {
    let get = |count, mask| main_with(&[Op::GetIndexMany.abc(0, 0, count), mask, END]);
    for (count, mask) in [(1, 0), (1, 2), (2, 1), (3, 0b01_11), (3, 0b10_01)] {
        assert_eq!(verify(&get(count, mask)), Ok(()), "{count} {mask:b}");
    }
    for (count, mask) in [(0, 0), (1, 1), (1, 0b10_00), (3, 0b01_01), (4, 0)] {
        assert!(verify(&get(count, mask)).is_err(), "{count} {mask:b}");
    }
}

#[test]
fn aliases_may_lead_back_only_through_what_is_taken_apart() {
    let with = |aliases: Vec<Type>| Program { aliases, ..main_with(&[END]) };
    let field = |annotation| FieldType {
        name: "next".to_owned(),
        optional: true,
        mutable: false,
        annotation,
    };
    assert_eq!(verify(&with(vec![Type::Record(vec![field(Type::Alias(0))])])), Ok(()));
    assert_eq!(verify(&with(vec![Type::Alias(1), Type::Any])), Ok(()));
    assert!(verify(&with(vec![Type::Alias(0)])).is_err());
    assert!(verify(&with(vec![Type::Alias(1)])).is_err());
    let round = vec![Type::Union(vec![Type::Any, Type::Alias(1)]), Type::Alias(0)];
    assert!(verify(&with(round)).is_err());
    let chain: Vec<_> = (1..=60_000).map(Type::Alias).chain([Type::Any]).collect();
    assert_eq!(verify(&with(chain)), Ok(()));
}

#[test]
fn errors_are_passed_on_forwards() {
    let with = |start, end, target| {
        let mut program = main_with(&[Op::Nop.abc(0, 0, 0), Op::Nop.abc(0, 0, 0), END]);
        program.prototypes[0].handlers.push(Handler { start, end, target, register: 3 });
        verify(&program)
    };
    assert_eq!(with(0, 2, 2), Ok(()));
    for (start, end, target) in [(0, 2, 1), (1, 1, 2), (2, 1, 2), (0, 4, 2), (0, 2, 3)] {
        assert!(with(start, end, target).is_err(), "{start} {end} {target}");
    }
}

proptest! {
    #[test]
    fn programs_with_everything_in_them_pass(seed in any::<u64>()) {
        assert_eq!(verify(&program(seed)), Ok(()));
    }

    #[test]
    fn programs_with_changed_words_pass_or_are_refused(seed in any::<u64>(), change in any::<u64>()) {
        let mut program = program(seed);
        let random = &Random::new(change);
        for _ in 0..=random.below(3) {
            let index = random.below(program.prototypes.len());
            let prototype = &mut program.prototypes[index];
            let at = random.below(prototype.code.len());
            match random.below(6) {
                0 => prototype.code[at] = random.word(1 << 32),
                1 => prototype.code[at] ^= 1 << random.below(32),
                2 => drop(prototype.code.drain(at..)),
                3 => prototype.registers = u16::try_from(random.below(300)).unwrap(),
                4 => prototype.constants.truncate(random.below(300)),
                _ => program.names.truncate(random.below(12)),
            }
            if program.prototypes[index].code.is_empty() {
                break;
            }
        }
        let _verified = verify(&program);
    }
}
