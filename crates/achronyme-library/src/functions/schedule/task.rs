//! Tasks of a network, and when they can and must begin and end.

use achronyme_numeric::schedule::{Estimate, Schedule};

use crate::functions::Call;
use crate::functions::graph::net::{Net, new_network};
use crate::{Fault, Store, View};

/// A network with its schedule.
pub(super) struct Project<V> {
    pub(super) net: Net<V>,
    pub(super) schedule: Schedule,
}

/// The network of tasks that a call is about, with its schedule.
pub(super) fn project<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<Project<S::Value>, Fault> {
    let net = Net::read(store, call, 0)?;
    let durations: Result<Vec<f64>, Fault> =
        (0..net.ids.len()).map(|task| duration(store, call, &net, task)).collect();
    let schedule = Schedule::new(&net.graph, &durations?).map_err(|error| call.fault(error))?;
    Ok(Project { net, schedule })
}

/// How long a task takes.
fn duration<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    net: &Net<S::Value>,
    task: usize,
) -> Result<f64, Fault> {
    for name in ["duration", "te"] {
        if let Some(duration) = property(store, call, net, task, name)? {
            if duration >= 0.0 && duration.is_finite() {
                return Ok(duration);
            }
            let id = &net.ids[task];
            return Err(call.value_error(format!("{name} of task '{id}' is {duration}")));
        }
    }
    let id = &net.ids[task];
    let estimate = estimate(store, call, net, task)?.ok_or_else(|| {
        call.value_error(format!("task '{id}' has no duration, no te, and not op, mo and pe"))
    })?;
    let expected = estimate.expected();
    if expected < 0.0 {
        return Err(call.value_error(format!("task '{id}' takes {expected}")));
    }
    Ok(expected)
}

/// The three guesses of a task's duration, if it has them.
pub(super) fn estimate<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    net: &Net<S::Value>,
    task: usize,
) -> Result<Option<Estimate>, Fault> {
    let guess = |name| property(store, call, net, task, name);
    let (Some(op), Some(mo), Some(pe)) = (guess("op")?, guess("mo")?, guess("pe")?) else {
        return Ok(None);
    };
    let estimate = Estimate::new(op, mo, pe);
    estimate
        .map(Some)
        .map_err(|error| call.value_error(format!("task '{}' {}", net.ids[task], error.message)))
}

/// A property of a task that is a number; `None` where it is not there, or null.
fn property<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    net: &Net<S::Value>,
    task: usize,
    name: &str,
) -> Result<Option<f64>, Fault> {
    match store.field(&net.properties[task], name).map(|value| store.view(&value)) {
        None | Some(View::Null) => Ok(None),
        Some(View::Number(number)) => Ok(Some(number)),
        Some(other) => {
            let (id, found) = (&net.ids[task], other.kind().name());
            Err(call.type_error(format!("{name} of task '{id}' must be a number, got {found}")))
        }
    }
}

pub(super) fn forward_pass<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    with_times(store, &project, 2)
}

pub(super) fn backward_pass<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    with_times(store, &project, 4)
}

pub(super) fn calculate_slack<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    with_slack(store, &project)
}

/// The network whose tasks have all their times.
pub(super) fn with_slack<S: Store>(
    store: &mut S,
    project: &Project<S::Value>,
) -> Result<S::Value, Fault> {
    with_times(store, project, 5)
}

/// The network whose tasks have the first so many of their times.
fn with_times<S: Store>(
    store: &mut S,
    Project { net, schedule }: &Project<S::Value>,
    count: usize,
) -> Result<S::Value, Fault> {
    let mut tasks = Vec::with_capacity(net.ids.len());
    for (task, properties) in net.properties.iter().enumerate() {
        let times = [
            ("ES", schedule.earliest_start[task]),
            ("EF", schedule.earliest_finish[task]),
            ("LS", schedule.latest_start[task]),
            ("LF", schedule.latest_finish[task]),
            ("slack", schedule.slack(task)),
        ];
        let times = &times[..count];
        let is_time = |name: &str| times.iter().any(|(time, _)| *time == name);
        let fields = store.fields(properties).into_iter();
        let mut fields: Vec<(String, S::Value, bool)> = fields
            .filter(|field| !is_time(field.name))
            .map(|field| (field.name.to_owned(), field.value, field.mutable))
            .collect();
        fields.extend(
            times.iter().map(|(name, time)| ((*name).to_owned(), store.number(time + 0.0), false)),
        );
        let fields: Vec<(&str, S::Value, bool)> = fields
            .iter()
            .map(|(name, value, mutable)| (&**name, value.clone(), *mutable))
            .collect();
        tasks.push(store.new_record(&fields)?);
    }
    new_network(store, &net.ids, &tasks, &net.edges)
}
