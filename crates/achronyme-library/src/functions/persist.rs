//! Environments in files. The prelude asks for these one after the other.

mod date;
mod options;

use std::collections::BTreeMap;

use machine::{Answer, Piece, Question, Stream};

use super::argument;
use super::world::{self, unexpected};
use crate::archive::{self, About, Archive, can_be_kept};
use crate::builtin::row::rows;
use crate::{Fault, Store, View};
use options::Options;

rows! {
    /// What is wanted of a function, as a record that has all options.
    130 _env_options("function, options") "" library all_options;
    /// The names and values that are wanted, as a record.
    131 _env_bindings("options, names, values, before") "" library bindings;
    /// Which of them cannot be kept.
    132 _env_lost("bindings") "" library lost;
    /// Writes those that can be kept to a file.
    133 _env_write("options, bindings, seconds") "" world ask_write, finish_write;
    /// What is in a file.
    134 _env_read("options") "" world ask_read, finish_read;
    /// What a file has, together with what was restored before.
    135 _env_restored("options, found, names, before") "" library restored;
    /// What is said of a file.
    136 _env_told("found") "" library told;
    /// What a name means that the program does not declare.
    137 _restored("before, name, what") "" library meaning;
    /// Whether a name was restored.
    139 _is_restored("before, name") "" library is_restored;
    /// Writes a line to the standard error.
    138 _warn("text") "" world ask_warn, finish_warn;
}

fn all_options<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let function = store.text(&arguments[0]).to_owned();
    Options::read(store, &function, &arguments[1])?.into_record(store)
}

fn wanted<S: Store>(store: &mut S, options: &S::Value) -> Result<Options, Fault> {
    Options::from_record(store, options)
}

/// Fields of a record with their names.
fn fields<S: Store>(store: &S, record: &S::Value) -> BTreeMap<String, S::Value> {
    store.fields(record).into_iter().map(|field| (field.name.to_owned(), field.value)).collect()
}

fn record<S: Store>(store: &mut S, named: &BTreeMap<String, S::Value>) -> Result<S::Value, Fault> {
    let fields: Vec<(&str, S::Value, bool)> =
        named.iter().map(|(name, value)| (&**name, value.clone(), false)).collect();
    store.new_record(&fields)
}

fn bindings<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let options = wanted(store, &arguments[0])?;
    let mut all = fields(store, &arguments[3]);
    let names = store.text(&arguments[1]).split(',').map(str::to_owned);
    all.extend(names.zip(store.elements(&arguments[2]).iter().cloned()));
    all.retain(|name, _| options.takes(name));
    record(store, &all)
}

fn lost<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let all = fields(store, &arguments[0]);
    let lost = all.into_iter().filter(|(_, value)| !can_be_kept(store, value));
    let names: Vec<String> = lost.map(|(name, _)| name).collect();
    texts(store, &names)
}

fn texts<S: Store>(store: &mut S, texts: &[String]) -> Result<S::Value, Fault> {
    let texts = texts.iter().map(|text| store.new_string(text)).collect::<Result<Vec<_>, _>>()?;
    store.new_vector(&texts)
}

fn ask_write<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let options = wanted(store, &arguments[0])?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds since 1970, which saturate"
    )]
    let created = match store.view(&arguments[2]) {
        View::Number(seconds) => seconds as u64,
        _ => 0,
    };
    let about = About {
        description: options.description.clone(),
        tags: options.tags.clone(),
        created,
        is_packed: options.compress,
    };
    let kept = store.fields(&arguments[1]).into_iter();
    let kept: Vec<(&str, S::Value)> = kept
        .filter(|field| can_be_kept(store, &field.value))
        .map(|field| (field.name, field.value))
        .collect();
    let content = archive::write(store, &kept, &about)?;
    Ok(Question::WriteFile { path: options.path.into_bytes(), content })
}

fn finish_write<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match (answer, world::reason(answer)) {
        (Answer::Done, _) => Ok(store.null()),
        (_, Some(reason)) => {
            Err(world::failed("Failed to save environment", &format!("I/O error: {reason}")))
        }
        _ => Err(unexpected("save_env", answer)),
    }
}

