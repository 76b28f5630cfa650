//! The heap does what counted references and plain copies do.

use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;

use super::worker::{Action, NAMES, VARIABLES, Worker, actions};
use crate::Value;
use achronyme_library::{Store, View};

#[derive(Clone, Debug)]
enum Twin {
    Null,
    Number(f64),
    Text(String),
    Vector(Vec<Self>),
    Tensor(Vec<f64>),
    Record(Rc<RefCell<Fields>>),
}

type Fields = Vec<(usize, Twin, bool)>;

struct Model {
    variables: [Twin; VARIABLES],
}

impl Model {
    fn vector(&mut self, variable: usize) -> Option<&mut Vec<Twin>> {
        match &mut self.variables[variable] {
            Twin::Vector(elements) => Some(elements),
            _ => None,
        }
    }

    fn record(&self, variable: usize) -> Option<Rc<RefCell<Fields>>> {
        match &self.variables[variable] {
            Twin::Record(fields) => Some(Rc::clone(fields)),
            _ => None,
        }
    }

    fn put(&mut self, variable: usize, twin: Twin) {
        self.variables[variable] = twin;
    }

    fn act(&mut self, action: &Action) {
        match action {
            Action::Number { to, number } => self.put(*to, Twin::Number(*number)),
            Action::Text { to, text } => self.put(*to, Twin::Text(text.clone())),
            Action::Copy { to, from } => self.put(*to, self.variables[*from].clone()),
            Action::Vector { to, from, count } => {
                let end = (from + count).min(VARIABLES);
                self.put(*to, Twin::Vector(self.variables[*from..end].to_vec()));
            }
            Action::Fill { to, count } => {
                let elements = (0..*count).map(|i| Twin::Number(i as f64)).collect();
                self.put(*to, Twin::Vector(elements));
            }
            Action::Append { to, from } => {
                let right = self.variables[*from].clone();
                if let (Twin::Text(left), Twin::Text(right)) = (&mut self.variables[*to], right)
                    && left.len() < 1000
                {
                    left.push_str(&right);
                }
            }
            Action::Tensor { to, count } => {
                self.put(*to, Twin::Tensor((0..*count).map(|i| i as f64).collect()));
            }
            Action::SetNumber { to, at, number } => {
                if let Twin::Tensor(data) = &mut self.variables[*to]
                    && !data.is_empty()
                {
                    let index = at % data.len();
                    data[index] = *number;
                }
            }
            Action::Collect => {}
            _ => {
                self.act_on_vector(action);
                self.act_on_record(action);
            }
        }
    }

    fn act_on_vector(&mut self, action: &Action) {
        match *action {
            Action::Push { to, from } => {
                let value = self.variables[from].clone();
                if let Some(vector) = self.vector(to).filter(|vector| vector.len() < 2000) {
                    vector.push(value);
                }
            }
            Action::Insert { to, at, from } => {
                let value = self.variables[from].clone();
                if let Some(vector) = self.vector(to).filter(|vector| vector.len() < 2000) {
                    vector.insert(at % (vector.len() + 1), value);
                }
            }
            Action::Remove { to, at } => {
                if let Some(vector) = self.vector(to).filter(|vector| !vector.is_empty()) {
                    vector.remove(at % vector.len());
                }
            }
            Action::Extend { to, from } => {
                if let Twin::Vector(more) = self.variables[from].clone()
                    && let Some(vector) = self.vector(to).filter(|vector| vector.len() < 500)
                {
                    vector.extend(more);
                }
            }
            Action::Set { to, at, from } => {
                let value = self.variables[from].clone();
                if let Some(vector) = self.vector(to).filter(|vector| !vector.is_empty()) {
                    let index = at % vector.len();
                    vector[index] = value;
                }
            }
            Action::SetWithin { to, at, inner, from } => {
                let value = self.variables[from].clone();
                if let Some(vector) = self.vector(to).filter(|vector| !vector.is_empty()) {
                    let index = at % vector.len();
                    if let Twin::Vector(vector) = &mut vector[index]
                        && !vector.is_empty()
                    {
                        let index = inner % vector.len();
                        vector[index] = value;
                    }
                }
            }
            Action::Pop { to, from } => {
                if let Some(vector) = self.vector(from) {
                    let popped = vector.pop().unwrap_or(Twin::Null);
                    self.put(to, popped);
                }
            }
            Action::Get { to, at, from } => {
                if let Some(vector) = self.vector(from) {
                    let element = vector.get(at % vector.len().max(1)).cloned();
                    self.put(to, element.unwrap_or(Twin::Null));
                }
            }
            _ => {}
        }
    }

