//! The author of a program: what it has written so far, and what it may still write.

use std::rc::Rc;

use crate::dice::Dice;
use crate::scope::{Scope, Variable};
use crate::types::{Field, Signature, Type};

/// What a call of a function may cost that comes from anywhere.
pub(crate) const CALL_COST: usize = 60;
/// What a call of a function may cost that is called by its name.
pub(crate) const FUNCTION_COST: usize = 400;
/// What the whole program may cost.
const PROGRAM_COST: usize = 12_000;

/// Names of variables. Those of the library's functions among them may be used by the author only
/// where they are not hidden, see [`Author::is_library`].
const NAMES: &[&str] = &[
    "a", "b", "c", "d", "f", "g", "h", "k", "n", "m", "p", "q", "r", "s", "t", "u", "v", "w", "x",
    "y", "z", "total", "items", "name", "value", "at", "next", "self_", "in_range", "e", "i", "pi",
    "abs", "sum", "min", "max", "first", "last", "trim", "reverse",
];
const FIELDS: &[&str] =
    &["a", "b", "c", "x", "y", "items", "n", "name", "next2", "from", "type", "kind", "message"];

/// Writes a program.
#[derive(Debug)]
pub(crate) struct Author {
    pub(crate) dice: Dice,
    pub(crate) scope: Scope,
    pub(crate) place: Place,
    /// How many statements may still be written.
    pub(crate) statements: usize,
    /// Names of types.
    pub(crate) aliases: Vec<(String, Type)>,
    count: usize,
}

/// What is around the place that is written at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// Loops around it in the same function.
    pub(crate) loops: usize,
    /// What the function around it returns.
    pub(crate) returns: Option<Type>,
    /// What the generator around it yields.
    pub(crate) yields: Option<Type>,
    /// What `self` is.
    pub(crate) receiver: Option<Type>,
    /// How often the place is come to.
    pub(crate) weight: usize,
    /// What was spent in this function.
    pub(crate) spent: usize,
    /// What may be spent.
    pub(crate) limit: usize,
    /// Blocks and lambdas around it.
    pub(crate) depth: usize,
}

impl Author {
    pub(crate) fn new(seed: u64, size: usize) -> Self {
        let place = Place { weight: 1, limit: PROGRAM_COST, ..Place::default() };
        Self {
            dice: Dice::new(seed),
            scope: Scope::default(),
            place,
            statements: size,
            aliases: Vec::new(),
            count: 0,
        }
    }

    /// The text of a whole program.
    pub(crate) fn program(&mut self) -> String {
        let mut text = String::new();
        while self.statements > 0 {
            self.statements -= 1;
            text.push_str(&self.statement());
            text.push('\n');
            if self.dice.chance(25) {
                text.push_str(&self.print());
                text.push('\n');
            }
        }
        let kind = self.plain_type(2);
        text + &self.expression(&kind, 3) + "\n"
    }

    /// Counts what is done at this place.
    pub(crate) fn spend(&mut self, cost: usize) {
        self.place.spent += self.place.weight.saturating_mul(cost);
    }

    /// Whether something may still be done that costs so much.
    pub(crate) fn affords(&self, cost: usize) -> bool {
        self.place.spent + self.place.weight.saturating_mul(cost) < self.place.limit
    }

    /// What `write` writes for a place that is come to `count` times as often.
    pub(crate) fn often<T>(&mut self, count: usize, write: impl FnOnce(&mut Self) -> T) -> T {
        let weight = self.place.weight;
        self.place.weight = weight.saturating_mul(count);
        let written = write(self);
        self.place.weight = weight;
        written
    }

