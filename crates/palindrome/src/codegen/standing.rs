//! Calls that stand: those of transforms with effects whose inverse something calls. Each is noted when
//! it has ended, with the data before and after it. The inverse finds the newest one with the same
//! arguments, and merges its change the other way round into the present; decision 0026.

use std::collections::{BTreeMap, BTreeSet};

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;

use super::closure::each_expression;
use super::code::Jump;
use super::data::Data;
use super::frame::{Frame, Slot, ZERO};
use super::layout::{as_word, is_reference, places};
use super::{Codegen, copy_key};
use crate::codes::{NO_INVERSE, NOT_COMPARABLE};
use crate::hir::{Backward, Callee, ExpressionKind, Function, FunctionId, Program};
use crate::types::Type;

/// How a call is undone: numbers by their differences; what stays open is a fault that says so.
const UNDO: i64 = 16 + 2;
/// Words of a link: what tells the call from others, the link before, what the inverse gives, and the
/// data before and after.
const LINK: [i64; 5] = [HEAD, HEAD + 8, HEAD + 16, HEAD + 24, HEAD + 32];

/// The functions whose calls are noted.
#[derive(Debug, Default)]
pub(super) struct Standing {
    functions: BTreeSet<FunctionId>,
    /// On the tape: the newest call that stands.
    newest: Option<i64>,
    /// Tags of copies of functions.
    tags: BTreeMap<String, u32>,
}

impl Standing {
    pub(super) fn new(program: &Program, data: &mut Data) -> Self {
        let mut functions = BTreeSet::new();
        each_expression(program, &mut |one| {
            let id = match &one.kind {
                ExpressionKind::Call(Callee::Inverse(id, _), _) => *id,
                ExpressionKind::Inverse(inner) => match inner.kind {
                    ExpressionKind::Function(id, _) => id,
                    _ => return,
                },
                _ => return,
            };
            if program.functions.get(id.index()).is_some_and(|it| it.backward == Backward::Tape) {
                functions.insert(id);
            }
        });
        let newest = (!functions.is_empty()).then(|| data.global());
        Self { functions, newest, tags: BTreeMap::new() }
    }

    /// Whether calls of a function are noted.
    pub(super) fn is_of(&self, id: FunctionId) -> bool {
        self.functions.contains(&id)
    }

    /// Where the newest call is, if any are noted.
    pub(super) fn newest(&self) -> Option<i64> {
        self.newest
    }

    fn tag(&mut self, id: FunctionId, types: &[Type]) -> u32 {
        let next = u32::try_from(self.tags.len()).unwrap_or(u32::MAX);
        *self.tags.entry(copy_key(&id.0.to_string(), types)).or_insert(next)
    }
}

/// The words that tell a call from others: those that its inverse takes.
struct Key {
    types: Vec<Type>,
    /// Whether the first is what the call gave; the inverse gives back its first argument then.
    is_by_result: bool,
}

