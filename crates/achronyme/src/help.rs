//! What can be said about every function of the library: for `help`, completion and the reference
//! page.

use std::fmt::Write as _;

use achronyme_library::{BUILTINS, Builtin, PreludeFunction, area, prelude};

/// What is said about a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionHelp {
    /// Its name.
    pub name: String,
    /// What it takes, as one writes it: `start, end, step?`.
    pub parameters: String,
    /// What it does.
    pub description: String,
    /// Programs that show it.
    pub examples: Vec<FunctionExample>,
    /// What it is about.
    pub group: &'static str,
    /// The module it can be imported from; empty if none.
    pub module: &'static str,
}

/// A program that shows a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionExample {
    /// The program.
    pub program: String,
    /// The echo of its value; empty for null.
    pub echo: String,
}

/// All functions, those about the same thing side by side.
#[must_use]
pub fn function_helps() -> Vec<FunctionHelp> {
    let builtins = BUILTINS.iter().copied().filter(|builtin| !builtin.name.starts_with('_'));
    let mut helps: Vec<_> = builtins.map(of_builtin).chain(prelude().map(of_prelude)).collect();
    let mut groups: Vec<&str> = Vec::new();
    for help in &helps {
        if !groups.contains(&help.group) {
            groups.push(help.group);
        }
    }
    helps.sort_by_key(|help| groups.iter().position(|group| *group == help.group));
    helps
}

/// What is said about a function.
#[must_use]
pub fn function_help(name: &str) -> Option<FunctionHelp> {
    function_helps().into_iter().find(|help| help.name == name)
}

/// Renders all functions as a Markdown page.
#[must_use]
pub fn library_reference() -> String {
    let mut page = String::from(
        "# The library of Achronyme\n\n\
         This page is made from the library's tables by `cargo xtask codegen`. Examples show the \
         echo of their value; tests run every one. All functions are there without import; those of a \
         module can be imported from it, too, to give them another name.\n",
    );
    let mut group = "";
    for help in function_helps() {
        if help.group != group {
            group = help.group;
            let _ = write!(page, "\n## {group}\n");
        }
        let FunctionHelp { name, parameters, description, examples, module, .. } = help;
        let _ = write!(page, "\n### `{name}({parameters})`\n\n{description}\n");
        if !module.is_empty() {
            let _ = write!(page, "\nIn module `\"{module}\"`.\n");
        }
        if !examples.is_empty() {
            let lines: Vec<_> = examples.iter().map(FunctionExample::line).collect();
            let _ = write!(page, "\n```text\n{}\n```\n", lines.join("\n"));
        }
    }
    page
}

impl FunctionExample {
    fn new((program, echo): (&str, &str)) -> Self {
        Self { program: program.to_owned(), echo: echo.to_owned() }
    }

    /// The program with its echo as a remark.
    fn line(&self) -> String {
        let Self { program, echo } = self;
        if echo.is_empty() { program.clone() } else { format!("{program}   // {echo}") }
    }
}

fn of_builtin(builtin: &'static Builtin) -> FunctionHelp {
    FunctionHelp {
        name: builtin.name.to_owned(),
        parameters: builtin.parameters.to_owned(),
        description: description(builtin.doc),
        examples: builtin.examples().map(FunctionExample::new).collect(),
        group: area(builtin.index),
        module: builtin.module,
    }
}

/// What is said in a documentation besides its examples.
fn description(doc: &str) -> String {
    let is_text = |line: &&str| !line.trim().starts_with('`') || !line.contains("` → `");
    let lines: Vec<&str> = doc.lines().filter(is_text).map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

fn of_prelude(function: &'static PreludeFunction) -> FunctionHelp {
    FunctionHelp {
        name: function.name.to_owned(),
        parameters: function.parameters.to_owned(),
        description: description(function.doc),
        examples: function.examples().map(FunctionExample::new).collect(),
        group: function.group,
        module: function.module,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_one_name_and_a_description() {
        let helps = function_helps();
        for help in &helps {
            assert!(!help.description.is_empty(), "{}", help.name);
            assert_eq!(
                helps.iter().filter(|other| other.name == help.name).count(),
                1,
                "{}",
                help.name
            );
        }
        let parameters = |name| function_help(name).map(|help| help.parameters);
        assert_eq!(parameters("map").as_deref(), Some("function, collection, b?, c?, d?, e?"));
        assert_eq!(parameters("race").as_deref(), Some("futures"));
    }
}
