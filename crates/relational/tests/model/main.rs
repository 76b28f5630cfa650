//! Random work on a store, held against the naive twin, going back to older moments in between.

#![expect(clippy::unwrap_used, reason = "a test")]

mod naive;

use std::ops::Bound;

use naive::{State, Which, key_of};
use proptest::prelude::*;
use relational::{
    Change, Definition, Direction, Field, IndexKind, Journal, PageFault, Pages, PagesMut,
    RelationId, Row, Store, StoreError, Type, Value,
};
use tape::{Tape, TapeSnapshot};

const KINDS: [(&str, IndexKind, &str); 6] = [
    ("age", IndexKind::BTree, "age"),
    ("age hash", IndexKind::Hash, "age"),
    ("age bits", IndexKind::Bitmap, "age"),
    ("bio words", IndexKind::FullText, "bio"),
    ("bio", IndexKind::BTree, "bio"),
    ("bio hash", IndexKind::Hash, "bio"),
];

#[derive(Clone, Debug)]
enum Step {
    Insert(Which, Row),
    Upsert(Which, Row),
    Update(Which, prop::sample::Index, Row),
    Delete(Which, prop::sample::Index),
    Apply(Which, Vec<(u8, prop::sample::Index, Row)>),
    CreateIndex(usize),
    DropIndex(usize),
    Find(i64, i64),
    Words(String),
    Clear(Which),
    Keep,
    GoBack(prop::sample::Index),
}

fn people() -> impl Strategy<Value = Row> {
    let name = prop_oneof![Just(Value::None), "[a-d]{1,2}".prop_map(Value::String)];
    let long = (0u8..3, 450usize..3000).prop_map(|(letter, len)| {
        let letters = ["ä", "b c", "word "];
        letters[usize::from(letter)].repeat(len / 2)
    });
    let bio =
        prop_oneof![4 => "([Aa]da|is|born|b)( [a-c]x?){0,3}", 1 => long].prop_map(Value::String);
    let boss = prop_oneof![Just(Value::None), (0i64..12).prop_map(Value::Int)];
    (0i64..12, name, 0i64..6, bio, boss)
        .prop_map(|(id, name, age, bio, boss)| vec![Value::Int(id), name, age.into(), bio, boss])
}

fn pets() -> impl Strategy<Value = Row> {
    (0i64..12, "[ab]", any::<bool>())
        .prop_map(|(owner, name, kind)| vec![owner.into(), Value::String(name), kind.into()])
}

fn rows() -> impl Strategy<Value = (Which, Row)> {
    prop_oneof![
        3 => people().prop_map(|row| (Which::People, row)),
        2 => pets().prop_map(|row| (Which::Pets, row)),
    ]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![3 => Just(Which::People), 1 => Just(Which::Pets)]
}

fn steps() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    let change = (0u8..3, index(), people());
    prop_oneof![
        10 => rows().prop_map(|(which, row)| Step::Insert(which, row)),
        3 => rows().prop_map(|(which, row)| Step::Upsert(which, row)),
        5 => (rows(), index()).prop_map(|((which, row), at)| Step::Update(which, at, row)),
        4 => (which(), index()).prop_map(|(which, at)| Step::Delete(which, at)),
        2 => prop::collection::vec(change, 1..5)
            .prop_map(|changes| Step::Apply(Which::People, changes)),
        3 => (0..KINDS.len()).prop_map(Step::CreateIndex),
        1 => (0..KINDS.len()).prop_map(Step::DropIndex),
        3 => (0i64..6, 0i64..6).prop_map(|(low, high)| Step::Find(low, high)),
        2 => "(ADA|is|b|ax|word)( [a-c]x?)?".prop_map(Step::Words),
        1 => which().prop_map(Step::Clear),
        1 => Just(Step::Keep),
        1 => index().prop_map(Step::GoBack),
    ]
}

struct Kept {
    snapshot: TapeSnapshot,
    state: State,
    indexes: Vec<usize>,
}

struct Bench {
    tape: Tape,
    store: Store,
    ids: [RelationId; 2],
    state: State,
    indexes: Vec<usize>,
    kept: Vec<Kept>,
}

fn name(name: &str) -> Vec<String> {
    name.split(' ').map(str::to_owned).collect()
}

