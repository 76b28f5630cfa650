//! Critical paths of a project.

use achronyme_numeric::schedule::Critical;

use super::task::{Project, project};
use crate::functions::Call;
use crate::{Fault, Store};

pub(super) fn project_duration<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    Ok(store.number(project.schedule.duration))
}

/// The critical tasks of a project.
pub(super) fn critical<V: Clone>(call: &Call<V>, project: &Project<V>) -> Result<Critical, Fault> {
    Critical::new(&project.net.graph, &project.schedule).map_err(|error| call.fault(error))
}

pub(super) fn critical_path<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    let path = critical(call, &project)?.first_path();
    if path.is_empty() {
        return Err(call.value_error("empty network"));
    }
    project.net.names(store, &path)
}

pub(super) fn all_critical_paths<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let project = project(store, call)?;
    let critical = critical(call, &project)?;
    // A name takes some words, and a path a few more.
    let bytes = critical.size() * 64.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    store.room(bytes as usize)?;
    let mut paths = Vec::new();
    for path in critical.paths() {
        paths.push(project.net.names(store, &path)?);
    }
    store.new_vector(&paths)
}
