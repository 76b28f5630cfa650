//! Linear, integer and quadratic programs.

mod input;
mod integer;
mod linear;
mod quadratic;

pub(in crate::functions) use self::input::bounds;
use self::integer::{binary_linprog, intlinprog};
use self::linear::{
    basic_variables, dual_simplex, linprog, nonbasic_variables, objective_value, reduced_costs,
    sensitivity, sensitivity_b, sensitivity_c, shadow_price,
};
use self::quadratic::quadprog;
use crate::builtin::row::rows;

rows! {
    /// The best point under linear conditions: `A·x <= b`, with `senses` (`"<="`, `">="`, `"="`, one
    /// for each row) also otherwise; `Aeq·x = beq`; and each variable between two `bounds`, one
    /// pair for all (`[0, Infinity]` if none is given) or a vector of pairs, where `null` is no bound. `c·x` becomes least, or with
    /// `sense: "max"` greatest.
    ///
    /// The record has `status` (`"optimal"`, `"infeasible"`, `"unbounded"`, `"iteration_limit"`),
    /// `success`, `x`, `objective`, `slack` (`b - A·x`), `dual` and `dual_eq` (by how much the
    /// objective changes for each more on a right side), `reduced_costs` (for each more on the bound
    /// at which a variable lies), `basis` (numbers of variables, then slacks), `iterations` and
    /// `message`; what has no value is `null`.
    ///
    /// With `integrality`, a vector of 0 and 1, variables with a 1 are integers; prices are then those
    /// for integers that stay as they are. With a fourth argument of 1 (greatest) or -1 (least), the
    /// result is `x` alone, and that there is none is an error.
    ///
    /// `linprog([3, 5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], {sense: "max"}).objective` → `36`
    /// `linprog([3, 5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], 1)` → `[2, 6]`
    /// `linprog([1, 1], null, null, {Aeq: [[1, 2]], beq: [4]}).x` → `[0, 2]`
    520 linprog(
        "c, A = null, b = null, sign?, {sense = min, Aeq = null, beq = null, bounds, senses = null, method = simplex, integrality = null}"
    ) "optimization" call linprog;
    /// The same as `linprog`: over vertices that fulfil the conditions.
    ///
    /// `simplex([3, 5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], 1)` → `[2, 6]`
    521 simplex(
        "c, A = null, b = null, sign?, {sense = min, Aeq = null, beq = null, bounds, senses = null, method = simplex, integrality = null}"
    ) "optimization" call linprog;
    /// The same as `linprog`: with the inverse of the basis, as all of them do.
    ///
    /// `revised_simplex([40, 30], [[1, 1], [2, 1]], [12, 16], 1)` → `[4, 8]`
    522 revised_simplex(
        "c, A = null, b = null, sign?, {sense = min, Aeq = null, beq = null, bounds, senses = null, method = revised_simplex, integrality = null}"
    ) "optimization" call linprog;
    /// As `linprog`, but over vertices that are better than the best, to the first that fulfils the
    /// conditions: quick where `c` costs and most conditions are violated at 0.
    ///
    /// `dual_simplex([2, 3], [[-1, -1], [-1, -2]], [-4, -6], -1)` → `[2, 2]`
    523 dual_simplex(
        "c, A = null, b = null, sign?, {sense = min, Aeq = null, beq = null, bounds, senses = null, method = dual_simplex, integrality = null}"
    ) "optimization" call dual_simplex;
    /// The same as `linprog`: first to a vertex that fulfils the conditions, then to the best.
    ///
    /// `two_phase_simplex([2, 3], [[-1, -1], [-1, -2]], [-4, -6], -1)` → `[2, 2]`
    524 two_phase_simplex(
        "c, A = null, b = null, sign?, {sense = min, Aeq = null, beq = null, bounds, senses = null, method = two_phase_simplex, integrality = null}"
    ) "optimization" call linprog;
    /// The best point under linear conditions whose variables are integers: all of them, or those
    /// with the indices in `integer`; those in `binary` are 0 or 1. Conditions are as for `linprog`.
    ///
    /// The record has `status`, `success`, `x`, `objective`, `bound` (what no point can be better
    /// than), `gap` and `nodes` (how many programs were solved on the way). The search ends at
    /// `max_nodes`, or where best and bound differ by the relative `gap`. With a fourth argument of 1 or
    /// -1, and the indices as a fifth one, the result is `x` alone.
    ///
    /// `intlinprog([3, 2], [[-2, -1]], [-7]).objective` → `11`
    /// `intlinprog([5, 4], [[6, 4], [1, 2]], [24, 6], 1, [0, 1])` → `[4, 0]`
    525 intlinprog(
        "c, A = null, b = null, sign?, indices?, {sense = min, integer = null, binary = null, Aeq = null, beq = null, bounds, senses = null, gap = 1e-9, max_nodes = 100000}"
    ) "optimization" call intlinprog;
    /// The same as `intlinprog`.
    ///
    /// `milp([1, 1], [[2, 1], [1, 3]], [7.5, 9.3], {sense: "max", integer: [0]}).objective` → `4.5`
    526 milp(
        "c, A = null, b = null, sign?, indices?, {sense = min, integer = null, binary = null, Aeq = null, beq = null, bounds, senses = null, gap = 1e-9, max_nodes = 100000}"
    ) "optimization" call intlinprog;
    /// As `intlinprog`, with variables that are 0 or 1: all of them, or those with the indices in
    /// `binary` or in the fifth argument, while the others need be no integers.
    ///
    /// `binary_linprog([60, 100, 120], [[10, 20, 30]], [50], 1, [0, 1, 2])` → `[0, 1, 1]`
    527 binary_linprog(
        "c, A = null, b = null, sign?, indices?, {sense = min, integer = null, binary = null, Aeq = null, beq = null, bounds, senses = null, gap = 1e-9, max_nodes = 100000}"
    ) "optimization" call binary_linprog;
    /// The point at which `½ x·H·x + f·x` is least, where `A·x <= b`, `Aeq·x = beq` and each variable
    /// lies between its `bounds`, which are as for `linprog`. `H` must have no direction of negative
    /// curvature; only its symmetric part counts.
    ///
    /// The record has `status`, `success`, `x`, `objective`, `dual` and `dual_eq` (by how much the
    /// objective changes for each more on a right side) and `iterations`.
    ///
    /// `quadprog([[2, 0], [0, 2]], [-2, -5], null, null, {Aeq: [[1, 1]], beq: [1]}).x` → `[-0.25, 1.25]`
    528 quadprog(
        "H, f, A = null, b = null, {Aeq = null, beq = null, bounds}"
    ) "optimization" call quadprog;
    /// By how much the best value of `c·x` where `A·x <= b` and `x >= 0` changes for each more on a
    /// right side. The sense is 1 for the greatest value, -1 for the least.
    ///
    /// `shadow_price([40, 30], [[1, 1], [2, 1]], [12, 16], 1)` → `[20, 10]`
    529 shadow_price("c, A, b, sense") "optimization" call shadow_price;
    /// Between which values a coefficient of `c` can lie while the same basis stays the best, with
    /// open ends that are infinite.
    ///
    /// `sensitivity_c([3, 5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], 0)` → `[0, 7.5]`
    530 sensitivity_c("c, A, b, index, sense = 1") "optimization" call sensitivity_c;
    /// Between which values a right side can lie while the same basis stays the best.
    ///
    /// `sensitivity_b([3, 5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], 1)` → `[6, 18]`
    531 sensitivity_b("c, A, b, index, sense = 1") "optimization" call sensitivity_b;
    /// All ranges over which the same basis stays the best: a record of `c_ranges` and `b_ranges`, a
    /// row of least and greatest value for each, and of `dual` and `reduced_costs`.
    ///
    /// `sensitivity([40, 30], [[1, 1], [2, 1]], [12, 16]).b_ranges[0]` → `[8, 16]`
    532 sensitivity("c, A, b, sense = 1") "optimization" call sensitivity;
    /// By how much the best value changes for each more on the bound at which a variable lies; 0 for
    /// those in the basis.
    ///
    /// `reduced_costs([2, 1], [[1, 1]], [4], 1)` → `[0, -1]`
    533 reduced_costs("c, A, b, sense = 1") "optimization" call reduced_costs;
    /// Which variables are in the basis at the best point, in ascending order: first the program's
    /// own from 0 on, then the slack of each row.
    ///
    /// `basic_variables([3, 5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], 1)` → `[0, 1, 2]`
    534 basic_variables("c, A, b, sense = 1") "optimization" call basic_variables;
    /// Which variables and slacks are not in the basis at the best point.
    ///
    /// `nonbasic_variables([3, 5], [[1, 0], [0, 2], [3, 2]], [4, 12, 18], 1)` → `[3, 4]`
    535 nonbasic_variables("c, A, b, sense = 1") "optimization" call nonbasic_variables;
    /// The value of `c·x`.
    ///
    /// `objective_value([3, 5], [2, 6])` → `36`
    536 objective_value("c, x") "optimization" call objective_value;
}
