//! What is told of Achronyme's functions: `palindrome words achronyme`, and `help` in a session.

use std::fmt::Write as _;

use ::achronyme::{FunctionExample, FunctionHelp, KEYWORDS, function_help, function_helps};
use source::nearest;

use crate::words::{groups, wrapped};

/// Functions that are named where a beginning is asked about.
const BEGINNINGS_MAX: usize = 10;

/// All functions in a line each, by what they are about.
pub(crate) fn reference() -> String {
    let helps = function_helps();
    let mut text = String::new();
    for (group, helps) in groups(&helps, |help| help.group) {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &listed(group, helps);
    }
    text
}

/// The functions of an area in a line each.
fn listed(group: &str, helps: &[FunctionHelp]) -> String {
    let mut text = format!("{group}\n");
    for help in helps {
        let first = first_sentence(&help.description);
        let _ = writeln!(text, "  {:<34} {first}", signature(help));
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

/// What there is to say about a function; or in a line each about those of an area, of which the
/// first word is enough.
pub(crate) fn explain(name: &str) -> Option<String> {
    function_help(name).map(|help| render(&help)).or_else(|| area(name))
}

fn area(name: &str) -> Option<String> {
    let helps = function_helps();
    let is_meant = |group: &str| {
        let mut words = group.split_whitespace();
        words.next().is_some_and(|word| word.eq_ignore_ascii_case(name))
    };
    let mut text = String::new();
    for (group, helps) in groups(&helps, |help| help.group).filter(|(group, _)| is_meant(group)) {
        text += &listed(group, helps);
    }
    (!text.is_empty()).then_some(text)
}

/// That there is no such function; `names` are others that could be meant.
pub(crate) fn unknown(name: &str, names: &[String]) -> String {
    let helps = function_helps();
    let known = helps.iter().map(|help| help.name.as_str()).chain(names.iter().map(String::as_str));
    let begin: Vec<String> = known.clone().filter(|it| it.starts_with(name)).map(quoted).collect();
    let hint = if begin.is_empty() {
        nearest(name, known).map(|other| format!("; did you mean `{other}`?"))
    } else {
        let shown = begin.iter().take(BEGINNINGS_MAX).map(String::as_str).collect::<Vec<_>>();
        let more = if begin.len() > BEGINNINGS_MAX { ", …" } else { "" };
        Some(format!("; so begin {}{more}", shown.join(", ")))
    };
    let is_keyword = KEYWORDS.contains(&name);
    let what = if is_keyword { "a word of the language, and no function" } else { "no function" };
    let hint = hint.filter(|_| !is_keyword).unwrap_or_default();
    format!("`{name}` is {what}{hint}")
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
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
        assert!(unknown("linspce", &[]).contains("did you mean `linspace`?"));
        assert!(unknown("lins", &[]).contains("so begin `linspace`"));
        assert!(unknown("total", &["totals".to_owned()]).contains("so begin `totals`"));
        assert!(unknown("match", &[]).contains("a word of the language"));
    }
}
