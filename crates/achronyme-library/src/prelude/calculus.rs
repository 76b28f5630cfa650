//! Derivatives, integrals and roots of functions.

use super::row::rows;

rows! {
    "Derivatives, integrals and roots";
    /// The derivative of a function at a place, by central differences. Without `h`, the step is in
    /// proportion to the place, and a second one improves on it. Of an array, the differences of
    /// neighbours, `n` times over (`diff(array, n = 1, {axis: -1})`).
    ///
    /// `round(diff(x => x ^ 3, 2) * 1e6) / 1e6` → `12`
    /// `diff([1, 4, 9, 16])` → `[3, 5, 7]`
    diff("f, x?, h?") "numerical";
    /// The second derivative of a function at a place.
    ///
    /// `round(diff2(x => x ^ 4, 2) * 1e3) / 1e3` → `48`
    diff2("f, x, h?") "numerical";
    /// The third derivative of a function at a place.
    ///
    /// `round(diff3(x => x ^ 3, 1, 0.01) * 1e3) / 1e3` → `6`
    diff3("f, x, h?") "numerical";
    /// The partial derivatives of a function of a vector. Of an array of samples, `dx` apart, their
    /// slopes.
    ///
    /// `map(x => round(x * 1e6) / 1e6, gradient(v => v[0] ^ 2 + 3 * v[1], [1, 2]))` → `[2, 3]`
    /// `gradient([1, 4, 9, 16, 25], 2)` → `[1.5, 2, 3, 4, 4.5]`
    gradient("f, point?, h?") "numerical";
    /// The matrix of partial derivatives of a function of a vector that gives a vector: a row for each
    /// of its results. The option `h` sets the step.
    ///
    /// `shape(jacobian(v => [v[0] + v[1], v[0] * v[1], v[0]], [1, 2]))` → `[3, 2]`
    jacobian("f, x, {h = null}") "numerical";
    /// The symmetric matrix of second partial derivatives of a function of a vector.
    ///
    /// `map(x => round(x * 100) / 100, hessian(v => v[0] ^ 2 * v[1], [1, 2]))` → `[4, 2, 2, 0]`
    hessian("f, x, {h = null}") "numerical";
    /// The integral of a function from `a` to `b` by the trapezoid rule with `n` parts.
    ///
    /// `integral(x => x, 0, 4, 2)` → `8`
    integral("f, a, b, n = 1000") "numerical";
    /// The area under samples by trapezoids: `x` says where they are, or the option `dx` how far apart;
    /// `axis` along which. Of a function, the same as `integral`.
    ///
    /// `trapz([1, 4, 9], [0, 1, 3])` → `15.5`
    /// `trapz([[1, 2], [3, 4]], {axis: 0})` → `[2, 3]`
    trapz("y, x?, b?, n?") "numerical";
    /// Another name of `trapz`.
    ///
    /// `trapezoid([1, 2])` → `1.5`
    trapezoid("y, x?, b?, n?") "numerical";
    /// The integral of a function by Simpson's rule with `n` parts, or the next even number. Of
    /// samples, the area under parabolas through them.
    ///
    /// `simpson(x => x ^ 3, 0, 2, 10)` → `4`
    /// `simpson([0, 1, 4, 9, 16])` → `21.333333333333332`
    simpson("f, a?, b?, n = 1000") "numerical";
    /// The integral of a smooth function by Romberg's scheme, to an error of `tol` in proportion to
    /// the value. The option `max_levels` is how often the step is halved at most (20).
    ///
    /// `romberg(x => x ^ 2, 0, 3)` → `9`
    romberg("f, a, b, tol = 1e-10, {max_levels = 20}") "numerical";
    /// The integral of a function from `a` to `b`, which may be infinite; the function may be singular
    /// at both, and is never asked there. Adaptive: the error is at most `tol`, or `rtol` in proportion
    /// to the value. `points` are places where it breaks, `limit` the number of pieces at most. With
    /// `full: true`, the value with its error, the number of evaluations, and whether it is good.
    ///
    /// `quad(x => x, 0, 4)` → `8`
    /// `round(quad(x => exp(-x), 0, Infinity) * 1e9) / 1e9` → `1`
    quad("f, a, b, tol = 1e-10, {rtol = 1e-10, points = null, limit = 200, full = false}") "numerical";
    /// A root of a function between two places where it has different signs, by halving. Of a matrix
    /// and a right side, the solution of the system of equations, as `linsolve`.
    ///
    /// `solve(x => x - 1, 0, 4)` → `1`
    /// `solve([[2, 0], [0, 4]], [2, 2])` → `[1, 0.5]`
    solve("f, a, b?, tol = 1e-10") "numerical";
    /// A root of a function between two places where it has different signs, by halving.
    ///
    /// `bisect(x => x - 1, 0, 4)` → `1`
    bisect("f, a, b, tol = 1e-10") "numerical";
    /// A root of a function between two places where it has different signs, by Brent's method with the
    /// conditions of Chandrupatla: inverse quadratic interpolation where that is safe, halving where it
    /// is not. The root is at most `tol`, and `4 * rtol` in proportion to it, from where the sign
    /// changes. With `full: true`, a record: `root`, `iterations`, `evaluations`, and whether it
    /// `converged` within `max_iter` steps; otherwise that it did not is an error.
    ///
    /// `brent(x => 2 * x - 3, 0, 2)` → `1.5`
    brent("f, a, b, {tol = 2e-12, rtol = 8.881784197001252e-16, max_iter = 100, full = false}") "numerical";
    /// Another name of `brent`.
    ///
    /// `brentq(x => 2 * x - 3, 0, 2)` → `1.5`
    brentq("f, a, b, {tol = 2e-12, rtol = 8.881784197001252e-16, max_iter = 100, full = false}") "numerical";
    /// A root of a function near a place, by a search outwards for a change of its sign and then
    /// Brent's method; or between the two places of a vector. Options as for `brent`.
    ///
    /// `round(fzero(x => x ^ 2 - 2, 1) * 1e9) / 1e9` → `1.414213562`
    fzero("f, x0, {tol = 2e-12, rtol = 8.881784197001252e-16, max_iter = 100, full = false}") "numerical";
    /// A root of a function near a place, by Newton's method: `newton(f, slope, x0, tol, max_iter)`,
    /// or `newton(f, x0, tol, max_iter)`, which differentiates itself.
    ///
    /// `newton(x => x ^ 2 - 4, x => 2 * x, 1)` → `2`
    newton("f, slope_or_x0, x0?, tol?, max_iter?") "numerical";
    /// A root of a function by lines through the last two places.
    ///
    /// `secant(x => 2 * x - 3, 0, 1)` → `1.5`
    secant("f, x0, x1, tol = 1e-10, max_iter = 100") "numerical";
}
