//! Schedules of tasks that wait for one another (PERT, the critical path method).

mod chance;
mod critical;
mod estimate;

pub use chance::{completion_probability, time_for_probability};
pub use critical::Critical;
pub use estimate::Estimate;

use crate::Error;
use crate::graph::{Graph, topological_order};

/// When each task can and must begin and end, where an edge leads from each task to those that wait
/// for it. Times begin at 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The earliest start of each task.
    pub earliest_start: Vec<f64>,
    /// Its earliest finish.
    pub earliest_finish: Vec<f64>,
    /// The latest start that delays nothing.
    pub latest_start: Vec<f64>,
    /// The latest finish that delays nothing.
    pub latest_finish: Vec<f64>,
    /// When all are finished.
    pub duration: f64,
}

impl Schedule {
    /// The schedule of tasks that take so long.
    ///
    /// # Errors
    /// Tasks wait for one another in a circle; an edge goes both ways.
    pub fn new(graph: &Graph, durations: &[f64]) -> Result<Self, Error> {
        let order = order(graph)?;
        let mut earliest_start = vec![0.0_f64; durations.len()];
        let mut earliest_finish = durations.to_vec();
        for &task in &order {
            earliest_finish[task] = earliest_start[task] + durations[task];
            for arc in graph.arcs(task) {
                let start = &mut earliest_start[arc.to];
                *start = start.max(earliest_finish[task]);
            }
        }
        let duration = earliest_finish.iter().copied().fold(0.0, f64::max);
        let mut latest_start = vec![duration; durations.len()];
        let mut latest_finish = vec![duration; durations.len()];
        for &task in order.iter().rev() {
            for arc in graph.arcs(task) {
                latest_finish[task] = latest_finish[task].min(latest_start[arc.to]);
            }
            latest_start[task] = latest_finish[task] - durations[task];
        }
        Ok(Self { earliest_start, earliest_finish, latest_start, latest_finish, duration })
    }

    /// By how much a task can be late without delaying the end.
    #[must_use]
    pub fn slack(&self, task: usize) -> f64 {
        self.latest_start[task] - self.earliest_start[task]
    }
}

/// The tasks in an order in which none waits for a later one.
fn order(graph: &Graph) -> Result<Vec<usize>, Error> {
    if graph.edges().iter().any(|edge| !edge.directed) {
        return Err(Error::value("edges between tasks must be directed"));
    }
    topological_order(graph).ok_or_else(|| Error::value("tasks wait for one another in a cycle"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Edge;

    #[test]
    fn tasks_begin_when_those_before_are_done() -> Result<(), Error> {
        let edge = |(from, to)| Edge { from, to, directed: true };
        let graph = Graph::new(4, [(0, 1), (0, 2), (1, 3), (2, 3)].map(edge).to_vec());
        let schedule = Schedule::new(&graph, &[1.0, 5.0, 2.0, 1.0])?;
        assert_eq!(schedule.earliest_start, [0.0, 1.0, 1.0, 6.0]);
        assert_eq!(schedule.latest_finish, [1.0, 6.0, 6.0, 7.0]);
        let slack: Vec<f64> = (0..4).map(|task| schedule.slack(task)).collect();
        assert_eq!(slack, [0.0, 0.0, 3.0, 0.0]);
        Ok(())
    }

    #[test]
    fn circles_and_edges_both_ways_are_refused() {
        for (a, b) in [(true, true), (false, true)] {
            let edges =
                vec![Edge { from: 0, to: 1, directed: a }, Edge { from: 1, to: 0, directed: b }];
            assert!(Schedule::new(&Graph::new(2, edges), &[1.0, 1.0]).is_err());
        }
    }
}
