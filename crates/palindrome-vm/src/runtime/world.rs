//! What worlds came to, put together: names of the top level and rows, three-way against the data that
//! all of them began with. Undoing a call is the same, with its data the other way round.

use std::sync::Arc;

use machine::{Answer, Question};
use relational::{
    Conflict, Decision, Relation, RowChange, Store, StoreError, Strategy, Type, Value, combine,
};
use tape::TapePart;

use super::describe::{
    BOOL, BOXED, BYTES, DECIMAL, DURATION, FLOAT, FUNCTION, INT, LIST, MOMENT, OPTIONAL, RECORD,
    TEXT, TIMESTAMP, UNION, WRITTEN_MAX,
};
use super::known::{DISPOSED, HAS_VALUE, Known};
use super::{Call, Outcome};
use crate::layout::STORE;
use crate::moment::wrong;
use crate::trap::Trap;

/// How worlds are merged, in the low bits.
const STRATEGIES: [Strategy; 4] =
    [Strategy::Latest, Strategy::First, Strategy::Combine, Strategy::Ask];
/// Conflicts that stay open are a fault.
const STRICT: i64 = 8;
/// A value inside of others, so deep, is taken as a whole.
const DEPTH_MAX: usize = 32;
/// Characters of a value that a question or a message shows.
const SHOWN_MAX: usize = 60;
/// What is answered: one or the other, to be left open, or nothing that is understood.
const OURS: i64 = 0;
const THEIRS: i64 = 1;
const OPEN: i64 = 2;
const UNKNOWN: i64 = -1;

/// What two sides do not agree on, in texts.
struct Open {
    relation: String,
    key: String,
    field: String,
    base: Option<String>,
    ours: Option<String>,
    theirs: Option<String>,
}

/// A name of the top level in some state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) value: i64,
    pub(super) has_value: i64,
    pub(super) disposed: i64,
}

/// What became of rows, by relation.
pub(super) type RowChanges = Vec<(Arc<Relation>, Vec<RowChange>)>;

/// What is merged: the data that both come from, and the other ones.
type Sides = (TapePart, TapePart);

/// How something is merged.
struct Merge {
    strategy: Strategy,
    known: Vec<Known>,
    /// What was decided, in the order of the conflicts.
    decided: Vec<Option<Decision>>,
    /// Whether anything is written.
    writes: bool,
}

impl Merge {
    fn new(call: &mut Call<'_>, how: i64, table: i64, writes: bool) -> Result<Self, Trap> {
        let strategy = usize::try_from(how & 7).ok().and_then(|how| STRATEGIES.get(how)).copied();
        let strategy = strategy.ok_or_else(|| wrong(format!("{how} is no way to merge")))?;
        let (known, decided) = (call.known(table)?, Vec::new());
        Ok(Self { strategy, known, decided, writes })
    }

    /// Merges names, then rows; what stays open.
    fn run(&self, call: &mut Call<'_>, (base, theirs): &Sides) -> Result<Vec<Open>, Trap> {
        let mut open = Vec::new();
        // Which conflict it is, also of those that are decided.
        let mut count = 0;
        for known in &self.known {
            if let Known::Name(name, at, of) = known {
                let sides = [base, theirs].map(|state| Named::in_state(state, *at));
                self.name(call, (name, *at, *of), sides, &mut count, &mut open)?;
            }
        }
        // A program without relations has no store.
        if matches!(Store::open(base, STORE.start), Err(StoreError::NoStore)) {
            return Ok(open);
        }
        let sides = (base, theirs);
        let mut decide = |_: &Conflict| {
            count += 1;
            self.decided.get(count - 1).copied().flatten()
        };
        let conflicts = if self.writes {
            call.with_store(|store, pages| store.merge(pages, sides, self.strategy, &mut decide))?
        } else {
            call.with_store(|store, pages| store.conflicts(pages, sides, self.strategy))?
        };
        for conflict in conflicts {
            open.push(self.row_conflict(call, &conflict)?);
        }
        Ok(open)
    }

