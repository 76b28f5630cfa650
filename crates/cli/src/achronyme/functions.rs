//! What is told of Achronyme's functions: `palindrome words achronyme`, and `help` in a session.

use std::fmt::Write as _;

use ::achronyme::{FunctionExample, FunctionHelp, KEYWORDS, function_help, function_helps};
use source::nearest;

use crate::words::{groups, wrapped};

/// All functions in a line each, by what they are about.
pub(crate) fn reference() -> String {
    let helps = function_helps();
    let mut text = String::new();
    for (group, helps) in groups(&helps, |help| help.group) {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{group}");
        for help in helps {
            let first = first_sentence(&help.description);
            let _ = writeln!(text, "  {:<34} {first}", signature(help));
        }
    }
    text
}

/// The names of all functions, by what they are about.
pub(crate) fn overview() -> String {
    let helps = function_helps();
    let mut text = String::new();
    for (group, helps) in groups(&helps, |help| help.group) {
        let names: Vec<String> = helps.iter().map(|help| help.name.clone()).collect();
        let _ = write!(text, "{group}\n{}", wrapped(&names, "  "));
    }
    text
}

/// What there is to say about a function.
pub(crate) fn explain(name: &str) -> Option<String> {
    function_help(name).map(|help| render(&help))
}

/// That there is no such function; `names` are others that could be meant.
pub(crate) fn unknown(name: &str, names: &[String]) -> String {
    let helps = function_helps();
    let known = helps.iter().map(|help| help.name.as_str()).chain(names.iter().map(String::as_str));
    let hint = nearest(name, known).map(|other| format!("; did you mean `{other}`?"));
    let is_keyword = KEYWORDS.contains(&name);
    let what = if is_keyword { "a word of the language, and no function" } else { "no function" };
    let hint = hint.filter(|_| !is_keyword).unwrap_or_default();
    format!("`{name}` is {what}{hint}")
}

/// In words.
pub(crate) fn render(help: &FunctionHelp) -> String {
    let mut text = format!("{}  [{}]\n", signature(help), help.group);
    for line in help.description.lines() {
        let _ = writeln!(text, "  {line}");
    }
    if !help.module.is_empty() {
        let _ = writeln!(text, "  also in module \"{}\"", help.module);
    }
    let width = help.examples.iter().map(|it| it.program.chars().count()).max().unwrap_or(0);
    for FunctionExample { program, echo } in &help.examples {
        let arrow = if echo.is_empty() { "" } else { "→" };
        let line = format!("    {program:<width$}  {arrow} {echo}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// As data.
pub(crate) fn to_json(help: &FunctionHelp) -> serde_json::Value {
    let FunctionHelp { name, parameters, description, examples, group, module } = help;
    let examples = examples.iter().map(|FunctionExample { program, echo }| {
        serde_json::json!({ "program": program, "expected": echo })
    });
    serde_json::json!({
        "name": name,
        "parameters": parameters,
        "description": description,
        "examples": examples.collect::<Vec<_>>(),
        "group": group,
        "module": module,
    })
}

/// A function with what it takes.
pub(crate) fn signature(help: &FunctionHelp) -> String {
    format!("{}({})", help.name, help.parameters)
}

/// The first sentence of a description, on one line.
pub(crate) fn first_sentence(description: &str) -> String {
    let text = description.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_in_the_overview() {
        let text = overview();
        for help in function_helps() {
            assert!(text.split_whitespace().any(|word| word == help.name), "{}", help.name);
        }
    }

    #[test]
    fn a_slip_is_told() {
        assert!(unknown("linspce", &[]).contains("`linspace`"));
        assert!(unknown("total", &["totals".to_owned()]).contains("`totals`"));
        assert!(unknown("match", &[]).contains("a word of the language"));
    }
}
