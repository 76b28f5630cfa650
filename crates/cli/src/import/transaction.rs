//! Rows that are imported where contracts hold: the program on the tape inserts them, as one transaction
//! that its contracts look at and its handlers see.

use palindrome::{KeptName, Program, Said, State, compile_after};
use relational::{Row, Type, Value};

use crate::error::{BadSource, CliError, exit};
use crate::guest::LoadOptions;
use crate::input::Input;
use crate::libraries::{Places, Tools};
use crate::query::run;
use crate::store::{Content, TapeError, TapeFile};
use crate::terminal::Terminal;
use crate::world::{LiveWorld, nanoseconds};

/// Rows that go through a program at once.
pub(super) const ROWS_MAX: usize = 1 << 20;

/// What messages call the statement that inserts.
const IMPORT: &str = "(import)";

/// Rows for a relation.
pub(super) struct Rows<'r> {
    pub(super) relation: &'r str,
    /// The fields, in the order of values in rows.
    pub(super) fields: Vec<&'r str>,
    pub(super) rows: Vec<Row>,
}

/// Inserts the rows and puts what came of it on the tape; the exit code. If a contract is broken nothing
/// is on the tape.
pub(super) fn commit(
    file: &mut TapeFile,
    content: Content,
    rows: Rows<'_>,
    (places, terminal): (&Places, Terminal),
) -> Result<u8, CliError> {
    let text = &content.text;
    let relation = rows.relation;
    let name = free_name(&text.text);
    let before = format!("{}\nlet {name} = {relation} where false\n", text.text);
    let before = Said { name: &text.name, text: &before };
    let insert = format!("{relation} += {name}");
    let new = Said { name: IMPORT, text: &insert };
    let added = compile_after(before, new, places, false);
    let bad = BadSource { sources: added.sources, diagnostics: added.diagnostics };
    let compiled = bad.settle(added.compiled, terminal)?;
    let unverified = |error| CliError::Unverified { path: IMPORT.into(), source: Box::new(error) };
    let program = Program::new(compiled).map_err(unverified)?;
    let unfit = |what: &dyn std::fmt::Display| TapeError::Unfit(what.to_string());
    let mut state = content.state()?;
    let before = state.names.clone();
    let of = program.names().globals.iter().find(|global| global.name == name);
    let of = of.and_then(|global| global.stored.clone());
    let of =
        of.ok_or_else(|| unfit(&format!("rows of {relation} cannot be given to a program")))?;
    let value = listed(rows, &of);
    state.names.push(KeptName { name: name.clone(), of, value });
    state.names.sort_by(|one, other| one.name.cmp(&other.name));
    let program = program.with_state(state).map_err(|found| unfit(&found))?;
    let memory_max = LoadOptions::default().memory_max;
    let mut world = LiveWorld::new(Input::nothing(), Vec::new(), memory_max);
    world.give(Some(Tools::new(places.clone(), memory_max)));
    let mut vm = match run(program, &mut world, terminal)? {
        Ok(vm) => vm,
        Err(code) => return Ok(code),
    };
    let mut names = vm.kept_names().map_err(|trap| unfit(&trap))?;
    names.retain(|kept| kept.name != name);
    let is_other = |other: &KeptName| names.iter().all(|kept| kept.name != other.name);
    let others: Vec<KeptName> = before.into_iter().filter(is_other).collect();
    names.extend(others);
    names.sort_by(|one, other| one.name.cmp(&other.name));
    file.commit_state(&State { pages: vm.pages(), names }, Some(nanoseconds()))?;
    Ok(exit::OK)
}

/// A name that the text does not have.
fn free_name(text: &str) -> String {
    let mut name = "imported".to_owned();
    while text.contains(&name) {
        name.push('_');
    }
    name
}

/// Rows as the list of records that a name of the top level has.
fn listed(rows: Rows<'_>, of: &Type) -> Value {
    let Type::List(record) = of else { return Value::List(Vec::new()) };
    let Type::Record(fields) = &**record else { return Value::List(Vec::new()) };
    let place = |name: &String| rows.fields.iter().position(|field| field == name);
    let places: Vec<usize> = fields.iter().filter_map(|(name, _)| place(name)).collect();
    let record = |mut row: Row| {
        let take = |at: &usize| std::mem::replace(&mut row[*at], Value::None);
        Value::Record(places.iter().map(take).collect())
    };
    Value::List(rows.rows.into_iter().map(record).collect())
}
