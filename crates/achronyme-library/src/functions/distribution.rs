//! Distributions: ten families, of each the density, its logarithm, the probabilities on both sides
//! and the quantiles.

use achronyme_numeric::distribution::{Family, Quantity};
use machine::{Answer, Question};

use super::{Call, broadcast};
use crate::builtin::row::{arity, not_here};
use crate::builtin::{Builtin, Engine};
use crate::{Fault, Store, View};

/// The number of the first function.
const FIRST: u16 = 400;

/// What is asked, in the order of the functions of a family.
const QUANTITIES: [Quantity; 5] =
    [Quantity::Density, Quantity::LnDensity, Quantity::Below, Quantity::Above, Quantity::Quantile];

/// Declares the functions of each family: what it is, what messages call its parameters, and five
/// functions with an argument and what it comes to.
macro_rules! distributions {
    ($(
        $family:ident $what:literal [$density:literal]($x:literal, $p:literal, $parameters:literal)
        $($name:ident $example:literal $echo:literal),+;
    )*) => {
        /// The families in the order of their functions.
        const FAMILIES: &[Family] = &[$(Family::$family),*];

        /// The rows of this file.
        pub(crate) const ROWS: &[Builtin] = &numbered([$(
            distributions!(
                @rows [$what $density $x $p $parameters] $($name $example $echo),+
            ),
        )*]);
    };
    (@rows [$what:literal $density:literal $x:literal $p:literal $parameters:literal]
        $a:ident $a_example:literal $a_echo:literal, $b:ident $b_example:literal $b_echo:literal,
        $c:ident $c_example:literal $c_echo:literal, $d:ident $d_example:literal $d_echo:literal,
        $e:ident $e_example:literal $e_echo:literal
    ) => {
        [
            distributions!(@row $a [$x $parameters] concat!(
                "The ", $density, " of ", $x, " in the ", $what, "."
            ), $a_example $a_echo),
            distributions!(@row $b [$x $parameters] concat!(
                "The natural logarithm of the ", $density, " of ", $x, " in the ", $what, "."
            ), $b_example $b_echo),
            distributions!(@row $c [$x $parameters] concat!(
                "The probability of at most ", $x, " in the ", $what, "."
            ), $c_example $c_echo),
            distributions!(@row $d [$x $parameters] concat!(
                "The probability of more than ", $x, " in the ", $what,
                ", with all digits also where it is tiny."
            ), $d_example $d_echo),
            distributions!(@row $e [$p $parameters] concat!(
                "The least ", $x, " with at least the probability ", $p, " of at most ", $x,
                " in the ", $what, "."
            ), $e_example $e_echo),
        ]
    };
    (@row $name:ident [$first:literal $parameters:literal]
        $doc:expr, $example:literal $echo:literal
    ) => {
        Builtin {
            index: 0,
            name: stringify!($name),
            module: "stats",
            parameters: concat!($first, ", ", $parameters),
            arity: arity(concat!($first, ", ", $parameters)),
            doc: concat!(
                $doc, " NaN where there is no such distribution.\n\n`",
                stringify!($name), "(", $example, ")` → `", $echo, "`\n"
            ),
            engine: Engine::Library,
            in_place: false,
        }
    };
}

