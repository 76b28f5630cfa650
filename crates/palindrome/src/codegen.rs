//! From a typed program to code of the tape machine; decision 0018.
//!
//! Functions are compiled once for each set of types that they are used with, when something that is
//! compiled uses them. What only this finds to have no meaning is refused with its place.

mod answers;
mod arithmetic;
mod beside;
mod builtin;
mod call;
mod closure;
mod code;
mod compare;
mod computed;
mod contract;
mod data;
mod direct;
mod event;
mod explain;
mod expression;
mod frame;
mod group;
mod indexed;
mod instance;
mod layout;
mod leave;
mod lens_history;
mod library;
mod migrate;
mod moment;
mod names;
mod object;
mod parallel;
mod pattern;
mod plan;
mod point;
mod query;
mod region;
mod relation;
mod report;
mod reversible;
mod row_value;
mod rule;
mod rule_reads;
mod search;
mod stage;
mod standing;
mod state;
mod state_reads;
mod state_writes;
mod statement;
mod stream;
mod tabled;
mod transaction;
mod undone;
mod view;
mod walk;
mod whole;
mod yielded;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use palindrome_vm::image::{SourceFile, Symbol, SymbolKind, pack_all, unobserved};
use palindrome_vm::layout::INSTRUCTIONS_MAX;
use palindrome_vm::{Image, Instruction, runtime};
use source::{Diagnostic, Severity, SourceId, SourceMap, Span};

use crate::check::Checked;
use crate::codes::{CONTRADICTION, TOO_LARGE_PROGRAM};
use crate::hir::{self, GlobalId, RelationId};
use crate::past::Past;
use crate::state::State;
use crate::types::Type;
use closure::Closures;
use code::{Code, Label, Line};
use contract::Contracts;
use data::{Data, FRAMES};
use event::Events;
use frame::{FRAME, Frame};
use instance::Instance;
use layout::{Descriptions, key};
pub use names::{FunctionNames, GlobalName, Home, Names, RelationName, ResultName, Variable};
use state::kept;

/// How many of the last faults are looked through for one that says the same.
const SAME_FAULTS: usize = 32;

/// How a program is compiled.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether history is left out that nobody can observe.
    pub optimise: bool,
    /// Whether the image has the text in it.
    pub keep_sources: bool,
    /// Whether moments are kept though the program does not look at any: others may.
    pub keep_moments: bool,
    /// How many steps a search may take; as many as it wants if nothing is said.
    pub search_limit: Option<u64>,
    /// So many bytes of the text were run before: their statements are not run again, and the names
    /// that they gave values to are state.
    pub done: u32,
    /// Whether functions that nothing calls are compiled, too, to see whether they can be.
    pub is_whole: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            optimise: true,
            keep_sources: true,
            keep_moments: false,
            search_limit: None,
            done: 0,
            is_whole: false,
        }
    }
}

/// A program in code, and what its parts are called.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The code.
    pub image: Image,
    /// For debuggers.
    pub names: Names,
    /// What it begins with: nothing, unless it is the program of a recording that began with something.
    pub state: State,
    /// The moments from before it begins, of such a recording.
    pub past: Option<Past>,
}

/// Compiles a program that was found to be right.
///
/// # Errors
/// It was not, or has parts that cannot be compiled yet.
pub fn compile(checked: &Checked, options: Options) -> Result<Compiled, Vec<Diagnostic>> {
    let mut found: Vec<Diagnostic> = Vec::new();
    found.extend(checked.diagnostics.iter().filter(|it| it.severity == Severity::Error).cloned());
    if !found.is_empty() {
        return Err(found);
    }
    compile_program(&checked.program, (&checked.sources, SourceId::default()), options)
}

/// Likewise; behind the top level, the program does the test with this number. None if there is none.
///
/// # Errors
/// As of [`compile`].
pub fn compile_test(
    checked: &Checked,
    number: usize,
    options: Options,
) -> Option<Result<Compiled, Vec<Diagnostic>>> {
    let test = checked.program.tests.get(number)?;
    let mut program = checked.program.clone();
    let kind = hir::StatementKind::Block(test.body.clone());
    program.main.push(hir::Statement { kind, span: test.span });
    Some(compile(&Checked { program, ..checked.clone() }, options))
}

