//! `palindrome run`: a live run, recorded in memory, kept when it fails.

use std::ffi::OsStr;
use std::path::Path;

use machine::{ExitCode, Machine};
use timeline::{Ending, RecordedProgram, Timeline};

use crate::achronyme::tree;
use crate::arguments::{Engine, RunArguments};
use crate::debug;
use crate::drive::{Outcome, drive};
use crate::durable;
use crate::error::{CliError, exit};
use crate::fault::Fault;
use crate::guest::{self, Guest, GuestName, LoadOptions, with_guest};
use crate::input::Input;
use crate::interrupt;
use crate::kind::Form;
use crate::palindrome::Palindrome;
use crate::record::{Record, keep_last};
use crate::store;
use crate::terminal::{Terminal, show};
use crate::world::LiveWorld;

/// What a program in the command line is called.
const EXPRESSION: &str = "(command line)";

pub(crate) fn run(arguments: &RunArguments, terminal: Terminal) -> Result<u8, CliError> {
    if arguments.durable.is_some() && arguments.engine == Engine::Tree {
        let message = "--durable: a run of --engine tree is not recorded".to_owned();
        return Err(CliError::Usage(message));
    }
    let options = LoadOptions {
        memory: arguments.memory,
        memory_max: arguments.history.memory_max,
        search_limit: arguments.search_limit,
        tape: arguments.tape.clone(),
        ..LoadOptions::default()
    };
    let mut texts: Vec<Vec<u8>> = arguments.arguments.iter().map(|text| bytes(text)).collect();
    let Some(program) = &arguments.expression else {
        let path = arguments.file.clone().unwrap_or_default();
        let (guest, form) = guest::of_program(&path)?;
        options.check(guest)?;
        if arguments.engine == Engine::Tree {
            if (guest, form) != (GuestName::Achronyme, Form::Source) {
                let message =
                    format!("{}: --engine tree is for texts in Achronyme", path.display());
                return Err(CliError::Usage(message));
            }
            return tree::run(None, &path, texts, arguments, terminal);
        }
        if let Some(tape) = &arguments.tape {
            let loaded = guest::load::<Palindrome>(&path, form, &options, terminal)?;
            return store::run(&loaded, tape, texts, arguments, terminal);
        }
        return with_guest!(guest, G => {
            let loaded = guest::load::<G>(&path, form, &options, terminal);
            let bare = |bare: &LoadOptions| guest::load::<G>(&path, form, bare, terminal);
            let bare = without_source(arguments, form, &options, bare)?;
            start(&told(loaded, arguments)?, bare.as_ref(), texts, arguments, terminal)
        });
    };
    // What would be the file is the first argument.
    texts.splice(0..0, arguments.file.iter().map(|file| bytes(file.as_os_str())));
    let guest = arguments.language.unwrap_or(GuestName::Tacit);
    options.check(guest)?;
    if let Some(tape) = &arguments.tape {
        let loaded = Palindrome::compile(EXPRESSION, program, &options, terminal)?;
        return store::run(&loaded, tape, texts, arguments, terminal);
    }
    if arguments.engine == Engine::Tree {
        if guest != GuestName::Achronyme {
            let message = "--engine tree is for Achronyme: add --lang achronyme".to_owned();
            return Err(CliError::Usage(message));
        }
        let text = Some((EXPRESSION, program.as_str()));
        return tree::run(text, Path::new(""), texts, arguments, terminal);
    }
    with_guest!(guest, G => {
        let loaded = G::compile(EXPRESSION, program, &options, terminal);
        let bare = |bare: &LoadOptions| G::compile(EXPRESSION, program, bare, terminal);
        let bare = without_source(arguments, Form::Source, &options, bare)?;
        start(&told(loaded, arguments)?, bare.as_ref(), texts, arguments, terminal)
    })
}

/// The program as it is recorded, where its source text is to be left out.
fn without_source<G: Guest>(
    arguments: &RunArguments,
    form: Form,
    options: &LoadOptions,
    load: impl FnOnce(&LoadOptions) -> Result<G, CliError>,
) -> Result<Option<G>, CliError> {
    if !arguments.no_source {
        return Ok(None);
    }
    if form != Form::Source {
        let message = "--no-source: the program is built; build it with --no-source".to_owned();
        return Err(CliError::Usage(message));
    }
    load(&LoadOptions { keep_sources: false, ..options.clone() }).map(Some)
}

/// A program that does not compile leaves an empty stack.
fn told<G: Guest>(loaded: Result<G, CliError>, arguments: &RunArguments) -> Result<G, CliError> {
    if let Err(CliError::BadSource(_)) = &loaded
        && arguments.stack
    {
        show("stack: empty\n")?;
    }
    loaded
}

