//! Programs some of whose variables are integers, by branching on fractions and bounding by the
//! program without that demand (A. H. Land, A. G. Doig: An automatic method of solving discrete
//! programming problems, Econometrica 28, 1960).

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::rc::Rc;

use super::linear::{LinearProgram, LinearSolution, Status};
use super::scale::Scale;
use super::simplex::{Simplex, Start};
use crate::Error;

/// What is nearer to an integer is one.
const INTEGRAL: f64 = 1e-6;

/// A linear program some of whose variables are integers.
#[derive(Clone, Debug)]
pub struct IntegerProgram {
    /// The program without that demand.
    pub linear: LinearProgram,
    /// Whether each variable is an integer.
    pub integer: Vec<bool>,
    /// The search ends once the best point found is at most so much worse than the best there may
    /// be, in relation to the greater of its value and 1.
    pub gap: f64,
    /// The search ends after so many programs.
    pub nodes_max: usize,
}

/// The best point found.
#[derive(Clone, Debug)]
pub struct IntegerSolution {
    /// How the search ended; after as many nodes as are allowed, [`Status::IterationLimit`]. Where
    /// the program without integers has no limit, it is not asked whether there is a point at all.
    pub status: Status,
    /// The best point found, if there is one: as a vertex of the program whose integers are fixed.
    pub best: Option<LinearSolution>,
    /// What no point can be better than; NaN where nothing is known.
    pub bound: f64,
    /// The distance of best and bound in relation to the best, or to 1 if that is less.
    pub gap: f64,
    /// How many programs were solved.
    pub nodes: usize,
    /// How many vertices were gone over.
    pub iterations: usize,
}

/// A part of what is to be searched.
#[derive(Debug)]
struct Node {
    /// No point in it has a lower cost.
    bound: f64,
    /// When it was made.
    number: usize,
    /// Variables whose bounds in this part are other than on the whole.
    bounds: Vec<(usize, f64, f64)>,
    /// The basis at which the part around it has its best vertex.
    start: Rc<Start>,
}

/// The state of a search. Costs are those of a least value.
struct Search<'a> {
    program: &'a IntegerProgram,
    scale: Scale,
    simplex: Simplex,
    /// The bounds of the integer variables on the whole.
    whole: Vec<(usize, f64, f64)>,
    best: Option<(f64, LinearSolution)>,
    /// The lowest bound of the parts that were left out.
    left_out: f64,
    open: BinaryHeap<Node>,
    nodes: usize,
    iterations: usize,
}

impl IntegerProgram {
    /// Searches for the best point.
    ///
    /// # Errors
    /// As [`LinearProgram::check`].
    pub fn solve(&self) -> Result<IntegerSolution, Error> {
        self.linear.check()?;
        let scale = Scale::of(&self.linear);
        let simplex = Simplex::new(scale.standard(&self.linear));
        let mut search = Search {
            program: self,
            scale,
            simplex,
            whole: self.integer_bounds(),
            best: None,
            left_out: f64::INFINITY,
            open: BinaryHeap::new(),
            nodes: 0,
            iterations: 0,
        };
        let status = search.run();
        Ok(search.solution(status))
    }

    /// The bounds of the integer variables, as integers.
    fn integer_bounds(&self) -> Vec<(usize, f64, f64)> {
        let integers = self.integer.iter().enumerate().filter(|(_, integer)| **integer);
        integers
            .map(|(variable, _)| {
                let low = (self.linear.lower[variable] - INTEGRAL).ceil();
                let high = (self.linear.upper[variable] + INTEGRAL).floor();
                (variable, low, high)
            })
            .collect()
    }
}

