//! What can be said about every function of the library: for `help`, completion and the reference
//! page.

use std::fmt::Write as _;

use source::nearest;

use crate::{BUILTINS, Builtin, PreludeFunction, area, prelude};

/// Functions that are named where a beginning is asked about.
const BEGINNINGS_MAX: usize = 10;

/// Columns of a list.
const WIDTH: usize = 96;

/// Where the sentences begin in a list of functions.
const COLUMN: usize = 37;

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
    /// Its home, the module it can be imported from.
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

/// The names of all functions, by what they are about.
#[must_use]
pub fn function_overview() -> String {
    let helps = function_helps();
    let mut text = String::new();
    for (group, helps) in groups(&helps) {
        let names = helps.iter().map(|help| help.name.as_str());
        let _ = write!(text, "{group}\n{}", wrapped(names));
    }
    text
}

/// What there is to say about a function; or in a line each about those of an area, of which the
/// first word is enough. `None` if there is neither.
#[must_use]
pub fn explain_function(name: &str) -> Option<String> {
    function_help(name).map(|help| help.text()).or_else(|| area_in_lines(name))
}

/// Which functions could be meant by a name that none has; `names` are others that are known.
#[must_use]
pub fn functions_like(name: &str, names: &[String]) -> Option<String> {
    let helps = function_helps();
    let known = helps.iter().map(|help| help.name.as_str()).chain(names.iter().map(String::as_str));
    let quoted = |name: &str| format!("`{name}`");
    let begin: Vec<String> = known
        .clone()
        .filter(|known| !name.is_empty() && known.starts_with(name))
        .map(quoted)
        .collect();
    if begin.is_empty() {
        return nearest(name, known).map(|other| format!("did you mean `{other}`?"));
    }
    let shown = begin.iter().take(BEGINNINGS_MAX).map(String::as_str).collect::<Vec<_>>();
    let more = if begin.len() > BEGINNINGS_MAX { ", …" } else { "" };
    Some(format!("so begin {}{more}", shown.join(", ")))
}

/// All functions in a line each, by what they are about.
#[must_use]
pub fn functions_in_lines() -> String {
    let helps = function_helps();
    let areas: Vec<String> = groups(&helps).map(|(group, helps)| in_lines(group, helps)).collect();
    areas.join("\n")
}

fn area_in_lines(name: &str) -> Option<String> {
    let helps = function_helps();
    let is_meant = |group: &str| {
        let mut words = group.split_whitespace();
        words.next().is_some_and(|word| word.eq_ignore_ascii_case(name))
    };
    let areas = groups(&helps).filter(|(group, _)| is_meant(group));
    let text: String = areas.map(|(group, helps)| in_lines(group, helps)).collect();
    (!text.is_empty()).then_some(text)
}

/// The functions of an area, each on a line of its own, with a sentence beside it.
fn in_lines(group: &str, helps: &[FunctionHelp]) -> String {
    let mut text = format!("{group}\n");
    for help in helps {
        let signature = help.signature();
        let parameters = signature.split_inclusive(", ").map(str::trim_end);
        let mut left = lines(parameters, WIDTH - 6).join("\n      ");
        if left.chars().count() + 3 > COLUMN {
            let _ = writeln!(text, "  {left}");
            left.clear();
        }
        let sentence = help.first_sentence();
        for line in lines(sentence.split(' '), WIDTH - COLUMN) {
            let _ = writeln!(text, "  {left:<0$}{line}", COLUMN - 2);
            left.clear();
        }
    }
    text
}

/// Neighbours of the same group together.
fn groups(helps: &[FunctionHelp]) -> impl Iterator<Item = (&'static str, &[FunctionHelp])> {
    let runs = helps.chunk_by(|before, after| before.group == after.group);
    runs.map(|run| (run.first().map_or("", |help| help.group), run))
}

/// Names in lines that are not too long.
fn wrapped<'a>(names: impl Iterator<Item = &'a str>) -> String {
    lines(names, WIDTH - 2).iter().map(|line| format!("  {line}\n")).collect()
}

/// Words in lines of so many characters.
fn lines<'a>(words: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl FunctionHelp {
    /// The function with what it takes.
    #[must_use]
    pub fn signature(&self) -> String {
        format!("{}({})", self.name, self.parameters)
    }

    /// The first sentence of the description, on one line.
    #[must_use]
    pub fn first_sentence(&self) -> String {
        let text = self.description.split_whitespace().collect::<Vec<_>>().join(" ");
        let end = text.find(". ").map_or(text.len(), |at| at + 1);
        text[..end].to_owned()
    }

    /// All there is to say, in lines.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}  [{}]\n", self.signature(), self.group);
        for line in self.description.lines() {
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(text, "  also in module \"{}\"", self.module);
        let widths = self.examples.iter().map(|it| it.program.chars().count());
        let width = widths.max().unwrap_or(0);
        for FunctionExample { program, echo } in &self.examples {
            let arrow = if echo.is_empty() { "" } else { "→" };
            let line = format!("    {program:<width$}  {arrow} {echo}");
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }
}

impl FunctionExample {
    fn new((program, echo): (&str, &str)) -> Self {
        Self { program: program.to_owned(), echo: echo.to_owned() }
    }

    /// The program with its echo as a remark.
    #[must_use]
    pub fn line(&self) -> String {
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
    fn every_function_stands_in_the_list_with_its_sentence_in_the_same_column() {
        let text = functions_in_lines();
        let all = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for help in function_helps() {
            assert!(all.contains(&format!("{} {}", help.signature(), help.first_sentence())));
        }
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
            // A chapter, a function, more of its parameters, or a sentence.
            let indent = line.chars().take_while(|c| *c == ' ').count();
            assert!([0, 2, 6, COLUMN].contains(&indent), "{line}");
        }
    }

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