fn start<G: Guest>(
    loaded: &G,
    bare: Option<&G>,
    texts: Vec<Vec<u8>>,
    arguments: &RunArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    if let Some(name) = &arguments.durable {
        return durable::run(loaded, name, texts, arguments, terminal);
    }
    let machine = loaded.machine()?;
    if arguments.stack && G::stack(&machine).is_none() {
        let message = format!("--stack: programs of {} have no stack to show", G::NAME);
        return Err(CliError::Usage(message));
    }
    if arguments.check && G::damage(&machine).is_none() {
        let message = format!("--check: programs of {} have no heap to check", G::NAME);
        return Err(CliError::Usage(message));
    }
    let input = match &arguments.input {
        Some(path) => Input::file(path)?,
        None => Input::standard(),
    };
    let program = loaded.recorded(texts.clone());
    let recorded = bare.map(|bare| bare.recorded(texts.clone()));
    let recorded = recorded.as_ref().unwrap_or(&program);
    let record = Record::create(arguments.record.as_deref(), recorded, terminal)?;
    let timeline = Timeline::new(machine, arguments.history.options());
    interrupt::listen();
    let mut world = LiveWorld::new(input, texts, arguments.history.memory_max);
    world.give(loaded.tools());
    let mut run: Run<G> = Run { timeline, world, program, record, terminal };
    let outcome = drive(&mut run.timeline, &mut run.world, |timeline| run.record.follow(timeline));
    run.finish(outcome, arguments)
}

/// A run and all that goes with it.
pub(crate) struct Run<G: Guest> {
    pub(crate) timeline: Timeline<G::Machine>,
    pub(crate) world: LiveWorld,
    pub(crate) program: RecordedProgram,
    pub(crate) record: Record,
    pub(crate) terminal: Terminal,
}

impl<G: Guest> Run<G> {
    /// Tells how the run ended, and gives the exit code.
    pub(crate) fn finish(
        mut self,
        outcome: Outcome<<G::Machine as Machine>::Trap>,
        arguments: &RunArguments,
    ) -> Result<u8, CliError> {
        let ending = match &outcome {
            Outcome::Ended(code) => Ending::Ended(*code),
            Outcome::Trapped(trap) => Ending::Trapped(trap.to_string()),
            Outcome::Interrupted | Outcome::TooLarge | Outcome::Closed => Ending::Interrupted,
        };
        let flushed = self.world.flush();
        self.record.end(&self.timeline, &ending);
        let is_damaged = self.tell_state(arguments)?;
        let code = match outcome {
            Outcome::Closed => return Ok(exit::CLOSED),
            Outcome::Ended(ExitCode(code)) => {
                flushed.map_err(CliError::output)?;
                if let Some(echo) = G::echo(self.timeline.machine()) {
                    self.world.say(&format!("{echo}\n")).map_err(CliError::output)?;
                }
                code
            }
            Outcome::Trapped(trap) => {
                let is_kept = self.keep();
                let fault = Fault::new::<G>(&self.timeline, &trap);
                let text = if arguments.json {
                    format!("{}\n", fault.to_json())
                } else {
                    fault.render(self.terminal, is_kept)
                };
                self.terminal.complain(&text);
                if self.terminal.can_ask && !arguments.json && self.wants_back() {
                    let Self { timeline, world, program, terminal, .. } = self;
                    return debug::walk_back::<G>(timeline, world, program, terminal);
                }
                exit::FAULT
            }
            Outcome::TooLarge => {
                let tick = self.timeline.now().tick;
                let mut text = format!(
                    "{} stopped at tick {tick}: the program takes more memory than --memory-max \
                     allows\n",
                    self.terminal.red("error:"),
                );
                if self.keep() {
                    text.push_str("look at it, or go on:  palindrome debug --last\n");
                }
                self.terminal.complain(&text);
                exit::FAULT
            }
            Outcome::Interrupted => {
                let tick = self.timeline.now().tick;
                let mut text = format!("interrupted at tick {tick}\n");
                if self.keep() {
                    text.push_str("look at it, or go on:  palindrome debug --last\n");
                }
                self.terminal.complain(&text);
                exit::INTERRUPTED
            }
        };
        Ok(match code {
            _ if is_damaged => exit::DAMAGE,
            exit::OK if self.record.is_unfinished => exit::IO,
            code => code,
        })
    }

    /// The founding document's question.
    fn wants_back(&mut self) -> bool {
        self.terminal.complain("Reverse last operation? (y/n) ");
        let line = self.world.read_line().unwrap_or_default();
        matches!(line.trim_ascii(), b"y" | b"Y" | b"yes")
    }

    /// Shows the stack and checks the heap, as far as asked for; says whether it is damaged.
    fn tell_state(&mut self, arguments: &RunArguments) -> Result<bool, CliError> {
        let machine = self.timeline.machine();
        if let Some(stack) = G::stack(machine).filter(|_| arguments.stack) {
            self.world.say(&format!("stack: {stack}\n")).map_err(CliError::output)?;
        }
        let damage = G::damage(self.timeline.machine()).filter(|_| arguments.check);
        let damage = damage.unwrap_or_default();
        for found in &damage {
            self.terminal.complain(&format!("{} {found}\n", self.terminal.red("damaged:")));
        }
        Ok(!damage.is_empty())
    }

    /// Keeps the run where `--last` finds it; says whether that went well.
    fn keep(&mut self) -> bool {
        keep_last(&mut self.timeline, &self.program, self.terminal)
    }
}

#[cfg(unix)]
pub(crate) fn bytes(text: &OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(text).to_vec()
}

#[cfg(not(unix))]
pub(crate) fn bytes(text: &OsStr) -> Vec<u8> {
    text.to_string_lossy().into_owned().into_bytes()
}
