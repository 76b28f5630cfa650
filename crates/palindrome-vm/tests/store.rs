//! Runtime functions of the store: rows against a naive twin, indexes against scans, faults that
//! change nothing, and all of it undone to the bit.

use std::collections::BTreeMap;

use machine::{Machine, Probes, Stop, Tick};
use palindrome_vm::image::{SegmentImage, pack};
use palindrome_vm::runtime::{self, COUNT_CONSTANT, HEAD, KIND_TEXT, head_word};
use palindrome_vm::{BaseOffset, Image, Instruction as I, Program, SegmentType, Trap, Vm, layout};
use proptest::prelude::*;
use relational::{
    Arithmetic, Atom, Comparison, Definition, Expr, Field, IndexDefinition, IndexKind, Literal,
    Query, RelationId, Rule, Signature, Source, Store, Term, Type, Value,
};

const DATA: i64 = 0x30_0000;

/// A program in the making.
#[derive(Default)]
struct Code {
    instructions: Vec<I>,
    data: Vec<u8>,
}

impl Code {
    /// The position of a text among the constants.
    fn text(&mut self, bytes: &[u8]) -> i64 {
        let at = DATA + i64::try_from(self.data.len()).expect("small");
        self.data.extend(head_word(KIND_TEXT, 0, COUNT_CONSTANT).to_le_bytes());
        self.data.extend((bytes.len() as u64).to_le_bytes());
        self.data.extend(bytes);
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        at
    }

    fn set(&mut self, register: u8, value: i64) {
        self.instructions.push(I::LoadImm { reg: register, value });
    }

    fn call(&mut self, name: &str) {
        let function = runtime::named(name).expect("a function").number;
        self.instructions.push(I::CallRuntime { function });
    }

    fn keep(&mut self, register: u8) {
        self.instructions.push(I::Move { dst: register, src: 0 });
    }

    /// Makes a record of these words, and puts it into a register.
    fn record(&mut self, register: u8, references: i64, words: &[i64]) {
        self.set(1, i64::try_from(words.len()).expect("few"));
        self.set(2, references);
        self.call("record_new");
        self.keep(register);
        for (word, place) in words.iter().zip(0..) {
            self.set(6, *word);
            let addr = BaseOffset { base: register, offset: HEAD + 8 * place };
            self.instructions.push(I::Store { addr, reg: 6 });
        }
    }

    fn finish(mut self) -> Vm {
        self.instructions.push(I::Halt);
        let mut image = Image::default();
        for instruction in &self.instructions {
            image.code.push(pack(instruction, &mut image.pool, &mut image.texts));
        }
        let (name, kind) = ("data".to_owned(), SegmentType::Data);
        let size = (self.data.len() as u64).max(8);
        image.segments.push(SegmentImage { name, start: DATA, size, kind, data: self.data });
        Vm::load(Program::new(image).expect("it verifies"))
    }
}

fn person() -> Definition {
    let fields = vec![
        Field::new("id", Type::Int),
        Field::new("name", Type::String),
        Field::new("age", Type::Int),
    ];
    Definition { name: "Person".into(), key: vec!["id".into()], fields, ..Definition::default() }
}

/// Person without indexes; its number stays in R15.
fn with_plain_person() -> Code {
    let mut code = Code::default();
    let definition = code.text(&person().to_bytes());
    code.set(1, definition);
    code.call("relation_create");
    code.keep(15);
    code
}

/// The same with indexes on age and name.
fn with_person() -> Code {
    let mut code = with_plain_person();
    for (name, kind) in [("age", IndexKind::BTree), ("name", IndexKind::Hash)] {
        let index =
            IndexDefinition { name: name.into(), kind, unique: false, fields: vec![name.into()] };
        let index = code.text(&index.to_bytes());
        code.instructions.push(I::Move { dst: 1, src: 15 });
        code.set(2, index);
        code.call("index_create");
    }
    code
}

/// Calls a function on Person with records in R8 and R9.
fn on_person(code: &mut Code, name: &str) {
    code.instructions.push(I::Move { dst: 1, src: 15 });
    code.instructions.push(I::Move { dst: 2, src: 8 });
    code.instructions.push(I::Move { dst: 3, src: 9 });
    code.call(name);
}

fn run(vm: &mut Vm) -> Stop<Trap> {
    vm.run(Tick::at(1 << 30), &Probes::none())
}