impl Search<'_> {
    fn run(&mut self) -> Status {
        let mut next = Some(Node {
            bound: f64::NEG_INFINITY,
            number: 0,
            bounds: Vec::new(),
            start: Rc::new(self.simplex.start()),
        });
        let mut limited = false;
        while let Some(node) = next.take().or_else(|| self.open.pop()) {
            if node.bound >= self.cutoff() {
                self.left_out = self.left_out.min(node.bound);
                continue;
            }
            if self.nodes >= self.program.nodes_max {
                self.left_out = self.left_out.min(node.bound);
                return Status::IterationLimit;
            }
            self.nodes += 1;
            match self.solve(&node.start, &node.bounds) {
                Status::Optimal => next = self.branch(&node),
                Status::Infeasible => {}
                Status::Unbounded => return Status::Unbounded,
                Status::IterationLimit => {
                    limited = true;
                    self.left_out = self.left_out.min(node.bound);
                }
            }
        }
        match (&self.best, limited) {
            (_, true) => Status::IterationLimit,
            (Some(_), false) => Status::Optimal,
            (None, false) => Status::Infeasible,
        }
    }

    /// Solves the program of a part.
    fn solve(&mut self, start: &Start, bounds: &[(usize, f64, f64)]) -> Status {
        let scaled: Vec<(usize, f64, f64)> = self
            .whole
            .iter()
            .chain(bounds)
            .map(|&(variable, low, high)| {
                (variable, self.scale.bound(variable, low), self.scale.bound(variable, high))
            })
            .collect();
        self.simplex.restart(start, &scaled);
        let status = self.simplex.dual();
        self.iterations += self.simplex.iterations();
        status
    }

    /// Parts must have a lower bound than this.
    fn cutoff(&self) -> f64 {
        self.best
            .as_ref()
            .map_or(f64::INFINITY, |(cost, _)| cost - self.program.gap * cost.abs().max(1.0))
    }

    /// Divides the part that was just solved, unless it has nothing better or its best vertex has
    /// no fractions. Returns the half to go on with.
    fn branch(&mut self, node: &Node) -> Option<Node> {
        let solution = self.scale.solution(&self.program.linear, &self.simplex, Status::Optimal);
        let bound = self.cost(solution.objective).max(node.bound);
        if bound >= self.cutoff() {
            self.left_out = self.left_out.min(bound);
            return None;
        }
        let fractions = self.whole.iter().map(|(variable, ..)| {
            let x = solution.x[*variable];
            (*variable, x, (x - x.round()).abs())
        });
        let most = fractions.max_by(|(i, _, a), (j, _, b)| a.total_cmp(b).then(j.cmp(i)));
        let Some((variable, x, _)) = most.filter(|(.., fraction)| *fraction > INTEGRAL) else {
            self.accept(solution, bound);
            return None;
        };
        let start = Rc::new(self.simplex.start());
        let half = |number, low: f64, high: f64| {
            let mut bounds = node.bounds.clone();
            match bounds.iter_mut().find(|known| known.0 == variable) {
                Some(known) => (known.1, known.2) = (known.1.max(low), known.2.min(high)),
                None => {
                    let whole = self.whole.iter().find(|known| known.0 == variable);
                    let (from, to) = whole.map_or((low, high), |known| (known.1, known.2));
                    bounds.push((variable, low.max(from), high.min(to)));
                }
            }
            Node { bound, number, bounds, start: Rc::clone(&start) }
        };
        let below = half(self.nodes * 2, f64::NEG_INFINITY, x.floor());
        let above = half(self.nodes * 2 + 1, x.floor() + 1.0, f64::INFINITY);
        let (first, second) = if x - x.floor() > 0.5 { (above, below) } else { (below, above) };
        self.open.push(second);
        Some(first)
    }

    /// Takes a vertex without fractions as the best one. Its integers become exact, and what
    /// depends on them follows.
    fn accept(&mut self, vertex: LinearSolution, bound: f64) {
        let fixed: Vec<(usize, f64, f64)> = self
            .whole
            .iter()
            .map(|(variable, ..)| {
                let integer = vertex.x[*variable].round();
                (*variable, integer, integer)
            })
            .collect();
        let start = self.simplex.start();
        let mut solution = match self.solve(&start, &fixed) {
            Status::Optimal => {
                self.scale.solution(&self.program.linear, &self.simplex, Status::Optimal)
            }
            Status::Infeasible | Status::Unbounded | Status::IterationLimit => vertex,
        };
        for (variable, integer, _) in fixed {
            solution.x[variable] = integer + 0.0;
        }
        solution.objective = self.program.linear.value(&solution.x);
        let cost = self.cost(solution.objective);
        if self.best.as_ref().is_none_or(|(best, _)| cost < *best) {
            self.best = Some((cost, solution));
        }
        self.left_out = self.left_out.min(bound);
    }

    /// An objective as a cost, or a cost as an objective.
    fn cost(&self, objective: f64) -> f64 {
        if self.program.linear.maximize { -objective } else { objective }
    }

    fn solution(self, status: Status) -> IntegerSolution {
        let open = self.open.iter().map(|node| node.bound).fold(self.left_out, f64::min);
        let found = self.best.as_ref().map_or(f64::INFINITY, |(cost, _)| *cost);
        let bound = open.min(found);
        let bound = match status {
            Status::Infeasible | Status::Unbounded => f64::NAN,
            Status::Optimal | Status::IterationLimit => self.cost(bound) + 0.0,
        };
        let best = if status == Status::Unbounded { None } else { self.best };
        let gap = best.as_ref().map_or(f64::NAN, |(_, solution)| {
            (solution.objective - bound).abs() / solution.objective.abs().max(1.0)
        });
        IntegerSolution {
            status,
            best: best.map(|(_, solution)| solution),
            bound,
            gap,
            nodes: self.nodes,
            iterations: self.iterations,
        }
    }
}

impl Ord for Node {
    /// The greatest part is the one to search next: of the lowest bound, the newest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.total_cmp(&self.bound).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}
