//! The search for the best point over sets of conditions that are held as equations.

use super::cholesky::Cholesky;
use super::orthogonal::Orthogonal;
use super::{Condition, conditions, greatest};
use crate::program::linear::{LinearProgram, Status};
use crate::program::standard::dot;

/// A slope below this, in relation to the numbers it is made of, is none.
const FLAT: f64 = 1e-10;
/// After so many changes the directions are computed anew.
const FRESH_MAX: usize = 100;
/// After so many steps the search is given up.
const STEPS_MAX: usize = 20_000;

/// The state of the search.
#[derive(Debug)]
pub(super) struct Search<'a> {
    quadratic: &'a [f64],
    linear: &'a [f64],
    /// The greatest modulus in `quadratic`.
    unit: f64,
    conditions: Vec<Condition>,
    /// The conditions that are held, in the order in which they came.
    held: Vec<usize>,
    /// Their rows, and the directions that are free.
    parts: Orthogonal,
    /// How often a condition came or went since `parts` was computed from the beginning.
    age: usize,
    /// Their factors in the slope of the objective, at the end.
    factors: Vec<f64>,
    x: Vec<f64>,
    steps: usize,
    /// How many steps in succession went nowhere.
    stalled: usize,
}

/// The slope of the objective at a point.
struct Slope {
    /// In the variables.
    whole: Vec<f64>,
    /// Along the directions that are free.
    free: Vec<f64>,
    /// What is nothing in comparison.
    nothing: f64,
}

impl<'a> Search<'a> {
    /// From a point that fulfils all conditions.
    pub(super) fn new(program: &'a LinearProgram, quadratic: &'a [f64], x: Vec<f64>) -> Self {
        let mut search = Self {
            quadratic,
            linear: &program.objective,
            unit: greatest(quadratic),
            conditions: conditions(program),
            held: Vec::new(),
            parts: Orthogonal::new(quadratic, x.len()),
            age: 0,
            factors: Vec::new(),
            x,
            steps: 0,
            stalled: 0,
        };
        search.hold_equations();
        search
    }

    /// How many steps there were.
    pub(super) fn iterations(&self) -> usize {
        self.steps
    }

    /// The point, and the derivative of the objective by the right side of each of the program's
    /// rows.
    pub(super) fn into_point(self, rows: usize) -> (Vec<f64>, Vec<f64>) {
        let mut dual = vec![0.0; rows];
        for (held, factor) in self.held.iter().zip(&self.factors) {
            if let Some((row, scale)) = self.conditions[*held].origin {
                dual[row] = factor * scale + 0.0;
            }
        }
        (self.x.into_iter().map(|x| x + 0.0).collect(), dual)
    }

    /// Holds the equations that do not follow from others.
    fn hold_equations(&mut self) {
        for index in 0..self.conditions.len() {
            if !self.conditions[index].equal || self.held.len() >= self.x.len() {
                continue;
            }
            let row = &self.conditions[index].row;
            let along: f64 = self.parts.others().iter().map(|free| dot(free, row).abs()).sum();
            if along > 1e-9 {
                self.hold(index);
            }
        }
    }

    fn hold(&mut self, index: usize) {
        self.held.push(index);
        self.parts.hold(&self.conditions[index].row);
        self.grow_old();
    }

    fn release(&mut self, at: usize) {
        self.held.remove(at);
        self.parts.release(at);
        self.grow_old();
    }

    /// Computes the directions anew before rounding adds up.
    fn grow_old(&mut self) {
        self.age += 1;
        if self.age >= FRESH_MAX {
            self.age = 0;
            self.parts = Orthogonal::new(self.quadratic, self.x.len());
            for index in &self.held {
                self.parts.hold(&self.conditions[*index].row);
            }
        }
    }

    /// Goes to the best point.
    pub(super) fn run(&mut self) -> Status {
        let mut settled = false;
        loop {
            self.correct();
            let mut slope = self.slope();
            if settled && greatest(&slope.free) > 0.0 {
                // Once more, for the last digits.
                let (direction, length) = self.direction(&slope);
                if length.is_finite() {
                    self.advance(length, &direction);
                    slope = self.slope();
                }
            }
            if settled || greatest(&slope.free) <= slope.nothing {
                self.factors = self.parts.factors(&slope.whole);
                let Some(worst) = self.worst(slope.nothing) else { return Status::Optimal };
                self.release(worst);
                settled = false;
                continue;
            }
            if self.steps >= STEPS_MAX {
                return Status::IterationLimit;
            }
            self.steps += 1;
            let (direction, length) = self.direction(&slope);
            match self.first_block(&direction, length) {
                Some((step, index)) => {
                    self.advance(step, &direction);
                    self.hold(index);
                }
                None if length.is_finite() => {
                    self.advance(length, &direction);
                    settled = true;
                }
                None => return Status::Unbounded,
            }
        }
    }