/// Compiles a program in which nothing is wrong.
pub(crate) fn compile_program(
    program: &hir::Program,
    sources: (&SourceMap, SourceId),
    options: Options,
) -> Result<Compiled, Vec<Diagnostic>> {
    let mut codegen = Codegen::new(program, sources, options);
    codegen.keeps_moments = options.keep_moments || codegen.looks_back();
    codegen.done = options.done;
    if options.is_whole {
        codegen.copy_all();
    }
    codegen.program();
    codegen.finish(options)
}

/// The walk through a program.
struct Codegen<'a> {
    program: &'a hir::Program,
    sources: &'a SourceMap,
    source: SourceId,
    code: Code,
    data: Data,
    descriptions: Descriptions,
    /// Copies of functions, by what they are of.
    instances: BTreeMap<String, Label>,
    waiting: VecDeque<(Instance, Label)>,
    closures: Closures,
    /// Variables that change and that functions see.
    boxed: BTreeSet<hir::LocalId>,
    contracts: Contracts,
    events: Events,
    standing: standing::Standing,
    watches: report::Watches,
    /// Copies of searches, by what they are of.
    searches: BTreeMap<String, search::Entries>,
    /// Searches that are used as values.
    answers: answers::Answers,
    search_words: Option<SearchWords>,
    search_limit: Option<i64>,
    /// Positions of the names of the top level, and whether they have a word that says that they are
    /// defined.
    globals: Vec<i64>,
    /// Where the number of each relation is.
    relations: Vec<i64>,
    /// Views that the store keeps up, and what they read.
    kept: BTreeMap<RelationId, Vec<RelationId>>,
    /// What the store is told of indexes.
    indexes: Vec<indexed::Indexed>,
    rules: Option<rule::Rules>,
    /// What code computes for them.
    computed_by_code: Vec<computed::Computed>,
    explains: Option<explain::Explains>,
    /// What migrations keep beside rows.
    besides: Vec<beside::Beside>,
    frame: Frame,
    frame_words: i64,
    /// Whether each transaction of the top level ends with a moment.
    keeps_moments: bool,
    /// Faults of the function at hand, which lie behind it.
    faults: Vec<Fault>,
    functions: Vec<FunctionNames>,
    notes: Vec<Diagnostic>,
    /// Bytes of the text whose statements were run before.
    done: u32,
    /// Where statements of the top level have come to their ends.
    ends: Vec<u32>,
}

/// Where searches keep what they share.
#[derive(Clone, Copy, Debug)]
struct SearchWords {
    /// How many steps are left.
    left: i64,
    /// How deep the search at hand is.
    depth: i64,
    /// How deep it may be.
    bound: i64,
    /// Whether something was left out for that.
    is_cut: i64,
    /// How many savepoints alternatives have open.
    open: i64,
    /// What survives when an alternative is undone, and its type.
    kept: i64,
    kept_type: i64,
    /// The table of calls of the tabled search that is looked for, if one is.
    tables: i64,
}

/// A fault that some place leads to.
struct Fault {
    label: Label,
    line: Line,
    kind: FaultKind,
}

#[derive(PartialEq)]
enum FaultKind {
    /// A text that is known.
    Text(String),
    /// The name of the top level at this position has no value.
    Name(String, i64),
    /// The list whose length is in R2 has no element with the index in R1.
    Index,
}

