//! Reading commands from a person: editing, history and completion.

use std::cell::RefCell;
use std::rc::Rc;

use reedline::{
    ColumnarMenu, Completer, DefaultPrompt, DefaultPromptSegment, Emacs, FileBackedHistory,
    KeyCode, KeyModifiers, MenuBuilder, Reedline, ReedlineEvent, ReedlineMenu, Signal, Span,
    Suggestion, default_emacs_keybindings,
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
}

impl Editor {
    pub(crate) fn new(terminal: Terminal) -> Self {
        let mut keys = default_emacs_keybindings();
        keys.add_binding(
            KeyModifiers::NONE,
            KeyCode::Tab,
            ReedlineEvent::UntilFound(vec![
                ReedlineEvent::Menu(MENU.to_owned()),
                ReedlineEvent::MenuNext,
            ]),
        );
        let menu = ReedlineMenu::EngineCompleter(Box::new(ColumnarMenu::default().with_name(MENU)));
        let mut line = Reedline::create()
            .with_ansi_colors(terminal.is_output_coloured)
            .with_menu(menu)
            .with_edit_mode(Box::new(Emacs::new(keys)));
        let history = home::make().ok().and_then(|()| {
            FileBackedHistory::with_file(HISTORY_MAX, home::command_history()).ok()
        });
        // Without a place for it there is no history, and that is all.
        if let Some(history) = history {
            line = line.with_history(Box::new(history));
        }
        let prompt = DefaultPrompt::new(
            DefaultPromptSegment::Basic("pvmd".to_owned()),
            DefaultPromptSegment::Empty,
        );
        Self { line, prompt }
    }

    /// Waits for a line. What could be meant at this moment is asked of `complete` beforehand,
    /// since the editor keeps its completer to itself.
    pub(crate) fn read(&mut self, complete: impl Fn(&str) -> Vec<String>) -> Entered {
        let _ = &complete;
        match self.line.read_line(&self.prompt) {
            Ok(Signal::Success(line)) => Entered::Line(line),
            Ok(Signal::CtrlC) => Entered::Nothing,
            Ok(_) | Err(_) => Entered::End,
        }
    }
}
