//! Objects one at a time.

use crate::heap::{Heap, STACK};
use crate::layout::{ObjectKind, SHARED};
use crate::{Program, Prototype, Value};
use achronyme_library::index::Argument;
use achronyme_library::{Complex, Form, Store, View};

fn heap() -> Heap {
    let prototypes = vec![Prototype { parameters: 3, ..Prototype::default() }];
    Heap::new(&Program { prototypes, ..Program::default() }, 16 << 20).unwrap()
}

#[test]
fn appending_in_a_loop_copies_little() {
    let mut heap = heap();
    let mut text = heap.string_of("").unwrap();
    let piece = heap.string_of("äbc").unwrap();
    for _ in 0..100_000 {
        if heap.wants_collection() {
            heap.collect(0..0, &[text, piece]);
        }
        text = heap.concatenate(text, piece).unwrap();
    }
    assert_eq!(heap.string_text(text).len(), 400_000);
    assert_eq!(heap.string_characters(text), 300_000);
    assert_eq!(heap.string_text(text), "äbc".repeat(100_000));
    let mut digits = heap.string_of("ä").unwrap();
    for number in [0.0, -12.5, f64::INFINITY, 1e300] {
        let number = Value::number(number);
        digits = heap.joined(digits, number).unwrap().unwrap();
    }
    let end = format!("1{}", "0".repeat(300));
    assert_eq!(heap.string_text(digits), format!("ä0-12.5Infinity{end}"));
    assert_eq!(heap.string_characters(digits), 1 + 1 + 5 + 8 + 301);
}

#[test]
fn the_last_large_vector_grows_where_it_is() {
    let mut heap = heap();
    let numbers = |count: usize| (0..count).map(|index| Value::number(index as f64));
    let push = |heap: &mut Heap, vector: &mut Value, count| {
        numbers(count).for_each(|number| heap.vector_push(vector, number).unwrap());
    };
    let mut vector = heap.vector_of(&[]).unwrap();
    push(&mut heap, &mut vector, 2_000);
    let place = heap.vector_data(vector);
    push(&mut heap, &mut vector, 200_000);
    assert_eq!(heap.vector_data(vector), place);
    let snapshot = heap.snapshot(STACK);
    // Another one is the last now.
    let mut other = heap.vector_of(&[]).unwrap();
    push(&mut heap, &mut other, 2_000);
    push(&mut heap, &mut vector, 200_000);
    assert_ne!(heap.vector_data(vector), place);
    let all = numbers(2_000).chain(numbers(200_000)).chain(numbers(200_000));
    assert!(heap.elements(&vector).iter().copied().eq(all));
    assert!(heap.elements(&other).iter().copied().eq(numbers(2_000)));
    heap.restore(&snapshot);
    assert_eq!(heap.elements(&vector).len(), 202_000);
    assert_eq!(heap.elements(&vector).last().copied(), Some(Value::number(199_999.0)));
}

#[test]
fn strings_with_one_buffer_do_not_see_each_other() {
    let mut heap = heap();
    let long = heap.string_of(&"x".repeat(100)).unwrap();
    let [a, b, c] = ["a", "b", "c"].map(|text| heap.string_of(text).unwrap());
    let first = heap.concatenate(long, a).unwrap();
    let second = heap.concatenate(first, b).unwrap();
    let third = heap.concatenate(first, c).unwrap();
    assert!(heap.string_text(second).ends_with("xab"));
    assert!(heap.string_text(third).ends_with("xac"));
    heap.collect(0..0, &[second]);
    assert!(heap.string_text(second).ends_with("xab"));
    let doubled = heap.concatenate(second, second).unwrap();
    assert_eq!(heap.string_text(doubled), format!("{0}ab{0}ab", "x".repeat(100)));
}

#[test]
fn a_shared_vector_is_copied_and_what_is_in_it_shared() {
    let mut heap = heap();
    let inner = heap.vector_of(&[Value::number(1.0)]).unwrap();
    let vector = heap.vector_of(&[inner]).unwrap();
    heap.share(vector);
    let mut slot = vector;
    assert!(heap.vector_set(&mut slot, 0, Value::NULL).unwrap());
    assert_ne!(slot, vector);
    assert_eq!(heap.vector_elements(vector), [inner]);
    assert!(heap.has_flag(inner, SHARED));
    assert!(!heap.has_flag(slot, SHARED));
    let before = slot;
    assert!(heap.vector_set(&mut slot, 0, Value::TRUE).unwrap());
    assert_eq!(slot, before);
    assert!(!heap.vector_set(&mut slot, 1, Value::TRUE).unwrap());
}

