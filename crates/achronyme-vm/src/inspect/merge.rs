//! Merging what a branch has changed into this one: the variables of the outermost code and of
//! modules, three-way, by their content.
//!
//! Records, functions and what else can be shared are told apart by where they lie. One that both
//! branches and the state at the fork have is merged where it is, once, for all who refer to it; one
//! that only the branch has is copied if it is a record, and refused if not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use achronyme_library::array::literal;
use achronyme_library::{Complex, Fault, Store};
use machine::{Datum, EditError, Machine, Merge, Strategy};

use crate::layout::ObjectKind;
use crate::machine::Snapshot;
use crate::value::{Tag, Value};
use crate::vm::Vm;

/// How deep values may lie in each other.
const DEPTH_MAX: usize = 64;

/// Values that are looked at in each state, counted as often as they are met.
const VALUES_MAX: usize = 1 << 22;

type Content = Datum<Leaf>;

/// A value that is not taken apart.
#[derive(Clone, Debug)]
enum Leaf {
    /// Null, a truth value, a function of the library, or an object that all three states have.
    Same(Value),
    Text(String),
    Complex(Complex),
    /// What belongs to its state, with all of its words.
    Own {
        value: Value,
        what: &'static str,
        words: Vec<u64>,
    },
}

impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        let bits = |number: &Complex| (number.re.to_bits(), number.im.to_bits());
        match (self, other) {
            (Self::Same(a), Self::Same(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Complex(a), Self::Complex(b)) => bits(a) == bits(b),
            (Self::Own { value: a, words: b, .. }, Self::Own { value: c, words: d, .. }) => {
                a == c && b == d
            }
            (Self::Same(_) | Self::Text(_) | Self::Complex(_) | Self::Own { .. }, _) => false,
        }
    }
}

/// What is known of the place of a value in the three states: at the fork, here, there.
type Three<T> = (T, T, T);

impl Vm {
    /// Takes over what the variables of a branch have become since `base`. The course of the program,
    /// its calls and their variables stay as they are here.
    pub(super) fn merge_variables(
        &mut self,
        base: &Snapshot,
        theirs: &Snapshot,
        strategy: Strategy,
    ) -> Result<(), EditError> {
        let state = |snapshot: &Snapshot| {
            let twin = self.twin().map(|mut vm| {
                vm.restore(snapshot);
                vm
            });
            twin.ok_or_else(|| EditError("there is no memory for a merge".to_owned()))
        };
        let (base, theirs) = (state(base)?, state(theirs)?);
        let states = (&base, &*self, &theirs);
        let common = Common::find(states, self.places(states)?)?;
        let mut merge = Merge::new(strategy);
        let mut changes = Vec::new();
        let mut readers = (
            Reader::new(&base, &common.objects),
            Reader::new(self, &common.objects),
            Reader::new(&theirs, &common.objects),
        );
        for (at, (name, (before, there))) in &common.places {
            let refused = |why: &str| EditError(format!("`{name}` {why}"));
            let before = before.map(|value| readers.0.content(value, DEPTH_MAX)).transpose();
            let before = before.map_err(refused)?;
            let here = readers.1.content(self.heap.peek(*at), DEPTH_MAX).map_err(refused)?;
            let there = readers.2.content(*there, DEPTH_MAX).map_err(refused)?;
            if let Some(value) = merge.value(name, before.as_ref(), &here, &there) {
                changes.push((*at, movable(value, &here, name)?));
            }
        }
        // A name does not say in a message that it can be assigned to.
        merge.finish().map_err(|error| EditError(error.0.replace(".mut ", ".")))?;
        for (at, content) in changes {
            let value = self.built(&content).map_err(|fault| EditError(fault.message))?;
            self.put(at, value);
        }
        Ok(())
    }

    /// The words of the variables here, with their names and what they hold in the other states.
    fn places(&self, (base, _, theirs): Three<&Self>) -> Result<Places, EditError> {
        let mut places = Places::new();
        let mut names = BTreeSet::new();
        let main = self.outermost_activation().ok_or_else(|| {
            let message = "a task runs here that the outermost code has started; merge where that \
                           code runs itself";
            EditError(message.to_owned())
        })?;
        names.extend(self.locals_of(main).map(|local| local.name.clone()));
        let globals = self.program.globals.iter().enumerate();
        let own = globals.filter(|(index, _)| !self.is_library_global(*index));
        names.extend(own.map(|(_, name)| name.clone()));
        for name in names {
            if let (Some(at), Some(there)) = (self.word_of(&name), theirs.word_of(&name)) {
                let there = theirs.heap.peek(there);
                let before = base.word_of(&name).map(|before| base.heap.peek(before));
                let here = self.heap.peek(at);
                if here == Value::ABSENT || there == Value::ABSENT {
                    continue;
                }
                let before = before.filter(|before| *before != Value::ABSENT);
                places.insert(at, (name, (before, there)));
            }
        }
        Ok(places)
    }