distributions! {
    Normal "normal distribution" ["density"]("x", "p", "mean = 0, sd = 1, {}")
        normal_pdf "0" "0.3989422804014327",
        normal_logpdf "0" "-0.9189385332046728",
        normal_cdf "0" "0.5",
        normal_sf "1.5, 1.5" "0.5",
        normal_ppf "0.5" "0";
    Uniform "uniform distribution between a and b" ["density"]("x", "p", "a = 0, b = 1, {}")
        uniform_pdf "1, 0, 4" "0.25",
        uniform_logpdf "1, 0, 4" "-1.3862943611198906",
        uniform_cdf "1, 0, 4" "0.25",
        uniform_sf "1, 0, 4" "0.75",
        uniform_ppf "0.25, 0, 4" "1";
    T "t distribution with df degrees of freedom" ["density"]("x", "p", "df")
        t_pdf "0, 2" "0.35355339059327373",
        t_logpdf "0, 2" "-1.039720770839918",
        t_cdf "1, 1" "0.75",
        t_sf "0, 3" "0.5",
        t_ppf "0.5, 3" "0";
    ChiSquared "chi-squared distribution with df degrees of freedom" ["density"]("x", "p", "df")
        chi2_pdf "0, 2" "0.5",
        chi2_logpdf "0, 2" "-0.6931471805599453",
        chi2_cdf "0, 3" "0",
        chi2_sf "0, 3" "1",
        chi2_ppf "0, 3" "0";
    F "F distribution with d1 and d2 degrees of freedom" ["density"]("x", "p", "d1, d2")
        f_pdf "0, 2, 2" "1",
        f_logpdf "0, 2, 2" "0",
        f_cdf "1, 10, 10" "0.5",
        f_sf "1, 10, 10" "0.5",
        f_ppf "0.5, 10, 10" "1";
    Exponential "exponential distribution with mean scale" ["density"]("x", "p", "scale = 1, {}")
        exponential_pdf "0, 2" "0.5",
        exponential_logpdf "0, 1" "0",
        exponential_cdf "0" "0",
        exponential_sf "0" "1",
        exponential_ppf "0" "0";
    Gamma "gamma distribution" ["density"]("x", "p", "shape, scale = 1, {}")
        gamma_pdf "0, 1, 2" "0.5",
        gamma_logpdf "0, 1, 2" "-0.6931471805599453",
        gamma_cdf "0, 3" "0",
        gamma_sf "0, 3" "1",
        gamma_ppf "0, 3" "0";
    Beta "beta distribution" ["density"]("x", "p", "a, b")
        beta_pdf "0.5, 1, 1" "1",
        beta_logpdf "0.5, 1, 1" "0",
        beta_cdf "0.5, 2, 2" "0.5",
        beta_sf "0.5, 2, 2" "0.5",
        beta_ppf "0.5, 2, 2" "0.5";
    Binomial "binomial distribution of n trials with probability p" ["probability"]("k", "q", "n, p")
        binomial_pmf "1, 2, 0.5" "0.5",
        binomial_logpmf "1, 2, 0.5" "-0.6931471805599453",
        binomial_cdf "1, 2, 0.5" "0.75",
        binomial_sf "1, 2, 0.5" "0.25",
        binomial_ppf "0.5, 20, 0.3" "6";
    Poisson "Poisson distribution with mean mu" ["probability"]("k", "p", "mu")
        poisson_pmf "0, 1" "0.36787944117144233",
        poisson_logpmf "0, 2" "-2",
        poisson_cdf "0, 0" "1",
        poisson_sf "0, 0" "0",
        poisson_ppf "0.5, 4" "4";
}

const COUNT: usize = 50;

/// The rows with their numbers.
const fn numbered(families: [[Builtin; QUANTITIES.len()]; FAMILIES.len()]) -> [Builtin; COUNT] {
    let mut rows = [families[0][0]; COUNT];
    let (mut row, mut index) = (0, FIRST);
    while row < COUNT {
        rows[row] = families[row / QUANTITIES.len()][row % QUANTITIES.len()];
        rows[row].index = index;
        row += 1;
        index += 1;
    }
    rows
}

/// The functions by their numbers.
fn function(index: u16) -> Option<(&'static Builtin, Family, Quantity)> {
    let row = usize::from(index.checked_sub(FIRST)?);
    let family = FAMILIES.get(row / QUANTITIES.len())?;
    Some((&ROWS[row], *family, QUANTITIES[row % QUANTITIES.len()]))
}

/// Calls the function with this number.
pub(crate) fn call<S: Store>(
    index: u16,
    store: &mut S,
    arguments: &[S::Value],
) -> Result<S::Value, Fault> {
    let (row, family, quantity) = function(index).ok_or_else(|| not_here(index))?;
    let call = &Call::new(store, row.name, row.parameters, arguments)?;
    let default = |place: usize| family.parameters().get(place).and_then(|it| it.default);
    if let Some(parameters) = numbers(store, call, family) {
        let all = |x: &[f64], out: &mut [f64]| family.ask_each(&parameters, quantity, x, out);
        if let Some(made) = broadcast::apply_to_first(store, call, all) {
            return made;
        }
    }
    if family.parameters().len() == 1 {
        broadcast::apply(store, call, [None, default(0)], |[x, a]| {
            Ok(family.ask(&[a], quantity, x))
        })
    } else {
        broadcast::apply(store, call, [None, default(0), default(1)], |[x, a, b]| {
            Ok(family.ask(&[a, b], quantity, x))
        })
    }
}

/// The parameters of the family, if all are numbers.
fn numbers<S: Store>(store: &S, call: &Call<S::Value>, family: Family) -> Option<Vec<f64>> {
    let parameters = family.parameters().iter().zip(1..);
    parameters
        .map(|(parameter, place)| match call.get(place) {
            None => parameter.default,
            Some(value) => match store.view(value) {
                View::Number(number) => Some(number),
                _ => None,
            },
        })
        .collect()
}

/// No function here asks the outside.
pub(crate) fn ask<S: Store>(index: u16, _: &mut S, _: &[S::Value]) -> Result<Question, Fault> {
    Err(not_here(index))
}

/// No function here asks the outside.
pub(crate) fn finish<S: Store>(
    index: u16,
    _: &mut S,
    _: &[S::Value],
    _: &Answer,
) -> Result<S::Value, Fault> {
    Err(not_here(index))
}