    /// What `write` writes inside of a block: names are gone after it.
    pub(crate) fn inside<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let (mark, aliases) = (self.scope.mark(), self.aliases.len());
        self.place.depth += 1;
        let written = write(self);
        self.place.depth -= 1;
        self.scope.leave(mark);
        self.aliases.truncate(aliases);
        written
    }

    /// What `write` writes inside of a function whose call may cost `limit`, and what it costs.
    pub(crate) fn function<T>(
        &mut self,
        limit: usize,
        place: Place,
        write: impl FnOnce(&mut Self) -> T,
    ) -> (T, usize) {
        let place = Place { weight: 1, limit, spent: 0, depth: self.place.depth, ..place };
        let outer = std::mem::replace(&mut self.place, place);
        self.scope.level += 1;
        let written = self.inside(write);
        self.scope.level -= 1;
        let cost = std::mem::replace(&mut self.place, outer).spent;
        (written, cost + 2)
    }

    /// A name for a variable, now and then one that hides another.
    pub(crate) fn name(&mut self) -> String {
        if self.dice.chance(8) {
            let names: Vec<String> = self.scope.names().map(str::to_owned).collect();
            if !names.is_empty() {
                return self.dice.pick(&names).clone();
            }
        }
        let name = *self.dice.pick(NAMES);
        if self.scope.has(name) || self.dice.chance(15) {
            self.new_name(name)
        } else {
            name.to_owned()
        }
    }

    /// A name that nothing else has.
    pub(crate) fn new_name(&mut self, start: &str) -> String {
        self.count += 1;
        format!("{start}{}", self.count)
    }

    pub(crate) fn declare(&mut self, name: &str, kind: &Type, mutable: bool) {
        self.declare_function(name, kind, mutable, CALL_COST);
    }

    pub(crate) fn declare_function(&mut self, name: &str, kind: &Type, mutable: bool, cost: usize) {
        let level = self.scope.level;
        let (name, kind) = (name.to_owned(), kind.clone());
        self.scope.add(Variable { name, kind, mutable, cost, level });
    }

    /// Whether the name is that of the library's function here.
    pub(crate) fn is_library(&self, name: &str) -> bool {
        !self.scope.has(name)
    }

    /// A variable that suits.
    pub(crate) fn variable(&mut self, suits: impl Fn(&Variable) -> bool) -> Option<Variable> {
        let found = self.scope.visible(suits);
        if found.is_empty() {
            return None;
        }
        // Later ones are more likely to have a story.
        let first = self.dice.below(found.len());
        let index = self.dice.below(found.len()).max(first);
        Some(found[index].clone())
    }

    /// A type of things that can be printed.
    pub(crate) fn plain_type(&mut self, depth: usize) -> Type {
        let inner = if depth > 0 { 1 } else { 0 };
        match self.dice.weighted(&[30, 8, 14, 4, 22 * inner, 4, 12 * inner, 3]) {
            0 => Type::Number,
            1 => Type::Boolean,
            2 => Type::Text,
            3 => Type::Complex,
            4 => {
                let element =
                    if self.dice.chance(60) { Type::Number } else { self.plain_type(depth - 1) };
                Type::vector(element)
            }
            5 => Type::Matrix,
            6 => self.record_type(depth - 1, false),
            _ => Type::Any,
        }
    }

    /// A type of anything.
    pub(crate) fn any_type(&mut self, depth: usize) -> Type {
        if depth == 0 {
            return self.plain_type(0);
        }
        match self.dice.weighted(&[80, 12, 4, 2]) {
            0 => self.plain_type(depth),
            1 => self.function_type(depth - 1),
            2 => Type::generator(self.plain_type(0)),
            _ => Type::future(self.plain_type(0)),
        }
    }

    pub(crate) fn function_type(&mut self, depth: usize) -> Type {
        let count = self.dice.weighted(&[20, 40, 30, 10]);
        let parameters: Vec<Type> = (0..count).map(|_| self.argument_type(depth)).collect();
        let required = if self.dice.chance(80) { count } else { self.dice.below(count + 1) };
        let result = self.any_type(depth);
        Type::Function(Rc::new(Signature { parameters, required, result }))
    }

    fn argument_type(&mut self, depth: usize) -> Type {
        if depth > 0 && self.dice.chance(10) {
            self.function_type(0)
        } else {
            self.plain_type(depth)
        }
    }

    pub(crate) fn record_type(&mut self, depth: usize, functions: bool) -> Type {
        // Variables of known shapes are used more often.
        if self.dice.chance(40)
            && let Some(variable) = self.variable(|v| matches!(v.kind, Type::Record(_)))
        {
            return variable.kind;
        }
        let count = self.dice.between(1, 3);
        let mut fields: Vec<Field> = Vec::new();
        for _ in 0..count {
            let name = *self.dice.pick(FIELDS);
            if fields.iter().any(|field| field.name == name) {
                continue;
            }
            let kind = if functions && self.dice.chance(30) {
                self.function_type(0)
            } else {
                self.plain_type(depth)
            };
            let mutable = !kind.holds_function() && self.dice.chance(60);
            fields.push(Field { name, kind, mutable });
        }
        Type::Record(fields.into())
    }
}