#[test]
fn what_a_function_gives_is_shared_unless_it_made_it() {
    let mut heap = heap();
    let inner = heap.vector_of(&[]).unwrap();
    let outer = heap.vector_of(&[inner]).unwrap();
    heap.library_begins();
    heap.delivered(inner);
    assert!(heap.has_flag(inner, SHARED));
    heap.library_begins();
    let made = heap.new_vector(&[outer]).unwrap();
    heap.delivered(made);
    assert!(!heap.has_flag(made, SHARED));
    assert!(heap.has_flag(outer, SHARED));
}

#[test]
fn every_kind_is_seen_as_what_it_is() {
    let mut heap = heap();
    let closure = heap.new_closure(0, &[Value::TRUE]).unwrap();
    assert_eq!(heap.view(&closure), View::Function { parameters: 3 });
    assert_eq!(heap.upvalue(closure, 0), Value::TRUE);
    let complex = heap.new_complex(Complex::new(1.0, -2.0)).unwrap();
    assert_eq!(heap.view(&complex), View::Complex(Complex::new(1.0, -2.0)));
    let edge = heap.new_edge("a", "b", true, Value::NULL).unwrap();
    let seen = heap.edge(&edge).unwrap();
    assert_eq!((seen.from, seen.to, seen.directed, seen.properties), ("a", "b", true, Value::NULL));
    let error = heap.new_error(Value::TRUE, Value::NULL, complex).unwrap();
    assert_eq!(heap.error(&error), Some([Value::TRUE, Value::NULL, complex]));
    let numbers = [Complex::new(1.0, 2.0), Complex::new(f64::NAN, 4.0)];
    let tensor = heap.new_complex_tensor(&[1, 2], &numbers).unwrap();
    let seen = heap.complex_tensor(&tensor).unwrap();
    assert_eq!((seen.shape, seen.data[0]), (&[1, 2][..], numbers[0]));
    assert!(heap.tensor(&tensor).is_none());
    let future = heap.new_object(ObjectKind::Future, &[error, Value::NULL]).unwrap();
    assert_eq!(heap.view(&future), View::Future);
    let signal = heap.new_object(ObjectKind::Signal, &[future]).unwrap();
    heap.set_object_field(signal, 0, tensor);
    assert_eq!(heap.signal(&signal), Some(tensor));
    let roots = [closure, edge, error, signal, future];
    heap.collect(0..0, &roots);
    assert_eq!(heap.complex_tensor(&tensor).unwrap().data[0], numbers[0]);
    for value in [Value::NULL, Value::TRUE, Value::number(0.5), Value::builtin(7)] {
        assert!(heap.elements(&value).is_empty() && heap.text(&value).is_empty());
        assert!(heap.fields(&value).is_empty() && heap.tensor(&value).is_none());
    }
}

#[test]
fn a_generator_keeps_words_of_the_stack() {
    let mut heap = heap();
    let kept = heap.string_of("kept").unwrap();
    heap.set_stack(STACK, Value::TRUE);
    heap.set_stack(STACK + 1, kept);
    let generator = heap.new_generator(5, STACK, 2).unwrap();
    heap.collect(0..0, &[generator]);
    heap.generator_load(generator, STACK + 7);
    assert_eq!(heap.get(STACK + 8), kept);
    assert_eq!(heap.string_text(kept), "kept");
    heap.set_stack(STACK + 7, Value::FALSE);
    heap.generator_save(generator, 9, STACK + 7);
    assert_eq!((heap.generator_pc(generator), heap.generator_length(generator)), (9, 2));
    assert_eq!(heap.generator_word(generator, 0), Value::FALSE);
    heap.generator_clear(generator);
    assert_eq!(heap.generator_word(generator, 1), Value::number(0.0));
    assert_eq!(heap.view(&generator), View::Generator { done: false });
}

#[test]
fn a_cell_keeps_a_value() {
    let mut heap = heap();
    let text = heap.string_of("text").unwrap();
    let cell = heap.new_cell(text).unwrap();
    let buffer = heap.new_object(ObjectKind::ValueBuffer, &[cell]).unwrap();
    heap.collect(0..0, &[buffer]);
    assert_eq!(heap.string_text(heap.cell_get(cell)), "text");
    heap.cell_set(cell, Value::NULL);
    assert_eq!(heap.cell_get(cell), Value::NULL);
}

