//! Roots of systems of equations, least values, and fits.

use super::row::rows;

rows! {
    "Least values and fits";
    /// A root of a function of a vector that gives as many numbers, near `x0`: by Powell's hybrid
    /// method. For a number `x0`, the function is one of a number. `jac` gives the matrix of its
    /// derivatives; without it, they are estimated. The search ends where the next step would be at
    /// most `tol` of the place; that it does not within `max_iter` steps is an error. With
    /// `full: true`, a record: `x`, `fun` (the function there), `success`, `message` and
    /// `evaluations`.
    ///
    /// `round(fsolve(x => x ^ 3 - 8, 1) * 1e6) / 1e6` → `2`
    /// `round(fsolve(v => [v[0] + v[1] - 3, v[0] * v[1] - 2], [0, 5]) * 1e6) / 1e6` → `[1, 2]`
    fsolve("f, x0, {jac = null, tol = 1.5e-8, max_iter = 200, full = false}") "numerical";
    /// The place near `x0` at which a function of a vector is least, or one of a number if `x0` is
    /// one. `jac` gives its gradient; without it, that is estimated. `callback` is called with the
    /// place after each step, and ends the search by giving `true`.
    ///
    /// The methods: `"bfgs"` (with a matrix of curvatures), `"lbfgs"` (for very many variables),
    /// `"nelder-mead"` (without gradients), and `"lbfgsb"`, which is the usual one with `bounds`: a
    /// vector of `[least, greatest]` for each variable, where `null` is no bound. It is the method
    /// `"lbfgs"` on the variables that no bound stops (Bertsekas' projection). A search that begins
    /// outside of the bounds begins at the nearest place inside.
    ///
    /// The search ends where no component of the gradient is larger than `tol`, or larger than the
    /// error of an estimated one; that of `"nelder-mead"` where the simplex is no larger, nor its
    /// values farther apart. The record has `x`, `fun`, `jac` (the gradient), `success`, `status`
    /// (`"converged"`, `"iteration_limit"` after `max_iter` steps, by default 200 for each variable,
    /// `"stalled"`, `"stopped"` by the callback, `"failed"`), `message`, `iterations` and
    /// `evaluations`.
    ///
    /// `let r = minimize(v => (v[0] - 1) ^ 2 + (v[1] - 2) ^ 2, [0, 0]); round(r.x * 1e6) / 1e6` → `[1, 2]`
    /// `minimize(x => x ^ 2, 3, {bounds: [[1, 5]]}).x` → `1`
    minimize("f, x0, {method = null, bounds = null, jac = null, tol = 1e-8, max_iter = null, callback = null}") "optimization";
    /// The place near `x0` at which a function is least, by the method of Nelder and Mead, which takes
    /// no gradients. It begins with a simplex whose sides are 5 % of the variables, or of the
    /// largest where they are 0. Where it is at most
    /// `xtol` wide and its values are at most `ftol` apart, a new one is begun there, until that finds
    /// nothing better; or the search ends after `max_iter` steps, by default 200 for each variable. The
    /// record is that of `minimize`; its `jac` is `null`.
    ///
    /// `round(fminsearch(v => (v[0] - 1) ^ 2 + (v[1] - 2) ^ 2, [0, 1]).x * 1e6) / 1e6` → `[1, 2]`
    fminsearch("f, x0, {xtol = 1e-8, ftol = 1e-8, max_iter = null}") "optimization";
    /// The place between `a` and `b` at which a function of a number is least, if it falls and then
    /// rises; otherwise one where it is less than around. By Brent's method, within `tol`, but no
    /// more exactly than to 8 digits: values say no more. The record has `x`, `fun`, `success`,
    /// `iterations` and `evaluations`.
    ///
    /// `round(fminbnd(x => (x - 2) ^ 2, 0, 5).x * 1e6) / 1e6` → `2`
    fminbnd("f, a, b, {tol = 1e-10, max_iter = 500}") "optimization";
    /// The parameters with which `f(x, p)` comes nearest to the values `y`: the sum of squared
    /// differences is least. `f` takes all of `x`, whatever that is, and a vector of parameters, and
    /// gives as many numbers as `y` has; `p0` is where the search begins.
    ///
    /// `sigma`, a number or one for each point, divides the differences; with `absolute_sigma: true`
    /// it is the standard deviation itself, otherwise only its ratios count. `jac(x, p)` gives the
    /// matrix of derivatives, a row for each point; without it, they are estimated. The method is that
    /// of Levenberg and Marquardt, as in MINPACK. With `bounds`, a vector of `[least, greatest]` for
    /// each parameter where `null` is no bound, its steps are cut off at them, and parameters that
    /// want to leave them stay.
    ///
    /// The record has `params`, `cov` (their covariances: infinite where the points do not determine
    /// them), `std_err` (the roots of its diagonal), `residuals` (`y` less the curve), `rss` (the sum
    /// of their squares), `rsquared` (the part of the variance that is explained), `success`,
    /// `iterations` and `message`.
    ///
    /// `curve_fit((x, p) => p[0] + p[1] * x, [0, 1, 2], [1, 3, 5], [0, 0]).success` → `true`
    curve_fit("f, x, y, p0, {sigma = null, absolute_sigma = false, bounds = null, jac = null, max_iter = 1000}") "optimization";
    /// Another name of `curve_fit`.
    ///
    /// `lsqcurvefit((x, p) => p[0] * x, [1, 2], [2, 4], [1]).iterations > 0` → `true`
    lsqcurvefit("f, x, y, p0, {sigma = null, absolute_sigma = false, bounds = null, jac = null, max_iter = 1000}") "optimization";
    /// The place near `x0` at which the sum of squares of a function's numbers is least; the method is
    /// that of `curve_fit`, with the same `bounds`. `jac` gives the matrix of derivatives, a row for
    /// each number. The search ends where a step would be at most `tol` of the place, or lower the
    /// sum by at most the square of `tol`. The record has `x`, `cost` (half the sum), `residuals` (the numbers), `jac`,
    /// `success`, `message` and `iterations`.
    ///
    /// `let r = least_squares(v => [v[0] - 1, 2 * (v[1] - v[0])], [5, 5]); round(r.x * 1e6) / 1e6` → `[1, 1]`
    least_squares("r, x0, {jac = null, bounds = null, tol = 1e-10, max_iter = 1000}") "optimization";
}
