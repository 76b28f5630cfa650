//! Functions of one number, or of a few, that are not elementary.

use achronyme_numeric::special;

use super::{Call, broadcast};
use crate::builtin::row::rows;
use crate::{Fault, Store};

rows! {
    /// The gamma function, (x - 1)! for integers: NaN at -1, -2, …, and with the sign of x infinite at
    /// 0. Also of complex numbers.
    ///
    /// `gamma(5)` → `24`
    /// `gamma([1, 2, 3, 4])` → `[1, 1, 2, 6]`
    360 gamma("x") "special" call gamma;
    /// The natural logarithm of |gamma(x)|: infinite at 0, -1, ….
    ///
    /// `lgamma(2)` → `0`
    361 lgamma("x") "special" call lgamma;
    /// As `lgamma`.
    ///
    /// `gammaln(1)` → `0`
    362 gammaln("x") "special" call lgamma;
    /// The number of orders of n things, n!: exactly up to 22!, infinite beyond 170!.
    ///
    /// `factorial(5)` → `120`
    363 factorial("n") "special" call factorial;
    /// In how many ways one can choose k of n things, or with `repetition` each as often as one likes.
    /// 0 where k is negative or greater than n.
    ///
    /// `comb(5, 2)` → `10`
    /// `comb(5, 3, {repetition: true})` → `35`
    364 comb("n, k, {repetition = false}") "special" call comb;
    /// As `comb`.
    ///
    /// `binomial(52, 5)` → `2598960`
    365 binomial("n, k, {repetition = false}") "special" call comb;
    /// In how many orders one can take k of n things, or all. 0 where k is negative or greater than n.
    ///
    /// `perm(5, 2)` → `20`
    /// `perm(4)` → `24`
    366 perm("n, k = n") "special" call perm;
    /// The beta function, gamma(a) gamma(b) / gamma(a + b).
    ///
    /// `beta(2, 2) == 1 / 6` → `true`
    367 beta("a, b") "special" call beta;
    /// The error function, 2/√π times the integral of exp(-t²) from 0 to x.
    ///
    /// `erf([0, Infinity])` → `[0, 1]`
    368 erf("x") "special" call erf;
    /// 1 - erf(x), with all digits also where it is tiny.
    ///
    /// `erfc(0)` → `1`
    369 erfc("x") "special" call erfc;
    /// The x with erf(x) = y: infinite at -1 and 1, NaN beyond.
    ///
    /// `erfinv([-1, 0, 1])` → `[-Infinity, 0, Infinity]`
    370 erfinv("y") "special" call erfinv;
    /// The x with erfc(x) = y: infinite at 0 and 2, NaN beyond.
    ///
    /// `erfcinv(1)` → `0`
    371 erfcinv("y") "special" call erfcinv;
    /// sin(πx) / (πx), which is 1 at 0. Also of complex numbers.
    ///
    /// `sinc([0, 1, 2])` → `[1, 0, 0]`
    372 sinc("x") "special" call sinc;
    /// The derivative of ln(gamma(x)): NaN at -1, -2, ….
    ///
    /// `round(digamma(1) * 1000)` → `-577`
    373 digamma("x") "special" call digamma;
    /// The lower incomplete gamma function divided by gamma(a), from 0 to 1. NaN unless a and x are at
    /// least 0.
    ///
    /// `gammainc(2, [0, Infinity])` → `[0, 1]`
    374 gammainc("a, x") "special" call gammainc;
    /// 1 - gammainc(a, x), with all digits also where it is tiny.
    ///
    /// `gammaincc(1, 0)` → `1`
    375 gammaincc("a, x") "special" call gammaincc;
    /// The incomplete beta function divided by beta(a, b), from 0 to 1. NaN unless a and b are above 0
    /// and x is from 0 to 1.
    ///
    /// `betainc(2, 2, 0.5)` → `0.5`
    376 betainc("a, b, x") "special" call betainc;
}

/// Declares functions of so many numbers from rows of name, count and what computes them.
macro_rules! elementwise {
    ($($name:ident [$($x:ident),+];)*) => {
        $(fn $name<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
            let defaults = [$(elementwise!(@none $x)),+];
            broadcast::apply(store, call, defaults, |[$($x),+]| Ok(special::$name($($x),+)))
        })*
    };
    (@none $x:ident) => { None };
}

elementwise! {
    lgamma [x];
    beta [a, b];
    erfinv [y];
    erfcinv [y];
    digamma [x];
    gammainc [a, x];
    gammaincc [a, x];
    betainc [a, b, x];
}

fn gamma<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    broadcast::apply_complex_to_all(store, call, special::gamma_into, special::complex_gamma)
}

fn erf<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    broadcast::apply_to_first(store, call, special::erf_into)
        .unwrap_or_else(|| broadcast::apply(store, call, [None], |[x]| Ok(special::erf(x))))
}

fn erfc<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    broadcast::apply_to_first(store, call, special::erfc_into)
        .unwrap_or_else(|| broadcast::apply(store, call, [None], |[x]| Ok(special::erfc(x))))
}

fn sinc<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    broadcast::apply_complex(store, call, special::sinc, special::complex_sinc)
}

fn factorial<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    broadcast::apply(store, call, [None], |[n]| special::factorial(n))
}

fn comb<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let comb = match call.flag(store, "repetition", false)? {
        true => special::comb_with_repetition,
        false => special::comb,
    };
    broadcast::apply(store, call, [None, None], |[n, k]| comb(n, k))
}

fn perm<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    if call.get(1).is_none() {
        return broadcast::apply(store, call, [None], |[n]| special::perm(n, n));
    }
    broadcast::apply(store, call, [None, None], |[n, k]| special::perm(n, k))
}
