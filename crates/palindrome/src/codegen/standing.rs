//! Calls that stand: those of transforms with effects, in programs that undo some. Each is noted when it
//! has ended, as a row of a relation that nobody can name, with what it changed. The inverse finds the
//! newest one with the same arguments, and merges its change the other way round into the present
//! (decisions 0026 and 0045).

use std::collections::BTreeSet;

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;
use relational::{Definition, Field, Type as StoredType};

use super::Codegen;
use super::closure::each_expression;
use super::code::Jump;
use super::data::Data;
use super::frame::{Frame, Slot, ZERO};
use super::layout::{as_word, is_reference, places};
use crate::codes::{NO_INVERSE, NOT_COMPARABLE};
use crate::hir::{Backward, Callee, ExpressionKind, Function, FunctionId, Program};
use crate::types::{Effect, Type, print};

/// The name of the relation; none of a program has one that begins with a blank.
const CALLS: &str = " calls";

/// The functions whose calls are noted.
#[derive(Debug, Default)]
pub(super) struct Standing {
    functions: BTreeSet<FunctionId>,
    /// On the tape: the number of the relation, if any are.
    relation: Option<i64>,
    /// Whether later runs or lines may undo them.
    outlasts: bool,
}

impl Standing {
    /// With `outlasts`, later runs or lines may undo the calls.
    pub(super) fn new(program: &Program, outlasts: bool, data: &mut Data) -> Self {
        let is_undone = |id: FunctionId| {
            let function = program.functions.get(id.index());
            function.is_some_and(|it| it.backward == Backward::Tape)
        };
        let mut is_wanted = outlasts;
        each_expression(program, &mut |one| {
            let id = match &one.kind {
                ExpressionKind::Call(Callee::Inverse(id, _), _) => *id,
                ExpressionKind::Inverse(inner) => match inner.kind {
                    ExpressionKind::Function(id, _) => id,
                    _ => return,
                },
                _ => return,
            };
            is_wanted |= is_undone(id);
        });
        // Also those whose inverse nobody calls: what they have called does not stand by itself.
        let all = (0..program.functions.len()).map(FunctionId::from_index);
        let functions: BTreeSet<_> = all.filter(|id| is_wanted && is_undone(*id)).collect();
        let relation = (!functions.is_empty()).then(|| data.global());
        Self { functions, relation, outlasts }
    }

    /// Whether calls of a function are noted.
    pub(super) fn is_of(&self, id: FunctionId) -> bool {
        self.functions.contains(&id)
    }
}

/// How calls are told apart, when they were, what they are of, what they were given, what their
/// inverses give, and what they changed.
fn definition() -> Definition {
    let changed = |what: &str| {
        let fields =
            vec![(what.to_owned(), StoredType::String), ("changes".to_owned(), StoredType::Bytes)];
        StoredType::List(StoredType::Record(fields).into())
    };
    let fields = [
        ("call", StoredType::Int),
        ("moment", StoredType::Int),
        ("number", StoredType::Int),
        ("function", StoredType::String),
        ("given", StoredType::Bytes),
        ("gives", StoredType::Bytes),
        ("rows", changed("relation")),
        ("names", changed("name")),
    ];
    Definition {
        name: CALLS.to_owned(),
        fields: fields.into_iter().map(|(name, of)| Field::new(name, of)).collect(),
        key: ["call", "moment", "number"].map(str::to_owned).to_vec(),
        ..Definition::default()
    }
}

/// The words that tell a call from others: those that its inverse takes.
struct Key {
    types: Vec<Type>,
    /// What the inverse gives: if the call gave something, which tells it then, its first argument.
    gives: Vec<Type>,
}

/// Why calls of a function cannot be told apart.
enum Unfit {
    /// It is a search.
    Search,
    /// It takes or gives a function.
    Function,
}

