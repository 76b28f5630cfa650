//! What `save_env`, `restore_env` and `env_info` are told.

use std::collections::BTreeMap;

use crate::{Fault, Store, View};

/// The options of all three functions, with their defaults.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) path: String,
    pub(super) compress: bool,
    pub(super) description: Option<String>,
    pub(super) tags: Vec<String>,
    include_only: Option<Vec<String>>,
    exclude: Vec<String>,
    allow_overwrite: bool,
    pub(super) mode: String,
    pub(super) overwrite: bool,
    pub(super) namespace: Option<String>,
    pub(super) verify_checksum: bool,
    pub(super) strict_version: bool,
}

/// The options of each function that has any.
const KNOWN: [(&str, &[&str]); 2] = [
    (
        "save_env",
        &[
            "path",
            "compress",
            "compression_level",
            "description",
            "tags",
            "include_only",
            "exclude",
            "allow_overwrite",
        ],
    ),
    (
        "restore_env",
        &[
            "path",
            "mode",
            "overwrite",
            "namespace",
            "include_only",
            "exclude",
            "verify_checksum",
            "strict_version",
        ],
    ),
];

impl Options {
    /// From what a function is called with: a path, or a record.
    ///
    /// # Errors
    /// An option is unknown, missing, or of the wrong kind.
    pub(super) fn read<S: Store>(
        store: &S,
        function: &str,
        given: &S::Value,
    ) -> Result<Self, Fault> {
        let known = KNOWN.iter().find(|(name, _)| *name == function).map(|(_, known)| *known);
        match (store.view(given), known) {
            (View::String, _) => {
                Self::from_fields(store, function, &BTreeMap::from([("path", given.clone())]))
            }
            (View::Record, Some(known)) => {
                let fields: BTreeMap<&str, S::Value> = store
                    .fields(given)
                    .into_iter()
                    .map(|field| (field.name, field.value))
                    .collect();
                if let Some(name) = fields.keys().find(|name| !known.contains(name)) {
                    let known = known.join(", ");
                    let message = format!("{function}() has no option '{name}' (known: {known})");
                    return Err(Fault::value_error(message));
                }
                Self::from_fields(store, function, &fields)
            }
            (_, known) => {
                let wanted = if known.is_some() { "a path or a record" } else { "a path" };
                let found = store.kind(given).name();
                Err(Fault::type_error(format!("{function}() requires {wanted}, got {found}")))
            }
        }
    }

    /// From the record that [`Self::into_record`] makes.
    ///
    /// # Errors
    /// It is another record.
    pub(super) fn from_record<S: Store>(store: &S, record: &S::Value) -> Result<Self, Fault> {
        let fields = store.fields(record).into_iter();
        let fields = fields.filter(|field| store.view(&field.value) != View::Null);
        let fields = fields.map(|field| (field.name, field.value)).collect();
        Self::from_fields(store, "save_env", &fields)
    }

    fn from_fields<S: Store>(
        store: &S,
        function: &str,
        fields: &BTreeMap<&str, S::Value>,
    ) -> Result<Self, Fault> {
        let given = Given { store, function, fields };
        let mode = given.text("mode")?.unwrap_or_else(|| "merge".to_owned());
        let namespace = given.text("namespace")?;
        if !["merge", "replace", "namespace"].contains(&&*mode) {
            return Err(given.wrong("mode", "\"merge\", \"replace\" or \"namespace\""));
        }
        if mode == "namespace" && namespace.is_none() {
            return Err(Fault::value_error(format!(
                "{function}() with mode \"namespace\" needs `namespace`"
            )));
        }
        if let Some(level) = fields.get("compression_level") {
            match store.view(level) {
                View::Number(level) if (1.0..=22.0).contains(&level) => {}
                _ => return Err(given.wrong("compression_level", "a number from 1 to 22")),
            }
        }
        Ok(Self {
            path: given.text("path")?.ok_or_else(|| given.wrong("path", "a string"))?,
            compress: given.truth("compress", true)?,
            description: given.text("description")?,
            tags: given.texts("tags")?.unwrap_or_default(),
            include_only: given.texts("include_only")?,
            exclude: given.texts("exclude")?.unwrap_or_default(),
            allow_overwrite: given.truth("allow_overwrite", false)?,
            overwrite: given.truth("overwrite", false)?,
            namespace: namespace.filter(|_| mode == "namespace"),
            mode,
            verify_checksum: given.truth("verify_checksum", true)?,
            strict_version: given.truth("strict_version", false)?,
        })
    }

    /// As a record that has them all; null is none.
    ///
    /// # Errors
    /// Memory has run out.
    pub(super) fn into_record<S: Store>(self, store: &mut S) -> Result<S::Value, Fault> {
        let mut text = |text: Option<String>| match text {
            Some(text) => store.new_string(&text),
            None => Ok(store.null()),
        };
        let mut fields = vec![
            ("path", text(Some(self.path))?),
            ("description", text(self.description)?),
            ("mode", text(Some(self.mode))?),
            ("namespace", text(self.namespace)?),
        ];
        for (name, texts) in [
            ("tags", Some(self.tags)),
            ("include_only", self.include_only),
            ("exclude", Some(self.exclude)),
        ] {
            let value = match texts {
                Some(texts) => super::texts(store, &texts)?,
                None => store.null(),
            };
            fields.push((name, value));
        }
        for (name, truth) in [
            ("compress", self.compress),
            ("allow_overwrite", self.allow_overwrite),
            ("overwrite", self.overwrite),
            ("verify_checksum", self.verify_checksum),
            ("strict_version", self.strict_version),
        ] {
            fields.push((name, store.boolean(truth)));
        }
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, value, false)).collect();
        store.new_record(&fields)
    }

    /// Whether a name is wanted.
    pub(super) fn takes(&self, name: &str) -> bool {
        let fits = |pattern: &String| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == pattern,
        };
        let is_included = self.include_only.as_ref().is_none_or(|names| names.iter().any(fits));
        is_included && !self.exclude.iter().any(fits)
    }
}

/// What was given.
struct Given<'g, S: Store> {
    store: &'g S,
    function: &'g str,
    fields: &'g BTreeMap<&'g str, S::Value>,
}

impl<S: Store> Given<'_, S> {
    fn wrong(&self, option: &str, wanted: &str) -> Fault {
        Fault::type_error(format!("{}(): `{option}` has to be {wanted}", self.function))
    }

    fn text(&self, option: &str) -> Result<Option<String>, Fault> {
        let Some(value) = self.fields.get(option) else { return Ok(None) };
        match self.store.view(value) {
            View::String => Ok(Some(self.store.text(value).to_owned())),
            _ => Err(self.wrong(option, "a string")),
        }
    }

    fn truth(&self, option: &str, default: bool) -> Result<bool, Fault> {
        match self.fields.get(option).map(|value| self.store.view(value)) {
            None => Ok(default),
            Some(View::Boolean(truth)) => Ok(truth),
            Some(_) => Err(self.wrong(option, "true or false")),
        }
    }

    fn texts(&self, option: &str) -> Result<Option<Vec<String>>, Fault> {
        let wrong = || self.wrong(option, "a vector of strings");
        let Some(value) = self.fields.get(option) else { return Ok(None) };
        if self.store.view(value) != View::Vector {
            return Err(wrong());
        }
        let texts = self.store.elements(value).iter().map(|text| match self.store.view(text) {
            View::String => Ok(self.store.text(text).to_owned()),
            _ => Err(wrong()),
        });
        texts.collect::<Result<Vec<_>, _>>().map(Some)
    }
}