#[test]
fn joining_shows_what_is_no_string() {
    let mut heap = heap();
    let text = heap.string_of("n = ").unwrap();
    let joined = heap.joined(text, Value::number(1.5)).unwrap().unwrap();
    assert_eq!(heap.string_text(joined), "n = 1.5");
    assert_eq!(heap.string_text(text), "n = ");
    assert_eq!(heap.joined(Value::TRUE, text), Ok(None));
}

#[test]
fn a_mask_stays_one_in_a_copy_and_no_longer_where_a_number_is_put() {
    let mut heap = heap();
    let mask = heap.new_mask(&[2], &[0.0, 1.0]).unwrap();
    heap.share(mask);
    let mut slot = mask;
    heap.tensor_unshare(&mut slot).unwrap();
    assert!(slot != mask && heap.is_mask(&slot));
    let at = Argument::At(Value::number(0.0));
    assert_eq!(heap.tensor_set_at(&mut slot, &[at], Value::number(7.0)), Ok(true));
    assert!(heap.is_mask(&mask) && !heap.is_mask(&slot));
    let snapshot = heap.snapshot(STACK);
    heap.as_mask(slot);
    heap.restore(&snapshot);
    assert!(heap.is_mask(&mask) && !heap.is_mask(&slot));
}

#[test]
fn arrays_are_filled_from_others_without_a_copy() {
    let mut heap = heap();
    let a = heap.new_tensor(&[2], &[1.0, 2.0]).unwrap();
    let b = heap.new_vector(&[Value::number(10.0), Value::number(20.0)]).unwrap();
    for form in [Form::Vector, Form::Tensor, Form::Mask] {
        let sum = heap.filled(form, &[2], &[&a, &b], &mut |numbers, out| {
            for ((x, y), sum) in numbers[0].iter().zip(numbers[1]).zip(out) {
                *sum = x + y;
            }
        });
        let sum = sum.unwrap();
        assert_eq!(heap.numbers(&sum).as_deref(), Some(&[11.0, 22.0][..]));
        assert_eq!(heap.is_mask(&sum), form == Form::Mask);
    }
    let huge = heap.filled(Form::Tensor, &[usize::MAX, 2], &[], &mut |_, _| {});
    assert!(huge.is_err());
}

#[test]
fn one_number_of_a_tensor_changes_in_place() {
    let mut heap = heap();
    let numbers: Vec<_> = (0..6u8).map(f64::from).collect();
    let tensor = heap.new_tensor(&[2, 3], &numbers).unwrap();
    let at = |index: f64| Argument::At(Value::number(index));
    let mut slot = tensor;
    assert_eq!(heap.tensor_set_at(&mut slot, &[at(1.0), at(-1.0)], Value::number(9.0)), Ok(true));
    assert_eq!((slot, heap.tensor_numbers(slot)[5]), (tensor, 9.0));
    heap.share(tensor);
    assert_eq!(heap.tensor_set_at(&mut slot, &[at(0.0), at(1.0)], Value::number(8.0)), Ok(true));
    assert_eq!((heap.tensor_numbers(tensor)[1], heap.tensor_numbers(slot)[1]), (1.0, 8.0));
    assert_eq!(heap.tensor_set_at(&mut slot, &[at(2.0), at(1.0)], Value::number(8.0)), Ok(false));
    assert_eq!(heap.tensor_set_at(&mut slot, &[at(0.0)], Value::number(8.0)), Ok(false));
    assert_eq!(heap.tensor_set_at(&mut slot, &[at(0.0), at(0.0)], Value::NULL), Ok(false));
}

#[test]
fn wide_records_find_their_fields() {
    let mut heap = heap();
    let names: Vec<_> = (0..500).map(|i| format!("name{i}")).collect();
    let fields = names
        .iter()
        .enumerate()
        .map(|(i, name)| (name.as_str(), Value::number(i as f64), i % 2 == 0));
    let fields: Vec<_> = fields.collect();
    let mut record = heap.new_record(&fields).unwrap();
    for field in &fields {
        assert_eq!(heap.field(&record, field.0), Some(field.1));
    }
    let again = heap.new_record(&fields).unwrap();
    assert_eq!(heap.record_shape(record), heap.record_shape(again));
    let more = heap.intern("more").unwrap();
    heap.record_add(&mut record, more, Value::TRUE, false).unwrap();
    assert_eq!(heap.field(&record, "more"), Some(Value::TRUE));
    assert_eq!(heap.record_slot(record, more), Some((500, false)));
    assert_eq!(heap.field(&record, "name499"), Some(Value::number(499.0)));
    assert_eq!(heap.field(&again, "more"), None);
}
