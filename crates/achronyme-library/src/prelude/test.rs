//! Functions for tests.

use super::row::rows;

rows! {
    "Tests";
    /// Throws an error of kind `AssertionError` unless a condition is true.
    ///
    /// `try { assert(1 > 2, "never") } catch (e) { e.message }` → `"never"`
    assert("condition, message?") "io";
    /// Throws an error of kind `AssertionError` that tells both, unless two values are equal.
    ///
    /// `try { assert_equal(1 + 1, 3) } catch (e) { e.message }` → `"Expected 3, got 2"`
    assert_equal("value, expected, message?") "io";
    /// Throws an error of kind `AssertionError` that tells both, unless two arrays or numbers are close
    /// to each other, as `allclose` has it.
    ///
    /// `[assert_close(0.1 + 0.2, 0.3)]` → `[null]`
    /// `try { assert_close(1, 1.1, {rtol: 0.01}) } catch (e) { e.message }` → `"Expected about 1.1, got 1"`
    assert_close("value, expected, {rtol = 1e-9, atol = 0}") "io";
}
