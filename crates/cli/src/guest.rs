//! The guests: what the command line has to know of one, and the registry of all of them.

use std::path::{Path, PathBuf};

use debugger::Syntax;
use machine::{CodePosition, Edit, Inspect, Machine, Portable};
use timeline::RecordedProgram;

use crate::error::CliError;
use crate::files::{self, IMAGE_BYTES_MAX};
use crate::kind::{Form, Kind};
use crate::libraries::Tools;
use crate::terminal::Terminal;

/// A program of a guest, ready to be run.
pub(crate) trait Guest: Sized {
    /// What runs it.
    type Machine: Machine<Snapshot: Send + Sync> + Portable + Inspect + Edit + Send;

    /// How recordings call the guest.
    const NAME: &'static str;
    /// How the names of its files end, and what those are.
    const ENDINGS: &'static [(&'static str, Form)];
    /// What begins a remark in its source texts.
    const REMARK: &'static str;
    /// Words that belong to the language, for colouring source texts.
    const KEYWORDS: &'static [&'static str];
    /// Which variables are shown with a fault: the name of their scope.
    const SHOWN: &'static str;

    /// Makes a program of a text. Warnings are shown.
    fn compile(
        name: &str,
        text: &str,
        options: &LoadOptions,
        terminal: Terminal,
    ) -> Result<Self, CliError>;

    /// Makes a program of files. Warnings are shown.
    fn build(paths: &[&Path], options: &LoadOptions, terminal: Terminal) -> Result<Self, CliError>;

    /// The part of a program that a source text is compiled to, in its file form.
    fn object(path: &Path) -> Result<Vec<u8>, CliError> {
        let message = format!("{}: a {} program has no parts", path.display(), Self::NAME);
        Err(CliError::Usage(message))
    }

    /// Reads an image; `path` is where it was found.
    fn from_image(path: &Path, bytes: &[u8]) -> Result<Self, CliError>;

    /// The program in its file form.
    fn to_image(&self) -> Vec<u8>;

    /// A machine before its first instruction.
    fn machine(&self) -> Result<Self::Machine, CliError>;

    /// What `palindrome info` says of it.
    fn facts(&self) -> Facts;

    /// Its instructions as text.
    fn listing(&self) -> String;

    /// The values on the stack as text, bottom first, for guests that show it.
    fn stack(machine: &Self::Machine) -> Option<String> {
        let _ = machine;
        None
    }

    /// Which part of its line an instruction comes from, as a first column, from 0, and a width; for
    /// guests that know.
    fn columns(machine: &Self::Machine, at: CodePosition) -> Option<(usize, usize)> {
        let _ = (machine, at);
        None
    }

    /// What is shown of the value of a program that has ended.
    fn echo(machine: &Self::Machine) -> Option<String> {
        let _ = machine;
        None
    }

    /// What is wrong with the memory, for guests that can check it.
    fn damage(machine: &Self::Machine) -> Option<Vec<String>> {
        let _ = machine;
        None
    }

    /// What answers the program when it asks about other programs, for guests that do.
    fn tools(&self) -> Option<Tools> {
        None
    }

    /// The same program, which begins with what is on a tape, for guests that have such.
    fn begun_with(self, tape: &Path) -> Result<Self, CliError> {
        let message = format!("{}: tapes are for programs in Palindrome", tape.display());
        Err(CliError::Usage(message))
    }

    /// The program as a recording keeps it.
    fn recorded(&self, arguments: Vec<Vec<u8>>) -> RecordedProgram {
        RecordedProgram { kind: Self::NAME.to_owned(), image: self.to_image(), arguments }
    }
}

/// How a program is made of its source.
#[derive(Clone, Debug)]
pub(crate) struct LoadOptions {
    /// An optimised program runs faster; one that is not shows every value in the debugger.
    pub(crate) optimise: bool,
    /// Whether the image has the source text in it.
    pub(crate) keep_sources: bool,
    /// Bytes of memory, for guests that let the user choose.
    pub(crate) memory: Option<usize>,
    /// Bytes that the program may take with its past.
    pub(crate) memory_max: usize,
    /// Steps that a search may take, in languages that have them.
    pub(crate) search_limit: Option<u64>,
    /// A tape with libraries, in languages that have them.
    pub(crate) tape: Option<PathBuf>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            optimise: true,
            keep_sources: true,
            memory: None,
            memory_max: 4 << 30,
            search_limit: None,
            tape: None,
        }
    }
}

