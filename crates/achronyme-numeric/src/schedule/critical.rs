//! The tasks that delay everything if they are late.

use super::{Schedule, order};
use crate::Error;
use crate::graph::Graph;

/// The critical tasks of a schedule: those without slack. A critical path goes from one that waits
/// for no other to one that none waits for, and each begins when the one before it ends.
#[derive(Debug)]
pub struct Critical {
    /// The tasks that follow each on a path, in the order of the tasks.
    next: Vec<Vec<usize>>,
    /// The first tasks of paths, in the order of the tasks.
    starts: Vec<usize>,
    /// All tasks, none before one that it waits for.
    order: Vec<usize>,
}

impl Critical {
    /// The critical tasks of a graph with this schedule. Times are equal that differ by at most
    /// 10⁻⁹ of the duration, or of 1 if that is more.
    ///
    /// # Errors
    /// As [`Schedule::new`].
    pub fn new(graph: &Graph, schedule: &Schedule) -> Result<Self, Error> {
        let order = order(graph)?;
        let tolerance = 1e-9 * schedule.duration.max(1.0);
        let is_critical = |task: usize| schedule.slack(task).abs() <= tolerance;
        let mut next = vec![Vec::new(); graph.nodes()];
        let mut follows = vec![false; graph.nodes()];
        for task in (0..graph.nodes()).filter(|task| is_critical(*task)) {
            let end = schedule.earliest_finish[task];
            let tight = |to: usize| {
                (schedule.earliest_start[to] - end).abs() <= tolerance && is_critical(to)
            };
            let mut after: Vec<usize> =
                graph.arcs(task).iter().map(|arc| arc.to).filter(|to| tight(*to)).collect();
            after.sort_unstable();
            after.dedup();
            for task in &after {
                follows[*task] = true;
            }
            next[task] = after;
        }
        let starts = (0..graph.nodes()).filter(|task| is_critical(*task) && !follows[*task]);
        Ok(Self { starts: starts.collect(), next, order })
    }

    /// The first path in the order of the tasks. Empty if there are no tasks.
    #[must_use]
    pub fn first_path(&self) -> Vec<usize> {
        let next = |task: &usize| self.next[*task].first().copied();
        std::iter::successors(self.starts.first().copied(), next).collect()
    }

    /// How many tasks there are on all paths together, as far as a number can say: there may be
    /// more paths than anything can hold.
    #[must_use]
    pub fn size(&self) -> f64 {
        // Of the paths that begin at each task: how many, and how many tasks they have.
        let mut paths = vec![(1.0_f64, 1.0_f64); self.next.len()];
        for task in self.order.iter().rev().filter(|task| !self.next[**task].is_empty()) {
            let after = self.next[*task].iter().map(|after| paths[*after]);
            let (count, size) = after.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            paths[*task] = (count, size + count);
        }
        self.starts.iter().map(|start| paths[*start].1).sum()
    }

    /// All paths, in the order of their tasks. See [`Critical::size`] before.
    #[must_use]
    pub fn paths(&self) -> Vec<Vec<usize>> {
        let mut paths = Vec::new();
        for start in &self.starts {
            let mut path = vec![*start];
            let mut choices = vec![0];
            while let (Some(task), Some(choice)) = (path.last(), choices.last_mut()) {
                let after = self.next[*task].get(*choice).copied();
                if after.is_none() && *choice == 0 {
                    paths.push(path.clone());
                }
                *choice += 1;
                if let Some(after) = after {
                    path.push(after);
                    choices.push(0);
                } else {
                    path.pop();
                    choices.pop();
                }
            }
        }
        paths
    }

    /// The greatest sum of variances along a path.
    #[must_use]
    pub fn variance(&self, variances: &[f64]) -> f64 {
        let mut most = variances.to_vec();
        for task in self.order.iter().rev() {
            let after = self.next[*task].iter().map(|after| most[*after]).fold(0.0, f64::max);
            most[*task] += after;
        }
        self.starts.iter().map(|start| most[*start]).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Edge;

    fn critical(edges: &[(usize, usize)], durations: &[f64]) -> Result<Critical, Error> {
        let edges = edges.iter().map(|&(from, to)| Edge { from, to, directed: true });
        let graph = Graph::new(durations.len(), edges.collect());
        Critical::new(&graph, &Schedule::new(&graph, durations)?)
    }

    #[test]
    fn a_path_takes_no_edge_that_leaves_time() -> Result<(), Error> {
        let edges = [(0, 3), (0, 2), (0, 1), (1, 3), (2, 3)];
        let critical = critical(&edges, &[1.0, 2.0, 2.0, 1.0])?;
        assert_eq!(critical.first_path(), [0, 1, 3]);
        assert_eq!(critical.paths(), [[0, 1, 3], [0, 2, 3]]);
        assert!((critical.size() - 6.0).abs() < 1e-12);
        Ok(())
    }

    #[test]
    fn paths_begin_and_end_everywhere() -> Result<(), Error> {
        let edges = [(0, 2), (1, 2), (2, 3), (2, 4), (2, 4)];
        let critical = critical(&edges, &[3.0, 3.0, 0.0, 2.0, 2.0])?;
        assert_eq!(critical.paths(), [[0, 2, 3], [0, 2, 4], [1, 2, 3], [1, 2, 4]]);
        assert!((critical.variance(&[1.0, 2.0, 0.0, 4.0, 3.0]) - 6.0).abs() < 1e-12);
        Ok(())
    }

    #[test]
    fn more_paths_than_anything_holds_are_counted() -> Result<(), Error> {
        let mut edges = Vec::new();
        for step in 0..200 {
            let at = 3 * step;
            edges.extend([(at, at + 1), (at, at + 2), (at + 1, at + 3), (at + 2, at + 3)]);
        }
        let critical = critical(&edges, &[1.0; 601])?;
        assert!(critical.size() > 1e60);
        assert_eq!(critical.first_path().len(), 401);
        Ok(())
    }
}
