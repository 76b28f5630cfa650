//! Random numbers, for the functions in `library/random.soc`, which keep the state of the generator:
//! each draw takes a state, and gives a value and the next state.

use achronyme_numeric::random::{self, Generator};
use machine::{Answer, Question};

use super::{Call, world};
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View, shape};

rows! {
    /// The state of a generator for a program that gives no seed.
    480 _random_start("") "" world ask_start, finish_start;
    /// The state of a generator for a seed. The function that it is for is named in errors.
    481 _random_seeded("function, seed") "" library seeded;
    /// What a function draws with its arguments, and the state after that.
    482 _random_draw("state, function, arguments") "" library draw;
}

/// The greatest seed.
const SEED_MAX: f64 = 9_007_199_254_740_992.0;

fn ask_start<S: Store>(_: &mut S, _: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::Entropy)
}

fn finish_start<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Integer(bits) => state(store, &Generator::new(bits.cast_unsigned())),
        _ => Err(world::unexpected("random numbers", answer)),
    }
}

fn seeded<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let name = store.text(&arguments[0]);
    match store.view(&arguments[1]) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it fits")]
        View::Number(seed) if seed.fract() == 0.0 && (0.0..=SEED_MAX).contains(&seed) => {
            state(store, &Generator::new(seed as u64))
        }
        View::Number(seed) => Err(Fault {
            kind: "ValueError",
            message: format!("{name}: n must be an integer from 0 to 2^53, got {seed}"),
        }),
        other => Err(Fault {
            kind: "TypeError",
            message: format!("{name}: n must be an integer, got {}", other.kind().name()),
        }),
    }
}

/// A generator as a value.
fn state<S: Store>(store: &mut S, generator: &Generator) -> Result<S::Value, Fault> {
    let words = generator.words().map(f64::from);
    store.new_tensor(&[words.len()], &words)
}

/// The generator that a value is.
fn generator<S: Store>(store: &S, value: &S::Value) -> Result<Generator, Fault> {
    let view = store.tensor(value).filter(|view| view.data.len() == 8);
    let Some(view) = view else { return Err(Fault::new("the state of a generator is wrong")) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let words = std::array::from_fn(|i| view.data[i] as u32);
    Ok(Generator::from_words(words))
}

fn draw<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [before, function, given] = arguments else {
        return Err(Fault::new("_random_draw() takes three arguments"));
    };
    let mut generator = generator(store, before)?;
    let function = store.text(function).to_owned();
    let mut arguments = store.elements(given).to_vec();
    while arguments.last().is_some_and(|last| store.view(last) == View::Null) {
        arguments.pop();
    }
    let call = |name, parameters| Call::new(store, name, parameters, &arguments);
    let value = match &*function {
        "rand" => {
            let call = &call("rand", "...")?;
            numbers_in(store, call, &sizes(store, call)?, || random::unit(&mut generator))
        }
        "randn" => {
            let call = &call("randn", "...")?;
            numbers_in(store, call, &sizes(store, call)?, || {
                random::standard_normal(&mut generator)
            })
        }
        "randint" => {
            let call = &call("randint", "low, high?, {size = null}")?;
            integers(store, call, &mut generator)
        }
        "choice" => {
            let call = &call("choice", "items, {size = null, replace = true, p = null}")?;
            choice(store, call, &mut generator)
        }
        "shuffle" => shuffle(store, &call("shuffle", "items")?, &mut generator),
        "permutation" => permutation(store, &call("permutation", "n")?, &mut generator),
        _ => Err(Fault::new(format!("{function} draws nothing"))),
    }?;
    let after = state(store, &generator)?;
    store.new_vector(&[value, after])
}

/// The shape that sizes say, which are numbers, or one vector of them.
fn sizes<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Vec<usize>, Fault> {
    match (call.len(), call.get(0)) {
        (1, Some(value)) if !matches!(store.view(value), View::Number(_)) => {
            of_sizes(store, call, value)
        }
        _ => (0..call.len()).map(|place| call.count(store, place)).collect(),
    }
}

/// The shape that a number or a vector of numbers says.
pub(super) fn of_sizes<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    value: &S::Value,
) -> Result<Vec<usize>, Fault> {
    let wanted =
        |found: String| call.value_error(format!("sizes must be integers from 0 on, got {found}"));
    match numbers::of(store, value) {
        Some(Numbers::Real(shape, data)) if shape.len() <= 1 => {
            let size = |size: &f64| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "saturates"
                )]
                let count = *size as usize;
                let is_count = *size >= 0.0 && numbers::is_integer(*size);
                if is_count { Ok(count) } else { Err(wanted(size.to_string())) }
            };
            data.iter().map(size).collect()
        }
        _ => Err(call.type_error(format!(
            "sizes must be a number or a vector of numbers, got {}",
            store.kind(value).name()
        ))),
    }
}

/// A tensor of this shape of what `draw` gives, or one number without a shape.
fn numbers_in<S: Store>(
    store: &mut S,
    _: &Call<S::Value>,
    shape: &[usize],
    mut draw: impl FnMut() -> f64,
) -> Result<S::Value, Fault> {
    if shape.is_empty() {
        let number = draw();
        return Ok(store.number(number));
    }
    let size = shape::size(shape, size_of::<f64>())?;
    store.room(size.saturating_mul(2 * size_of::<f64>()))?;
    let data: Vec<f64> = (0..size).map(|_| draw()).collect();
    store.new_tensor(shape, &data)
}

