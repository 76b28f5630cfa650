//! Calls of the library that are wrong, or at its edges, and what comes of them: rows of the table in
//! `corpus/achronyme/misuse`.

use std::fmt::Write as _;

use achronyme::FunctionHelp;

use crate::run::{Compiled, Manner, Text};
use crate::seen::{End, Seen};

/// Ticks that a row may take.
const TICKS: u64 = 2_000_000;

/// What the messages of errors that can be caught begin with on the way.
const SAID: &str = "said ";
/// What is told of memory that has run out: how much, differs between the engines.
const MEMORY: &str = "MemoryError: Out of memory";

/// The kinds of the library's errors.
const KINDS_OF_ERRORS: &[&str] = &[
    "TypeError",
    "ValueError",
    "IndexError",
    "ShapeError",
    "SingularError",
    "ConvergenceError",
    "DomainError",
];
/// The kinds of errors whose messages are not the function's own: what a program asserts, and what
/// the outside said.
const OTHERS: &[&str] = &["AssertionError", "IOError", "NetworkError"];

/// Functions that are another name of one, which errors speak of.
const NAMES: &[(&str, &str)] = &[("solve_ivp", "ode")];

/// Right calls of functions whose documentation has no example.
const CALLS: &[&str] = &[
    "effect(() => 0)",
    "cancel(sleep(1))",
    "save_plot(plot([1, 2]), \"a.svg\")",
    "show(plot([1, 2]))",
    "write_file(\"a.txt\", \"x\")",
    "append_file(\"a.txt\", \"x\")",
    "delete_file(\"a.txt\")",
    "http_get(\"http://a\")",
    "http_post(\"http://a\", \"x\")",
    "save_env(\"a.ach\")",
];
/// The longest echo that is told; of a longer one only the kind is.
const ECHO_MAX: usize = 240;

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Misuse {
    /// The function it is about.
    pub function: String,
    /// What is wrong or special about the call.
    pub case: String,
    /// The program; empty where there is no such call, and `outcome` says why.
    pub program: String,
    /// `kind: message` of the error, or `→ echo` of the value.
    pub outcome: String,
}

impl Misuse {
    /// Reads a line: four columns between tabs, with `␤` for a newline, `␍` for a carriage return and
    /// `␉` for a tab.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut columns = line
            .split('\t')
            .map(|column| column.replace('␤', "\n").replace('␍', "\r").replace('␉', "\t"));
        let row = Self {
            function: columns.next()?,
            case: columns.next()?,
            program: columns.next()?,
            outcome: columns.next()?,
        };
        columns.next().is_none().then_some(row)
    }

    /// Whether the error is one of the function that is called back, or of the outside, rather than
    /// of the function that the row is about: that has one of the library's kinds and begins with the
    /// function's name.
    #[must_use]
    pub fn is_of_callback(&self) -> bool {
        let Some((kind, message)) = self.outcome.split_once(": ") else { return true };
        let names = NAMES.iter().filter(|(name, _)| *name == self.function).map(|names| names.1);
        let is_named = names.chain([&*self.function]).any(|name| {
            message.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '(']))
        });
        let is_memory = self.outcome == MEMORY;
        !(is_memory || KINDS_OF_ERRORS.contains(&kind) && is_named || OTHERS.contains(&kind))
    }

    /// Its line.
    #[must_use]
    pub fn line(&self) -> String {
        let columns = [&self.function, &self.case, &self.program, &self.outcome];
        columns
            .map(|column| column.replace('\n', "␤").replace('\r', "␍").replace('\t', "␉"))
            .join("\t")
    }
}

/// What comes of a program on both engines: `kind: message` of the error, or `→ echo` of the value;
/// both where they differ.
#[must_use]
pub fn outcome(program: &str) -> String {
    // What cannot be caught would end the program otherwise.
    let caught = format!(
        "try {{ {program} }} catch (e) {{ throw {{kind: e.kind, message: \"{SAID}\" + e.message}} }}"
    );
    let text = match Text::new(&caught) {
        Ok(text) => text,
        Err(seen) => return told(&seen),
    };
    let walked = told(&text.walk(TICKS));
    let compiled = match Compiled::new(&text, true).and_then(|compiled| compiled.runs()) {
        Ok(mut runs) => told(&runs.run(Manner::Fast, TICKS).seen),
        Err(seen) => told(&seen),
    };
    if walked == compiled { walked } else { format!("compiled {compiled}, walked {walked}") }
}