impl<'a> Codegen<'a> {
    fn new(
        program: &'a hir::Program,
        (sources, source): (&'a SourceMap, SourceId),
        options: Options,
    ) -> Self {
        let mut data = Data::default();
        // A word for the value, one that says that there is one, and one that says when it was
        // disposed of.
        let globals = program.globals.iter().map(|_| {
            let value = data.global();
            data.global();
            data.global();
            value
        });
        let globals = globals.collect();
        let mut code = Code::default();
        let events = Events::new(&mut code, &mut data, program.handlers.len());
        let standing = standing::Standing::new(program, options.keep_moments, &mut data);
        Self {
            program,
            sources,
            source,
            code,
            data,
            descriptions: Descriptions::default(),
            instances: BTreeMap::new(),
            waiting: VecDeque::new(),
            closures: Closures::default(),
            boxed: closure::boxed(program),
            contracts: Contracts::default(),
            events,
            standing,
            watches: report::Watches::default(),
            searches: BTreeMap::new(),
            answers: answers::Answers::default(),
            search_words: None,
            search_limit: options.search_limit.map(|it| i64::try_from(it).unwrap_or(i64::MAX)),
            globals,
            relations: Vec::new(),
            kept: BTreeMap::new(),
            indexes: Vec::new(),
            rules: None,
            computed_by_code: Vec::new(),
            explains: None,
            besides: Vec::new(),
            frame: Frame::default(),
            frame_words: 0,
            keeps_moments: false,
            faults: Vec::new(),
            functions: Vec::new(),
            notes: Vec::new(),
            done: 0,
            ends: Vec::new(),
        }
    }

    fn program(&mut self) {
        self.frame = Frame { is_main: true, ..Frame::default() };
        let start = self.code.here();
        // Whoever begins to look at a program sees its beginning.
        if let Some(first) = self.program.main.first() {
            self.at(first.span);
        }
        self.code.push(Instruction::LoadImm { reg: FRAME, value: FRAMES });
        self.make_relations();
        self.make_rules();
        self.make_contracts();
        self.make_events();
        self.make_pins();
        self.make_watches();
        if !self.program.migrations.is_empty() {
            self.move_rows();
            self.check();
        }
        self.ends.push(self.code.here());
        for statement in &self.program.main {
            self.top_level(statement);
            // What was done before is no transaction of this program.
            if !self.is_done(statement) {
                self.ends.push(self.code.here());
            }
            if self.code.here() as usize > INSTRUCTIONS_MAX {
                self.refuse(
                    TOO_LARGE_PROGRAM,
                    &format!("the program is too large: its code has {INSTRUCTIONS_MAX} instructions here"),
                    "put what repeats into a loop or a function, and data into a file: `palindrome import`",
                    statement.span,
                );
                break;
            }
        }
        self.ends.dedup();
        self.code.push(Instruction::Halt);
        self.finish_function("main", start);
        self.contract_code();
        self.event_code();
        self.watch_code();
        self.rules_code();
        while let Some((instance, label)) = self.waiting.pop_front() {
            if self.code.here() as usize > INSTRUCTIONS_MAX {
                break;
            }
            self.instance(&instance, label);
        }
        self.dispatchers();
        self.answers_of_values();
    }

    /// Ends a function: faults are laid out behind it, its variables are noted.
    fn finish_function(&mut self, name: &str, start: u32) {
        self.lay_out_faults();
        let end = self.code.here();
        let frame = std::mem::take(&mut self.frame);
        for at in &frame.sizes {
            self.code.set_added(*at, frame.height_max * 8);
        }
        self.frame_words = self.frame_words.max(frame.height_max);
        let own = frame.own.map_or(0, frame::Slot::offset);
        let variables = frame.seen.iter().filter_map(|seen| {
            let local = self.program.locals.get(seen.local.index())?;
            // What was derived has names that nobody wrote.
            let is_named = local.name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            let of = local.of.instantiate(&frame.meanings);
            is_named.then(|| Variable {
                name: local.name.to_string(),
                home: match seen.home {
                    frame::Home::Slot(slot) => Home::Frame(slot.offset()),
                    frame::Home::Captured(place) => Home::Captured(own, place),
                    frame::Home::Boxed(slot) => Home::Boxed(slot.offset()),
                    frame::Home::CapturedBox(place) => Home::CapturedBox(own, place),
                },
                of: self.descriptions.of(&of, &self.program.unions, &mut self.data),
                from: seen.from,
                to: seen.to.min(end),
            })
        });
        let variables = variables.collect();
        self.functions.push(FunctionNames { name: name.to_owned(), start, end, variables });
    }

    fn lay_out_faults(&mut self) {
        let line = self.code.line();
        for fault in std::mem::take(&mut self.faults) {
            self.code.set_line(fault.line);
            match fault.kind {
                FaultKind::Text(text) => {
                    self.code.place(fault.label);
                    let text = self.data.text(text.as_bytes());
                    self.code.set(1, text);
                    self.call_runtime("fault");
                }
                FaultKind::Name(name, at) => {
                    self.code.place(fault.label);
                    let text = self.data.text(name.as_bytes());
                    self.code.set(1, text);
                    self.code.set(2, at);
                    self.call_runtime("name_fault");
                }
                FaultKind::Index => {
                    self.code.place(fault.label);
                    self.call_runtime("list_index_fault");
                }
            }
        }
        self.code.set_line(line);
    }

    /// A place that faults with a text, for the line at hand.
    fn fault(&mut self, text: &str) -> Label {
        self.fault_of(FaultKind::Text(text.to_owned()))
    }

    /// A place that faults, for the line at hand.
    fn fault_of(&mut self, kind: FaultKind) -> Label {
        let line = self.code.line();
        let mut latest = self.faults.iter().rev().take(SAME_FAULTS);
        if let Some(fault) = latest.find(|fault| fault.line == line && fault.kind == kind) {
            return fault.label;
        }
        let label = self.code.label();
        self.faults.push(Fault { label, line, kind });
        label
    }

    fn call_runtime(&mut self, name: &str) {
        match runtime::named(name) {
            Some(function) => {
                self.code.push(Instruction::CallRuntime { function: function.number });
            }
            None => debug_assert!(false, "{name} is in the table"),
        }
    }

    /// What follows comes from where `span` begins.
    fn at(&mut self, span: Span) {
        if span != Span::default() {
            let number = self.sources.line_column(span.source, span.start).line;
            self.code.set_line(Line { source: span.source.0, number });
        }
    }

    /// A type with what the type parameters of the function at hand stand for.
    fn of(&self, of: &Type) -> Type {
        of.instantiate(&self.frame.meanings)
    }

    /// The position of a type's description.
    fn description(&mut self, of: &Type) -> i64 {
        self.descriptions.of(of, &self.program.unions, &mut self.data)
    }

    fn global(&self, id: GlobalId) -> i64 {
        self.globals.get(id.index()).copied().unwrap_or_default()
    }

    /// Something that the checks before should have refused.
    fn contradiction(&mut self, what: &str, at: Span) {
        let why = format!("the compiler did not expect {what} here");
        self.refuse(CONTRADICTION, &why, "this is a mistake of the compiler: please report it", at);
    }

    /// What has no meaning, why, and what can be written instead.
    fn refuse(&mut self, code: &'static str, why: &str, hint: &str, at: Span) {
        let diagnostic = Diagnostic::error(code, at, why).with_hint(hint);
        // One copy of a function says it for all.
        if !self.notes.contains(&diagnostic) {
            self.notes.push(diagnostic);
        }
    }

    fn finish(mut self, options: Options) -> Result<Compiled, Vec<Diagnostic>> {
        let result = self.result();
        let is_session = self.done > 0;
        let globals = self.program.globals.iter().zip(&self.globals).map(|(global, at)| {
            let of = self.descriptions.of(&global.of, &self.program.unions, &mut self.data);
            let stored = kept(&global.of, &self.program.unions);
            let is_state = global.is_changed || (is_session && stored.is_some());
            GlobalName { name: global.name.to_string(), at: *at, of, stored, is_state }
        });
        let globals = globals.collect();
        let relations = self.program.relations.iter().map(|relation| RelationName {
            name: relation.name.to_string(),
            fields: relation.fields.iter().map(|field| field.name.to_string()).collect(),
            is_derived: !matches!(
                relation.kind,
                hir::RelationKind::Stored | hir::RelationKind::Event
            ),
        });
        let relations = relations.collect();
        let (instructions, lines) = self.code.finish();
        if instructions.len() > INSTRUCTIONS_MAX && self.notes.is_empty() {
            let message = format!(
                "the program is too large: {} instructions, of {INSTRUCTIONS_MAX}",
                instructions.len()
            );
            let at = Span { source: self.source, ..Span::default() };
            self.notes.push(Diagnostic::error(TOO_LARGE_PROGRAM, at, message));
        }
        if !self.notes.is_empty() {
            self.notes.sort_by_key(|note| note.span);
            return Err(self.notes);
        }
        let (code, pool, texts) = pack_all(&instructions);
        let symbols = self.functions.iter().map(|function| Symbol {
            name: function.name.clone(),
            kind: SymbolKind::Code,
            value: i64::from(function.start),
        });
        let kept = |text: &str| if options.keep_sources { text.to_owned() } else { String::new() };
        let sources = self.sources.iter();
        let sources =
            sources.map(|(_, name, text)| SourceFile { name: name.to_owned(), text: kept(text) });
        let image = Image {
            code,
            pool,
            texts,
            entry: 0,
            segments: self.data.segments(self.frame_words.unsigned_abs()),
            symbols: symbols.collect(),
            lines,
            sources: sources.collect(),
            unobserved: if options.optimise { unobserved(&instructions, 0) } else { Vec::new() },
        };
        let (functions, ends) = (self.functions, self.ends);
        let (renewed, known) = (Vec::new(), self.rules.as_ref().map(rule::Rules::known));
        let names = Names { functions, globals, relations, renewed, known, ends, result };
        Ok(Compiled { image, names, state: State::default(), past: None })
    }
}

/// What tells copies of a function apart.
fn copy_key(name: &str, types: &[Type]) -> String {
    let types: Vec<String> = types.iter().map(key).collect();
    format!("{name}<{}>", types.join(","))
}