impl Bench {
    fn new() -> Self {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 1 << 20, 1 << 16).unwrap();
        let some = |ty| Type::Option(Box::new(ty));
        let people = Definition {
            name: "Person".to_owned(),
            fields: vec![
                Field::new("id", Type::Int),
                Field::new("name", some(Type::String)),
                Field::new("age", Type::Int),
                Field::new("bio", Type::String),
                Field::new("boss", some(Type::Int)),
            ],
            key: name("id"),
            unique: vec![name("name")],
            references: vec![(name("boss"), "Person".to_owned())],
            ..Definition::default()
        };
        let pets = Definition {
            name: "Pet".to_owned(),
            fields: vec![
                Field::new("owner", Type::Int),
                Field::new("name", Type::String),
                Field::new("kind", Type::Bool),
            ],
            key: name("owner name"),
            unique: Vec::new(),
            references: vec![(name("owner"), "Person".to_owned())],
            ..Definition::default()
        };
        let ids = [&people, &pets].map(|made| store.create_relation(&mut tape, made).unwrap());
        let state = State::default();
        Self { tape, store, ids, state, indexes: Vec::new(), kept: Vec::new() }
    }

    fn id(&self, which: Which) -> RelationId {
        self.ids[which as usize]
    }

    fn nth(&self, which: Which, index: prop::sample::Index) -> Option<Vec<Value>> {
        let rows = self.state.rows(which);
        (!rows.is_empty()).then(|| rows.keys().nth(index.index(rows.len())).unwrap().clone())
    }

    /// Compares what became of an operation; one that was refused must have changed nothing.
    fn settle<T>(&mut self, after: Option<State>, before: u64, done: Result<T, StoreError>) {
        match (after, done) {
            (Some(after), Ok(_)) => self.state = after,
            (None, Err(StoreError::Row(_))) => assert_eq!(self.tape.content_hash(), before),
            (after, done) => panic!("expected {after:?}, got {:?}", done.err()),
        }
    }

    fn change(&mut self, which: Which, change: Change) {
        let (id, before) = (self.id(which), self.tape.content_hash());
        let after = self.state.after(which, std::slice::from_ref(&change));
        let done = match &change {
            Change::Insert(row) => self.store.insert(&mut self.tape, id, row),
            Change::Update(key, row) => self.store.update(&mut self.tape, id, key, row),
            Change::Delete(key) => self.store.delete(&mut self.tape, id, key).map(|_| ()),
        };
        self.settle(after, before, done);
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Insert(which, row) => self.change(which, Change::Insert(row)),
            Step::Upsert(which, row) => {
                let (id, before) = (self.id(which), self.tape.content_hash());
                let key = key_of(which, &row);
                let change = if self.state.rows(which).contains_key(&key) {
                    Change::Update(key, row.clone())
                } else {
                    Change::Insert(row.clone())
                };
                let after = self.state.after(which, &[change]);
                let done = self.store.upsert(&mut self.tape, id, &row);
                self.settle(after, before, done);
            }
            Step::Update(which, index, row) => {
                if let Some(key) = self.nth(which, index) {
                    self.change(which, Change::Update(key, row));
                }
            }
            Step::Delete(which, index) => {
                if let Some(key) = self.nth(which, index) {
                    self.change(which, Change::Delete(key));
                }
            }
            Step::Apply(which, changes) => self.apply(which, changes),
            Step::CreateIndex(kind) => self.create_index(kind),
            Step::DropIndex(kind) => {
                let (id, name) = (self.id(Which::People), KINDS[kind].0);
                let done = self.store.drop_index(&mut self.tape, id, name);
                assert_eq!(done.is_ok(), self.indexes.contains(&kind));
                self.indexes.retain(|other| *other != kind);
            }
            Step::Find(low, high) => self.find(low, high),
            Step::Words(text) => self.words(&text),
            Step::Clear(which) => {
                let (id, before) = (self.id(which), self.tape.content_hash());
                let keys = self.state.rows(which).keys().cloned();
                let changes: Vec<_> = keys.map(Change::Delete).collect();
                let after = self.state.after(which, &changes);
                let done = self.store.clear(&mut self.tape, id);
                self.settle(after, before, done);
            }
            Step::Keep => {
                let snapshot = self.tape.snapshot();
                let (state, indexes) = (self.state.clone(), self.indexes.clone());
                self.kept.push(Kept { snapshot, state, indexes });
            }
            Step::GoBack(index) => {
                if !self.kept.is_empty() {
                    let kept = &self.kept[index.index(self.kept.len())];
                    self.tape.restore(&kept.snapshot);
                    self.state = kept.state.clone();
                    self.indexes.clone_from(&kept.indexes);
                }
            }
        }
    }

    fn apply(&mut self, which: Which, changes: Vec<(u8, prop::sample::Index, Row)>) {
        let changes: Vec<_> = changes
            .into_iter()
            .filter_map(|(kind, index, row)| match (kind, self.nth(which, index)) {
                (0, _) => Some(Change::Insert(row)),
                (_, None) => None,
                (1, Some(key)) => Some(Change::Update(key, row)),
                (_, Some(key)) => Some(Change::Delete(key)),
            })
            .collect();
        let (id, before) = (self.id(which), self.tape.content_hash());
        let after = self.state.after(which, &changes);
        let mut journal = Journal::new(&mut self.tape);
        let done = self.store.apply(&mut journal, id, &changes);
        if done.is_err() {
            journal.undo().unwrap();
        }
        self.settle(after, before, done);
    }

    fn create_index(&mut self, kind: usize) {
        let id = self.id(Which::People);
        let (name, index, field) = KINDS[kind];
        let done = self.store.create_index(&mut self.tape, id, (name, index, false), &[field]);
        assert_eq!(done.is_ok(), !self.indexes.contains(&kind));
        if done.is_ok() {
            self.indexes.push(kind);
        }
    }

    /// What an index finds is what a walk over all rows finds.
    fn find(&mut self, low: i64, high: i64) {
        let id = self.id(Which::People);
        for kind in self.indexes.clone() {
            let (name, index, field) = KINDS[kind];
            let place = if field == "age" { 2 } else { 3 };
            let people = self.state.people.values();
            let mut values: Vec<_> = people.map(|row| row[place].clone()).collect();
            values.push(if field == "age" { low.into() } else { "b".into() });
            if index == IndexKind::FullText {
                continue;
            }
            for value in values {
                let is_same = |row: &&Row| row[place] == value;
                let expected: Vec<_> =
                    self.state.people.values().filter(is_same).cloned().collect();
                let mut found =
                    self.store.find(&self.tape, id, name, std::slice::from_ref(&value)).unwrap();
                found.sort();
                assert_eq!(found, expected, "{name} of {value}");
            }
        }
        if self.indexes.contains(&0) {
            let between = (Bound::Excluded(Value::Int(low)), Bound::Included(Value::Int(high)));
            let found = self.store.find_between(&self.tape, id, "age", between).unwrap();
            let people = self.state.people.values();
            let mut expected: Vec<_> = people
                .filter(|row| row[2] > Value::Int(low) && row[2] <= Value::Int(high))
                .cloned()
                .collect();
            expected.sort_by(|one, other| (&one[2], &one[0]).cmp(&(&other[2], &other[0])));
            assert_eq!(found, expected);
        }
    }

    fn words(&mut self, text: &str) {
        if !self.indexes.contains(&3) {
            return;
        }
        let id = self.id(Which::People);
        let words =
            |text: &str| text.to_lowercase().split(' ').map(str::to_owned).collect::<Vec<_>>();
        let holds = |row: &&Row| {
            let Value::String(bio) = &row[3] else { return false };
            let have = words(bio);
            words(text).iter().all(|word| have.contains(word))
        };
        let expected: Vec<_> = self.state.people.values().filter(holds).cloned().collect();
        let mut found = self.store.find(&self.tape, id, "bio words", &[text.into()]).unwrap();
        found.sort();
        assert_eq!(found, expected, "words {text}");
    }

    fn check(&mut self) {
        self.store.verify(&self.tape).unwrap();
        for which in [Which::People, Which::Pets] {
            let id = self.id(which);
            let rows = self.store.scan(&self.tape, id, Direction::Up).unwrap();
            let rows = rows.collect::<Result<Vec<_>, _>>().unwrap();
            let expected: Vec<_> = self.state.rows(which).values().cloned().collect();
            assert_eq!(rows, expected);
            let down = self.store.scan(&self.tape, id, Direction::Down).unwrap();
            let down = down.collect::<Result<Vec<_>, _>>().unwrap();
            assert!(down.iter().eq(expected.iter().rev()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn a_store_is_maps_of_rows_that_keep_their_constraints(
        steps in prop::collection::vec(steps(), 1..70),
    ) {
        let mut bench = Bench::new();
        for step in steps {
            bench.run(step);
            bench.check();
        }
        for kept in &bench.kept {
            let mut rows = bench.store.scan(&kept.snapshot, bench.ids[0], Direction::Up).unwrap();
            for expected in kept.state.people.values() {
                let row = rows.next_row().unwrap();
                prop_assert_eq!(row.as_ref(), Some(expected), "as of then");
            }
        }
    }

    #[test]
    fn a_store_that_fails_at_any_write_is_as_it_was_once_its_journal_is_undone(
        steps in prop::collection::vec(steps(), 1..40),
        (which, row) in rows(),
        allowed in 0usize..40,
    ) {
        let mut bench = Bench::new();
        for step in steps {
            bench.run(step);
        }
        let before = bench.tape.content_hash();
        let (id, changes) = (bench.id(which), [Change::Insert(row)]);
        let mut failing = Failing { tape: &mut bench.tape, allowed };
        let mut journal = Journal::new(&mut failing);
        let done = bench.store.apply(&mut journal, id, &changes);
        if done.is_err() {
            journal.pages_mut().allowed = usize::MAX;
            journal.undo().unwrap();
            prop_assert_eq!(bench.tape.content_hash(), before);
            bench.check();
        }
    }
}

/// Pages that refuse all writes but the first few.
#[derive(Debug)]
struct Failing<'t> {
    tape: &'t mut Tape,
    allowed: usize,
}

impl Pages for Failing<'_> {
    fn page(&self, position: i64) -> Result<&[u8; relational::PAGE_SIZE], PageFault> {
        Pages::page(self.tape, position)
    }
}

impl PagesMut for Failing<'_> {
    fn write(&mut self, position: i64, bytes: &[u8]) -> Result<(), PageFault> {
        let reason = "no more writes";
        let left = self.allowed.checked_sub(1).ok_or(PageFault::Refused { position, reason })?;
        self.allowed = left;
        PagesMut::write(self.tape, position, bytes)
    }
}
