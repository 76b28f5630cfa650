//! Ordinary differential equations.

use super::row::rows;

rows! {
    "Differential equations";
    /// What becomes of values `y0` under the slopes `f(t, y)`, from the first to the last time of
    /// `tspan`, which may lie before it. `y0` is an array of one axis, and so is what `f` gives; or
    /// both are numbers. Further times between the two, or the option `t_eval`, say where the values
    /// are wanted; otherwise they are given after each step.
    ///
    /// The result is a record. `t` are the times, and `y` the values, with a row for each time (or a
    /// number, if `y0` is one). `success` says whether the end was reached, `status` is `"finished"`,
    /// `"event"` or `"failed"`, which is no error, and `message` says why. `steps` and `evaluations`
    /// are the numbers of steps and of calls of `f`.
    ///
    /// The steps are as long as an error of `rtol * abs(y) + atol` in each of them allows, in the mean
    /// over the values; `atol` may be an array with a number for each value, and `rtol` is at least
    /// 2.2e-14. No step is longer than `max_step`; the first has the length `first_step`, if that is
    /// given; after `max_steps` steps it fails. The methods are, for most equations, `"RK45"` (Dormand
    /// and Prince, order 5), for rough results `"RK23"` (Bogacki and Shampine), for very exact ones
    /// `"DOP853"` (Dormand and Prince, order 8); and for stiff equations, for which these take very
    /// many steps, `"BDF"` (orders 1 to 5) and `"Radau"` (Radau IIA, order 5). The last two use the
    /// matrix of slopes of `f` by the values: the option `jac` is a function `jac(t, y)` that gives it,
    /// or the matrix itself if it is always the same. Without it, it is found by differences.
    ///
    /// With `dense: true`, `sol` is a function that gives the values at any time, or rows of them at
    /// an array of times. Without, it is null.
    ///
    /// `events` is a function `g(t, y)`, a record `{fn: g, terminal: false, direction: 0}`, or a vector
    /// of those. An event is where `g` becomes 0: with direction 1 only from below, with -1 only from
    /// above. A terminal event ends it there. `t_events` and `y_events` have, for each function, the
    /// times and values of its events. What becomes 0 twice within one step is not seen; `max_step`
    /// helps.
    ///
    /// `round(ode((t, y) => -2 * y, [0, 1], 1).y[-1], 6)` → `0.135335`
    /// `round(ode((t, y) => [t], [0, 2], [0], {t_eval: [0, 1, 2]}).y[.., 0], 9)` → `[0, 0.5, 2]`
    /// `ode((t, y) => 1, [0, 9], 0, {events: {fn: (t, y) => y - 4, terminal: true}}).status` → `"event"`
    /// `ode((t, y) => [-1000 * (y[0] - cos(t))], [0, 1], [0], {method: "BDF"}).status` → `"finished"`
    ode("f, tspan, y0, {method = \"RK45\", rtol = 1e-6, atol = 1e-9, t_eval = null, max_step = Infinity, first_step = null, events = null, dense = false, jac = null, max_steps = 100000}") "numerical";
    /// Another name of `ode`.
    ///
    /// `round(solve_ivp((t, y) => y, [0, 1], 1).y[-1], 5)` → `2.71828`
    solve_ivp("f, tspan, y0, {method = \"RK45\", rtol = 1e-6, atol = 1e-9, t_eval = null, max_step = Infinity, first_step = null, events = null, dense = false, jac = null, max_steps = 100000}") "numerical";
}
