//! Functions for tests.

use super::row::rows;

rows! {
    "Tests";
    /// Throws an error of kind `AssertionError` unless a condition is true.
    ///
    /// `try { assert(1 > 2, "never") } catch (e) { e.message }` → `"never"`
    assert("condition, message?") "";
    /// Throws an error of kind `AssertionError` that tells both, unless two values are equal.
    ///
    /// `try { assert_equal(1 + 1, 3) } catch (e) { e.message }` → `"Expected 3, got 2"`
    assert_equal("value, expected, message?") "";
}