fn word(vm: &Vm, at: i64) -> i64 {
    let mut bytes = [0; 8];
    assert!(vm.tape.peek(at, &mut bytes));
    i64::from_le_bytes(bytes)
}

fn text(vm: &Vm, at: i64) -> String {
    let mut bytes = vec![0; usize::try_from(word(vm, at + 8)).expect("a length")];
    assert!(vm.tape.peek(at + HEAD, &mut bytes));
    String::from_utf8(bytes).expect("a text")
}

type Person = (i64, String, i64);

/// A record of Person: the name is its only reference, and comes first.
fn row(vm: &Vm, at: i64) -> Person {
    (word(vm, at + 24), text(vm, word(vm, at + 16)), word(vm, at + 32))
}

/// A list of them.
fn rows(vm: &Vm, list: i64) -> Vec<Person> {
    let length = word(vm, list + 8) & 0xffff_ffff;
    (0..length).map(|place| row(vm, word(vm, list + HEAD + 8 * place))).collect()
}

#[derive(Clone, Debug)]
enum Op {
    Insert(i64, u8, i64),
    Upsert(i64, u8, i64),
    Update(i64, i64, u8, i64),
    Delete(i64),
    Get(i64),
    Count,
    /// To the age, or from it.
    Step(bool, i64, i64),
}

fn op() -> impl Strategy<Value = Op> {
    let id = || 0..12_i64;
    prop_oneof![
        3 => (id(), 0..4_u8, 0..9_i64).prop_map(|(id, name, age)| Op::Insert(id, name, age)),
        2 => (id(), 0..4_u8, 0..9_i64).prop_map(|(id, name, age)| Op::Upsert(id, name, age)),
        2 => (id(), id(), 0..4_u8, 0..9_i64)
            .prop_map(|(key, id, name, age)| Op::Update(key, id, name, age)),
        2 => id().prop_map(Op::Delete),
        1 => id().prop_map(Op::Get),
        1 => Just(Op::Count),
        3 => (any::<bool>(), id(), prop_oneof![4 => -9..9_i64, 1 => Just(i64::MAX), 1 => Just(i64::MIN)])
            .prop_map(|(adds, id, by)| Op::Step(adds, id, by)),
    ]
}

