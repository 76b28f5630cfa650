//! Laws of linear, integer and quadratic programs.

use achronyme_numeric::graph::{Edge, Graph, matching};
use achronyme_numeric::program::{
    IntegerProgram, LinearProgram, LinearSolution, Method, QuadraticProgram, QuadraticSolution,
    Relation, Status, ranges,
};
use proptest::prelude::*;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn solve(program: &LinearProgram, method: Method) -> LinearSolution {
    program.solve(method).expect("the lists fit together")
}

/// Small integers, many of them 0: ties and degenerate vertices are frequent.
fn number() -> impl Strategy<Value = f64> {
    (-4_i32..=4).prop_map(f64::from)
}

fn relation() -> impl Strategy<Value = Relation> {
    prop_oneof![Just(Relation::AtMost), Just(Relation::AtLeast), Just(Relation::Equal)]
}

fn bounds() -> impl Strategy<Value = (f64, f64)> {
    prop_oneof![
        Just((0.0, f64::INFINITY)),
        Just((f64::NEG_INFINITY, f64::INFINITY)),
        Just((f64::NEG_INFINITY, 2.0)),
        Just((-1.0, 3.0)),
        Just((1.0, 1.0)),
    ]
}

prop_compose! {
    fn program()(variables in 1_usize..6, rows in 0_usize..6)(
        objective in prop::collection::vec(number(), variables),
        maximize in any::<bool>(),
        matrix in prop::collection::vec(number(), variables * rows),
        relations in prop::collection::vec(relation(), rows),
        right in prop::collection::vec(number(), rows),
        bounds in prop::collection::vec(bounds(), variables),
    ) -> LinearProgram {
        let (lower, upper) = bounds.into_iter().unzip();
        LinearProgram { objective, maximize, rows: matrix, relations, right, lower, upper }
    }
}

/// Whether a point fulfils all conditions.
fn is_feasible(program: &LinearProgram, x: &[f64]) -> bool {
    let inside = x.iter().zip(program.lower.iter().zip(&program.upper));
    let rows = program.rows.chunks(x.len()).zip(program.relations.iter().zip(&program.right));
    inside.into_iter().all(|(x, (low, high))| *x >= low - 1e-7 && *x <= high + 1e-7)
        && rows.into_iter().all(|(row, (relation, right))| {
            let excess = dot(row, x) - right;
            match relation {
                Relation::AtMost => excess < 1e-7,
                Relation::AtLeast => excess > -1e-7,
                Relation::Equal => excess.abs() < 1e-7,
            }
        })
}

/// Whether prices prove that a point is the best (the conditions of Karush, Kuhn and Tucker).
fn prove(program: &LinearProgram, solution: &LinearSolution) {
    let sign = if program.maximize { -1.0 } else { 1.0 };
    let variables = program.objective.len();
    for (index, row) in program.rows.chunks(variables).enumerate() {
        let price = sign * solution.dual[index];
        let slack = program.right[index] - dot(row, &solution.x);
        match program.relations[index] {
            Relation::AtMost => assert!(price < 1e-7),
            Relation::AtLeast => assert!(price > -1e-7),
            Relation::Equal => {}
        }
        assert!((price * slack).abs() < 1e-6, "a row that is slack has no price");
    }
    for variable in 0..variables {
        let column = (0..program.right.len())
            .map(|row| program.rows[row * variables + variable] * solution.dual[row]);
        let reduced = sign * (program.objective[variable] - column.sum::<f64>());
        assert!((reduced - sign * solution.reduced_costs[variable]).abs() < 1e-7);
        let (x, low, high) =
            (solution.x[variable], program.lower[variable], program.upper[variable]);
        assert!(reduced < 1e-7 || (x - low).abs() < 1e-7);
        assert!(reduced > -1e-7 || (x - high).abs() < 1e-7);
    }
}

