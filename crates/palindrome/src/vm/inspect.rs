//! Looking at a program by its own names. What is no name of its is left to the tape machine.

use std::sync::Arc;

use machine::{
    CodePosition, Edit, EditError, EvaluateError, Frame, Inspect, Listing, Location, Parts, Place,
    Scope, SourceText, Value, Variable,
};
use palindrome_vm::TAPE;

use super::frames::Seen;
use super::path::word_at;
use super::relations::ROWS_MAX;
use super::{Snapshot, Vm};

const NO_PLACE: &str = "this has no fixed place: variables and their parts have one";

impl Inspect for Vm {
    fn position(&self) -> CodePosition {
        self.tape.position()
    }

    fn depth(&self) -> usize {
        self.tape.depth()
    }

    fn frames(&self, limit: usize) -> Vec<Frame> {
        self.named_frames(limit)
    }

    fn scopes(&self) -> Vec<Scope> {
        let variables = |all: Vec<Seen<'_>>| self.variables(all);
        let scope = |name: &str, variables| Scope { name: name.to_owned(), variables };
        let counted =
            |(name, value): (String, Value)| Variable { expression: name.clone(), name, value };
        let own = [
            scope("locals", variables(self.locals())),
            scope("globals", variables(self.globals())),
            scope("relations", self.relation_counts().into_iter().map(counted).collect()),
        ];
        // The machine's own registers are there for whoever asks for them.
        let registers = self.tape.scopes().into_iter().filter(|scope| scope.name == "registers");
        own.into_iter().chain(registers).collect()
    }

    fn scopes_of(&self, frame: usize) -> Vec<Scope> {
        let variables = self.locals_of(frame).map(|all| self.variables(all));
        let scope = |variables| Scope { name: "locals".to_owned(), variables };
        variables.map(scope).into_iter().collect()
    }

    fn sources(&self) -> Vec<SourceText> {
        self.tape.sources()
    }

    fn place(&self, position: CodePosition) -> Option<Place> {
        if self.is_hidden(position) { None } else { self.tape.place(position) }
    }

    /// Dispatchers are none of the user's.
    fn is_hidden(&self, position: CodePosition) -> bool {
        self.name_at(position).is_some_and(|name| name.starts_with('('))
    }

    fn positions_of_line(&self, place: Place) -> Vec<CodePosition> {
        self.tape.positions_of_line(place)
    }

    fn position_of_name(&self, name: &str) -> Option<CodePosition> {
        self.tape.position_of_name(name)
    }

    fn name_of_position(&self, position: CodePosition) -> Option<(String, u64)> {
        self.tape.name_of_position(position)
    }

    fn names(&self) -> Vec<String> {
        let functions = self.program.names.functions.iter();
        let mut names: Vec<String> = functions
            .flat_map(|function| {
                let variables = function.variables.iter().map(|variable| variable.name.clone());
                variables.chain([function.name.clone()])
            })
            .chain(self.program.names.globals.iter().map(|global| global.name.clone()))
            .chain(self.relation_counts().into_iter().map(|(name, _)| name))
            .chain(self.tape.names())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    fn evaluate(&self, expression: &str) -> Result<Value, EvaluateError> {
        match self.follow(expression) {
            Some(found) => found.map(|found| self.shown(found.at, found.of)),
            None => {
                let found = self.value_of(expression, Some(ROWS_MAX));
                found.or_else(|error| self.tape.evaluate(expression).map_err(|_| error))
            }
        }
    }

    fn evaluate_whole(&self, expression: &str) -> Result<Value, EvaluateError> {
        self.value_of(expression, None).or_else(|_| self.evaluate(expression))
    }

    fn parts(&self, expression: &str, from: usize, count: usize) -> Result<Parts, EvaluateError> {
        self.parts_of(expression, (from, count))
    }

    fn locate(&self, expression: &str) -> Result<Location, EvaluateError> {
        if let Some(found) = self.follow(expression) {
            return found.map(|found| word_at(found.at));
        }
        match self.value_of(expression, Some(0)) {
            Ok(_) => Err(EvaluateError { at: 0, message: NO_PLACE.to_owned() }),
            Err(error) => self.tape.locate(expression).map_err(|_| error),
        }
    }

    fn dependencies(&self, expression: &str) -> Result<Vec<Location>, EvaluateError> {
        match self.follow(expression) {
            Some(found) => found.map(|found| self.with_definition(found.read)),
            None => {
                let found = self.reads_of(expression);
                found.or_else(|error| self.tape.dependencies(expression).map_err(|_| error))
            }
        }
    }

    fn rests_on(&self, expression: &str) -> Option<Vec<Location>> {
        let is_followed = self.means_the_same_everywhere(expression);
        is_followed.then(|| self.reads_of(expression).ok()).flatten()
    }

    /// What lies where a variable of the function at hand or of the top level does is shown as that.
    fn read(&self, location: Location) -> Value {
        let mut all = self.globals();
        all.extend(self.locals());
        let is_here = |seen: &&Seen<'_>| location.space == TAPE && seen.at == location.address;
        match all.iter().rev().find(is_here) {
            Some(seen) => self.shown(seen.at, seen.of),
            None => self.tape.read(location),
        }
    }

    fn memory(&self, address: i64, length: usize) -> Vec<u8> {
        Inspect::memory(&self.tape, address, length)
    }

    fn disassemble(&self, from: CodePosition, count: usize) -> Vec<Listing> {
        self.tape.disassemble(from, count)
    }

    fn operands(&self) -> Option<Vec<String>> {
        self.instruction_operands()
    }
}

impl Vm {
    fn variables(&self, all: Vec<Seen<'_>>) -> Vec<Variable> {
        let variable = |seen: Seen<'_>| Variable {
            name: seen.name.to_owned(),
            expression: seen.name.to_owned(),
            value: self.shown(seen.at, seen.of),
        };
        all.into_iter().map(variable).collect()
    }
}

impl Edit for Vm {
    fn assign(&mut self, location: Location, expression: &str) -> Result<(), EditError> {
        self.tape.assign(location, expression)
    }

    fn set(&mut self, target: &str, expression: &str) -> Result<(), EditError> {
        if let Some(done) = self.set_field(target, expression) {
            return done;
        }
        let location = self.locate(target).map_err(|error| EditError(error.message))?;
        self.assign(location, expression)
    }

    fn merge(&mut self, base: &Snapshot, theirs: &Snapshot, name: &str) -> Result<(), EditError> {
        if !Arc::ptr_eq(&base.program, &theirs.program) {
            return Err(EditError("states of different programs cannot be merged".to_owned()));
        }
        self.tape.merge(&base.tape, &theirs.tape, name)
    }
}