impl Codegen<'_> {
    /// What tells calls of a function apart, or why they cannot be.
    fn standing_key(&self, function: &Function) -> Result<Key, Unfit> {
        let locals = &self.program.locals;
        let parameters = function.parameters.iter().filter_map(|one| locals.get(one.index()));
        let mut types: Vec<Type> = parameters.map(|local| self.of(&local.of)).collect();
        let (result, mut gives) = (self.of(&function.result), Vec::new());
        if matches!(result, Type::Answers(_)) {
            return Err(Unfit::Search);
        }
        if result != Type::NOTHING
            && let Some(first) = types.first_mut()
        {
            gives.push(std::mem::replace(first, result));
        }
        if types.iter().chain(&gives).any(holds_function) {
            return Err(Unfit::Function);
        }
        Ok(Key { types, gives })
    }

    /// The same for an inverse, which is refused if there can be none.
    fn undoing_key(&mut self, function: &Function) -> Option<Key> {
        let (code, why, hint) = match self.standing_key(function) {
            Ok(key) => return Some(key),
            Err(Unfit::Search) => (
                NO_INVERSE,
                format!("`{}` is a search: which of its answers would be undone?", function.name),
                "ask it in a transform, and undo that: `transform f(…) -> T? <-> g { first s(…) }`",
            ),
            Err(Unfit::Function) => (
                NOT_COMPARABLE,
                "the call to undo is found by what it was given, and functions cannot be compared"
                    .to_owned(),
                "give it something else that tells calls apart, such as a name or a number",
            ),
        };
        self.refuse(code, &why, hint, function.span);
        None
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

    /// A function whose calls are noted. Says whether they can be; if not, nothing was done.
    pub(super) fn standing_function(&mut self, function: &Function, types: &[Type]) -> bool {
        self.frame = Frame { meanings: Self::meanings(function, types), ..Frame::default() };
        // Who asks for the inverse is told why there is none.
        let Ok(key) = self.standing_key(function) else { return false };
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
        self.code.push(Instruction::KeepData { dst: 0 });
        let before = self.save(0);
        self.value(&function.body);
        let result = self.save(0);
        self.at(function.body.span);
        let mut told = given.clone();
        let mut gives = Vec::new();
        if !key.gives.is_empty()
            && let Some(first) = told.first_mut()
        {
            gives.push(std::mem::replace(first, result));
        }
        self.standing_record(&told, &key.types);
        let told = self.save(0);
        self.standing_record(&gives, &key.gives);
        let gives = self.save(0);
        let site = self.call_site(function, &key);
        self.code.set(1, site);
        self.restore(before, 2);
        self.restore(told, 3);
        self.restore(gives, 4);
        self.call_runtime("call_note");
        self.restore(before, 0);
        self.code.push(Instruction::DropData { src: 0 });
        self.restore(result, 0);
        self.code.push(Instruction::Return);
        self.finish_function(&function.name, start);
        true
    }

    /// The inverse of such a function.
    pub(super) fn undoing_function(&mut self, function: &Function, types: &[Type], name: &str) {
        self.frame = Frame { meanings: Self::meanings(function, types), ..Frame::default() };
        let Some(key) = self.undoing_key(function) else { return };
        let start = self.code.here();
        self.at(function.span);
        let slots: Vec<Slot> = key.types.iter().map(|_| self.frame.slot()).collect();
        self.standing_record(&slots, &key.types);
        let site = self.call_site(function, &key);
        self.code.copy(2, 0);
        self.code.set(1, site);
        self.call_runtime("call_undo");
        let none = self.fault(&format!(
            "no call of `{}` with these arguments stands, so `{name}` has nothing to undo",
            function.name
        ));
        self.code.jump(Jump::IfZero(0), none);
        let given = self.save(0);
        self.everything_touched();
        self.code.set(0, 0);
        if !key.gives.is_empty() {
            self.restore(given, 1);
            self.code.load(0, 1, HEAD);
        }
        self.code.push(Instruction::Return);
        self.finish_function(name, start);
    }

    /// Makes the relation of calls, if any are noted.
    pub(super) fn make_calls(&mut self) {
        let Some(at) = self.standing.relation else { return };
        let text = self.data.text(&definition().to_bytes());
        self.code.set(1, text);
        self.call_runtime("relation_create");
        self.code.store(0, ZERO, at);
    }

    /// What calls of the function are found by, as a constant.
    fn call_site(&mut self, function: &Function, key: &Key) -> i64 {
        let write = |of: &Type| print(of, &self.program.unions, &|_| Effect::Pure);
        let types: Vec<String> = key.types.iter().map(write).collect();
        let name = format!("{}({})", function.name, types.join(", "));
        let name = self.data.text(name.as_bytes());
        let given = self.description(&Self::standing_type(&key.types));
        let gives = self.description(&Self::standing_type(&key.gives));
        let (relation, table) = (self.standing.relation.unwrap_or(0), self.known_names(true));
        let outlasts = i64::from(self.standing.outlasts);
        self.data.record(0, &[relation, name, given, gives, table, outlasts])
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