/// Whether prices prove that a point is the best of a quadratic program: the same conditions, with
/// the slope at the point as the objective.
fn prove_quadratic(program: &QuadraticProgram, solution: QuadraticSolution) {
    assert_eq!(solution.status, Status::Optimal);
    assert!(is_feasible(&program.linear, &solution.x));
    let size = solution.x.len();
    let bend = program.quadratic.chunks(size).map(|row| dot(row, &solution.x));
    let slope: Vec<f64> = bend.zip(&program.linear.objective).map(|(a, b)| a + b).collect();
    let columns = (0..size).map(|variable| {
        let rows = program.linear.rows.chunks(size).zip(&solution.dual);
        rows.map(|(row, price)| row[variable] * price).sum::<f64>()
    });
    let reduced_costs = slope.iter().zip(columns).map(|(a, b)| a - b).collect();
    let tangent = LinearProgram { objective: slope, ..program.linear.clone() };
    let vertex = LinearSolution {
        status: Status::Optimal,
        objective: dot(&tangent.objective, &solution.x),
        x: solution.x,
        dual: solution.dual,
        reduced_costs,
        basis: Vec::new(),
        iterations: 0,
    };
    prove(&tangent, &vertex);
}

/// Whether there are prices that add the conditions up to one that nothing fulfils: Farkas' lemma,
/// as a program in the prices of rows and bounds.
fn is_proved_infeasible(program: &LinearProgram) -> bool {
    let variables = program.objective.len();
    // The least sum of what is missing or too much in the rows; bounds hold.
    let rows = program.right.len();
    let mut relaxed = program.clone();
    relaxed.maximize = false;
    relaxed.objective = vec![0.0; variables];
    relaxed.objective.extend(vec![1.0; 2 * rows]);
    relaxed.rows.clear();
    for row in 0..rows {
        relaxed.rows.extend_from_slice(&program.rows[row * variables..(row + 1) * variables]);
        for other in 0..rows {
            let one = if other == row { 1.0 } else { 0.0 };
            relaxed.rows.extend([one, -one]);
        }
    }
    relaxed.lower.extend(vec![0.0; 2 * rows]);
    relaxed.upper.extend(vec![f64::INFINITY; 2 * rows]);
    let solution = solve(&relaxed, Method::Primal);
    prove(&relaxed, &solution);
    solution.objective > 1e-7
}