/// The code for some operations, without those that would fault, and the rows there are then.
fn written(mut code: Code, ops: &[Op]) -> (Code, BTreeMap<i64, Person>) {
    let names = ["", "Ada", "Bob", "Œuvre"].map(|name| code.text(name.as_bytes()));
    let plain = ["", "Ada", "Bob", "Œuvre"];
    let mut twin = BTreeMap::new();
    for op in ops {
        match *op {
            Op::Insert(id, name, age) | Op::Upsert(id, name, age) => {
                let is_insert = matches!(op, Op::Insert(..));
                if is_insert && twin.contains_key(&id) {
                    continue;
                }
                twin.insert(id, (id, plain[usize::from(name)].to_owned(), age));
                let name = names[usize::from(name)];
                // Rows of odd ages are given as words in the order of the fields.
                if age % 2 == 0 {
                    code.record(8, 1, &[name, id, age]);
                    on_person(
                        &mut code,
                        if is_insert { "relation_insert" } else { "relation_upsert" },
                    );
                } else {
                    code.record(8, 0, &[id, name, age]);
                    code.instructions.push(I::IAddImm { dst: 8, src: 8, value: HEAD });
                    on_person(&mut code, if is_insert { "row_insert" } else { "row_upsert" });
                }
            }
            Op::Update(key, id, name, age) => {
                if !twin.contains_key(&key) || key != id && twin.contains_key(&id) {
                    continue;
                }
                twin.remove(&key);
                twin.insert(id, (id, plain[usize::from(name)].to_owned(), age));
                code.record(8, 0, &[key]);
                code.record(9, 1, &[names[usize::from(name)], id, age]);
                on_person(&mut code, "relation_update");
            }
            Op::Delete(id) => {
                twin.remove(&id);
                code.record(8, 0, &[id]);
                on_person(&mut code, "relation_delete");
            }
            Op::Get(id) => {
                code.record(8, 0, &[id]);
                on_person(&mut code, "relation_get");
            }
            Op::Count => on_person(&mut code, "relation_count"),
            Op::Step(adds, id, by) => {
                let change = if adds { i64::checked_add } else { i64::checked_sub };
                if let Some((_, _, age)) = twin.get_mut(&id) {
                    *age = change(*age, by).unwrap_or(*age);
                }
                code.record(8, 0, &[id]);
                code.instructions.push(I::Move { dst: 1, src: 15 });
                code.instructions.push(I::IAddImm { dst: 2, src: 8, value: HEAD });
                code.set(3, 2);
                code.set(4, by);
                code.call(if adds { "row_add" } else { "row_subtract" });
            }
        }
    }
    (code, twin)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_are_those_of_the_twin_by_scan_by_key_and_by_index(
        ops in prop::collection::vec(op(), 0..40),
        age in 0..9_i64,
        name in 0..4_usize,
    ) {
        let (mut code, twin) = written(with_person(), &ops);
        for scan in ["scan_up", "scan_down"] {
            code.instructions.push(I::Move { dst: 1, src: 15 });
            code.call(scan);
            code.keep(1);
            for _ in 0..twin.len() {
                code.call("cursor_next");
                code.instructions.push(I::Push { reg: 0 });
            }
            code.call("cursor_next");
            code.instructions.push(I::Push { reg: 0 });
            code.call("cursor_next");
            code.instructions.push(I::Push { reg: 0 });
        }
        let index_age = code.text(b"age");
        code.record(10, 0, &[age]);
        code.instructions.push(I::Move { dst: 1, src: 15 });
        code.set(2, index_age);
        code.instructions.push(I::Move { dst: 3, src: 10 });
        code.set(4, 0);
        code.call("index_between");
        code.instructions.push(I::Push { reg: 0 });
        let names = ["", "Ada", "Bob", "Œuvre"];
        let (index_name, wanted) = (code.text(b"name"), code.text(names[name].as_bytes()));
        code.record(10, 1, &[wanted]);
        code.instructions.push(I::Move { dst: 1, src: 15 });
        code.set(2, index_name);
        code.instructions.push(I::Move { dst: 3, src: 10 });
        code.call("index_find");
        code.instructions.push(I::Push { reg: 0 });
        let mut vm = code.finish();
        let stop = run(&mut vm);
        prop_assert!(matches!(stop, Stop::Ended(_)), "{:?}", stop);
        let mut at = layout::STACK.end;
        let mut pushed = || {
            at -= 8;
            word(&vm, at)
        };
        let up: Vec<_> = twin.values().map(|_| row(&vm, pushed())).collect();
        prop_assert!(up.iter().eq(twin.values()));
        prop_assert_eq!((pushed(), pushed()), (0, 0));
        let down: Vec<_> = twin.values().map(|_| row(&vm, pushed())).collect();
        prop_assert!(down.iter().eq(twin.values().rev()));
        prop_assert_eq!((pushed(), pushed()), (0, 0));
        let mut older: Vec<_> = twin.values().filter(|row| row.2 >= age).cloned().collect();
        older.sort_by_key(|row| (row.2, row.0));
        prop_assert_eq!(rows(&vm, pushed()), older);
        let mut same = rows(&vm, pushed());
        same.sort_unstable();
        let wanted: Vec<_> = twin.values().filter(|row| row.1 == names[name]).cloned().collect();
        prop_assert_eq!(same, wanted);
        let mut store = Store::open(&vm.tape, layout::STORE.start).expect("it is there");
        prop_assert_eq!(store.verify(&vm.tape), Ok(()));
    }

    #[test]
    fn forward_back_and_forward_again_give_the_same_states(
        ops in prop::collection::vec(op(), 1..20),
        back in any::<prop::sample::Index>(),
        is_plain in any::<bool>(),
    ) {
        let code = if is_plain { with_plain_person() } else { with_person() };
        let (code, twin) = written(code, &ops);
        let mut vm = code.finish();
        vm.keep_trail(1 << 26);
        let mut states = vec![vm.state_hash()];
        loop {
            let stop = vm.run(Tick::at(states.len() as u64), &Probes::none());
            if stop != Stop::Reached {
                prop_assert!(matches!(stop, Stop::Ended(_)), "{:?}", stop);
                break;
            }
            states.push(vm.state_hash());
        }
        let mut store = Store::open(&vm.tape, layout::STORE.start).expect("it is there");
        let id = store.find_relation(&vm.tape, "Person").expect("it is there").id();
        for (key, (_, _, age)) in &twin {
            let found = store.get_field(&vm.tape, id, &[Value::Int(*key)], 2);
            prop_assert_eq!(found, Ok(Some(Value::Int(*age))));
        }
        prop_assert_eq!(store.count(&vm.tape, id), Ok(twin.len() as u64));
        prop_assert_eq!(store.verify(&vm.tape), Ok(()));
        let last = states.len() - 1;
        let steps = back.index(last + 1);
        prop_assert_eq!(vm.back(steps as u64), steps as u64);
        prop_assert_eq!(vm.state_hash(), states[last - steps]);
        run(&mut vm);
        prop_assert_eq!(vm.state_hash(), states[last]);
        for expected in states.iter().rev().skip(1) {
            prop_assert_eq!(vm.back(1), 1);
            prop_assert_eq!(vm.state_hash(), *expected);
        }
    }
}