impl LoadOptions {
    /// Refuses what a guest's programs do not have.
    pub(crate) fn check(&self, guest: GuestName) -> Result<(), CliError> {
        if self.search_limit.is_some() && guest != GuestName::Palindrome {
            let message = "--search-limit is for Palindrome: no other language has searches";
            return Err(CliError::Usage(message.to_owned()));
        }
        if self.tape.is_some() && guest != GuestName::Palindrome {
            let message = format!("--tape is for programs in Palindrome, not in {}", guest.name());
            return Err(CliError::Usage(message));
        }
        Ok(())
    }
}

/// Names with values, in the order in which they are shown.
pub(crate) type Facts = Vec<(&'static str, serde_json::Value)>;

/// Defines [`GuestName`] and `with_guest!` from the rows. `$` is handed in because a macro cannot
/// write it.
macro_rules! guests {
    ($d:tt $($name:ident = $guest:ty;)*) => {
        /// Which guest.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum GuestName { $($name,)* }

        impl GuestName {
            /// Every guest.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];
        }

        /// `with_guest!(name, G => expression)`: the expression with `G` for the guest's type.
        macro_rules! with_guest {
            ($d name:expr, $d G:ident => $d body:expr) => {
                match $d name {
                    $($crate::guest::GuestName::$name => {
                        type $d G = $guest;
                        $d body
                    })*
                }
            };
        }
        pub(crate) use with_guest;
    };
}

guests! { $
    Pvm = crate::pvm::Pvm;
    Tacit = crate::tacit::Tacit;
    Achronyme = crate::achronyme::Achronyme;
    Palindrome = crate::palindrome::Palindrome;
}

impl GuestName {
    /// The guest that recordings call so.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|guest| with_guest!(guest, G => G::NAME == name))
    }

    /// The guest that a user calls so: by its name, or by how its texts end.
    pub(crate) fn spoken(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let is_ending = |(ending, _): &(&str, Form)| ending[1..] == name;
        let ends = |guest: &Self| guest.endings().iter().any(is_ending);
        Self::find(&name).or_else(|| Self::ALL.iter().copied().find(ends))
    }

    /// How recordings call it.
    pub(crate) fn name(self) -> &'static str {
        with_guest!(self, G => G::NAME)
    }

    /// How its source texts are coloured.
    pub(crate) fn syntax(self) -> Syntax {
        with_guest!(self, G => Syntax { remark: G::REMARK, keywords: G::KEYWORDS })
    }

    /// How the names of its files end.
    pub(crate) fn endings(self) -> &'static [(&'static str, Form)] {
        with_guest!(self, G => G::ENDINGS)
    }
}

/// The guest that a program is for, and in which form it is there.
pub(crate) fn of_program(path: &Path) -> Result<(GuestName, Form), CliError> {
    // A file that is not there is a better answer than what its name would mean.
    std::fs::metadata(path).map_err(CliError::unreadable(path))?;
    match Kind::of(path)? {
        Kind::Program(guest, form) => Ok((guest, form)),
        Kind::Recording => {
            let shown = path.display();
            let message = format!("{shown} is a recording: use `palindrome replay` or `debug`");
            Err(CliError::Usage(message))
        }
    }
}

/// Makes a program of a file, compiling it if need be. Warnings are shown.
pub(crate) fn load<G: Guest>(
    path: &Path,
    form: Form,
    options: &LoadOptions,
    terminal: Terminal,
) -> Result<G, CliError> {
    let shown = path.display();
    match form {
        Form::Source => G::build(&[path], options, terminal),
        Form::Image if options.memory.is_some() => {
            let message = format!("{shown} has its memory already: give --memory when building it");
            Err(CliError::Usage(message))
        }
        Form::Image if options.search_limit.is_some() => {
            let message =
                format!("{shown} is compiled already: give --search-limit when building it");
            Err(CliError::Usage(message))
        }
        Form::Image => G::from_image(path, &files::read(path, IMAGE_BYTES_MAX)?),
        Form::Object => {
            let message = format!("{shown} is only a part of a program: link it with pvmc first");
            Err(CliError::Usage(message))
        }
    }
}