/// Whether the value can grow along a ray: as a program in the directions that go on for ever.
fn is_proved_unbounded(program: &LinearProgram) -> bool {
    let mut rays = program.clone();
    rays.right.fill(0.0);
    for (low, high) in rays.lower.iter_mut().zip(&mut rays.upper) {
        *low = if low.is_finite() { 0.0 } else { -1.0 };
        *high = if high.is_finite() { 0.0 } else { 1.0 };
    }
    let solution = solve(&rays, Method::Primal);
    prove(&rays, &solution);
    solution.objective.abs() > 1e-7
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_answer_is_proved(program in program()) {
        for method in [Method::Primal, Method::Dual] {
            let solution = solve(&program, method);
            match solution.status {
                Status::Optimal => {
                    prop_assert!(is_feasible(&program, &solution.x));
                    prove(&program, &solution);
                    prop_assert_eq!(solution.basis.len(), program.right.len());
                }
                Status::Infeasible => prop_assert!(is_proved_infeasible(&program)),
                Status::Unbounded => prop_assert!(is_proved_unbounded(&program)),
                Status::IterationLimit => prop_assert!(false, "no end"),
            }
        }
    }

    #[test]
    fn inside_its_range_a_change_is_worth_its_price(
        program in program(),
        part in 0.01_f64..0.99,
        row in any::<prop::sample::Index>(),
        variable in any::<prop::sample::Index>(),
    ) {
        let known = ranges(&program).expect("the lists fit together");
        if known.solution.status != Status::Optimal || program.right.is_empty() {
            return Ok(());
        }
        let within = |[low, high]: [f64; 2], now: f64| {
            prop_assert!(low <= now + 1e-9 && now <= high + 1e-9);
            Ok(now + part * (high.min(now + 50.0) - now) - (1.0 - part) * (now - low.max(now - 50.0)))
        };
        let row = row.index(program.right.len());
        let mut changed = program.clone();
        changed.right[row] = within(known.rights[row], program.right[row])?;
        let value = known.solution.objective
            + known.solution.dual[row] * (changed.right[row] - program.right[row]);
        let solution = solve(&changed, Method::Primal);
        prop_assert_eq!(solution.status, Status::Optimal);
        prop_assert!((solution.objective - value).abs() < 1e-6);

        let variable = variable.index(program.objective.len());
        let mut changed = program.clone();
        changed.objective[variable] =
            within(known.costs[variable], program.objective[variable])?;
        let value = dot(&changed.objective, &known.solution.x);
        let solution = solve(&changed, Method::Dual);
        prop_assert_eq!(solution.status, Status::Optimal);
        prop_assert!((solution.objective - value).abs() < 1e-6);
    }

    #[test]
    fn units_do_not_matter(
        program in program(),
        row_units in prop::collection::vec(-4_i32..=4, 6),
        variable_units in prop::collection::vec(-4_i32..=4, 6),
        right_unit in -6_i32..=6,
    ) {
        let variables = program.objective.len();
        let ten = |power: i32| 10.0_f64.powi(power);
        let mut other = program.clone();
        for (index, entry) in other.rows.iter_mut().enumerate() {
            let (row, variable) = (index / variables, index % variables);
            *entry *= ten(row_units[row]) / ten(variable_units[variable]);
        }
        for (right, unit) in other.right.iter_mut().zip(&row_units) {
            *right *= ten(*unit) * ten(right_unit);
        }
        for (variable, unit) in variable_units[..variables].iter().enumerate() {
            other.objective[variable] /= ten(*unit);
            other.lower[variable] *= ten(*unit) * ten(right_unit);
            other.upper[variable] *= ten(*unit) * ten(right_unit);
        }
        for method in [Method::Primal, Method::Dual] {
            let (one, two) = (solve(&program, method), solve(&other, method));
            prop_assert_eq!(one.status, two.status);
            if one.status == Status::Optimal {
                let value = two.objective / ten(right_unit);
                prop_assert!((value - one.objective).abs() < 1e-8 * (1.0 + value.abs()));
            }
        }
    }

    #[test]
    fn integers_are_as_good_as_the_best_of_all_points(
        objective in prop::collection::vec(number(), 3),
        maximize in any::<bool>(),
        rows in prop::collection::vec(number(), 9),
        relations in prop::collection::vec(relation(), 3),
        right in prop::collection::vec(number(), 3),
    ) {
        let linear = LinearProgram {
            objective, maximize, rows, relations, right,
            lower: vec![-2.0; 3], upper: vec![2.5; 3],
        };
        let mut best: Option<f64> = None;
        for a in -2..=2 {
            for b in -2..=2 {
                for c in -2..=2 {
                    let x = [f64::from(a), f64::from(b), f64::from(c)];
                    let value = dot(&linear.objective, &x);
                    if is_feasible(&linear, &x) {
                        best = Some(best.map_or(value, |best| {
                            if maximize { best.max(value) } else { best.min(value) }
                        }));
                    }
                }
            }
        }
        let program =
            IntegerProgram { linear, integer: vec![true; 3], gap: 1e-9, nodes_max: 10_000 };
        let solution = program.solve().expect("the lists fit together");
        match best {
            None => prop_assert_eq!(solution.status, Status::Infeasible),
            Some(best) => {
                prop_assert_eq!(solution.status, Status::Optimal);
                prop_assert!((solution.bound - best).abs() < 1e-6);
                let vertex = solution.best.expect("there is one");
                prop_assert!(is_feasible(&program.linear, &vertex.x));
                prop_assert!((vertex.objective - best).abs() < 1e-9);
                prop_assert!(vertex.x.iter().all(|x| (x - x.round()).abs() == 0.0));
            }
        }
    }

    #[test]
    fn a_quadratic_answer_is_proved(
        mut linear in program(),
        root in prop::collection::vec(number(), 36),
        rank in 0_usize..6,
    ) {
        linear.maximize = false;
        let size = linear.objective.len();
        let mut quadratic = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..size {
                quadratic[row * size + column] =
                    (0..rank).map(|k| root[row * 6 + k] * root[column * 6 + k]).sum();
            }
        }
        let program = QuadraticProgram { quadratic, linear };
        let solution = program.solve().expect("a square is positive semidefinite");
        match solution.status {
            Status::Optimal => prove_quadratic(&program, solution),
            Status::Infeasible => prop_assert!(is_proved_infeasible(&program.linear)),
            Status::Unbounded => {
                // There is a ray along which it does not bend and falls.
                let mut rays = program.linear.clone();
                for row in program.quadratic.chunks(size) {
                    rays.rows.extend_from_slice(row);
                    rays.relations.push(Relation::Equal);
                    rays.right.push(0.0);
                }
                prop_assert!(is_proved_unbounded(&rays));
            }
            Status::IterationLimit => prop_assert!(false, "no end"),
        }
    }
}