    fn name(
        &self,
        call: &mut Call<'_>,
        (name, at, of): (&str, i64, i64),
        [base, theirs]: [Named; 2],
        count: &mut usize,
        open: &mut Vec<Open>,
    ) -> Result<(), Trap> {
        let ours = call.named(at)?;
        // Two that add the same to a number have added twice as much.
        let adds = self.strategy == Strategy::Combine && base.has_value != 0;
        if call.is_same(base, theirs, of) || (!adds && call.is_same(ours, theirs, of)) {
            return Ok(());
        }
        let taken = match self.strategy {
            _ if call.is_same(ours, base, of) => Some(theirs),
            Strategy::Latest => Some(theirs),
            Strategy::First => Some(ours),
            Strategy::Combine => match call.combined([base, ours, theirs], of)? {
                None if call.is_same(ours, theirs, of) => Some(ours),
                combined => combined,
            },
            Strategy::Ask => None,
        };
        let taken = match taken {
            Some(taken) => taken,
            None => {
                *count += 1;
                match self.decided.get(*count - 1).copied().flatten() {
                    Some(Decision::Ours) => ours,
                    Some(Decision::Theirs) => theirs,
                    None => {
                        let text = |side: Named| match side.has_value {
                            0 => Ok::<_, Trap>(None),
                            _ => Ok(Some(call.typed().written(side.value, of, WRITTEN_MAX)?)),
                        };
                        open.push(Open {
                            relation: String::new(),
                            key: name.to_owned(),
                            field: String::new(),
                            base: text(base)?,
                            ours: text(ours)?,
                            theirs: text(theirs)?,
                        });
                        ours
                    }
                }
            }
        };
        if taken != ours && self.writes {
            call.write_word(at, taken.value)?;
            call.write_word(at + HAS_VALUE, taken.has_value)?;
            call.write_word(at + DISPOSED, taken.disposed)?;
        }
        Ok(())
    }

    fn row_conflict(&self, call: &mut Call<'_>, of: &Conflict) -> Result<Open, Trap> {
        let relation = call.described(of.relation)?;
        let known = self.known.iter().find_map(|one| match one {
            Known::Relation(id, name, row) if *id == of.relation => Some((name.clone(), *row)),
            Known::Relation(..) | Known::Name(..) => None,
        });
        let (name, types) = match known {
            Some((name, row)) => (name, call.field_types(row)?),
            None => (relation.name().to_owned(), Vec::new()),
        };
        let mut key = Vec::new();
        for (place, value) in relation.key().iter().zip(&of.key) {
            key.push(call.value_text(&relation, *place, value, &types)?);
        }
        let mut text = |value: &Option<Value>| side_text(call, &relation, of.field, value, &types);
        let field = of.field.and_then(|place| relation.fields().get(place));
        Ok(Open {
            base: text(&of.base)?,
            ours: text(&of.ours)?,
            theirs: text(&of.theirs)?,
            relation: name,
            key: key.join(", "),
            field: field.map_or_else(String::new, |field| field.name.clone()),
        })
    }
}

/// A side of a conflict: a field, or a whole row.
fn side_text(
    call: &mut Call<'_>,
    relation: &Relation,
    field: Option<usize>,
    value: &Option<Value>,
    types: &[i64],
) -> Result<Option<String>, Trap> {
    match (field, value) {
        (_, None) => Ok(None),
        (Some(place), Some(value)) => call.value_text(relation, place, value, types).map(Some),
        (None, Some(Value::Record(row))) => call.row_text(relation, row, types).map(Some),
        (None, Some(value)) => Ok(Some(value.to_string())),
    }
}

impl Named {
    /// What a name is in a state.
    pub(super) fn in_state(state: &TapePart, at: i64) -> Self {
        Self {
            value: state.word(at),
            has_value: state.word(at + HAS_VALUE),
            disposed: state.word(at + DISPOSED),
        }
    }
}

