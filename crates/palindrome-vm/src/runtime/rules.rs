//! Rules and views that lie in the data of a program.

use std::fmt::Write as _;

use relational::{
    Comparison, DefinitionError, Derived, Missing, Program, Query, Reason, RelationId, Row,
    RuleError, Source, Step, StoreError, Term, Value, ViewDefinition,
};
use tape::TapePart;

use super::query::find;
use super::value::record_layout;
use super::{Call, Outcome};
use crate::trap::Trap;

/// Facts that may follow from a program of rules.
const FACTS_MAX: usize = 16 << 20;
/// Programs of rules whose facts are kept, and how many these may be.
const FOLLOWED_MAX: usize = 8;
const FOLLOWED_FACTS_MAX: usize = 1 << 20;

/// Whether a predicate is there for the sake of others only, and has no rows in the store.
fn is_helper(name: &str) -> bool {
    name.starts_with(' ')
}

/// What followed from the rules of programs, and the data of which that was so. From these, less is to be
/// gone through after a change; what is found and written is the same.
#[derive(Debug, Default)]
pub(crate) struct Followed(Vec<(Derived, TapePart)>);

impl Followed {
    /// What followed from a program, which is no longer kept.
    fn take(&mut self, program: &Program) -> Option<(Derived, TapePart)> {
        let place = self.0.iter().position(|(derived, _)| derived.program() == program)?;
        Some(self.0.swap_remove(place))
    }

    fn keep(&mut self, derived: Derived, data: TapePart) {
        if derived.wants() || derived.count_all() > FOLLOWED_FACTS_MAX {
            return;
        }
        if self.0.len() >= FOLLOWED_MAX {
            self.0.remove(0);
        }
        self.0.push((derived, data));
    }
}

pub(super) fn rules_refresh(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    let (changed, derived) = call.with_store::<_, RuleError>(|store, pages| {
        let program = Program::from_bytes(&bytes, |name: &String| {
            find(store, pages, name).map_err(RuleError::from)
        })?;
        let mut kept = Vec::new();
        for (predicate, (name, source)) in program.predicates.iter().enumerate() {
            if let Source::Rules(_) = source
                && !is_helper(name)
            {
                kept.push((predicate, find(store, pages, name)?));
            }
        }
        let again = pages.followed().take(&program).and_then(|(derived, before)| {
            // What goes wrong is told by deriving anew, which does not depend on what was kept.
            store.derive_again(derived, (&before, pages), &kept).ok().flatten()
        });
        let derived = match again {
            Some(derived) => derived,
            None => store.derive(pages, &program, FACTS_MAX)?,
        };
        let is_wanted = |predicate| program.computed.iter().any(|it| it.wanted == predicate);
        let mut changed = 0;
        for (predicate, id) in kept {
            if !derived.wants() || is_wanted(predicate) {
                changed += store.keep_derived(pages, id, &derived, predicate)?;
            }
        }
        Ok((if derived.wants() { -1 } else { changed.cast_signed() }, derived))
    })?;
    let data = call.data();
    call.followed().keep(derived, data);
    Ok(Outcome::Value(changed))
}

impl Call<'_> {
    /// The text that an argument refers to.
    fn name_of(&mut self, argument: u8) -> Result<String, Trap> {
        let text = self.argument(argument);
        let wrong = |_| Trap::NotAnObject { value: text, expected: "a text in UTF-8" };
        String::from_utf8(self.text(text)?).map_err(wrong)
    }

    /// The columns of a row that are given, each with its place.
    fn columns_given(&mut self, relation: RelationId) -> Result<Vec<Option<Value>>, Trap> {
        let (row, given) = (self.argument(2), self.argument(3));
        let relation = self.described(relation)?;
        let types = relation.fields().iter().map(|field| &field.ty);
        let (places, _) = record_layout(types.clone());
        let mut found = Vec::new();
        for ((place, ty), column) in places.into_iter().zip(types).zip(0..) {
            let is_given = given.checked_shr(column).is_some_and(|bits| bits & 1 == 1);
            found.push(if is_given {
                let word = self.read_word(row.wrapping_add(place))?;
                Some(self.value(word, ty)?)
            } else {
                None
            });
        }
        Ok(found)
    }
}

