//! Methods that values have of themselves: `value.name(…)`, where a record has no such field.

use crate::{Fault, Kind, find, wrong_count};

/// What a call of a method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Calls this function of the table with the value before the arguments.
    Builtin(u16),
    /// Calls the function of the prelude with this name, with the value after the arguments.
    Prelude(&'static str),
    /// Changes the place that the value lies in: see [`crate::change::apply`].
    Change(Change),
    /// Is done by the engine.
    Engine(EngineMethod),
}

/// What a method does to a vector where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `push(x)`: the value is the changed vector.
    Push,
    /// `pop()`: the value is what was last.
    Pop,
    /// `insert(i, x)`: the value is the changed vector.
    Insert,
    /// `remove(i)`: the value is what was there.
    Remove,
    /// `sort()`: the value is the changed vector.
    Sort,
    /// `reverse()`: the value is the changed vector.
    Reverse,
}

/// Methods of what belongs to an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineMethod {
    /// `generator.next()`
    Next,
    /// `sender.send(x)`
    Send,
    /// `sender.close()`
    Close,
    /// `receiver.recv()`
    Receive,
    /// `mutex.lock()`
    Lock,
    /// `guard.get()`
    GuardGet,
    /// `guard.set(x)`
    GuardSet,
    /// `guard.release()`
    GuardRelease,
    /// `signal.value`, without call: seen, and followed by an effect.
    SignalValue,
    /// `signal.peek()`: seen, but not followed.
    SignalPeek,
    /// `signal.set(x)`
    SignalSet,
}

impl EngineMethod {
    /// The error that the method is called with so many values.
    #[must_use]
    pub fn wrong_count(self, count: usize) -> Fault {
        let (name, expected) = match self {
            Self::Next => return Fault::new("next() takes no arguments"),
            Self::Send => ("send", 1),
            Self::Close => ("close", 0),
            Self::Receive => ("recv", 0),
            Self::Lock => ("lock", 0),
            Self::GuardGet => ("get", 0),
            Self::GuardSet | Self::SignalSet => ("set", 1),
            Self::GuardRelease => ("release", 0),
            Self::SignalValue => return Fault::new("a signal's value is read without `()`"),
            Self::SignalPeek => ("peek", 0),
        };
        wrong_count(name, expected, Some(expected), count)
    }
}

/// The error of sending through a channel that was closed.
#[must_use]
pub fn closed_channel() -> Fault {
    let message = "the channel is closed: send before close()".to_owned();
    Fault { kind: "ChannelError", message }
}

/// The error of using a guard that was released.
#[must_use]
pub fn released_guard() -> Fault {
    Fault::new("the guard was released: lock() the mutex again")
}

/// The method with this name of values of this kind.
#[must_use]
pub fn method(kind: Kind, name: &str) -> Option<Method> {
    match kind {
        Kind::Vector | Kind::Tensor | Kind::ComplexTensor => of_array(name),
        Kind::String => builtin(match name {
            "len" | "trim" | "trim_start" | "trim_end" | "upper" | "lower" | "split"
            | "replace" | "contains" | "starts_with" | "ends_with" | "is_empty" => name,
            _ => return None,
        }),
        Kind::Number => builtin(match name {
            "abs" | "ceil" | "floor" | "round" | "sqrt" | "str" => name,
            _ => return None,
        }),
        Kind::Complex => builtin(match name {
            "re" => "real",
            "im" => "imag",
            "mag" => "abs",
            "phase" => "arg",
            "conj" | "abs" | "arg" | "str" => name,
            _ => return None,
        }),
        Kind::Record => builtin(match name {
            "keys" | "values" => name,
            "has" => "has_field",
            _ => return None,
        }),
        Kind::Generator => engine("next", name, EngineMethod::Next),
        Kind::Sender => engine("send", name, EngineMethod::Send)
            .or_else(|| engine("close", name, EngineMethod::Close)),
        Kind::Receiver => engine("recv", name, EngineMethod::Receive),
        Kind::Mutex => engine("lock", name, EngineMethod::Lock),
        Kind::Guard => engine("get", name, EngineMethod::GuardGet)
            .or_else(|| engine("set", name, EngineMethod::GuardSet))
            .or_else(|| engine("release", name, EngineMethod::GuardRelease)),
        Kind::Signal => engine("value", name, EngineMethod::SignalValue)
            .or_else(|| engine("peek", name, EngineMethod::SignalPeek))
            .or_else(|| engine("set", name, EngineMethod::SignalSet)),
        Kind::Null | Kind::Boolean | Kind::Function | Kind::Edge | Kind::Error | Kind::Future => {
            None
        }
    }
}

fn of_array(name: &str) -> Option<Method> {
    match name {
        "push" => Some(Method::Change(Change::Push)),
        "pop" => Some(Method::Change(Change::Pop)),
        "insert" => Some(Method::Change(Change::Insert)),
        "remove" => Some(Method::Change(Change::Remove)),
        "sort" => Some(Method::Change(Change::Sort)),
        "reverse" => Some(Method::Change(Change::Reverse)),
        "map" => Some(Method::Prelude("map")),
        "filter" => Some(Method::Prelude("filter")),
        "reduce" => Some(Method::Prelude("reduce")),
        "any" => Some(Method::Prelude("any")),
        "all" => Some(Method::Prelude("all")),
        "find" => Some(Method::Prelude("find")),
        "findIndex" => Some(Method::Prelude("findIndex")),
        "count" => Some(Method::Prelude("count")),
        "len" | "is_empty" | "first" | "last" | "slice" | "join" | "contains" => builtin(name),
        _ => None,
    }
}

fn builtin(name: &str) -> Option<Method> {
    find(name).map(Method::Builtin)
}

fn engine(expected: &str, name: &str, method: EngineMethod) -> Option<Method> {
    (expected == name).then_some(Method::Engine(method))
}