    /// The word of a variable of the outermost code, or of a global.
    fn word_of(&self, name: &str) -> Option<usize> {
        let main = self.outermost_activation();
        let local = main.and_then(|main| {
            let local = self.locals_of(main).filter(|local| local.name == name).last()?;
            self.word_of_local(main, local)
        });
        local.or_else(|| self.word_of_global(name))
    }

    /// The value that a merge has come to.
    fn built(&mut self, content: &Content) -> Result<Value, Fault> {
        match content {
            Datum::Number(number) => Ok(Value::number(*number)),
            Datum::Leaf(Leaf::Same(value) | Leaf::Own { value, .. }) => {
                self.heap.share(*value);
                Ok(*value)
            }
            Datum::Leaf(Leaf::Text(text)) => self.heap.string_of(text),
            Datum::Leaf(Leaf::Complex(number)) => self.heap.complex_of(*number),
            Datum::List(elements) => {
                let mut values = Vec::with_capacity(elements.len());
                for element in elements {
                    values.push(self.built(element)?);
                }
                literal(&mut self.heap, &values)
            }
            Datum::Record(fields) => {
                let (mut shape, mut values) = (Vec::new(), Vec::new());
                for (name, value) in fields {
                    let (name, is_mutable) = field_of(name);
                    shape.push((self.heap.intern(name)?, is_mutable));
                    values.push(self.built(value)?);
                }
                let shape = self.heap.shape_of(shape)?;
                self.heap.record_of(shape, &values)
            }
        }
    }
}

/// The words to be merged: what each is called, and what it holds at the fork and there.
type Places = BTreeMap<usize, (String, (Option<Value>, Value))>;

/// Values that are still to be followed, with what they are called; the nearest first.
type Waiting = VecDeque<(String, Three<Value>)>;

/// What all three states have.
struct Common {
    places: Places,
    /// Objects that are the same in all of them.
    objects: BTreeSet<u64>,
}

impl Common {
    /// Follows the variables in all three states at the same time.
    fn find(states: Three<&Vm>, places: Places) -> Result<Self, EditError> {
        let mut waiting = Waiting::new();
        for (at, (name, (before, there))) in &places {
            waiting.extend(
                before.map(|before| (name.clone(), (before, states.1.heap.peek(*at), *there))),
            );
        }
        let mut common = Self { places, objects: BTreeSet::new() };
        let mut left = VALUES_MAX;
        while let Some((path, values)) = waiting.pop_front() {
            left = left
                .checked_sub(1)
                .ok_or_else(|| EditError("there are too many values to be merged".to_owned()))?;
            common.follow(states, &path, values, &mut waiting)?;
        }
        Ok(common)
    }

    fn follow(
        &mut self,
        (base, ours, theirs): Three<&Vm>,
        path: &str,
        (before, here, there): Three<Value>,
        waiting: &mut Waiting,
    ) -> Result<(), EditError> {
        let parts = [(base, before), (ours, here), (theirs, there)];
        if parts.iter().all(|(_, value)| value.is(Tag::Vector)) {
            let [a, b, c] = parts.map(|(vm, value)| vm.heap.vector_elements(value));
            if a.len() == b.len() && b.len() == c.len() {
                let elements = a.iter().zip(b).zip(c).enumerate();
                let object = |value: &&Value| value.is_reference();
                waiting.extend(
                    elements
                        .filter(|(_, ((a, _), _))| object(a))
                        .map(|(index, ((a, b), c))| (format!("{path}[{index}]"), (*a, *b, *c))),
                );
            }
            return Ok(());
        }
        let is_same = before == here && here == there && here.is_reference();
        if !is_same || self.objects.contains(&here.0) {
            return Ok(());
        }
        let kinds = parts.map(|(vm, value)| vm.heap.object_kind(value));
        if kinds[0] != kinds[1] || kinds[1] != kinds[2] {
            return Ok(());
        }
        match kinds[1] {
            ObjectKind::Record => self.follow_record(path, &parts, waiting),
            ObjectKind::Closure => self.follow_closure(path, &parts, waiting),
            ObjectKind::Free
            | ObjectKind::Vector
            | ObjectKind::Cell
            | ObjectKind::String
            | ObjectKind::RawBuffer
            | ObjectKind::ValueBuffer
            | ObjectKind::Complex
            | ObjectKind::Tensor
            | ObjectKind::ComplexTensor => {}
            kind @ (ObjectKind::Edge
            | ObjectKind::Error
            | ObjectKind::Generator
            | ObjectKind::Future
            | ObjectKind::Channel
            | ObjectKind::Sender
            | ObjectKind::Receiver
            | ObjectKind::Mutex
            | ObjectKind::Guard
            | ObjectKind::Signal) => {
                let [before, _, there] = parts.map(|(vm, value)| vm.heap.object_words(value));
                if before != there {
                    let what = name_of(kind);
                    return Err(EditError(format!(
                        "the branch has gone on with {what} in `{path}`, which cannot be merged"
                    )));
                }
                self.objects.insert(here.0);
            }
        }
        Ok(())
    }

