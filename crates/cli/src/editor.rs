//! Reading commands from a person: editing, history and completion.

use std::sync::{Arc, Mutex, PoisonError};

use debugger::COMMANDS;
use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultPrompt, DefaultPromptSegment, Emacs,
    FileBackedHistory, KeyCode, KeyModifiers, MenuBuilder, Reedline, ReedlineEvent, ReedlineMenu,
    Signal, Span, Suggestion, default_emacs_keybindings,
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

/// The line editor.
pub(crate) struct Editor {
    line: Reedline,
    prompt: DefaultPrompt,
    names: Arc<Mutex<Vec<String>>>,
}

impl Editor {
    pub(crate) fn new(terminal: Terminal) -> Self {
        let names = Arc::new(Mutex::new(Vec::new()));
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
            .with_completer(Box::new(Words { names: Arc::clone(&names) }))
            .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
            .with_edit_mode(Box::new(Emacs::new(keys)));
        let history = home::make()
            .ok()
            .and_then(|()| FileBackedHistory::with_file(HISTORY_MAX, home::command_history()).ok());
        // Without a place for it there is no history, and that is all.
        if let Some(history) = history {
            line = line.with_history(Box::new(history));
        }
        let name = DefaultPromptSegment::Basic("pvmd".to_owned());
        let prompt = DefaultPrompt::new(name, DefaultPromptSegment::Empty);
        Self { line, prompt, names }
    }

    /// Waits for a line; `names` are what its arguments may be called.
    pub(crate) fn read(&mut self, names: Vec<String>) -> Entered {
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = names;
        match self.line.read_line(&self.prompt) {
            Ok(Signal::Success(line)) => Entered::Line(line),
            Ok(Signal::CtrlC) => Entered::Nothing,
            Ok(_) | Err(_) => Entered::End,
        }
    }
}

/// Completes the first word to a command and any other to a name of the program.
struct Words {
    names: Arc<Mutex<Vec<String>>>,
}

impl Completer for Words {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let before = line.get(..position).unwrap_or(line);
        let start = before.rfind(|c: char| c.is_whitespace() || "[(,{".contains(c));
        let start = start.map_or(0, |at| at + 1);
        let word = before.get(start..).unwrap_or_default().to_lowercase();
        let suggest = |value: &str, description: Option<&str>| Suggestion {
            value: value.to_owned(),
            description: description.map(str::to_owned),
            span: Span::new(start, position.max(start)),
            append_whitespace: true,
            ..Suggestion::default()
        };
        let fits = |name: &str| name.to_lowercase().starts_with(&word);
        let suggestions: Vec<Suggestion> = if start == 0 {
            let commands = COMMANDS.iter().filter(|command| fits(command.name));
            commands.map(|command| suggest(command.name, Some(command.summary))).collect()
        } else {
            let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            names.iter().filter(|name| fits(name)).map(|name| suggest(name, None)).collect()
        };
        CompletionResult::fresh(suggestions)
    }
}