fn told(seen: &Seen) -> String {
    match &seen.end {
        End::Value(Some(echo)) => format!("→ {echo}"),
        End::Value(None) => "→ null".to_owned(),
        End::Uncaught { kind, message, .. } => match message.strip_prefix(SAID) {
            Some(_) if kind == "MemoryError" => MEMORY.to_owned(),
            Some(message) => format!("{kind}: {message}"),
            None => format!("cannot be caught: {kind}: {message}"),
        },
        End::Refused(message) => format!("refused: {message}"),
        End::Stopped => "does not end".to_owned(),
        End::Broken(message) => format!("broken: {message}"),
    }
}

/// How a function is called rightly: what comes before the call, and its arguments.
#[derive(Clone, Debug)]
struct Call {
    before: String,
    function: String,
    arguments: Vec<String>,
}

impl Call {
    /// The first call of a function in a program.
    fn find(function: &str, program: &str) -> Option<Self> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let named = format!("{function}(");
        let mut places = program.match_indices(&named).map(|(place, _)| place);
        let place = places.find(|place| !program[..*place].ends_with(is_word))?;
        let inside = &program[place + named.len()..];
        let parts = split(inside, ',');
        let statements = split(&program[..place], ';');
        let (_, before) = statements.split_last()?;
        let before = before.iter().fold(String::new(), |all, one| all + one.trim() + "; ");
        let arguments = parts.into_iter().map(|part| part.trim().to_owned());
        let arguments = arguments.filter(|argument| !argument.is_empty()).collect();
        Some(Self { before, function: function.to_owned(), arguments })
    }

    fn with(&self, arguments: &[String]) -> String {
        format!("{}{}({})", self.before, self.function, arguments.join(", "))
    }

    /// With another argument at a place, before which null stands for what is missing.
    fn with_at(&self, place: usize, argument: &str) -> String {
        let mut arguments = self.arguments.clone();
        while arguments.len() <= place {
            arguments.push("null".to_owned());
        }
        argument.clone_into(&mut arguments[place]);
        self.with(&arguments)
    }
}

