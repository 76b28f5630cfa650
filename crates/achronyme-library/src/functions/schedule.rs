//! Schedules of tasks that wait for one another (PERT, the critical path method).

mod chance;
mod path;
mod task;

use self::chance::{
    completion_probability, expected_time, pert_analysis, project_std_dev, project_variance,
    task_variance, time_for_probability,
};
use self::path::{all_critical_paths, critical_path, project_duration};
use self::task::{backward_pass, calculate_slack, forward_pass};
use crate::builtin::row::rows;

rows! {
    /// A network of tasks with the earliest start `ES` and finish `EF` of each. An edge leads from
    /// a task to one that waits for it. A task has a `duration`, or the expected one `te`, or three
    /// guesses `op`, `mo` and `pe`: optimistic, most likely, pessimistic.
    ///
    /// `forward_pass(network([A -> B], {A: {duration: 2}, B: {duration: 3}})).nodes.B.EF` → `5`
    590 forward_pass("network") "pert" call forward_pass;
    /// The same as `forward_pass`, with the latest start `LS` and finish `LF` that delay nothing.
    ///
    /// `backward_pass(network([A -> B], {A: {duration: 2}, B: {duration: 3}})).nodes.A.LF` → `2`
    591 backward_pass("network") "pert" call backward_pass;
    /// The same as `backward_pass`, with the `slack` of each task: by how much it can be late.
    ///
    /// `let n = network([A -> C, B -> C], {A: {duration: 2}, B: {duration: 3}, C: {duration: 1}}); calculate_slack(n).nodes.A.slack` → `1`
    592 calculate_slack("network") "pert" call calculate_slack;
    /// The tasks without slack that follow one another from the beginning to the end; of several such
    /// paths, the first in the order of the network.
    ///
    /// `let n = network([A -> C, B -> C], {A: {duration: 2}, B: {duration: 3}, C: {duration: 1}}); critical_path(n)` → `["B", "C"]`
    593 critical_path("network") "pert" call critical_path;
    /// All critical paths.
    ///
    /// `let n = network([A -> C, B -> C], {A: {duration: 3}, B: {duration: 3}, C: {duration: 1}}); all_critical_paths(n)` → `[["A", "C"], ["B", "C"]]`
    594 all_critical_paths("network") "pert" call all_critical_paths;
    /// How long all tasks take together; 0 without tasks.
    ///
    /// `project_duration(network([A -> B], {A: {duration: 2}, B: {duration: 3}}))` → `5`
    595 project_duration("network") "pert" call project_duration;
    /// The expected duration of a task by an optimistic, a most likely and a pessimistic guess:
    /// `(op + 4 mo + pe) / 6`.
    ///
    /// `expected_time(1, 2, 9)` → `3`
    596 expected_time("op, mo, pe") "pert" call expected_time;
    /// The variance of the duration of a task: `((pe - op) / 6) ^ 2`.
    ///
    /// `task_variance(1, 2, 7)` → `1`
    597 task_variance("op, mo, pe") "pert" call task_variance;
    /// The variance of the duration of a project: the sum along the critical path where it is
    /// greatest. A task without the three guesses has none.
    ///
    /// `project_variance(network([A -> B], {A: {op: 1, mo: 2, pe: 7}, B: {duration: 3}}))` → `1`
    598 project_variance("network") "pert" call project_variance;
    /// The square root of `project_variance`.
    ///
    /// `project_std_dev(network([A -> B], {A: {op: 1, mo: 2, pe: 13}, B: {duration: 3}}))` → `2`
    599 project_std_dev("network") "pert" call project_std_dev;
    /// The probability that a project has ended at a time, with a normally distributed duration.
    ///
    /// `completion_probability(network([A -> B], {A: {op: 1, mo: 4, pe: 7}, B: {duration: 3}}), 7)` → `0.5`
    600 completion_probability("network, time") "pert" call completion_probability;
    /// The time at which a project has ended with a probability.
    ///
    /// `time_for_probability(network([A -> B], {A: {op: 1, mo: 4, pe: 7}, B: {duration: 3}}), 0.5)` → `7`
    601 time_for_probability("network, probability") "pert" call time_for_probability;
    /// All of it: a record of the `network` as `calculate_slack` makes it, the `critical_path` and the
    /// `duration`; where a task has three guesses, also of `variance` and `std_dev`.
    ///
    /// `pert_analysis(network([A -> B], {A: {duration: 2}, B: {duration: 3}})).critical_path` → `["A", "B"]`
    602 pert_analysis("network") "pert" call pert_analysis;
}