    /// A record, if it has the same fields in all states.
    fn follow_record(&mut self, path: &str, parts: &[(&Vm, Value); 3], waiting: &mut Waiting) {
        let [before, here, there] = parts.map(|(vm, value)| fields(vm, value));
        if before != here || here != there {
            return;
        }
        let record = parts[1].1;
        self.objects.insert(record.0);
        for (index, name) in here.iter().enumerate() {
            let path = format!("{path}.{}", field_of(name).0);
            self.slot(&path, record.at() + 1 + index, parts, index, waiting);
        }
    }

    /// A function, with the variables that it has captured.
    fn follow_closure(&mut self, path: &str, parts: &[(&Vm, Value); 3], waiting: &mut Waiting) {
        let [before, here, there] = parts.map(|(vm, value)| vm.heap.closure_prototype(value));
        if before != here || here != there {
            return;
        }
        self.objects.insert(parts[1].1.0);
        let names = parts[1].0.program.prototypes.get(here as usize).map(|it| &it.upvalues);
        for (index, (name, is_cell)) in names.into_iter().flatten().enumerate() {
            let cells = parts.map(|(vm, value)| (vm, vm.heap.upvalue(value, index)));
            let [(_, before), (_, here), (_, there)] = cells;
            let path = format!("{path}: {name}");
            if *is_cell && before == here && here == there && here.is(Tag::Cell) {
                self.slot(&path, here.at() + 1, &cells, 0, waiting);
            } else {
                waiting.push_back((path, (before, here, there)));
            }
        }
    }

    /// A value within an object that all have.
    fn slot(
        &mut self,
        path: &str,
        at: usize,
        objects: &[(&Vm, Value); 3],
        index: usize,
        waiting: &mut Waiting,
    ) {
        let [before, here, there] =
            objects.map(|(vm, object)| vm.heap.get(object.at() + 1 + index));
        self.places.entry(at).or_insert_with(|| (path.to_owned(), (Some(before), there)));
        waiting.push_back((path.to_owned(), (before, here, there)));
    }
}

/// The names of a record's fields; those that can be assigned to begin with `mut `.
fn fields(vm: &Vm, record: Value) -> Vec<String> {
    let shape = vm.heap.shape(vm.heap.record_shape(record));
    let field = |(name, is_mutable): &(u32, bool)| {
        let name = vm.heap.name(*name);
        if *is_mutable { format!("mut {name}") } else { name.to_owned() }
    };
    shape.fields().iter().map(field).collect()
}

/// A name as [`fields`] gives it: the name itself, and whether the field can be assigned to.
fn field_of(name: &str) -> (&str, bool) {
    name.strip_prefix("mut ").map_or((name, false), |name| (name, true))
}

const fn name_of(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Record => "a record that several places share",
        ObjectKind::Closure => "a function",
        ObjectKind::Edge => "an edge",
        ObjectKind::Error => "an error",
        ObjectKind::Generator => "a generator",
        ObjectKind::Future => "a future",
        ObjectKind::Channel | ObjectKind::Sender | ObjectKind::Receiver => "a channel",
        ObjectKind::Mutex | ObjectKind::Guard => "a mutex",
        ObjectKind::Signal => "a signal",
        ObjectKind::Tensor | ObjectKind::ComplexTensor => "an array of an odd shape",
        ObjectKind::Free
        | ObjectKind::Vector
        | ObjectKind::Cell
        | ObjectKind::String
        | ObjectKind::RawBuffer
        | ObjectKind::ValueBuffer
        | ObjectKind::Complex => "a value",
    }
}

