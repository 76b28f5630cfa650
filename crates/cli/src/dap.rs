//! `palindrome dap`: the debug adapter, on standard streams or a port of this machine.
#![expect(clippy::disallowed_methods, reason = "a client is read on a thread of its own")]

use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread;

use dap::{Connection, FrameError, Host, Launch, Launcher, Session};
use debugger::{Debugger, Then, World};
use machine::{Answer, Edit, Inspect, Machine, Question, SourceText};
use timeline::{RecordedProgram, Timeline};

use crate::arguments::{DapArguments, HistoryArguments};
use crate::desk::{self, Desk};
use crate::error::{CliError, exit};
use crate::files::{self, IMAGE_BYTES_MAX};
use crate::guest::{self, Guest, LoadOptions, with_guest};
use crate::home;
use crate::input::Input;
use crate::interrupt;
use crate::kind::Kind;
use crate::recording;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

pub(crate) fn dap(arguments: &DapArguments) -> Result<u8, CliError> {
    // What there is to say besides messages goes to standard error, without colours.
    let terminal = Terminal { is_output_coloured: false, ..Terminal::new(true) };
    let mut desk = Programs { history: &arguments.history, terminal };
    let Some(port) = arguments.port else {
        interrupt::listen();
        serve(io::stdin(), io::stdout(), &mut desk)
            .map_err(|error| CliError::Usage(told(&error)))?;
        return Ok(exit::OK);
    };
    let failed = |what: &str| {
        let what = what.to_owned();
        move |source| CliError::Unwritten { what, source }
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(failed(&format!("to port {port}: it cannot be listened on")))?;
    let address = listener.local_addr().map_err(failed("to the port"))?;
    terminal.complain(&format!("listening on {address}\n"));
    loop {
        let (stream, _) = listener.accept().map_err(failed("to the port"))?;
        let client = stream.try_clone().map_err(failed("to the port"))?;
        // Messages are small, and each is waited for.
        let _is_quick = stream.set_nodelay(true);
        if let Err(error) = serve(client, stream, &mut desk) {
            terminal.complain(&format!("error: {}\n", told(&error)));
        }
    }
}

/// One session.
fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    programs: &mut Programs<'_>,
) -> Result<(), FrameError> {
    let (mut connection, feed) = Connection::over(output);
    // It ends with its client, or with the process.
    thread::spawn(move || feed.read(BufReader::new(input)));
    dap::serve(&mut connection, programs)
}

/// What a client is told of an error: that it is one, it knows.
fn reason(error: &CliError) -> String {
    let text = desk::told(error);
    let text = text.trim_end();
    text.strip_prefix("error: ").unwrap_or(text).to_owned()
}

fn told(error: &FrameError) -> String {
    let why = std::error::Error::source(error).map(|why| format!(": {why}"));
    format!("the client does not speak the protocol: {error}{}", why.unwrap_or_default())
}

/// Where programs come from.
struct Programs<'a> {
    history: &'a HistoryArguments,
    terminal: Terminal,
}

impl Launcher for Programs<'_> {
    fn launch(&mut self, launch: &Launch) -> Result<Box<dyn Session>, String> {
        self.open(launch).map_err(|error| reason(&error))
    }
}