#[test]
fn a_sum_that_does_not_fit_changes_nothing() {
    let mut code = written(with_plain_person(), &[Op::Insert(1, 1, 36)]).0;
    for (id, field, by) in [(1, 2, i64::MAX), (1, 2, 6), (2, 2, 6)] {
        code.record(8, 0, &[id]);
        code.instructions.push(I::Move { dst: 1, src: 15 });
        code.instructions.push(I::IAddImm { dst: 2, src: 8, value: HEAD });
        code.set(3, field);
        code.set(4, by);
        code.call("row_add");
        code.instructions.push(I::Push { reg: 0 });
    }
    // The name is no number.
    code.set(3, 1);
    code.call("row_add");
    let mut vm = code.finish();
    let Stop::Trapped(Trap::Store { reason }) = run(&mut vm) else { panic!("it is refused") };
    assert_eq!(reason, "`name` of `Person` is no whole number");
    let said: Vec<i64> = (1..=3).map(|place| word(&vm, layout::STACK.end - 8 * place)).collect();
    assert_eq!(said, [-1, 1, 0]);
    let mut store = Store::open(&vm.tape, layout::STORE.start).expect("it is there");
    let id = store.find_relation(&vm.tape, "Person").expect("it is there").id();
    let found = store.get_field(&vm.tape, id, &[Value::Int(1)], 2);
    assert_eq!(found, Ok(Some(Value::Int(42))));
}

#[test]
fn a_clash_names_both_rows_and_changes_nothing() {
    let (mut code, _) = written(with_person(), &[Op::Insert(1, 1, 36)]);
    let bob = code.text(b"Bob");
    code.record(8, 1, &[bob, 1, 50]);
    on_person(&mut code, "relation_insert");
    let mut vm = code.finish();
    let Stop::Trapped(trap) = run(&mut vm) else { panic!("it clashes") };
    let message = trap.to_string();
    let stands = message.contains("{id: 1, name: \"Ada\", age: 36} stands");
    assert!(stands && message.contains("{id: 1, name: \"Bob\", age: 50} is new"), "{message}");
    let before = vm.state_hash();
    assert_eq!(run(&mut vm), Stop::Trapped(trap));
    assert_eq!(vm.state_hash(), before);
}

#[test]
fn a_broken_reference_names_both_rows() {
    let (mut code, _) = written(with_person(), &[Op::Insert(1, 1, 36)]);
    let pet = Definition {
        name: "Pet".into(),
        fields: vec![Field::new("name", Type::String), Field::new("of", Type::Int)],
        references: vec![(vec!["of".into()], "Person".into())],
        ..Definition::default()
    };
    let (pet, rex) = (code.text(&pet.to_bytes()), code.text(b"Rex"));
    code.set(1, pet);
    code.call("relation_create");
    code.keep(14);
    code.record(8, 1, &[rex, 1]);
    code.instructions.push(I::Move { dst: 1, src: 14 });
    code.instructions.push(I::Move { dst: 2, src: 8 });
    code.call("relation_insert");
    code.record(8, 0, &[1]);
    on_person(&mut code, "relation_delete");
    let mut vm = code.finish();
    let Stop::Trapped(trap) = run(&mut vm) else { panic!("Rex needs Ada") };
    assert_eq!(
        trap.to_string(),
        "{id: 1} of \"Person\" cannot go: {name: \"Rex\", of: 1} of \"Pet\" refers to it"
    );
}

