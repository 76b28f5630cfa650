//! Splines: curves as records of functions.

use super::row::rows;

rows! {
    "Interpolation";
    /// The cubic spline through points, at places `x` in ascending order: its values at `xq`, or
    /// without `xq` the curve as a record. `eval(xq)` are its values, `derivative(xq, order = 1)` those
    /// of a derivative, `integrate(a, b)` is the area under it; `x` are the places, and `c` has a row
    /// for each piece with the factors of the powers 3, 2, 1 and 0 of the distance from its left
    /// end. Beyond the ends, the first and the last piece go on.
    ///
    /// The option `bc` says what holds at the ends: `"not-a-knot"` (the first two pieces are one
    /// cubic, and the last two; of two points, a line, and of three a parabola), `"natural"` (no
    /// curvature), `"clamped"` (no slope), or `"periodic"` (the curve repeats itself; the first and
    /// last value must be equal).
    ///
    /// `spline([0, 1, 3], [0, 1, 9], 2)` → `4`
    /// `spline([0, 1, 3], [0, 1, 9]).derivative([0, 3])` → `[0, 6]`
    /// `spline([0, 2], [1, 5]).integrate(0, 2)` → `6`
    spline("x, y, xq = null, {bc = not-a-knot}") "numerical";
    /// The curve through points that rises and falls only where they do (Fritsch and Carlson), as
    /// values at `xq`, or without `xq` as a record like that of `spline`.
    ///
    /// `pchip([0, 1, 2, 3], [0, 0, 1, 1], [0.5, 1.5, 2.5])` → `[0, 0.5, 1]`
    pchip("x, y, xq = null") "numerical";
}