impl Programs<'_> {
    fn open(&self, launch: &Launch) -> Result<Box<dyn Session>, CliError> {
        let given = [launch.program.is_some(), launch.recording.is_some(), launch.last];
        if given.iter().filter(|is_given| **is_given).count() != 1 {
            let message = "`launch` takes one of `program`, `recording` and `last`".to_owned();
            return Err(CliError::Usage(message));
        }
        let input = match &launch.input {
            Some(path) => Input::file(Path::new(path))?,
            None => Input::nothing(),
        };
        let is_recording = |path: &PathBuf| Kind::of(path).ok() == Some(Kind::Recording);
        let program = launch.program.as_ref().map(PathBuf::from);
        match program.filter(|path| !is_recording(path)) {
            Some(path) => self.open_program(&path, input, launch),
            None => self.open_recording(input, launch),
        }
    }

    fn open_program(
        &self,
        path: &Path,
        input: Input,
        launch: &Launch,
    ) -> Result<Box<dyn Session>, CliError> {
        let memory_max = self.history.memory_max;
        let tape = launch.tape.as_ref().map(PathBuf::from);
        let load = LoadOptions {
            optimise: false,
            memory_max,
            tape: tape.clone(),
            ..LoadOptions::default()
        };
        let texts: Vec<Vec<u8>> = launch.args.iter().map(|text| text.clone().into()).collect();
        let mut world = LiveWorld::hidden(input, texts.clone(), memory_max);
        let (guest, form) = guest::of_program(path)?;
        load.check(guest)?;
        with_guest!(guest, G => {
            let loaded: G = guest::load(path, form, &load, self.terminal)?;
            let loaded = match &tape {
                Some(tape) => loaded.begun_with(tape)?,
                None => loaded,
            };
            world.give(loaded.tools());
            let timeline = Timeline::new(loaded.machine()?, self.history.options());
            Ok(self.begin::<G>(timeline, world, loaded.recorded(texts), launch))
        })
    }

    fn open_recording(&self, input: Input, launch: &Launch) -> Result<Box<dyn Session>, CliError> {
        if launch.tape.is_some() || !launch.args.is_empty() {
            let message = "a recording has its arguments and its tape in it".to_owned();
            return Err(CliError::Usage(message));
        }
        let path = launch.recording.as_ref().or(launch.program.as_ref());
        let path = path.map_or_else(home::last_recording, PathBuf::from);
        if launch.last && !path.is_file() {
            return Err(CliError::NoLast { path: home::folder() });
        }
        let (recording, guest) = recording::read(&path)?;
        let program = recording.program.clone();
        let world = LiveWorld::hidden(input, program.arguments.clone(), self.history.memory_max);
        // Whichever way it was given.
        let launch = Launch { recording: Some(path.display().to_string()), ..launch.clone() };
        with_guest!(guest, G => {
            let options = self.history.options();
            let timeline = recording::open::<G>(&path, &recording, options, self.terminal)?;
            Ok(self.begin::<G>(timeline, world, program, &launch))
        })
    }

    fn begin<G: Guest>(
        &self,
        timeline: Timeline<G::Machine>,
        world: LiveWorld,
        program: RecordedProgram,
        launch: &Launch,
    ) -> Box<dyn Session>
    where
        G::Machine: 'static,
    {
        let desk = Desk::of::<G>(program, self.terminal);
        let debugger = Debugger::new(timeline);
        dap::session(debugger, Outdoors { world, desk }, launch)
    }
}

/// What a session has of this machine: the program's outside, and files.
struct Outdoors<M: Machine> {
    world: LiveWorld,
    desk: Desk<M>,
}

impl<M: Machine> World for Outdoors<M> {
    fn ask(&mut self, question: &Question) -> Answer {
        self.world.ask(question)
    }

    fn is_interrupted(&mut self) -> bool {
        self.world.is_interrupted()
    }

    fn memory_max(&self) -> usize {
        self.world.memory_max()
    }
}

impl<M: Machine + Inspect + Edit> Host<M> for Outdoors<M> {
    fn follow_up(&mut self, debugger: &mut Debugger<M>, then: Then) -> Result<String, String> {
        let done = self.desk.follow_up(debugger, &mut self.world, then);
        done.map_err(|error| reason(&error))
    }

    fn path_of(&self, source: &SourceText) -> Option<String> {
        let path = std::path::absolute(&source.name).ok()?;
        let text = files::read(&path, IMAGE_BYTES_MAX).ok()?;
        // A text that has changed since is not what runs here.
        (text == source.text.as_bytes()).then(|| path.display().to_string())
    }
}