impl Open {
    /// What it is about.
    fn place(&self) -> String {
        let parts = [&self.relation, &self.key, &self.field];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

fn shown(side: &Option<String>) -> String {
    match side {
        None => "nothing".to_owned(),
        Some(text) if text.chars().count() > SHOWN_MAX => {
            format!("`{}…`", text.chars().take(SHOWN_MAX).collect::<String>())
        }
        Some(text) => format!("`{text}`"),
    }
}

impl Call<'_> {
    pub(super) fn kept_data(&self, number: i64) -> Result<TapePart, Trap> {
        self.vm().core.cold.worlds.kept(number).cloned()
    }

    /// The data that are merged: those with the numbers in the first two arguments.
    fn sides(&self) -> Result<Sides, Trap> {
        Ok((self.kept_data(self.argument(0))?, self.kept_data(self.argument(1))?))
    }

    /// A name as it is now.
    fn named(&self, at: i64) -> Result<Named, Trap> {
        Ok(Named {
            value: self.read_word(at)?,
            has_value: self.read_word(at + HAS_VALUE)?,
            disposed: self.read_word(at + DISPOSED)?,
        })
    }

    /// Whether a name is the same in two states. Of a function, whether it is the same object.
    pub(super) fn is_same(&self, one: Named, other: Named, of: i64) -> bool {
        if one.has_value == 0 || other.has_value == 0 {
            return one.has_value == other.has_value && (one.disposed > 0) == (other.disposed > 0);
        }
        let is_function = self.typed().word(of) == Ok(FUNCTION);
        let compared = || self.typed().total().compare(one.value, other.value, of);
        one.value == other.value || !is_function && compared().is_ok_and(std::cmp::Ordering::is_eq)
    }

    /// A name with the changes of both sides; nothing where they cannot both be.
    fn combined(&mut self, sides: [Named; 3], of: i64) -> Result<Option<Named>, Trap> {
        if sides.iter().any(|side| side.has_value == 0) {
            return Ok(None);
        }
        let Some(ty) = self.stored_type(of, 0)? else { return Ok(None) };
        let [base, ours, theirs] = sides.map(|side| self.value(side.value, &ty));
        let Some(value) = combine(&base?, &ours?, &theirs?) else { return Ok(None) };
        Ok(Some(Named { value: self.word(&value, &ty)?, ..sides[1] }))
    }

    /// The type in the store of values with a description, if there is one.
    pub(super) fn stored_type(&self, of: i64, depth: usize) -> Result<Option<Type>, Trap> {
        if depth > DEPTH_MAX {
            return Ok(None);
        }
        let word = |at: i64| self.typed().word(at);
        let inner = |at: i64| self.stored_type(self.typed().word(at)?, depth + 1);
        Ok(Some(match word(of)? {
            INT => Type::Int,
            FLOAT => Type::Float,
            DECIMAL => Type::Decimal,
            BOOL => Type::Bool,
            TEXT => Type::String,
            BYTES => Type::Bytes,
            TIMESTAMP => Type::Timestamp,
            DURATION => Type::Duration,
            MOMENT => Type::Moment,
            OPTIONAL | BOXED => match inner(of + 8)? {
                // One inside of another lies otherwise in the store.
                None | Some(Type::Option(_)) => return Ok(None),
                Some(inner) => Type::Option(Box::new(inner)),
            },
            LIST => match inner(of + 8)? {
                None => return Ok(None),
                Some(inner) => Type::List(Box::new(inner)),
            },
            RECORD => {
                let mut fields = Vec::new();
                for field in 0..word(of + 8)? {
                    let at = of + 16 + 24 * field;
                    let Some(inner) = inner(at + 8)? else { return Ok(None) };
                    fields.push((field.to_string(), inner));
                }
                Type::Record(fields)
            }
            UNION => {
                let (table, mut cases) = (word(of + 8)?, Vec::new());
                for case in 0..word(table)? {
                    let (at, mut held) = (word(table + 8 + 8 * case)?, Vec::new());
                    for part in 0..word(at + 8)? {
                        let Some(inner) = inner(at + 16 + 16 * part)? else { return Ok(None) };
                        held.push(inner);
                    }
                    cases.push((case.to_string(), held));
                }
                Type::Union(cases)
            }
            _ => return Ok(None),
        }))
    }
}

/// A refusal of the store as a fault that says what it hinders.
fn because(trap: Trap, what: &str) -> Trap {
    let Trap::Store { reason } = trap else { return trap };
    wrong(format!("{what}: {reason}"))
}

/// A fault unless everything that a call changed is as it was before it.
fn all_undone(open: &[Open]) -> Result<(), Trap> {
    let Some(first) = open.first() else { return Ok(()) };
    let (place, ours, theirs) = (first.place(), shown(&first.ours), shown(&first.theirs));
    Err(wrong(format!(
        "the call cannot be undone: {place} was changed since, to {ours}; it would be {theirs}"
    )))
}

/// What a name was before a call and after it: its place in the table, with what it was.
pub(super) struct NameChange {
    pub(super) place: usize,
    pub(super) before: Named,
    pub(super) after: Named,
}

/// Takes back what a call changed, of which `known` names things; what else came since stays.
pub(super) fn take_back(
    call: &mut Call<'_>,
    known: Vec<Known>,
    names: &[NameChange],
    rows: RowChanges,
) -> Result<(), Trap> {
    let strategy = Strategy::Combine;
    let merge = Merge { strategy, known, decided: Vec::new(), writes: true };
    let mut open = Vec::new();
    for NameChange { place, before, after } in names {
        if let Some(Known::Name(name, at, of)) = merge.known.get(*place) {
            merge.name(call, (name, *at, *of), [*after, *before], &mut 0, &mut open)?;
        }
    }
    let conflicts = call.with_store(|store, pages| store.merge_rows(pages, rows, strategy));
    let conflicts = conflicts.map_err(|trap| because(trap, "the call cannot be undone"))?;
    for conflict in conflicts {
        open.push(merge.row_conflict(call, &conflict)?);
    }
    all_undone(&open)
}

pub(super) fn world_merge(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (how, decided) = (call.argument(2), call.argument(4));
    let mut merge = Merge::new(call, how, call.argument(3), true)?;
    if decided != 0 {
        let side = |decision| match decision {
            OURS => Some(Decision::Ours),
            THEIRS => Some(Decision::Theirs),
            _ => None,
        };
        merge.decided = call.elements(decided)?.into_iter().map(side).collect();
    }
    let sides = call.sides()?;
    let open = merge.run(call, &sides);
    let open = open.map_err(|trap| because(trap, "it does not go together with those before"))?;
    if let Some(first) = open.first()
        && how & STRICT != 0
    {
        let (place, ours, theirs) = (first.place(), shown(&first.ours), shown(&first.theirs));
        let more = match open.len() - 1 {
            0 => String::new(),
            count => format!(", and on {count} more"),
        };
        return Err(wrong(format!(
            "it does not agree with those before on {place}: they have {ours}, it has {theirs}{more}; \
             `on Conflict(relation, key, field, base, ours, theirs) {{ … }}` settles that"
        )));
    }
    let text = |text: Option<String>| text.map_or(Value::None, Value::String);
    let rows = open.into_iter().map(|one| {
        let (base, ours, theirs) = (text(one.base), text(one.ours), text(one.theirs));
        let [field, key, relation] = [one.field, one.key, one.relation].map(Value::String);
        vec![base, field, key, ours, relation, theirs]
    });
    let rows: Vec<_> = rows.collect();
    let optional = Type::Option(Box::new(Type::String));
    let (known, may_miss) = (Type::String, optional);
    let types = [&may_miss, &known, &known, &may_miss, &known, &may_miss];
    call.rows_list(&rows, types.into_iter()).map(Outcome::Value)
}

pub(super) fn world_question(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let asks = 3;
    let merge = Merge::new(call, asks, call.argument(2), false)?;
    let place = usize::try_from(call.argument(3)).unwrap_or(usize::MAX);
    let name = String::from_utf8_lossy(&call.text(call.argument(4))?).into_owned();
    let sides = call.sides()?;
    let all = merge.run(call, &sides)?;
    let Some(open) = all.get(place) else { return Ok(Outcome::Value(0)) };
    let (about, base) = (open.place(), shown(&open.base));
    let (ours, theirs) = (shown(&open.ours), shown(&open.theirs));
    let text = format!(
        "{about} was {base}.\n  1: {ours}, as those before have it\n  2: {theirs}, as `{name}` has it\n\
         1 or 2?"
    );
    call.new_text(text.as_bytes()).map(Outcome::Value)
}

pub(super) fn world_choice(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    match call.answer() {
        None => Ok(Outcome::Asks(Question::ReadLine)),
        // Nobody is there to decide.
        Some(Answer::Nothing) => Ok(Outcome::Value(OPEN)),
        Some(Answer::Bytes(line)) => Ok(Outcome::Value(match line.trim_ascii() {
            b"1" => OURS,
            b"2" => THEIRS,
            _ => UNKNOWN,
        })),
        Some(_) => Err(Trap::BadAnswer),
    }
}