fn ask_read<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::ReadFile(wanted(store, &arguments[0])?.path.into_bytes()))
}

fn finish_read<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let options = wanted(store, &arguments[0])?;
    match (answer, world::reason(answer)) {
        (Answer::Bytes(bytes), _) => {
            let found = archive::read(store, bytes, options.verify_checksum)?;
            if options.strict_version && found.version != env!("CARGO_PKG_VERSION") {
                let message = format!("Version mismatch: written by {}", found.version);
                return Err(world::failed("Failed to restore environment", &message));
            }
            described(store, found)
        }
        (_, Some(reason)) => {
            Err(world::failed("Failed to restore environment", &format!("I/O error: {reason}")))
        }
        _ => Err(unexpected("restore_env", answer)),
    }
}

/// What was read, as a record: `bindings`, and all that is told of them.
fn described<S: Store>(store: &mut S, found: Archive<S::Value>) -> Result<S::Value, Fault> {
    let mut all = BTreeMap::new();
    let named: BTreeMap<String, S::Value> = found.bindings.into_iter().collect();
    let names: Vec<String> = named.keys().cloned().collect();
    #[expect(clippy::cast_precision_loss, reason = "far fewer")]
    all.insert("num_bindings".to_owned(), store.number(names.len() as f64));
    all.insert("binding_names".to_owned(), texts(store, &names)?);
    all.insert("bindings".to_owned(), record(store, &named)?);
    all.insert("created_by".to_owned(), store.new_string(&found.created_by)?);
    all.insert("created_at".to_owned(), store.new_string(&date::rfc_3339(found.created))?);
    all.insert("platform".to_owned(), store.new_string(&found.platform)?);
    if let Some(description) = &found.description {
        all.insert("description".to_owned(), store.new_string(description)?);
    }
    if !found.tags.is_empty() {
        all.insert("tags".to_owned(), texts(store, &found.tags)?);
    }
    record(store, &all)
}

fn told<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let mut all = fields(store, &arguments[0]);
    all.remove("bindings");
    record(store, &all)
}

fn restored<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let options = wanted(store, &arguments[0])?;
    let bindings = store.field(&arguments[1], "bindings").unwrap_or_else(|| store.null());
    let mut found = fields(store, &bindings);
    found.retain(|name, _| options.takes(name));
    if let Some(namespace) = &options.namespace {
        let all = record(store, &found)?;
        found = BTreeMap::from([(namespace.clone(), all)]);
    }
    let declared: Vec<&str> = store.text(&arguments[2]).split(',').collect();
    let replaces = options.overwrite || options.mode != "merge";
    let mut all = fields(store, &arguments[3]);
    for (name, value) in found {
        let is_declared = declared.contains(&&*name);
        if is_declared && replaces {
            let message = format!(
                "the program declares '{name}' itself; exclude it, or restore it into a namespace \
                 of another name"
            );
            return Err(world::failed("Failed to restore environment", &message));
        }
        if !is_declared && (replaces || !all.contains_key(&name)) {
            all.insert(name, value);
        }
    }
    record(store, &all)
}

fn meaning<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let name = store.text(&arguments[1]);
    store.field(&arguments[0], name).ok_or_else(|| {
        Fault::type_error(format!("{} or constant: {name}", store.text(&arguments[2])))
    })
}

fn is_restored<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let found = store.field(&arguments[0], store.text(&arguments[1]));
    Ok(store.boolean(found.is_some()))
}

fn ask_warn<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let wanted = || "_warn() requires a string".to_owned();
    let bytes = format!("{}\n", argument::text(store, &arguments[0], wanted)?).into_bytes();
    Ok(Question::Write(vec![Piece { stream: Stream::Error, bytes }]))
}

fn finish_warn<S: Store>(store: &mut S, _: &[S::Value], _: &Answer) -> Result<S::Value, Fault> {
    // Whoever does not hear a warning goes on.
    Ok(store.null())
}