/// The rules of the first argument, and of the predicate of the second, with what is given of a row of it:
/// the first row that is so, if there is one.
struct Asked {
    derived: Derived,
    /// The names of predicates, and of their columns.
    names: Vec<(String, Vec<String>)>,
    /// The predicates whose facts code computed.
    computed: Vec<usize>,
    /// What rules are called.
    numbers: Vec<usize>,
    predicate: usize,
    given: Vec<Option<Value>>,
    row: Option<Row>,
}

fn asked(call: &mut Call<'_>) -> Result<Asked, Trap> {
    let bytes = call.text(call.argument(0))?;
    let name = call.name_of(1)?;
    let relation = call.with_store(|store, pages| find(store, pages, &name))?;
    let given = call.columns_given(relation)?;
    call.with_store::<_, RuleError>(|store, pages| {
        let program = Program::from_bytes(&bytes, |name: &String| {
            find(store, pages, name).map_err(RuleError::from)
        })?;
        let derived = store.derive(pages, &program, FACTS_MAX)?;
        let mut names: Vec<(String, Vec<String>)> = Vec::new();
        let computed: Vec<_> = program.computed.iter().map(|it| it.values).collect();
        for (name, _) in program.predicates {
            names.push(if is_helper(&name) {
                // Its name is that of a relation and of some of its columns.
                let mut words = name.split_whitespace().map(str::to_owned);
                (words.next().unwrap_or_default(), words.collect())
            } else {
                let relation = store.find_relation(pages, &name)?;
                let fields = relation.fields().iter().map(|field| field.name.clone());
                (name, fields.collect())
            });
        }
        // Behind a blank there is a number, where the same text is computed in several rules.
        for predicate in &computed {
            if let Some((name, _)) = names.get_mut(*predicate)
                && let Some(end) = name.rfind(' ')
            {
                name.truncate(end);
            }
        }
        let predicate = names.iter().position(|(other, _)| *other == name);
        let unknown = || StoreError::from(DefinitionError::UnknownRelation { name: name.clone() });
        let predicate = predicate.ok_or_else(unknown)?;
        let is_so = |row: &Row| {
            let mut columns = row.iter().zip(&given);
            columns.all(|(value, given)| given.as_ref().is_none_or(|given| given == value))
        };
        let row = derived.rows(predicate).find(is_so);
        let numbers = program.numbers;
        Ok(Asked { derived, names, computed, numbers, predicate, given, row })
    })
}

impl Asked {
    /// A fact as rows are written, `_` being anything.
    fn written(&self, predicate: usize, values: impl Iterator<Item = Option<String>>) -> String {
        let Some((name, columns)) = self.names.get(predicate) else { return String::new() };
        let columns = columns.iter().zip(values).map(|(column, value)| {
            format!("{column}: {}", value.unwrap_or_else(|| "_".to_owned()))
        });
        format!("{name} {{{}}}", columns.collect::<Vec<_>>().join(", "))
    }

    /// The fact that is asked for.
    fn fact(&self) -> String {
        let columns = self.given.iter().map(|given| given.as_ref().map(ToString::to_string));
        self.written(self.predicate, columns)
    }

    fn row(&self, predicate: usize, row: &[Value]) -> String {
        self.written(predicate, row.iter().map(|value| Some(value.to_string())))
    }

    /// What a rule is called.
    fn number(&self, rule: usize) -> usize {
        self.numbers.get(rule).copied().unwrap_or(rule) + 1
    }

    /// A step of a proof, in a line.
    fn step(&self, step: &Step) -> String {
        let reason = match step.reason {
            Reason::Given if self.computed.contains(&step.predicate) => "is computed".to_owned(),
            Reason::Given => "is given".to_owned(),
            Reason::Rule(rule) => format!("by rule {}", self.number(rule)),
            Reason::Total(rule, ways) => format!("by rule {} over {ways}", self.number(rule)),
            Reason::Shown => "as above".to_owned(),
            Reason::Absent => "is not there".to_owned(),
        };
        format!("{}  {reason}", self.row(step.predicate, &step.row))
    }

