//! Calls that keep or restore the variables that can be seen, and names that were restored.

use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme_library::Store as _;
use source::Span;

use super::engine::Engine;
use super::exit::{Call, Outcome};
use super::scope::Env;
use super::value::Value;

impl Engine {
    /// What a name means that nothing declares, if it was restored.
    pub(super) fn restored(&self, name: &str, env: &Env) -> Option<Value> {
        let restored = self.restored.borrow();
        let record = restored.get(&env.frame.module)?;
        self.heap.borrow().field(record, name)
    }

    /// Calls `save_env` or `restore_env` with what can be seen besides its argument.
    pub(super) async fn call_with_variables(
        &self,
        name: &str,
        (callee, argument): (Value, Value),
        env: &Env,
        span: Span,
    ) -> Outcome {
        let is_kept = name == "save_env";
        let mut seen: BTreeMap<Rc<str>, Value> = BTreeMap::new();
        for (name, variable) in env.variables() {
            if let Some(value) = variable.get() {
                seen.entry(name).or_insert(value);
            }
        }
        let names: Vec<&str> = seen.keys().map(|name| &**name).collect();
        let mut arguments = vec![argument, self.string(&names.join(","), span)?];
        if is_kept {
            let values: Vec<Value> = seen.into_values().collect();
            let values = self.heap.borrow_mut().new_vector(&values);
            arguments.push(self.at(span, values)?);
        }
        let before = self.restored.borrow().get(&env.frame.module).cloned();
        arguments.push(before.unwrap_or(Value::Boolean(false)));
        let value = self.call(Call { callee, arguments, receiver: None, span }).await?;
        if is_kept {
            return Ok(value);
        }
        self.restored.borrow_mut().insert(env.frame.module, value);
        Ok(Value::Boolean(true))
    }

    /// Whether a call by this name is one of the library's that is told what can be seen.
    pub(super) fn is_told_variables(&self, name: &str, env: &Env) -> bool {
        crate::resolve::sees_variables(name) && env.earlier_variable(name).is_none()
    }
}

/// What was restored for each file, as a record.
pub(super) type Restored = BTreeMap<usize, Value>;
