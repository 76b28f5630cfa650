//! How sure the duration of a project is.

use achronyme_numeric::schedule::{
    Estimate, completion_probability as probability, time_for_probability as time,
};

use super::path::critical;
use super::task::{Project, estimate, project, with_slack};
use crate::functions::Call;
use crate::{Fault, Store};

/// The three numbers of a call.
fn guesses<S: Store>(store: &S, call: &Call<S::Value>) -> Result<[f64; 3], Fault> {
    Ok([call.number(store, 0)?, call.number(store, 1)?, call.number(store, 2)?])
}

pub(super) fn expected_time<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let [op, mo, pe] = guesses(store, call)?;
    let estimate = Estimate::new(op, mo, pe).map_err(|error| call.fault(error))?;
    Ok(store.number(estimate.expected()))
}

pub(super) fn task_variance<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let [op, _, pe] = guesses(store, call)?;
    let estimate = Estimate::new(op, op, pe)
        .map_err(|_| call.value_error(format!("requires op <= pe (got op={op}, pe={pe})")))?;
    Ok(store.number(estimate.variance()))
}

/// The variance of a project, and whether any task has one.
fn variance<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    project: &Project<S::Value>,
) -> Result<(f64, bool), Fault> {
    let tasks = 0..project.net.ids.len();
    let estimates: Result<Vec<Option<Estimate>>, Fault> =
        tasks.map(|task| estimate(store, call, &project.net, task)).collect();
    let estimates = estimates?;
    let variances: Vec<f64> =
        estimates.iter().map(|estimate| estimate.map_or(0.0, Estimate::variance)).collect();
    let any = estimates.iter().any(Option::is_some);
    Ok((critical(call, project)?.variance(&variances), any))
}

pub(super) fn project_variance<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    let (variance, _) = variance(store, call, &project)?;
    Ok(store.number(variance))
}

pub(super) fn project_std_dev<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    let (variance, _) = variance(store, call, &project)?;
    Ok(store.number(variance.sqrt()))
}

pub(super) fn completion_probability<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let until = call.number(store, 1)?;
    let project = project(store, call)?;
    let (variance, _) = variance(store, call, &project)?;
    Ok(store.number(probability(project.schedule.duration, variance.sqrt(), until)))
}

pub(super) fn time_for_probability<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let wanted = call.number(store, 1)?;
    let project = project(store, call)?;
    let (variance, _) = variance(store, call, &project)?;
    let time = time(project.schedule.duration, variance.sqrt(), wanted);
    Ok(store.number(time.map_err(|error| call.fault(error))?))
}

pub(super) fn pert_analysis<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    let (variance, is_known) = variance(store, call, &project)?;
    let path = critical(call, &project)?.first_path();
    let mut fields = vec![
        ("network", with_slack(store, &project)?, false),
        ("critical_path", project.net.names(store, &path)?, false),
        ("duration", store.number(project.schedule.duration), false),
    ];
    if is_known {
        fields.push(("variance", store.number(variance), false));
        fields.push(("std_dev", store.number(variance.sqrt()), false));
    }
    store.new_record(&fields)
}