impl Codegen<'_> {
    /// What tells calls of a function apart. Refuses what cannot be undone so.
    fn standing_key(&mut self, function: &Function) -> Key {
        let mut types: Vec<Type> = function
            .parameters
            .iter()
            .filter_map(|one| self.program.locals.get(one.index()))
            .map(|local| local.of.clone())
            .collect();
        types = types.iter().map(|of| self.of(of)).collect();
        let result = self.of(&function.result);
        let is_by_result = result != Type::NOTHING && !types.is_empty();
        if matches!(result, Type::Answers(_)) {
            let what = &function.name;
            self.refuse(
                NO_INVERSE,
                &format!("`{what}` is a search: which of its answers would be undone?"),
                "ask it in a transform, and undo that: `transform f(…) -> T? <-> g { first s(…) }`",
                function.span,
            );
        }
        if is_by_result && let Some(first) = types.first_mut() {
            *first = result;
        }
        if types.iter().any(holds_function) {
            self.refuse(
                NOT_COMPARABLE,
                "the call to undo is found by what it was given, and functions cannot be compared",
                "give it something else that tells calls apart, such as a name or a number",
                function.span,
            );
        }
        Key { types, is_by_result }
    }

    /// A record of the words in slots, into R0.
    fn standing_record(&mut self, slots: &[Slot], types: &[Type]) {
        let (all, references) = places(types);
        self.code.set(1, as_word(slots.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        for (slot, place) in slots.iter().zip(all) {
            self.restore(*slot, 1);
            self.code.store(1, 0, HEAD + place * 8);
        }
    }

    /// The type of such a record, whose fields are in the order of their names.
    fn standing_type(types: &[Type]) -> Type {
        let field =
            |(index, of): (usize, &Type)| (format!("{index:05}").as_str().into(), of.clone());
        Type::record(types.iter().enumerate().map(field).collect())
    }

    /// A function whose calls are noted.
    pub(super) fn standing_function(
        &mut self,
        function: &Function,
        (id, types): (FunctionId, &[Type]),
    ) {
        let Some(newest) = self.standing.newest() else { return };
        self.frame = Frame { meanings: Self::meanings(function, types), ..Frame::default() };
        let key = self.standing_key(function);
        let tag = self.standing.tag(id, types);
        let start = self.code.here();
        self.at(function.body.span);
        let slots: Vec<Slot> =
            function.parameters.iter().map(|one| self.frame.variable(*one, start)).collect();
        // A parameter never changes, but what calls around see does.
        let given: Vec<Slot> = slots
            .iter()
            .map(|slot| {
                self.restore(*slot, 0);
                self.save(0)
            })
            .collect();
        for (parameter, slot) in function.parameters.iter().zip(&slots) {
            self.box_variable(*parameter, *slot);
        }
        self.code.load(0, ZERO, newest);
        let around = self.save(0);
        self.code.push(Instruction::KeepData { dst: 0 });
        let before = self.save(0);
        self.value(&function.body);
        let result = self.save(0);
        self.at(function.body.span);
        let mut told = given.clone();
        let mut gives = Vec::new();
        if key.is_by_result
            && let Some(first) = told.first_mut()
        {
            gives.push(std::mem::replace(first, result));
        }
        self.standing_record(&told, &key.types);
        let told = self.save(0);
        let of_first = function.parameters.first();
        let of_first = of_first.and_then(|one| self.program.locals.get(one.index()));
        let of_first: Vec<Type> = of_first.iter().map(|local| self.of(&local.of)).collect();
        self.standing_record(&gives, if gives.is_empty() { &[] } else { &of_first });
        let gives = self.save(0);
        // What it has called itself is undone with it.
        self.code.push(Instruction::KeepData { dst: 0 });
        let after = self.save(0);
        self.code.set(1, as_word(LINK.len()));
        self.code.set(2, 3);
        self.code.set(3, i64::from(tag));
        self.call_runtime("union_new");
        for (slot, at) in [told, around, gives, before, after].into_iter().zip(LINK) {
            self.restore(slot, 1);
            self.code.store(1, 0, at);
        }
        self.code.store(0, ZERO, newest);
        self.restore(result, 0);
        self.code.push(Instruction::Return);
        self.finish_function(&function.name, start);
    }

    /// The inverse of such a function.
    pub(super) fn undoing_function(
        &mut self,
        function: &Function,
        (id, types): (FunctionId, &[Type]),
        name: &str,
    ) {
        let Some(newest) = self.standing.newest() else { return };
        self.frame = Frame { meanings: Self::meanings(function, types), ..Frame::default() };
        let key = self.standing_key(function);
        let tag = self.standing.tag(id, types);
        let start = self.code.here();
        self.at(function.span);
        let slots: Vec<Slot> = key.types.iter().map(|_| self.frame.slot()).collect();
        self.standing_record(&slots, &key.types);
        self.code.copy(3, 0);
        let of = self.description(&Self::standing_type(&key.types));
        self.code.set(4, of);
        self.code.set(2, i64::from(tag));
        self.code.load(1, ZERO, newest);
        self.call_runtime("standing_find");
        // What a run or a line of a session leaves are its data, not its calls.
        let reach = if self.keeps_moments {
            "; only calls of this run, or of this line of a session, stand: `rewind to` goes back over \
             earlier ones"
        } else {
            ""
        };
        let none = self.fault(&format!(
            "no call of `{}` with these arguments stands, so `{name}` has nothing to undo{reach}",
            function.name
        ));
        self.code.jump(Jump::IfZero(0), none);
        let link = self.save(0);
        self.code.copy(2, 0);
        self.code.load(1, ZERO, newest);
        self.call_runtime("standing_without");
        let rest = self.save(0);
        self.restore(link, 4);
        let table = self.known_names(true);
        self.code.load(1, 4, LINK[4]);
        self.code.load(2, 4, LINK[3]);
        self.code.set(3, UNDO);
        self.code.set(4, table);
        self.code.set(5, 0);
        self.call_runtime("world_merge");
        self.restore(rest, 0);
        self.code.store(0, ZERO, newest);
        self.everything_touched();
        self.code.set(0, 0);
        if key.is_by_result {
            self.restore(link, 1);
            self.code.load(1, 1, LINK[2]);
            self.code.load(0, 1, HEAD);
        }
        self.code.push(Instruction::Return);
        self.finish_function(name, start);
    }

    /// Any rows may have changed: contracts look at all, and rules are gone through again.
    pub(super) fn everything_touched(&mut self) {
        self.all_may_have_changed();
        self.all_touched();
    }

    /// Contracts look at all rows.
    pub(super) fn all_touched(&mut self) {
        for watched in self.contracts.watched.values().copied().collect::<Vec<_>>() {
            self.touched_all(watched);
        }
    }
}

/// Whether a value has a function in it, which cannot be compared.
fn holds_function(of: &Type) -> bool {
    matches!(of, Type::Function(_))
        || (is_reference(of) && of.parts().iter().any(|part| holds_function(part)))
}
