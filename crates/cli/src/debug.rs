//! `palindrome debug`: a debugging session over a program or a recording.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use debugger::{Debugger, Then};
use machine::{Edit, Inspect, Machine};
use timeline::{RecordedProgram, Timeline};

use crate::arguments::DebugArguments;
use crate::desk::{Desk, told};
use crate::durable;
use crate::editor::{Commands, Editor, Entered, Names};
use crate::error::{CliError, exit};
use crate::guest::{self, Guest, LoadOptions, with_guest};
use crate::history;
use crate::home;
use crate::input::Input;
use crate::interrupt;
use crate::kind::Kind;
use crate::recording;
use crate::run::bytes;
use crate::store;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// The most bytes of one command in a pipe.
const COMMAND_BYTES_MAX: usize = 1 << 20;

pub(crate) fn debug(arguments: &DebugArguments, terminal: Terminal) -> Result<u8, CliError> {
    let options = arguments.history.options();
    let input = match &arguments.input {
        Some(path) => Input::file(path)?,
        None => Input::nothing(),
    };
    let recording = match (&arguments.replay, &arguments.file) {
        (Some(path), _) => Some(path.clone()),
        (None, None) if arguments.durable.is_none() && arguments.tape.is_none() => Some(last()?),
        (None, None) => None,
        (None, Some(path)) if store::is_tape(path) => None,
        (None, Some(path)) if Kind::of(path).ok() == Some(Kind::Recording) => Some(path.clone()),
        (None, Some(_)) => None,
    };
    interrupt::listen();
    if let Some(name) = &arguments.durable {
        return durable(name, input, arguments, terminal);
    }
    if let Some(path) = recording {
        let (recording, guest) = recording::read(&path)?;
        let program = recording.program.clone();
        let world = LiveWorld::new(input, program.arguments.clone(), arguments.history.memory_max);
        return with_guest!(guest, G => {
            let timeline = recording::open::<G>(&path, &recording, options, terminal)?;
            // A recording is opened for its end: that is where it went wrong.
            Session::of::<G>(timeline, world, program, terminal).talk("goto end")
        });
    }
    let texts: Vec<Vec<u8>> = arguments.arguments.iter().map(|text| bytes(text)).collect();
    let load = LoadOptions {
        optimise: false,
        memory: arguments.memory,
        memory_max: arguments.history.memory_max,
        tape: arguments.tape.clone(),
        ..LoadOptions::default()
    };
    let world = LiveWorld::new(input, texts.clone(), arguments.history.memory_max);
    let path = match (&arguments.file, &arguments.tape) {
        (Some(tape), None) if store::is_tape(tape) => {
            let loaded = store::last_program(tape, &load, terminal)?;
            return debug_program(&loaded, world, texts, options, terminal);
        }
        (None, Some(tape)) => {
            let loaded = store::last_program(tape, &load, terminal)?;
            return debug_program(&loaded, world, texts, options, terminal);
        }
        (path, _) => path.clone().unwrap_or_default(),
    };
    let (guest, form) = guest::of_program(&path)?;
    load.check(guest)?;
    with_guest!(guest, G => {
        let loaded: G = guest::load(&path, form, &load, terminal)?;
        let loaded = match &arguments.tape {
            Some(tape) => loaded.begun_with(tape)?,
            None => loaded,
        };
        debug_program(&loaded, world, texts, options, terminal)
    })
}

/// The debugger at the beginning of a program.
fn debug_program<G: Guest>(
    loaded: &G,
    mut world: LiveWorld,
    texts: Vec<Vec<u8>>,
    options: timeline::Options,
    terminal: Terminal,
) -> Result<u8, CliError> {
    world.give(loaded.tools());
    let timeline = Timeline::new(loaded.machine()?, options);
    Session::of::<G>(timeline, world, loaded.recorded(texts), terminal).talk("where")
}

/// The debugger on a durable run, which may be going on meanwhile.
fn durable(
    name: &str,
    input: Input,
    arguments: &DebugArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    let (recording, guest) = history::read(name)?;
    let program = recording.program.clone();
    let world = LiveWorld::new(input, program.arguments.clone(), arguments.history.memory_max);
    let options = arguments.history.options();
    with_guest!(guest, G => {
        let timeline = durable::past::<G>(name, &recording, options)?;
        Session::new(timeline, world, program, terminal).talk("goto end")
    })
}

/// The debugger on a run that has just faulted, one step before the fault.
pub(crate) fn walk_back<G: Guest>(
    timeline: Timeline<G::Machine>,
    world: LiveWorld,
    program: RecordedProgram,
    terminal: Terminal,
) -> Result<u8, CliError> {
    Session::of::<G>(timeline, world, program, terminal).talk("backi")
}