    /// Moves the point back to where the held conditions are equations.
    fn correct(&mut self) {
        let wrong: Vec<f64> = self
            .held
            .iter()
            .map(|index| {
                let condition = &self.conditions[*index];
                condition.right - dot(&condition.row, &self.x)
            })
            .collect();
        if wrong.iter().all(|wrong| *wrong == 0.0) {
            return;
        }
        for (x, change) in self.x.iter_mut().zip(self.parts.with_products(&wrong)) {
            *x += change;
        }
    }

    fn slope(&self) -> Slope {
        let bend = self.bend(&self.x);
        let whole: Vec<f64> = bend.iter().zip(self.linear).map(|(a, b)| a + b).collect();
        let free = self.parts.others().iter().map(|direction| dot(direction, &whole)).collect();
        let nothing = FLAT * (greatest(self.linear) + self.unit * greatest(&self.x));
        Slope { whole, free, nothing }
    }

    /// The matrix times a vector.
    fn bend(&self, vector: &[f64]) -> Vec<f64> {
        self.quadratic.chunks(vector.len().max(1)).map(|row| dot(row, vector)).collect()
    }

    /// Where to go, and how far: to the lowest point where there is one, otherwise without end.
    fn direction(&self, slope: &Slope) -> (Vec<f64>, f64) {
        let free = self.parts.others();
        let falls = |along: &[f64]| {
            let mut direction = vec![0.0; self.x.len()];
            for (free, part) in free.iter().zip(along) {
                for (sum, entry) in direction.iter_mut().zip(free) {
                    *sum += part * entry;
                }
            }
            direction
        };
        let Some(root) = Cholesky::of(&self.parts.bent_others(), free.len(), self.unit) else {
            // Only rounding can make it so: the slope itself leads down.
            let down: Vec<f64> = slope.free.iter().map(|x| -x).collect();
            let bend = dot(&self.bend(&falls(&down)), &falls(&down));
            let length = if bend > 0.0 { dot(&down, &down) / bend } else { f64::INFINITY };
            return (falls(&down), length);
        };
        let flat = root.flat(&slope.free);
        if greatest(&flat) > slope.nothing {
            return (falls(&flat), f64::INFINITY);
        }
        let down: Vec<f64> = slope.free.iter().map(|x| -x).collect();
        (falls(&root.solve(&down)), 1.0)
    }

    /// The first condition that stands in the way, and how far it is; nothing within `length`. Of
    /// equally near ones the steepest; by Bland's rule, the first.
    fn first_block(&self, direction: &[f64], length: f64) -> Option<(f64, usize)> {
        let unit = greatest(direction);
        let mut best: Option<(f64, usize, f64)> = None;
        for (index, condition) in self.conditions.iter().enumerate() {
            let rate = dot(&condition.row, direction);
            if condition.equal || rate <= 1e-11 * unit || self.held.contains(&index) {
                continue;
            }
            let step = ((condition.right - dot(&condition.row, &self.x)) / rate).max(0.0);
            let nearer = best.is_none_or(|(least, _, steepest)| {
                step < least || (step <= least && !self.is_stalled() && rate > steepest)
            });
            if step < length && nearer {
                best = Some((step, index, rate));
            }
        }
        best.map(|(step, index, _)| (step, index))
    }

    /// The held condition that keeps the point most from a better one; by Bland's rule, the first.
    fn worst(&self, nothing: f64) -> Option<usize> {
        let held = self.held.iter().zip(&self.factors).enumerate();
        let wrong = held
            .filter(|(_, (index, factor))| !self.conditions[**index].equal && **factor > nothing);
        if self.is_stalled() {
            return wrong.min_by_key(|(_, (index, _))| **index).map(|(at, _)| at);
        }
        wrong.max_by(|(i, (_, a)), (j, (_, b))| a.total_cmp(b).then(j.cmp(i))).map(|(at, _)| at)
    }

    fn is_stalled(&self) -> bool {
        self.stalled > 5 * (self.x.len() + self.conditions.len())
    }

    fn advance(&mut self, step: f64, direction: &[f64]) {
        let way = step * greatest(direction);
        self.stalled = if way > 1e-12 * (1.0 + greatest(&self.x)) { 0 } else { self.stalled + 1 };
        for (x, change) in self.x.iter_mut().zip(direction) {
            *x += step * change;
        }
    }
}
