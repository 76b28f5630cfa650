//! Variables and their parts, which the client asks for by number.

use machine::{Edit, Inspect, Machine, Scope, Value as Seen, Variable};
use serde_json::{Value, json};

use super::{Answered, Debuggee, Host};
use crate::connection::Connection;
use crate::from_dap::{Scopes, SetExpression, SetVariable, Variables};
use crate::to_dap;

/// The most variables that are told of at once.
const VARIABLES_MAX: usize = 1_000;

/// The most things that have a number at a time.
const NUMBERS_MAX: usize = 100_000;

/// Why something cannot be done with an outer call.
const OUTER: &str = "values are changed and computed in the innermost call: go to the caller with \
                     `palindrome/stepBackOut`, or `rfinish` in the console";

/// What a number stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Thing {
    /// A scope, by its name.
    Scope(String),
    /// A scope of an outer call, by its name.
    Outer(usize, String),
    /// The parts of the value of an expression.
    Parts(String),
}

/// The things that have numbers until time moves, from 1.
#[derive(Debug, Default)]
pub(super) struct Shown(Vec<Thing>);

impl Shown {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The number of a thing; 0, which stands for nothing, where there are too many.
    fn number(&mut self, thing: Thing) -> usize {
        if self.0.len() >= NUMBERS_MAX {
            return 0;
        }
        self.0.push(thing);
        self.0.len()
    }