/// The debugger in the middle of something else, which is to go on: what is typed comes from where
/// the world reads. Gives back what it was given.
pub(crate) fn visit<M: Machine + Inspect + Edit>(
    timeline: Timeline<M>,
    world: LiveWorld,
    program: RecordedProgram,
    terminal: Terminal,
) -> Result<(Timeline<M>, LiveWorld), CliError> {
    let mut session = Session::new(timeline, world, program, terminal);
    session.is_visiting = true;
    session.carry_out("where")?;
    session.listen()?;
    Ok((session.debugger.into_timeline(), session.world))
}

fn last() -> Result<PathBuf, CliError> {
    let path = home::last_recording();
    if path.is_file() { Ok(path) } else { Err(CliError::NoLast { path: home::folder() }) }
}

/// A debugger with everything around it.
struct Session<M: Machine> {
    debugger: Debugger<M>,
    world: LiveWorld,
    desk: Desk<M>,
    terminal: Terminal,
    /// Whether commands in a pipe come from where the program reads.
    is_visiting: bool,
}

impl<M: Machine + Inspect + Edit> Session<M> {
    fn of<G: Guest<Machine = M>>(
        timeline: Timeline<M>,
        world: LiveWorld,
        program: RecordedProgram,
        terminal: Terminal,
    ) -> Self {
        let desk = Desk::of::<G>(program, terminal);
        Self::at(desk, timeline, world, terminal)
    }

    fn new(
        timeline: Timeline<M>,
        world: LiveWorld,
        program: RecordedProgram,
        terminal: Terminal,
    ) -> Self {
        Self::at(Desk::new(program, terminal), timeline, world, terminal)
    }

    fn at(desk: Desk<M>, timeline: Timeline<M>, world: LiveWorld, terminal: Terminal) -> Self {
        let debugger = Debugger::new(timeline).with_paint(desk.paint());
        Self { debugger, world, desk, terminal, is_visiting: false }
    }

    /// Carries out `first` and then what the user types, until there is no more.
    fn talk(mut self, first: &str) -> Result<u8, CliError> {
        self.carry_out(first)?;
        self.listen()
    }

    fn listen(&mut self) -> Result<u8, CliError> {
        if self.terminal.is_interactive { self.talk_to_a_person() } else { self.read_commands() }
    }

    fn read_commands(&mut self) -> Result<u8, CliError> {
        while self.is_visiting {
            let Some(line) = self.world.read_line() else { return Ok(exit::OK) };
            if !self.carry_out(&String::from_utf8_lossy(&line))? {
                return Ok(exit::OK);
            }
        }
        let mut commands = io::stdin().lock();
        loop {
            let mut line = Vec::new();
            let mut limited = io::Read::take(&mut commands, COMMAND_BYTES_MAX as u64);
            let count = limited
                .read_until(b'\n', &mut line)
                .map_err(CliError::unreadable(Path::new("(standard input)")))?;
            if count == 0 || !self.carry_out(&String::from_utf8_lossy(&line))? {
                return Ok(exit::OK);
            }
        }
    }

    fn talk_to_a_person(&mut self) -> Result<u8, CliError> {
        let names = Names::default();
        let completer = Box::new(Commands { names: names.clone() });
        let history = Some(home::command_history());
        let mut editor = Editor::new("debug", history, completer, self.terminal);
        self.show("`help` lists the commands; every move has a way back\n")?;
        let mut repeated = String::new();
        loop {
            // Where nothing is typed, the last move is made again.
            names.set(self.debugger.complete(" "));
            let line = match editor.read() {
                Entered::Line(line) if line.trim().is_empty() => repeated.clone(),
                Entered::Line(line) => line,
                Entered::Nothing => continue,
                Entered::End => return Ok(exit::OK),
            };
            let is_move = debugger::Command::find(line.split_whitespace().next().unwrap_or(""))
                .is_some_and(|command| command.group == debugger::Group::Moving);
            repeated = if is_move { line.clone() } else { String::new() };
            interrupt::take();
            if !self.carry_out(&line)? {
                return Ok(exit::OK);
            }
        }
    }

    /// Carries out one command; says whether to go on.
    fn carry_out(&mut self, line: &str) -> Result<bool, CliError> {
        self.world.begin_move();
        let reply = self.debugger.execute(line, &mut self.world);
        self.show(&reply.text)?;
        match reply.then {
            Then::Continue => Ok(true),
            Then::Quit => Ok(false),
            then @ (Then::Save(_) | Then::Export(_) | Then::Edit(_)) => {
                let done = self.desk.follow_up(&mut self.debugger, &mut self.world, then);
                self.show(&done.unwrap_or_else(|error| told(&error)))?;
                Ok(true)
            }
        }
    }

    fn show(&mut self, text: &str) -> Result<(), CliError> {
        self.world.say(text).map_err(CliError::output)
    }
}