    /// What is missing, in a line.
    fn lack(&self, missing: &Missing) -> String {
        match missing {
            Missing::Fact(atom) => {
                let column = |term: &Term| match term {
                    Term::Value(value) => Some(value.to_string()),
                    Term::Variable(_) | Term::Total(..) => None,
                };
                let fact = self.written(atom.predicate, atom.terms.iter().map(column));
                format!("{fact}  is not there")
            }
            Missing::Present(predicate, row) => {
                format!("{}  is there, and may not be", self.row(*predicate, row))
            }
            Missing::Compares(one, how, other) => {
                let sign = match how {
                    Comparison::Equal => "==",
                    Comparison::Unequal => "!=",
                    Comparison::Less => "<",
                    Comparison::AtMost => "<=",
                    Comparison::Greater => ">",
                    Comparison::AtLeast => ">=",
                };
                format!("{one} {sign} {other}  does not hold")
            }
            Missing::Condition(rule) => {
                format!("a condition of rule {}  does not hold", self.number(*rule))
            }
            Missing::Totals(predicate, row) => format!("{}  it is", self.row(*predicate, row)),
        }
    }
}

/// Lines by how deep they lie; far in, they stay readable.
fn lines(all: impl Iterator<Item = (usize, String)>) -> String {
    let line = |(depth, line): (usize, String)| format!("{:1$}{line}\n", "", 2 * depth.min(30));
    all.map(line).collect()
}

pub(super) fn rules_why(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let mut asked = asked(call)?;
    let trap = |error: RuleError| Trap::Store { reason: error.to_string() };
    let proof = match asked.row.clone() {
        Some(row) => asked.derived.why(asked.predicate, &row).map_err(trap)?,
        None => None,
    };
    let text = match proof {
        Some(proof) => lines(proof.steps.iter().map(|step| (step.depth, asked.step(step)))),
        None => format!("{}  does not follow: ask `whynot`\n", asked.fact()),
    };
    call.new_text(text.as_bytes()).map(Outcome::Value)
}

pub(super) fn rules_whynot(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let mut asked = asked(call)?;
    let trap = |error: RuleError| Trap::Store { reason: error.to_string() };
    let mut text = String::new();
    match &asked.row {
        Some(row) => {
            let _ = writeln!(text, "{}  follows: ask `why`", asked.row(asked.predicate, row));
        }
        None => {
            let row: Option<Row> = asked.given.iter().cloned().collect();
            let missing = match row {
                Some(row) => asked.derived.whynot(asked.predicate, &row).map_err(trap)?,
                None => None,
            };
            match missing {
                Some(missing) => {
                    text = lines(missing.iter().map(|(depth, one)| (*depth, asked.lack(one))));
                }
                None => {
                    let _ = writeln!(
                        text,
                        "{}  is not there: say all columns to see what is missing",
                        asked.fact()
                    );
                }
            }
        }
    }
    call.new_text(text.as_bytes()).map(Outcome::Value)
}

/// Whether a view is as a definition says.
fn is_as_defined(known: &relational::Relation, query: Option<&Query>, of: &ViewDefinition) -> bool {
    *known.fields() == of.fields && query == Some(&of.query)
}

pub(super) fn view_create(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    let id = call.with_store::<_, StoreError>(|store, pages| {
        let definition = ViewDefinition::from_bytes(&bytes, |name| find(store, pages, name))?;
        let known = store.relations(pages)?;
        if let Some(known) = known.iter().find(|relation| relation.name() == definition.name) {
            let query = store.view_query(pages, known.id())?;
            if is_as_defined(known, query.as_ref(), &definition) {
                return Ok(known.id());
            }
            // An earlier run made it of something else; its rows follow from others. Views that are
            // made of it are made again where the program has them.
            store.make_room(pages, &definition.name, "view")?;
        }
        store.create_view(pages, &definition)
    })?;
    Ok(Outcome::Value(i64::from(id.number())))
}
