//! Random numbers of distributions, for the functions in `library/random.soc`: what to draw, and what
//! to make of it.

use std::borrow::Cow;

use achronyme_numeric::distribution::Family;
use achronyme_numeric::meeting;

use super::{Call, random};
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers};
use crate::{Fault, Kind, Store, View};

rows! {
    /// What a function that samples a distribution is to draw: from the generator `rng`, null for that
    /// of the program, in the shape `size`, null for one number, and whether `normal` numbers.
    483 _sample_plan("function, arguments") "" library plan;
    /// What such a function makes of its draws.
    484 _sample_of("function, arguments, draws") "" library sample;
}

/// Function, family and parameters.
type Row = (&'static str, Family, &'static str);
/// A family, a call of its function, and the parameters.
type Sampling<V> = (Family, Call<V>, Vec<f64>);

const ROWS_OF_FAMILIES: [Row; 10] = [
    ("normal_sample", Family::Normal, "mean = 0, sd = 1, {size = null, rng = null}"),
    ("uniform_sample", Family::Uniform, "a = 0, b = 1, {size = null, rng = null}"),
    ("t_sample", Family::T, "df, {size = null, rng = null}"),
    ("chi2_sample", Family::ChiSquared, "df, {size = null, rng = null}"),
    ("f_sample", Family::F, "d1, d2, {size = null, rng = null}"),
    ("exponential_sample", Family::Exponential, "scale = 1, {size = null, rng = null}"),
    ("gamma_sample", Family::Gamma, "shape, scale = 1, {size = null, rng = null}"),
    ("beta_sample", Family::Beta, "a, b, {size = null, rng = null}"),
    ("binomial_sample", Family::Binomial, "n, p, {size = null, rng = null}"),
    ("poisson_sample", Family::Poisson, "mu, {size = null, rng = null}"),
];

/// The family of a function, its call with these arguments, and its parameters.
fn read<S: Store>(
    store: &S,
    function: &S::Value,
    arguments: &S::Value,
) -> Result<Sampling<S::Value>, Fault> {
    let name = store.text(function);
    let Some((name, family, parameters)) = ROWS_OF_FAMILIES.iter().find(|row| row.0 == name) else {
        return Err(Fault::new(format!("{name} samples nothing")));
    };
    let mut arguments = store.elements(arguments).to_vec();
    while arguments.last().is_some_and(|last| store.view(last) == View::Null) {
        arguments.pop();
    }
    let call = Call::new(store, name, parameters, &arguments)?;
    let numbers: Vec<f64> = (0..)
        .zip(family.parameters())
        .map(|(place, parameter)| match parameter.default {
            Some(default) => call.number_or(store, place, default),
            None => call.number(store, place),
        })
        .collect::<Result<_, _>>()?;
    if call.len() > numbers.len() {
        let message = format!("takes {} parameters, got {}", numbers.len(), call.len());
        return Err(call.type_error(message));
    }
    if !family.is_valid(&numbers) {
        let of = |(parameter, number)| format!("{parameter} = {number}");
        let names = family.parameters().iter().map(|parameter| parameter.name);
        let all: Vec<String> = names.zip(&numbers).map(of).collect();
        return Err(call.value_error(format!("there is no distribution with {}", all.join(", "))));
    }
    Ok((*family, call, numbers))
}

fn plan<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (family, call, _) = read(store, &arguments[0], &arguments[1])?;
    let null = store.null();
    let rng = call.option("rng").cloned().unwrap_or_else(|| null.clone());
    let draws = |name| store.field(&rng, name).map(|field| store.kind(&field));
    let is_generator = ["rand", "randn"].map(draws) == [Some(Kind::Function); 2];
    if store.view(&rng) != View::Null && !is_generator {
        return Err(call.option_wanted(store, "rng", "a generator, as rng() makes it"));
    }
    let size = match call.option("size") {
        None => null,
        Some(size) => {
            let shape = random::of_sizes(store, &call, size)?;
            #[expect(clippy::cast_precision_loss, reason = "sizes come from numbers")]
            let sizes: Vec<f64> = shape.iter().map(|size| *size as f64).collect();
            numbers::real_vector(store, &sizes)?
        }
    };
    let normal = store.boolean(family == Family::Normal);
    store.new_record(&[("rng", rng, false), ("size", size, false), ("normal", normal, false)])
}

fn sample<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [function, given, draws] = arguments else {
        return Err(Fault::new("_sample_of() takes three arguments"));
    };
    let (family, call, parameters) = read(store, function, given)?;
    let samples = match numbers::of(store, draws) {
        Some(Numbers::Real(shape, data)) => {
            let samples =
                meeting([(&*shape, &*data)], &shape, |[draw]| Ok(family.sample(&parameters, draw)));
            let samples = samples.map_err(|error| call.fault(error))?;
            Numbers::Real(Cow::Owned(shape.into_owned()), Cow::Owned(samples))
        }
        _ => return Err(call.type_error("the generator rng draws no numbers")),
    };
    numbers::new_tensor(store, &samples)
}
