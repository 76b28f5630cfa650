//! Random programs of data words, against values that are simply copied.
//!
//! After every word the values on the stack are those of the model and the heap is in order, also
//! when the word failed and was undone. In the end nothing is left in use.

mod model;

use proptest::prelude::*;

use crate::flow::Flow;
use crate::heap::shape::Shape;
use crate::layout::Layout;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;
use model::Value;

/// Values larger than this in the model are not made.
const SIZE_MAX: usize = 8000;
const WORDS: [&str; 23] = [
    "m,", "get", "put", "has", "del", "length", "keys", "values", "to-dict", "concat", "append",
    "slice", "reverse", "sort", "distinct", "flatten", "in", "index-of", "fill", "+", "m-", "=",
    "<",
];

#[derive(Clone, Debug)]
enum Step {
    Push(Value),
    /// A vector of so many numbers.
    Vector(usize),
    Dictionary,
    Array(usize),
    Bytes(usize),
    /// Copies a value from the stack: it is seen twice then.
    Pick(prop::sample::Index),
    /// Moves a value to the top.
    Roll(prop::sample::Index),
    Drop,
    /// A vector of both on top.
    Pair,
    Compact,
    /// A word, and operands that are put on the stack for it.
    Word(&'static str, Vec<Value>),
}

fn step() -> impl Strategy<Value = Step> {
    let strings = prop::sample::select(vec!["", "a", "abc", "ä€", "k1", "k2"]);
    let lengths = prop::sample::select(vec![0_usize, 1, 2, 13, 14, 15, 28, 29, 100, 1000, 3000]);
    prop_oneof![
        3 => index().prop_map(Step::Push),
        3 => strings.prop_map(|text| Step::Push(Value::String(text.to_string()))),
        1 => Just(Step::Push(Value::Nil)),
        3 => lengths.clone().prop_map(Step::Vector),
        2 => Just(Step::Dictionary),
        1 => lengths.clone().prop_map(Step::Array),
        1 => lengths.prop_map(Step::Bytes),
        6 => any::<prop::sample::Index>().prop_map(Step::Pick),
        4 => any::<prop::sample::Index>().prop_map(Step::Roll),
        2 => Just(Step::Drop),
        2 => Just(Step::Pair),
        1 => Just(Step::Compact),
        20 => prop::sample::select(WORDS.to_vec()).prop_map(|word| Step::Word(word, Vec::new())),
        5 => (prop::sample::select(vec!["get", "has", "del", "del"]), index())
            .prop_map(|(word, index)| Step::Word(word, vec![index])),
        4 => (index(), index()).prop_map(|(key, value)| Step::Word("put", vec![key, value])),
        4 => (key(), index()).prop_map(|(key, value)| Step::Word("put", vec![key, value])),
        2 => key().prop_map(|key| Step::Word("del", vec![key])),
        4 => Just(Step::Word("del", vec![Value::Number(0.0)])),
        2 => Just(Step::Word("del", vec![Value::Number(14.0)])),
        3 => (index(), index()).prop_map(|(from, to)| Step::Word("slice", vec![from, to])),
        2 => index().prop_map(|from| Step::Word("slice", vec![from, Value::Number(1e9)])),
        1 => prop::collection::vec((key(), index()), 0..20).prop_map(|pairs| {
            let (keys, values) = pairs.into_iter().unzip();
            Step::Word("to-dict", vec![Value::vector(keys), Value::vector(values)])
        }),
    ]
}

/// An index that is often there, also at the ends of blocks.
fn index() -> impl Strategy<Value = Value> {
    let ends = prop::sample::select(vec![12_i8, 13, 14, 27]);
    prop_oneof![0..2_i8, -1..35_i8, ends].prop_map(|index| Value::Number(f32::from(index)))
}

/// One of 40 keys.
fn key() -> impl Strategy<Value = Value> {
    (0..40_u8).prop_map(|key| Value::String(format!("k{key}")))
}

/// Puts a value of the model on the stack.
fn push(vm: &mut Vm, value: &Value) -> Result<(), Trap> {
    let cell = cell(vm, value)?;
    vm.push(cell);
    Ok(())
}

fn cell(vm: &mut Vm, value: &Value) -> Result<Cell, Trap> {
    match value {
        Value::Number(number) => Ok(Cell::number(*number)),
        Value::String(text) => vm.memory.intern_cell(text),
        Value::Nil => Ok(Cell::NIL),
        Value::Vector(values, _) | Value::Array(values, ..) => {
            let cells: Result<Vec<Cell>, Trap> =
                values.iter().map(|value| cell(vm, value)).collect();
            vm.memory.new_vector(&cells?)
        }
        Value::Dictionary(..) => vm.memory.new_dictionary(&[]),
    }
}

/// What the machine has on its stack.
fn seen(vm: &Vm) -> Vec<Value> {
    vm.stack().into_iter().map(|cell| value(vm, cell)).collect()
}

fn value(vm: &Vm, cell: Cell) -> Value {
    let memory = &vm.memory;
    let values = |cells: Vec<Cell>| cells.into_iter().map(|cell| value(vm, cell)).collect();
    match memory.shape(cell) {
        Shape::Number => Value::Number(cell.as_number().unwrap()),
        Shape::String => Value::String(memory.text(cell.address())),
        Shape::Nil => Value::Nil,
        Shape::Vector => Value::vector(values(memory.vector_cells(cell))),
        Shape::Array => Value::array(values(memory.array_elements(cell)), memory.is_bytes(cell)),
        Shape::Dictionary => {
            let pairs = memory.dictionary_pairs(cell).into_iter();
            let pairs = pairs.map(|(key, item)| (memory.text(key.address()), value(vm, item)));
            let keys: Vec<String> = pairs.clone().map(|(key, _)| key).collect();
            assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
            Value::dictionary(pairs.collect())
        }
        other @ (Shape::Symbol
        | Shape::Sequence
        | Shape::Object
        | Shape::Promise
        | Shape::Code
        | Shape::Internal) => panic!("no {other:?} was made"),
    }
}

fn run(vm: &mut Vm, step: &Step) -> Result<Flow, Trap> {
    let (sp, depth) = (usize::from(vm.registers.sp), vm.depth());
    match step {
        Step::Push(value) => push(vm, value)?,
        Step::Vector(length) => {
            let cells: Vec<Cell> = (0..*length).map(|index| Cell::count(index % 50)).collect();
            let vector = vm.memory.new_vector(&cells)?;
            vm.push(vector);
        }
        Step::Dictionary => {
            let dictionary = vm.memory.new_dictionary(&[])?;
            vm.push(dictionary);
        }
        Step::Array(length) => {
            vm.push(Cell::count(*length));
            vm.new_array()?;
        }
        Step::Bytes(length) => {
            vm.push(Cell::count(*length));
            vm.new_bytes()?;
        }
        Step::Pick(index) if depth > 0 => {
            let cell = vm.peek(u16::try_from(index.index(depth)).unwrap());
            vm.memory.retain(cell)?;
            vm.push(cell);
        }
        Step::Roll(index) if depth > 0 => {
            let below = index.index(depth);
            let cell = vm.peek(u16::try_from(below).unwrap());
            for at in sp - 1 - below..sp - 1 {
                let next = vm.memory.get(at + 1);
                vm.memory.set(at, next);
            }
            vm.poke(0, cell);
        }
        Step::Drop if depth > 0 => {
            let cell = vm.pop();
            vm.memory.release(cell)?;
        }
        Step::Pair if depth > 1 => {
            let (b, a) = (vm.pop(), vm.pop());
            let pair = vm.memory.new_vector(&[a, b])?;
            vm.push(pair);
        }
        Step::Compact => return vm.compact(),
        Step::Word(word, operands) => {
            operands.iter().try_for_each(|value| push(vm, value))?;
            return run_word(vm, word);
        }
        Step::Pick(_) | Step::Roll(_) | Step::Drop | Step::Pair => {
            return Err(Trap::Raised { text: "too little there".to_string() });
        }
    }
    Ok(Flow::Next)
}

fn run_word(vm: &mut Vm, word: &str) -> Result<Flow, Trap> {
    match word {
        "m," => vm.enlist(),
        "get" => vm.get(),
        "put" => vm.put(),
        "has" => vm.has(),
        "del" => vm.delete(),
        "length" => vm.length(),
        "keys" => vm.keys(),
        "values" => vm.values(),
        "to-dict" => vm.to_dictionary(),
        "concat" => vm.concat(),
        "append" => vm.append(),
        "slice" => vm.slice(),
        "reverse" => vm.reverse(),
        "sort" => vm.sort(),
        "distinct" => vm.distinct(),
        "flatten" => vm.flatten(),
        "in" => vm.is_in(),
        "index-of" => vm.index_of(),
        "fill" => vm.fill(),
        "+" => vm.add(),
        "m-" => vm.negate(),
        "=" => vm.equal(),
        "<" => vm.less(),
        _ => panic!("no word {word}"),
    }
}

/// What a step makes of the values, if it can be done.
fn expected(stack: &[Value], step: &Step) -> Option<Vec<Value>> {
    let mut stack = stack.to_vec();
    let zeros = |length| vec![Value::Number(0.0); length];
    let pushed = match step {
        Step::Push(value) => value.clone(),
        Step::Vector(length) => {
            let number = |index: usize| Value::Number(u8::try_from(index % 50).unwrap().into());
            Value::vector((0..*length).map(number).collect())
        }
        Step::Dictionary => Value::dictionary(std::collections::BTreeMap::new()),
        Step::Array(length) => Value::array(zeros(*length), false),
        Step::Bytes(length) => Value::array(zeros(*length), true),
        Step::Pick(index) if !stack.is_empty() => {
            stack[stack.len() - 1 - index.index(stack.len())].clone()
        }
        Step::Roll(index) if !stack.is_empty() => {
            let at = stack.len() - 1 - index.index(stack.len());
            stack.remove(at)
        }
        Step::Drop => {
            stack.pop()?;
            return Some(stack);
        }
        Step::Pair => {
            let (b, a) = (stack.pop()?, stack.pop()?);
            Value::vector(vec![a, b])
        }
        Step::Compact => return Some(stack),
        Step::Word(word, operands) => {
            stack.extend(operands.iter().cloned());
            let operands = model::operands(word);
            let operands = stack.split_off(stack.len().checked_sub(operands)?);
            model::apply(word, &operands)?
        }
        Step::Pick(_) | Step::Roll(_) => return None,
    };
    stack.push(pushed);
    Some(stack)
}

fn is_out_of_room(trap: &Trap) -> bool {
    matches!(
        trap,
        Trap::HeapFull { .. }
            | Trap::Quota { .. }
            | Trap::StringTooLong { .. }
            | Trap::StringsFull { .. }
            | Trap::TextTooLong { .. }
            | Trap::StackOverflow { .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn data_words_do_what_copying_values_would_do(
        steps in prop::collection::vec(step(), 1..120),
        quota in prop_oneof![9 => Just(0_u32), 1 => 20..60_u32],
    ) {
        let mut vm = Vm::new(Layout::DEFAULT);
        vm.memory.set_register(crate::layout::Register::Quota, quota);
        let mut stack: Vec<Value> = Vec::new();
        for step in steps {
            let expected = expected(&stack, &step);
            let size = |stack: &Vec<Value>| stack.iter().map(Value::size).sum::<usize>();
            if expected.as_ref().is_some_and(|stack| size(stack) > SIZE_MAX) {
                continue;
            }
            let (registers, cells) = (vm.registers, vm.memory.cells().to_vec());
            vm.memory.clear_log();
            match run(&mut vm, &step) {
                Ok(flow) => {
                    prop_assert_eq!(flow, Flow::Next);
                    prop_assert!(expected.is_some(), "{:?} should fail on {:?}", step, stack);
                    stack = expected.unwrap_or_default();
                }
                Err(trap) => {
                    let is_failure = expected.is_none() || is_out_of_room(&trap);
                    prop_assert!(is_failure, "{:?} failed: {}", step, trap);
                    vm.memory.roll_back();
                    vm.registers = registers;
                    prop_assert!(vm.memory.cells() == cells, "{:?} was not undone", step);
                }
            }
            prop_assert_eq!(vm.check(), Ok(()), "after {:?}", step);
            prop_assert!(seen(&vm) == stack, "{:?} made {:?}", step, vm.stack());
        }
        while vm.depth() > 0 {
            let cell = vm.pop();
            vm.memory.release(cell).unwrap();
            prop_assert_eq!(vm.check(), Ok(()));
        }
        prop_assert_eq!(vm.memory.blocks_used(), 0);
    }
}