    fn act_on_record(&mut self, action: &Action) {
        match *action {
            Action::Record { to, first, second } => {
                let [a, b] = [first, second].map(|from| self.variables[from].clone());
                let fields = vec![(0, a, true), (1, b, false)];
                self.put(to, Twin::Record(Rc::new(RefCell::new(fields))));
            }
            Action::Spread { to, from, name, with } => {
                if let Some(record) = self.record(from) {
                    let mut fields = record.borrow().clone();
                    add(&mut fields, (name, self.variables[with].clone(), true));
                    self.put(to, Twin::Record(Rc::new(RefCell::new(fields))));
                }
            }
            Action::AddField { to, name, from, is_mutable } => {
                if let Some(record) = self.record(to) {
                    let mut fields = vec![(name, self.variables[from].clone(), is_mutable)];
                    for field in &*record.borrow() {
                        add(&mut fields, field.clone());
                    }
                    self.put(to, Twin::Record(Rc::new(RefCell::new(fields))));
                }
            }
            Action::SetField { to, at, from } => {
                if let Some(record) = self.record(to) {
                    let mut fields = record.borrow_mut();
                    let slot = at % fields.len();
                    fields[slot].1 = self.variables[from].clone();
                }
            }
            Action::GetField { to, at, from } => {
                if let Some(record) = self.record(from) {
                    let fields = record.borrow();
                    let value = fields[at % fields.len()].1.clone();
                    drop(fields);
                    self.put(to, value);
                }
            }
            _ => {}
        }
    }
}

fn add(fields: &mut Fields, field: (usize, Twin, bool)) {
    match fields.iter_mut().find(|(name, ..)| *name == field.0) {
        Some(found) => *found = field,
        None => fields.push(field),
    }
}

/// Compares, records only to some depth, since they may contain themselves.
fn assert_same(worker: &Worker, value: Value, twin: &Twin, depth: usize) {
    let heap = &worker.heap;
    match twin {
        Twin::Null => assert_eq!(value, Value::NULL),
        Twin::Number(number) => assert_eq!(heap.view(&value), View::Number(*number)),
        Twin::Text(text) => {
            assert_eq!(heap.text(&value), text);
            assert_eq!(heap.characters(&value), text.chars().count());
        }
        Twin::Tensor(data) => {
            let tensor = heap.tensor(&value).expect("a tensor");
            assert_eq!((tensor.shape, tensor.data), (&[data.len()][..], &data[..]));
        }
        Twin::Vector(twins) => {
            assert_eq!(heap.view(&value), View::Vector);
            assert_eq!(heap.elements(&value).len(), twins.len());
            if depth > 0 {
                for (&element, twin) in heap.elements(&value).iter().zip(twins) {
                    assert_same(worker, element, twin, depth - 1);
                }
            }
        }
        Twin::Record(twins) => {
            let (fields, twins) = (heap.fields(&value), twins.borrow());
            assert_eq!(fields.len(), twins.len());
            for (field, (name, twin, mutable)) in fields.iter().zip(&*twins) {
                assert_eq!((field.name, field.mutable), (NAMES[*name], *mutable));
                assert_eq!(heap.field(&value, field.name), Some(field.value));
                if depth > 0 {
                    assert_same(worker, field.value, twin, depth - 1);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn objects_behave_as_counted_references_do(actions in actions(300)) {
        let mut worker = Worker::new(8 << 20);
        let mut model = Model { variables: [const { Twin::Null }; VARIABLES] };
        for (number, action) in actions.iter().enumerate() {
            if !worker.act(action) {
                break;
            }
            model.act(action);
            if number % 16 == 0 {
                worker.collect();
            }
            for variable in 0..VARIABLES {
                assert_same(&worker, worker.get(variable), &model.variables[variable], 3);
            }
        }
    }
}
