//! Reading lines from a person: editing, history and completion.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use debugger::COMMANDS;
use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultPrompt, DefaultPromptSegment, Emacs,
    FileBackedHistory, Highlighter, KeyCode, KeyModifiers, MenuBuilder, Reedline, ReedlineEvent,
    ReedlineMenu, Signal, Span, Suggestion, Validator, default_emacs_keybindings,
};

use crate::home;
use crate::terminal::Terminal;

/// Commands kept from one session to the next.
const HISTORY_MAX: usize = 1_000;

const MENU: &str = "completion";

/// What a person typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    Line(String),
    /// A line given up.
    Nothing,
    End,
}

/// Names that may be completed to, which change from line to line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<Mutex<Vec<String>>>);

impl Names {
    /// Replaces them.
    pub(crate) fn set(&self, names: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = names;
    }

    /// Those for which `fits`.
    pub(crate) fn matching(&self, fits: impl Fn(&str) -> bool) -> Vec<String> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().filter(|name| fits(name)).cloned().collect()
    }
}

/// The line editor.
pub(crate) struct Editor {
    line: Reedline,
    prompt: DefaultPrompt,
}

impl fmt::Debug for Editor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editor").finish_non_exhaustive()
    }
}

impl Editor {
    /// Without anything that belongs to a language.
    pub(crate) fn plain(terminal: Terminal) -> Self {
        let line = Reedline::create().with_ansi_colors(terminal.is_output_coloured);
        let prompt = DefaultPrompt::new(DefaultPromptSegment::Empty, DefaultPromptSegment::Empty);
        Self { line, prompt }
    }

    /// `history` is where what was typed is kept from one session to the next.
    pub(crate) fn new(
        prompt: &str,
        history: Option<PathBuf>,
        completer: Box<dyn Completer + Send>,
        terminal: Terminal,
    ) -> Self {
        let mut keys = default_emacs_keybindings();
        keys.add_binding(
            KeyModifiers::NONE,
            KeyCode::Tab,
            ReedlineEvent::UntilFound(vec![
                ReedlineEvent::Menu(MENU.to_owned()),
                ReedlineEvent::MenuNext,
            ]),
        );
        let menu = ColumnarMenu::default().with_name(MENU);
        let mut line = Reedline::create()
            .with_ansi_colors(terminal.is_output_coloured)
            .with_completer(completer)
            .with_quick_completions(true)
            .with_partial_completions(true)
            .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
            .with_edit_mode(Box::new(Emacs::new(keys)));
        let history = history.and_then(|path| {
            home::make().ok()?;
            FileBackedHistory::with_file(HISTORY_MAX, path).ok()
        });
        // Without a place for it there is no history, and that is all.
        if let Some(history) = history {
            line = line.with_history(Box::new(history));
        }
        let name = DefaultPromptSegment::Basic(prompt.to_owned());
        let prompt = DefaultPrompt::new(name, DefaultPromptSegment::Empty);
        Self { line, prompt }
    }

    /// An editor for texts that may have several lines, in colour.
    pub(crate) fn with_language(
        self,
        validator: Box<dyn Validator>,
        highlighter: Box<dyn Highlighter>,
    ) -> Self {
        let line = self.line.with_validator(validator).with_highlighter(highlighter);
        Self { line, ..self }
    }

    /// Waits for a line.
    pub(crate) fn read(&mut self) -> Entered {
        match self.line.read_line(&self.prompt) {
            Ok(Signal::Success(line)) => Entered::Line(line),
            Ok(Signal::CtrlC) => Entered::Nothing,
            Ok(_) | Err(_) => Entered::End,
        }
    }
}

/// What replaces the text from `start` to `position`.
pub(crate) fn suggest(
    value: &str,
    description: Option<&str>,
    start: usize,
    position: usize,
) -> Suggestion {
    Suggestion {
        value: value.to_owned(),
        description: description.map(str::to_owned),
        span: Span::new(start, position.max(start)),
        append_whitespace: true,
        ..Suggestion::default()
    }
}

/// Completes the first word to a command of the debugger and any other to a name of the program.
pub(crate) struct Commands {
    pub(crate) names: Names,
}

impl Completer for Commands {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let before = line.get(..position).unwrap_or(line);
        let start = before.rfind(|c: char| c.is_whitespace() || "[(,{".contains(c));
        let start = start.map_or(0, |at| at + 1);
        let word = before.get(start..).unwrap_or_default().to_lowercase();
        let fits = |name: &str| name.to_lowercase().starts_with(&word);
        let suggestions: Vec<Suggestion> = if start == 0 {
            let commands = COMMANDS.iter().filter(|command| fits(command.name));
            let rows = commands.map(|command| (command.name, Some(command.summary)));
            rows.map(|(name, summary)| suggest(name, summary, start, position)).collect()
        } else {
            let mut names = self.names.matching(fits);
            let command = before.split_whitespace().next().and_then(debugger::Command::find);
            let words = command.into_iter().flat_map(debugger::Command::words);
            names.extend(words.filter(|known| known.starts_with(&word)).map(str::to_owned));
            names.iter().map(|name| suggest(name, None, start, position)).collect()
        };
        CompletionResult::fresh(suggestions)
    }
}