    fn get(&self, number: i64) -> Result<&Thing, String> {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let found = index.and_then(|index| self.0.get(index));
        found
            .ok_or_else(|| format!("time has moved: there is nothing with the number {number} now"))
    }
}

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    pub(super) fn scopes(&mut self, wanted: &Scopes) -> Answered {
        let frame = usize::try_from(wanted.frame_id).ok().and_then(|id| id.checked_sub(1));
        let frame = frame.ok_or_else(|| format!("there is no frame {}", wanted.frame_id))?;
        let machine = self.debugger.machine();
        let scopes = if frame == 0 { machine.scopes() } else { machine.scopes_of(frame) };
        let mut told = Vec::new();
        for scope in scopes {
            let is_registers = scope.name == "registers";
            let name = scope.name.clone();
            let thing = if frame == 0 { Thing::Scope(name) } else { Thing::Outer(frame, name) };
            let number = self.shown.number(thing);
            let mut body = json!({
                "name": source::visible(&scope.name),
                "variablesReference": number,
                "namedVariables": scope.variables.len(),
                "expensive": false,
            });
            if is_registers || scope.name == "locals" {
                body["presentationHint"] = json!(scope.name);
            }
            told.push(body);
        }
        Ok(json!({ "scopes": told }))
    }

    pub(super) fn variables(&mut self, wanted: &Variables) -> Answered {
        let from = usize::try_from(wanted.start).unwrap_or(0);
        let count = usize::try_from(wanted.count).ok().filter(|count| *count > 0);
        let count = count.unwrap_or(VARIABLES_MAX).min(VARIABLES_MAX);
        let (list, total, are_elements) = match self.shown.get(wanted.variables_reference)?.clone()
        {
            Thing::Scope(name) => {
                let variables = self.scope(&name).map(|scope| scope.variables).unwrap_or_default();
                let total = variables.len();
                (variables.into_iter().skip(from).take(count).collect(), total, false)
            }
            Thing::Outer(frame, name) => return Ok(self.outer_variables(frame, &name, from, count)),
            Thing::Parts(expression) => {
                let parts = self.debugger.machine().parts(&expression, from, count);
                let parts = parts.map_err(|error| error.to_string())?;
                (parts.list, parts.total, parts.are_elements)
            }
        };
        let is_wanted = match wanted.filter.as_deref() {
            Some("indexed") => are_elements,
            Some("named") => !are_elements,
            _ => true,
        };
        let list: Vec<Variable> = if is_wanted { list } else { Vec::new() };
        let shown = from.saturating_add(list.len());
        let mut told: Vec<Value> = Vec::with_capacity(list.len());
        for variable in list {
            let mut body = self.value(&variable.expression, &variable.value, "value");
            body["name"] = json!(source::visible(&variable.name));
            body["evaluateName"] = json!(variable.expression);
            told.push(body);
        }
        if is_wanted && wanted.count <= 0 && shown < total {
            let rest = format!("{} more", total - shown);
            told.push(json!({ "name": "…", "value": rest, "variablesReference": 0 }));
        }
        Ok(json!({ "variables": told }))
    }

    /// Variables of an outer call. What they are called means something else in the innermost one, so
    /// that they are shown as they are written, and cannot be gone into.
    fn outer_variables(&self, frame: usize, name: &str, from: usize, count: usize) -> Value {
        let scopes = self.debugger.machine().scopes_of(frame);
        let scope = scopes.into_iter().find(|scope| scope.name == name);
        let variables = scope.map(|scope| scope.variables).unwrap_or_default();
        let told = variables.into_iter().skip(from).take(count).map(|variable| {
            json!({
                "name": source::visible(&variable.name),
                "type": variable.value.kind,
                "value": variable.value.text,
                "variablesReference": 0,
                "presentationHint": { "attributes": ["readOnly"] },
            })
        });
        json!({ "variables": told.collect::<Vec<_>>() })
    }

    /// The variable of this name among those with a number.
    pub(super) fn variable(&self, reference: i64, name: &str) -> Result<Variable, String> {
        let list = match self.shown.get(reference)? {
            Thing::Scope(scope) => self.scope(scope).map(|it| it.variables).unwrap_or_default(),
            Thing::Outer(..) => return Err(OUTER.to_owned()),
            Thing::Parts(expression) => {
                let parts = self.debugger.machine().parts(expression, 0, usize::MAX);
                parts.map_err(|error| error.to_string())?.list
            }
        };
        let found =
            list.into_iter().find(|it| it.name == name || name == source::visible(&it.name));
        found.ok_or_else(|| format!("there is no `{}` here", source::visible(name)))
    }

    pub(super) fn set_variable(
        &mut self,
        wanted: &SetVariable,
        connection: &mut Connection,
    ) -> Answered {
        let expression = self.variable(wanted.variables_reference, &wanted.name)?.expression;
        self.set(&expression, &wanted.value, connection)
    }

    pub(super) fn set_expression(
        &mut self,
        wanted: &SetExpression,
        connection: &mut Connection,
    ) -> Answered {
        self.expect_innermost(wanted.frame_id)?;
        self.set(&wanted.expression, &wanted.value, connection)
    }

    /// Changes a value, which starts a branch.
    fn set(&mut self, target: &str, value: &str, connection: &mut Connection) -> Answered {
        let before = self.debugger.timeline().now();
        let put = self.debugger.put(target, value);
        put.map_err(|error| error.to_string())?;
        self.debugger.remember(before);
        self.fault = None;
        let text = format!("a branch starts here ({}); `undo` goes back\n", self.thread());
        connection.tell("output", to_dap::console(&text));
        let now = self.debugger.machine().evaluate(target).map_err(|error| error.to_string())?;
        Ok(self.value(target, &now, "value"))
    }

    /// A value as the client is told of it, with its text under `key`.
    pub(super) fn value(&mut self, expression: &str, value: &Seen, key: &str) -> Value {
        let mut body = json!({ "type": value.kind, "variablesReference": 0 });
        body[key] = json!(value.text);
        let parts = self.debugger.machine().parts(expression, 0, 0).unwrap_or_default();
        if parts.total > 0 {
            body["variablesReference"] =
                json!(self.shown.number(Thing::Parts(expression.to_owned())));
            let key = if parts.are_elements { "indexedVariables" } else { "namedVariables" };
            body[key] = json!(parts.total);
        }
        body
    }

    fn scope(&self, name: &str) -> Option<Scope> {
        self.debugger.machine().scopes().into_iter().find(|scope| scope.name == name)
    }

    /// Values can be asked for where time stands: in the innermost call.
    pub(super) fn expect_innermost(&self, frame: Option<i64>) -> Result<(), String> {
        match frame {
            None | Some(0 | 1) => Ok(()),
            Some(_) => Err(OUTER.to_owned()),
        }
    }
}