#[test]
fn a_query_in_bytes_gives_rows_and_its_plan() {
    let people = [Op::Insert(1, 1, 3), Op::Insert(2, 2, 5), Op::Insert(3, 1, 8)];
    let (mut code, _) = written(with_person(), &people);
    let signature = Signature {
        relations: vec!["Person".into()],
        parameters: vec![Type::Option(Box::new(Type::Int))],
        columns: vec![Type::Int, Type::String, Type::Int],
    };
    let twice = Expr::Arithmetic(
        Arithmetic::Multiply,
        Box::new(Expr::Field(2)),
        Box::new(Expr::Value(Value::Int(2))),
    );
    let older = Expr::Field(2).compare(Comparison::AtLeast, Expr::Parameter(0));
    let filtered = Query::Filter(Box::new(Query::Relation(RelationId::new(0))), older);
    let columns = vec![Expr::Field(0), Expr::Field(1), twice];
    let query = Query::Project(Box::new(filtered), columns);
    let query = code.text(&signature.to_bytes(&query));
    code.record(8, 0, &[5]);
    code.record(9, 1, &[0]);
    code.instructions.push(I::Store { addr: BaseOffset { base: 9, offset: HEAD }, reg: 8 });
    for name in ["query_rows", "query_explain"] {
        code.set(1, query);
        code.instructions.push(I::Move { dst: 2, src: 9 });
        code.call(name);
        code.instructions.push(I::Push { reg: 0 });
    }
    let mut vm = code.finish();
    assert!(matches!(run(&mut vm), Stop::Ended(_)));
    let end = layout::STACK.end;
    let expected = [(2, "Bob".to_owned(), 10), (3, "Ada".to_owned(), 16)];
    assert_eq!(rows(&vm, word(&vm, end - 8)), expected);
    let plan = text(&vm, word(&vm, end - 16));
    assert!(plan.contains("2 found"), "{plan}");
}

#[test]
fn rules_are_put_into_their_relations_and_only_changes_are_written() {
    let mut code = Code::default();
    let pair = |name: &str| {
        let fields = vec![Field::new("a", Type::Int), Field::new("b", Type::Int)];
        Definition { name: name.into(), fields, ..Definition::default() }
    };
    let definitions =
        [code.text(&pair("parent").to_bytes()), code.text(&pair("ancestor").to_bytes())];
    for (definition, register) in definitions.into_iter().zip([14, 15]) {
        code.set(1, definition);
        code.call("relation_create");
        code.keep(register);
    }
    let atom = |predicate, one, other| Atom {
        predicate,
        terms: vec![Term::Variable(one), Term::Variable(other)],
    };
    let rule = |body| Rule { head: atom(1, 0, 2), body };
    let program = relational::Program {
        predicates: vec![
            ("parent".into(), Source::Relation(RelationId::new(0))),
            ("ancestor".into(), Source::Rules(2)),
        ],
        rules: vec![
            rule(vec![Literal::Holds(atom(0, 0, 2))]),
            rule(vec![Literal::Holds(atom(0, 0, 1)), Literal::Holds(atom(1, 1, 2))]),
        ],
        ..relational::Program::default()
    };
    let rules = code.text(&program.to_bytes(&["parent"]));
    for link in [[1, 2], [2, 3], [3, 4]] {
        code.record(8, 0, &link);
        code.instructions.push(I::Move { dst: 1, src: 14 });
        code.instructions.push(I::Move { dst: 2, src: 8 });
        code.call("relation_insert");
        code.set(1, rules);
        code.call("rules_refresh");
        code.instructions.push(I::Push { reg: 0 });
    }
    code.instructions.push(I::Move { dst: 1, src: 15 });
    code.call("relation_count");
    code.instructions.push(I::Push { reg: 0 });
    let mut vm = code.finish();
    assert!(matches!(run(&mut vm), Stop::Ended(_)));
    let pushed: Vec<_> = (1..=4).map(|n| word(&vm, layout::STACK.end - 8 * n)).collect();
    assert_eq!(pushed, [1, 2, 3, 6]);
}

#[test]
fn bytes_that_are_no_definition_are_refused() {
    let mut code = with_person();
    let text = code.text(b"no definition");
    code.set(1, text);
    code.call("relation_create");
    let mut vm = code.finish();
    let Stop::Trapped(trap) = run(&mut vm) else { panic!("it is none") };
    assert_eq!(trap.to_string(), "these bytes are no definition of a relation of this version");
}