/// Numbers between 0 and 1 that look random, always the same ones.
fn numbers(count: usize) -> Vec<f64> {
    let mut state = 7_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from((state >> 40) as u32) / f64::from(1_u32 << 24)
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn larger_dense_programs_are_proved() {
    for size in [10, 40, 80] {
        let all = numbers(size * (size + 2));
        let (objective, rest) = all.split_at(size);
        let (rows, right) = rest.split_at(size * size);
        for maximize in [false, true] {
            let sign = if maximize { 1.0 } else { -1.0 };
            let program = LinearProgram::at_most(
                objective.iter().map(|c| c + 0.5).collect(),
                maximize,
                rows.iter().map(|a| sign * (a - 0.1)).collect(),
                right.iter().map(|b| sign * (b + 0.1)).collect(),
            );
            for method in [Method::Primal, Method::Dual] {
                let solution = solve(&program, method);
                if solution.status == Status::Optimal {
                    assert!(is_feasible(&program, &solution.x));
                    prove(&program, &solution);
                } else {
                    assert_eq!(solution.status, Status::Unbounded);
                    assert!(is_proved_unbounded(&program));
                }
            }
        }
    }
}

#[test]
fn larger_quadratic_programs_are_proved() {
    for (size, rank) in [(12, 12), (20, 8), (30, 30)] {
        let all = numbers(2 * size * size + size);
        let (root, rest) = all.split_at(size * size);
        let (rows, objective) = rest.split_at(size * size);
        let mut quadratic = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..size {
                quadratic[row * size + column] = (0..rank)
                    .map(|k| (root[row * size + k] - 0.5) * (root[column * size + k] - 0.5))
                    .sum();
            }
        }
        let mut linear = LinearProgram::at_most(
            objective.iter().map(|c| c - 0.5).collect(),
            false,
            rows.iter().map(|a| a - 0.2).collect(),
            vec![1.0; size],
        );
        linear.relations[0] = Relation::Equal;
        linear.upper.fill(3.0);
        let program = QuadraticProgram { quadratic, linear };
        let solution = program.solve().expect("a square is positive semidefinite");
        prove_quadratic(&program, solution);
    }
}

#[test]
fn the_best_assignment_is_the_best_matching() {
    // Every vertex of this program is degenerate.
    let size = 9;
    let weights = numbers(size * size);
    let mut rows = Vec::new();
    for person in 0..size {
        rows.extend((0..size * size).map(|cell| f64::from(u8::from(cell / size == person))));
    }
    for task in 0..size {
        rows.extend((0..size * size).map(|cell| f64::from(u8::from(cell % size == task))));
    }
    let program = LinearProgram::at_most(weights.clone(), true, rows, vec![1.0; 2 * size]);
    let edges = (0..size * size).map(|cell| Edge {
        from: cell / size,
        to: size + cell % size,
        directed: false,
    });
    let graph = Graph::new(2 * size, edges.collect());
    let pairs = matching(&graph, &weights).expect("all weights are finite");
    for method in [Method::Primal, Method::Dual] {
        let solution = solve(&program, method);
        prove(&program, &solution);
        assert!((solution.objective - pairs.weight).abs() < 1e-9);
    }
}

#[test]
fn klee_and_mintys_cube_is_climbed() {
    let size = 12_i32;
    let mut rows = Vec::new();
    for row in 0..size {
        rows.extend((0..size).map(|column| match column.cmp(&row) {
            std::cmp::Ordering::Less => f64::from(1 << (row - column + 1)),
            std::cmp::Ordering::Equal => 1.0,
            std::cmp::Ordering::Greater => 0.0,
        }));
    }
    let objective = (0..size).map(|k| f64::from(1 << (size - 1 - k))).collect();
    let right: Vec<f64> = (0..size).map(|k| 5.0_f64.powi(k + 1)).collect();
    let best = right[right.len() - 1];
    let program = LinearProgram::at_most(objective, true, rows, right);
    for method in [Method::Primal, Method::Dual] {
        assert!((solve(&program, method).objective / best - 1.0).abs() < 1e-12);
    }
}