/// The value with what belongs to a state as it is here; what is not here cannot be had.
fn movable(value: Content, here: &Content, name: &str) -> Result<Content, EditError> {
    const NOTHING: &Content = &Datum::Leaf(Leaf::Same(Value::NULL));
    if value == *here {
        return Ok(here.clone());
    }
    match (value, here) {
        (Datum::Leaf(Leaf::Own { what, .. }), _) => {
            Err(EditError(format!("the branch has {what} in `{name}`, which cannot leave it")))
        }
        (Datum::List(values), here) => {
            let here: &[_] = if let Datum::List(here) = here { here } else { &[] };
            let place = |(index, value)| movable(value, here.get(index).unwrap_or(NOTHING), name);
            let values = values.into_iter().enumerate().map(place);
            Ok(Datum::List(values.collect::<Result<_, _>>()?))
        }
        (Datum::Record(fields), here) => {
            let here: &[_] = if let Datum::Record(here) = here { here } else { &[] };
            let field = |(field, value): (String, Content)| {
                let here = here.iter().find(|(it, _)| *it == field);
                let value = movable(value, here.map_or(NOTHING, |(_, here)| here), name)?;
                Ok((field, value))
            };
            Ok(Datum::Record(fields.into_iter().map(field).collect::<Result<_, EditError>>()?))
        }
        (value @ (Datum::Number(_) | Datum::Leaf(_)), _) => Ok(value),
    }
}

/// Takes the values of one state apart.
struct Reader<'a> {
    vm: &'a Vm,
    /// Objects that all states have.
    common: &'a BTreeSet<u64>,
    /// Records that were taken apart: what is met again is shared, and that cannot be copied.
    seen: BTreeSet<u64>,
    left: usize,
}

impl<'a> Reader<'a> {
    fn new(vm: &'a Vm, common: &'a BTreeSet<u64>) -> Self {
        Self { vm, common, seen: BTreeSet::new(), left: VALUES_MAX }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "few kinds of object have parts of their own"
    )]
    fn content(&mut self, value: Value, depth: usize) -> Result<Content, &'static str> {
        self.spend(1)?;
        let depth = depth.checked_sub(1).ok_or("lies too deep to be merged")?;
        if let Some(number) = value.as_number() {
            return Ok(Datum::Number(number));
        }
        if !value.is_reference() || self.common.contains(&value.0) {
            return Ok(Datum::Leaf(Leaf::Same(value)));
        }
        let heap = &self.vm.heap;
        match heap.object_kind(value) {
            ObjectKind::String => Ok(Datum::Leaf(Leaf::Text(heap.string_text(value).to_owned()))),
            ObjectKind::Complex => Ok(Datum::Leaf(Leaf::Complex(heap.complex(value)))),
            ObjectKind::Vector => {
                let elements = heap.vector_elements(value).iter();
                let elements = elements.map(|element| self.content(*element, depth));
                Ok(Datum::List(elements.collect::<Result<_, _>>()?))
            }
            ObjectKind::Record if self.seen.insert(value.0) => {
                let values = heap.record_values(value).iter();
                let mut content = Vec::new();
                for (name, value) in fields(self.vm, value).into_iter().zip(values) {
                    content.push((name, self.content(*value, depth)?));
                }
                Ok(Datum::Record(content))
            }
            ObjectKind::Tensor if is_list(heap.tensor_shape(value)) => {
                let numbers = heap.tensor_numbers(value);
                self.spend(numbers.len())?;
                let is_mask = heap.is_mask(&value);
                let element = |number: f64| match is_mask {
                    true => Datum::Leaf(Leaf::Same(Value::boolean(number != 0.0))),
                    false => Datum::Number(number),
                };
                let elements = numbers.iter().map(|number| element(*number)).collect();
                Ok(nested(heap.tensor_shape(value), elements))
            }
            ObjectKind::ComplexTensor if is_list(heap.tensor_shape(value)) => {
                let numbers = heap.tensor_complex(value);
                self.spend(numbers.len())?;
                let element = |number: &Complex| Datum::Leaf(Leaf::Complex(*number));
                Ok(nested(heap.tensor_shape(value), numbers.iter().map(element).collect()))
            }
            kind => {
                let words = heap.object_words(value).to_vec();
                Ok(Datum::Leaf(Leaf::Own { value, what: name_of(kind), words }))
            }
        }
    }

    fn spend(&mut self, count: usize) -> Result<(), &'static str> {
        let left = self.left.checked_sub(count);
        self.left = left.ok_or("has too many values in it to be merged")?;
        Ok(())
    }
}

/// Whether an array of this shape is the same again when its elements are listed.
fn is_list(shape: &[usize]) -> bool {
    !shape.is_empty() && shape.iter().all(|length| *length > 0)
}

/// Elements in row-major order as lists of lists.
fn nested(shape: &[usize], mut elements: Vec<Content>) -> Content {
    for length in shape.iter().skip(1).rev() {
        let mut rows = Vec::new();
        while !elements.is_empty() {
            let rest = elements.split_off((*length).min(elements.len()));
            rows.push(Datum::List(elements));
            elements = rest;
        }
        elements = rows;
    }
    Datum::List(elements)
}