#[expect(clippy::cast_precision_loss, reason = "integers up to 2^53")]
fn integers<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    generator: &mut Generator,
) -> Result<S::Value, Fault> {
    let first = call.number(store, 0)?;
    let (low, high) = match call.get(1) {
        None => (0.0, first),
        Some(_) => (first, call.number(store, 1)?),
    };
    let (low, range) = random::check_bounds(low, high).map_err(|error| call.fault(error))?;
    let shape = match call.option("size") {
        None => Vec::new(),
        Some(size) => of_sizes(store, call, size)?,
    };
    numbers_in(store, call, &shape, || random::integer(generator, low, range) as f64)
}

/// What one can choose from: the elements of a vector, or the rows of a tensor.
fn item_count<S: Store>(store: &S, call: &Call<S::Value>) -> Result<usize, Fault> {
    let value = call.at(0)?;
    let rows = |shape: &[usize]| shape.first().copied();
    let count = match store.view(value) {
        View::Vector => Some(store.elements(value).len()),
        View::Tensor => store.tensor(value).and_then(|tensor| rows(tensor.shape)),
        View::ComplexTensor => store.complex_tensor(value).and_then(|tensor| rows(tensor.shape)),
        _ => None,
    };
    count.ok_or_else(|| call.wanted(store, 0, "a vector or tensor"))
}

/// The items at these places, in a vector if they were in one, otherwise in a tensor.
fn items<S: Store>(store: &mut S, value: &S::Value, places: &[usize]) -> Result<S::Value, Fault> {
    if store.view(value) == View::Vector {
        let all = store.elements(value);
        let chosen: Vec<S::Value> = places.iter().map(|place| all[*place].clone()).collect();
        return store.new_vector(&chosen);
    }
    let chosen = {
        let Some(numbers) = numbers::of(store, value) else {
            return Err(Fault::value_error("there is nothing to take items from"));
        };
        let mut shape = numbers.shape().to_vec();
        let width: usize = shape.iter().skip(1).product();
        if let Some(length) = shape.first_mut() {
            *length = places.len();
        }
        store.room(places.len().saturating_mul(width).saturating_mul(size_of::<f64>()))?;
        match &numbers {
            Numbers::Real(_, data) => Numbers::Real(shape.into(), rows(data, width, places)),
            Numbers::Complex(_, data) => Numbers::Complex(shape.into(), rows(data, width, places)),
        }
    };
    numbers::new_tensor(store, &chosen)
}

fn rows<T: Copy>(data: &[T], width: usize, places: &[usize]) -> std::borrow::Cow<'static, [T]> {
    places
        .iter()
        .flat_map(|place| data[place * width..(place + 1) * width].iter().copied())
        .collect()
}

fn choice<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    generator: &mut Generator,
) -> Result<S::Value, Fault> {
    let count = item_count(store, call)?;
    let replace = call.flag(store, "replace", true)?;
    let size = call.count_option(store, "size", 1)?;
    store.room(size.saturating_mul(2 * size_of::<usize>()))?;
    let places = match call.option("p") {
        None if replace => random::choose(generator, count, size),
        None => random::choose_different(generator, count, size),
        Some(_) if !replace => {
            return Err(call.value_error("p cannot be combined with replace: false"));
        }
        Some(weights) => match numbers::of(store, weights) {
            Some(Numbers::Real(shape, weights)) if *shape == [count] => {
                random::choose_weighted(generator, &weights, size)
            }
            Some(Numbers::Real(shape, _)) if shape.len() == 1 => {
                let message = format!("p has {} numbers for {count} items", shape[0]);
                return Err(call.value_error(message));
            }
            _ => return Err(call.option_wanted(store, "p", "a vector of numbers")),
        },
    };
    let places = places.map_err(|error| call.fault(error))?;
    let value = call.at(0)?;
    if call.option("size").is_some() {
        return items(store, value, &places);
    }
    let chosen = items(store, value, &places)?;
    first(store, &chosen)
}

/// The only item of a vector or tensor.
fn first<S: Store>(store: &mut S, value: &S::Value) -> Result<S::Value, Fault> {
    if let [only] = store.elements(value) {
        return Ok(only.clone());
    }
    let row = match numbers::of(store, value) {
        Some(Numbers::Real(shape, data)) => {
            Numbers::Real(shape[1..].to_vec().into(), data.into_owned().into())
        }
        Some(Numbers::Complex(shape, data)) => {
            Numbers::Complex(shape[1..].to_vec().into(), data.into_owned().into())
        }
        None => return Err(Fault::value_error("there is nothing to take items from")),
    };
    numbers::new_tensor(store, &row)
}

fn shuffle<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    generator: &mut Generator,
) -> Result<S::Value, Fault> {
    let count = item_count(store, call)?;
    store.room(count.saturating_mul(2 * size_of::<usize>()))?;
    let places = random::permutation(generator, count);
    items(store, call.at(0)?, &places)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn permutation<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    generator: &mut Generator,
) -> Result<S::Value, Fault> {
    let count = call.count(store, 0)?;
    store.room(count.saturating_mul(3 * size_of::<usize>()))?;
    let places = random::permutation(generator, count);
    let numbers: Vec<f64> = places.into_iter().map(|place| place as f64).collect();
    store.new_tensor(&[count], &numbers)
}