/// The parts of a text between separators that are in no brackets and no string, up to a bracket that
/// closes none of its own.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quote) = (0, None);
    for c in text.chars() {
        match (quote, c) {
            (Some(mark), _) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') if depth == 0 => break,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, _) if c == separator && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            (None, _) => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

/// What a function takes.
#[derive(Clone, Debug)]
pub struct Takes {
    /// Its arguments by place: the name, and whether it may be left out.
    pub places: Vec<(String, bool)>,
    /// Whether it takes any number more.
    pub more: bool,
    /// Its options, with their defaults.
    pub options: Option<Vec<(String, String)>>,
}

impl Takes {
    /// What these parameters say, as `array, n = 50, {axis = null}`.
    #[must_use]
    pub fn new(parameters: &str) -> Self {
        let (places, options) = match parameters.split_once('{') {
            Some((places, options)) => (places, Some(options.trim_end_matches('}'))),
            None => (parameters, None),
        };
        let parts = |text: &str| -> Vec<String> {
            let parts = split(text, ',').into_iter().map(|part| part.trim().to_owned());
            parts.filter(|part| !part.is_empty() && part != "…").collect()
        };
        let name = |part: &str| part.split([' ', '?', '=', ':']).next().unwrap_or(part).to_owned();
        let all = parts(places);
        let more = all.iter().any(|part| part.contains("..."));
        let named = all.into_iter().filter(|part| !part.contains("..."));
        let places = named.map(|part| (name(&part), part.contains(['?', '='])));
        let option = |part: &String| {
            let default = part.split_once('=').map_or("null", |(_, default)| default.trim());
            (name(part), default.to_owned())
        };
        let options = options.map(|options| parts(options).iter().map(option).collect());
        Self { places: places.collect(), more, options }
    }

    /// How many arguments it needs.
    #[must_use]
    pub fn min(&self) -> usize {
        self.places.iter().filter(|place| !place.1).count()
    }

    /// How many it takes at most.
    #[must_use]
    pub fn max(&self) -> Option<usize> {
        let count = self.places.len() + usize::from(self.options.is_some());
        (!self.more).then_some(count)
    }
}

/// A value of each kind that a function may not want.
const KINDS: &[&str] = &[
    "null",
    "true",
    "5",
    "\"abc\"",
    "[\"a\", \"b\"]",
    "[1, 2]",
    "[[1, 2], [3, 4]]",
    "2i",
    "{zz: 1}",
    "() => 0",
];

/// Rows about a function, made from a right call of it: by hand, or the one of its first example.
#[must_use]
pub fn draft(help: &FunctionHelp, right: Option<&str>) -> Vec<Misuse> {
    let takes = Takes::new(&help.parameters);
    let examples = help.examples.iter().map(|example| &*example.program);
    let mut calls = right.into_iter().chain(examples).chain(CALLS.iter().copied());
    let call = calls.find_map(|program| Call::find(&help.name, program));
    let call = call.unwrap_or(Call {
        before: String::new(),
        function: help.name.clone(),
        arguments: Vec::new(),
    });
    let mut programs = Vec::new();
    counts(&call, &takes, &mut programs);
    kinds(&call, &takes, &mut programs);
    options(&call, &takes, &mut programs);
    numbers(&call, &mut programs);
    let row = |(case, mut program): (String, String)| {
        let mut outcome = outcome(&program);
        if outcome == "→ <future>" {
            let (start, end) = program.split_at(call.before.len());
            program = format!("{start}await {end}");
            outcome = self::outcome(&program);
        }
        if outcome.starts_with('→') && outcome.len() > ECHO_MAX {
            let (start, end) = program.split_at(call.before.len());
            program = format!("{start}typeof({end})");
            outcome = self::outcome(&program);
        }
        Misuse { function: help.name.clone(), case, program, outcome }
    };
    let mut rows: Vec<Misuse> = programs.into_iter().map(row).collect();
    for (case, why) in [("empty", "takes no collection"), ("nan", "takes no numbers")] {
        if !rows.iter().any(|row| row.case.split(' ').next() == Some(case)) {
            let (case, outcome) = (case.to_owned(), why.to_owned());
            let program = String::new();
            rows.push(Misuse { function: help.name.clone(), case, program, outcome });
        }
    }
    rows
}

/// Too few arguments, and too many.
fn counts(call: &Call, takes: &Takes, programs: &mut Vec<(String, String)>) {
    if let Some(fewer) = takes.min().checked_sub(1) {
        let fewer = fewer.min(call.arguments.len());
        programs.push(("few".to_owned(), call.with(&call.arguments[..fewer])));
    }
    if let Some(most) = takes.max() {
        programs.push(("many".to_owned(), call.with_at(most, "null")));
    }
}

/// Each argument of each kind.
fn kinds(call: &Call, takes: &Takes, programs: &mut Vec<(String, String)>) {
    let mut places = takes.places.clone();
    while takes.more && places.len() < call.arguments.len() {
        places.push(("more".to_owned(), true));
    }
    for (place, (name, may_lack)) in places.iter().enumerate() {
        for kind in KINDS {
            // A record in the place of an argument that may be left out is one of options.
            if !(*may_lack && takes.options.is_some() && kind.starts_with('{')) {
                programs.push((format!("kind {name}"), call.with_at(place, kind)));
            }
        }
    }
}

/// Each option of a wrong kind, and one that there is not.
fn options(call: &Call, takes: &Takes, programs: &mut Vec<(String, String)>) {
    let Some(options) = &takes.options else { return };
    let with = |option: &str, value: &str| {
        let mut arguments = call.arguments.clone();
        arguments.truncate(takes.min());
        let mut given = String::new();
        let _ = write!(given, "{{{option}: {value}}}");
        arguments.push(given);
        call.with(&arguments)
    };
    programs.push(("unknown option".to_owned(), with("zz", "1")));
    for (option, _) in options {
        for value in ["true", "-1.5", "NaN", "\"abc\"", "[\"a\"]", "{zz: 1}"] {
            programs.push((format!("option {option}"), with(option, value)));
        }
    }
}

/// Collections without anything in them, and numbers that are none.
fn numbers(call: &Call, programs: &mut Vec<(String, String)>) {
    for (place, argument) in call.arguments.iter().enumerate() {
        let empties: &[&str] = match argument.as_bytes() {
            [b'[', b'[', ..] => &["[]", "zeros(0, 0)"],
            [b'[', ..] => &["[]"],
            [b'"', ..] => &["\"\""],
            _ => &[],
        };
        for empty in empties {
            programs.push((format!("empty {}", place + 1), call.with_at(place, empty)));
        }
        for (case, number) in [("nan", "NaN"), ("infinite", "Infinity")] {
            if let Some(with) = with_number(argument, number) {
                programs.push((format!("{case} {}", place + 1), call.with_at(place, &with)));
            }
        }
        if argument.parse::<f64>().is_ok() {
            for number in ["-1", "0", "1.5", "1e300"] {
                programs.push((format!("range {}", place + 1), call.with_at(place, number)));
            }
        }
    }
}

/// A number, or an array with its first number, replaced by another.
fn with_number(argument: &str, number: &str) -> Option<String> {
    if argument.parse::<f64>().is_ok() {
        return Some(number.to_owned());
    }
    let start = argument.bytes().take_while(|byte| *byte == b'[').count();
    let rest = &argument[start..];
    let length = rest.find([',', ']'])?;
    let is_array = start > 0 && rest[..length].trim().parse::<f64>().is_ok();
    is_array.then(|| format!("{}{number}{}", &argument[..start], &rest[length..]))
}
