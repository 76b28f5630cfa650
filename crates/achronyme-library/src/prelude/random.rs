//! Random numbers.

use super::row::rows;

rows! {
    "Random numbers";
    /// Begins the random numbers of the program anew: after the same integer from 0 to 2^53 come the
    /// same numbers, on every machine. Without it, they begin by chance.
    ///
    /// `do { seed(42); rand() }` → `0.7739560485559633`
    seed("n") "random";
    /// A generator of its own, from a seed or by chance: a record of the functions rand, randn, randint,
    /// choice and shuffle.
    ///
    /// `rng(42).rand()` → `0.7739560485559633`
    /// `do { let a = rng(1); let b = rng(1); a.randint(100) == b.randint(100) }` → `true`
    rng("n?") "random";
    /// A random number from 0 to below 1, or a tensor of them, whose sizes are numbers or a vector.
    ///
    /// `shape(rand(2, 3))` → `[2, 3]`
    rand("n?, m?, ...") "random";
    /// A random number of the standard normal distribution, or a tensor of them.
    ///
    /// `len(randn(5))` → `5`
    randn("n?, m?, ...") "random";
    /// A random integer from `low` to below `high`, or from 0 to below the only one; with `size` a tensor
    /// of them.
    ///
    /// `do { seed(42); randint(0, 10, {size: 8}) }` → `[7, 4, 8, 6, 0, 9, 7, 7]`
    randint("low, high?, {size = null}") "random";
    /// A random item of a vector, or row of a tensor; with `size` several, each from all of them, or
    /// different ones where `replace` is false. With `p` each item as often as its number says.
    ///
    /// `do { seed(42); choice([10, 20, 30, 40, 50], {size: 3, replace: false}) }` → `[40, 30, 50]`
    /// `choice([1, 2], {p: [0, 1]})` → `2`
    choice("items, {size = null, replace = true, p = null}") "random";
    /// The items of a vector, or the rows of a tensor, in random order.
    ///
    /// `sum(shuffle([1, 2, 3]))` → `6`
    shuffle("items") "random";
    /// The integers from 0 to below n in random order.
    ///
    /// `do { seed(9); permutation(5) }` → `[0, 2, 3, 1, 4]`
    permutation("n") "random";
    /// A random number of a normal distribution; with `size` a tensor of them, with `rng` from a
    /// generator that `rng` made.
    ///
    /// `len(normal_sample(10, 2, {size: 4}))` → `4`
    normal_sample("mean = 0, sd = 1, {size = null, rng = null}") "random";
    /// A random number from a to below b; options as for `normal_sample`.
    ///
    /// `uniform_sample(0, 2, {rng: rng(42)})` → `1.5479120971119267`
    uniform_sample("a = 0, b = 1, {size = null, rng = null}") "random";
    /// A random number of a t distribution; options as for `normal_sample`.
    ///
    /// `len(t_sample(3, {size: 4}))` → `4`
    t_sample("df, {size = null, rng = null}") "random";
    /// A random number of a chi-squared distribution; options as for `normal_sample`.
    ///
    /// `chi2_sample(3) > 0` → `true`
    chi2_sample("df, {size = null, rng = null}") "random";
    /// A random number of an F distribution; options as for `normal_sample`.
    ///
    /// `f_sample(3, 4) > 0` → `true`
    f_sample("d1, d2, {size = null, rng = null}") "random";
    /// A random number of an exponential distribution, by its mean; options as for `normal_sample`.
    ///
    /// `exponential_sample(2) >= 0` → `true`
    exponential_sample("scale = 1, {size = null, rng = null}") "random";
    /// A random number of a gamma distribution; options as for `normal_sample`.
    ///
    /// `gamma_sample(3) > 0` → `true`
    gamma_sample("shape, scale = 1, {size = null, rng = null}") "random";
    /// A random number of a beta distribution; options as for `normal_sample`.
    ///
    /// `beta_sample(1, 2) < 1` → `true`
    beta_sample("a, b, {size = null, rng = null}") "random";
    /// A random number of a binomial distribution; options as for `normal_sample`.
    ///
    /// `binomial_sample(10, 1)` → `10`
    binomial_sample("n, p, {size = null, rng = null}") "random";
    /// A random number of a Poisson distribution; options as for `normal_sample`.
    ///
    /// `poisson_sample(3) >= 0` → `true`
    poisson_sample("mu, {size = null, rng = null}") "random";
}
