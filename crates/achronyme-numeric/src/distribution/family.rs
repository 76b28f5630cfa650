//! The families by name, and one way to ask all of them.

use super::beta::Beta;
use super::binomial::Binomial;
use super::exponential::Exponential;
use super::f::F;
use super::gamma::{ChiSquared, Gamma};
use super::law::Law;
use super::normal::Normal;
use super::poisson::Poisson;
use super::t::StudentT;
use super::uniform::Uniform;
use crate::slow_map_into;

/// What a distribution can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The density at a point, or the probability of a number.
    Density,
    /// Its logarithm.
    LnDensity,
    /// The probability of at most x.
    Below,
    /// The probability of more than x.
    Above,
    /// The least x with at least this probability of at most x.
    Quantile,
}

/// A parameter of a family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// What users call it.
    pub name: &'static str,
    /// What it is where it is not given; `None` where it must be.
    pub default: Option<f64>,
}

/// Declares the families: their type, and the parameters in order.
macro_rules! families {
    ($($(#[$doc:meta])* $family:ident $law:ident, $discrete:literal:
        $($name:literal $(= $default:literal)?),+;)*) => {
        /// A family of distributions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Family {
            $($(#[$doc])* $family,)*
        }

        impl Family {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$family),*];

            /// Its parameters, in the order in which they are given.
            #[must_use]
            pub const fn parameters(self) -> &'static [Parameter] {
                match self {
                    $(Self::$family => &[$(
                        Parameter { name: $name, default: families!(@default $($default)?) }
                    ),+],)*
                }
            }

            /// Whether its numbers are integers.
            #[must_use]
            pub const fn is_discrete(self) -> bool {
                match self { $(Self::$family => $discrete,)* }
            }

            /// Whether there is a distribution with these parameters.
            #[must_use]
            pub fn is_valid(self, parameters: &[f64]) -> bool {
                match self { $(Self::$family => $law::new(parameters).is_some(),)* }
            }

            /// The answer of the distribution with these parameters; NaN if there is none, or `x`
            /// is NaN, or a probability outside 0…1.
            #[must_use]
            pub fn ask(self, parameters: &[f64], quantity: Quantity, x: f64) -> f64 {
                match self { $(Self::$family => ask($law::new(parameters), quantity, x),)* }
            }
        }
    };
    (@default) => { None };
    (@default $default:literal) => { Some($default) };
}

families! {
    /// The bell.
    Normal Normal, false: "mean" = 0.0, "sd" = 1.0;
    /// All points between two ends alike.
    Uniform Uniform, false: "a" = 0.0, "b" = 1.0;
    /// Student's t.
    T StudentT, false: "df";
    /// The sum of squares of normal numbers.
    ChiSquared ChiSquared, false: "df";
    /// The ratio of two such sums, each by its degrees of freedom.
    F F, false: "d1", "d2";
    /// How long one waits for an event.
    Exponential Exponential, false: "scale" = 1.0;
    /// How long one waits for several events.
    Gamma Gamma, false: "shape", "scale" = 1.0;
    /// A share between 0 and 1.
    Beta Beta, false: "a", "b";
    /// How many of n trials succeed.
    Binomial Binomial, true: "n", "p";
    /// How many events there are.
    Poisson Poisson, true: "mu";
}

impl Family {
    /// Writes what [`Self::ask`] gives for each number.
    pub fn ask_each(
        self,
        parameters: &[f64],
        quantity: Quantity,
        numbers: &[f64],
        out: &mut [f64],
    ) {
        let one = |x| self.ask(parameters, quantity, x);
        if self == Self::Normal
            && let Some(normal) = Normal::new(parameters)
            && let Quantity::Below | Quantity::Above = quantity
        {
            return normal.tails_into(quantity == Quantity::Above, numbers, out, one);
        }
        slow_map_into(numbers, out, one);
    }

    /// A random number of the distribution with these parameters, which must be valid: of a number
    /// between 0 and 1, or for [`Family::Normal`] of a standard normal one.
    #[must_use]
    pub fn sample(self, parameters: &[f64], draw: f64) -> f64 {
        match (self, parameters) {
            (Self::Normal, [mean, sd, ..]) => mean + sd * draw,
            (Self::Uniform, [a, b, ..]) => a + (b - a) * draw,
            _ => self.ask(parameters, Quantity::Quantile, draw),
        }
    }
}

fn ask(law: Option<impl Law>, quantity: Quantity, x: f64) -> f64 {
    let Some(law) = law else { return f64::NAN };
    if x.is_nan() {
        return x;
    }
    let (start, end) = law.support();
    match quantity {
        Quantity::Density | Quantity::LnDensity if x < start || x > end || x.is_infinite() => {
            if quantity == Quantity::Density {
                0.0
            } else {
                f64::NEG_INFINITY
            }
        }
        Quantity::Density => law.density(x),
        // The logarithm of 1 has no sign.
        Quantity::LnDensity => law.ln_density(x) + 0.0,
        Quantity::Below if x < start => 0.0,
        Quantity::Below if x >= end => 1.0,
        Quantity::Below => law.below(x),
        Quantity::Above if x < start => 1.0,
        Quantity::Above if x >= end => 0.0,
        Quantity::Above => law.above(x),
        Quantity::Quantile if !(0.0..=1.0).contains(&x) => f64::NAN,
        Quantity::Quantile if x == 0.0 => start,
        Quantity::Quantile if 1.0 - x == 0.0 => end,
        Quantity::Quantile => law.quantile(x),
    }
}
