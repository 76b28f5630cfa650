//! Why a command could not be carried out.

use machine::{EditError, EvaluateError};
use timeline::UnknownBranch;

/// Why a command could not be carried out. Nothing has moved then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// There is no such command.
    #[error("unknown command `{word}`{}", did_you_mean(.nearest.as_deref()))]
    UnknownCommand {
        /// What was typed.
        word: String,
        /// The command most like it.
        nearest: Option<String>,
    },
    /// The arguments are not what the command takes.
    #[error("usage: {usage}")]
    Usage {
        /// The command with its arguments.
        usage: String,
    },
    /// Control comes to the line less often than that.
    #[error("control comes to {place} {}, not {count} times", times(*.passes))]
    NoPass {
        /// The line.
        place: String,
        /// Which time was asked for.
        count: u64,
        /// How often it comes there.
        passes: u64,
    },
    /// The guest cannot make a value of an expression.
    #[error("{error}\n  {text}\n  {:1$}^", "", .error.at)]
    Expression {
        /// The expression.
        text: String,
        /// What is wrong with it.
        error: EvaluateError,
    },
    /// The guest cannot store a value there.
    #[error("{0}; nothing was changed")]
    Edit(#[from] EditError),
    /// No code comes from there.
    #[error("no code at `{place}`{}", did_you_mean(.nearest.as_deref()))]
    NoCode {
        /// What was asked for.
        place: String,
        /// The name most like it.
        nearest: Option<String>,
    },
    /// The program carries no source text.
    #[error("the program carries no source text (`disasm` shows its instructions)")]
    NoSource,
    /// There is no source line of that number.
    #[error("{name} has no line {line}")]
    NoLine {
        /// The source text.
        name: String,
        /// The line asked for.
        line: u32,
    },
    /// The text names no moment.
    #[error(
        "`{text}` is no moment: write a tick, a percentage such as 50%, start, end, a mark, or LINE:N for the Nth time at a line"
    )]
    NoMoment {
        /// What was typed.
        text: String,
    },
    /// No breakpoint or watch has this number.
    #[error("there is no breakpoint or watch {number} (`breakpoints` lists them)")]
    NoBreakpoint {
        /// What was asked for.
        number: String,
    },
    /// A branch is to be merged into itself.
    #[error("this is `{name}` already; `switch` to the branch that should take it in")]
    SameBranch {
        /// The branch.
        name: String,
    },
    /// No branch has this name.
    #[error("there is no branch `{name}`{}", did_you_mean(.nearest.as_deref()))]
    NoBranch {
        /// What was asked for.
        name: String,
        /// The branch most like it.
        nearest: Option<String>,
    },
    /// A branch of this name is there already.
    #[error("there is a branch `{name}` already")]
    BranchExists {
        /// The name.
        name: String,
    },
    /// No move is left to be undone.
    #[error("there is no move to undo")]
    NothingToUndo,
    /// The outermost code has no caller.
    #[error("this is the outermost code: nothing called it (`{instead}` goes on)")]
    Outermost {
        /// What may have been meant.
        instead: &'static str,
    },
    /// The question is about the past, and there is none.
    #[error("nothing has run yet: `continue` or `goto end` makes a past to look at")]
    NoPast,
    /// The user wanted control back in the middle of a search.
    #[error("interrupted; time is where it was")]
    Interrupted,
    /// There are no numbers, and not a few other values, either.
    #[error("`{expression}` has no numbers to plot, and too many other values, or none")]
    NothingToPlot {
        /// The expression.
        expression: String,
    },
    /// The timeline knows no such branch.
    #[error(transparent)]
    Timeline(#[from] UnknownBranch),
}

impl CommandError {
    /// What the guest said about `text`.
    pub(crate) fn expression(text: &str) -> impl Fn(EvaluateError) -> Self {
        move |error| {
            let at = text.get(..error.at).map_or(0, |before| before.chars().count());
            Self::Expression { text: text.to_owned(), error: EvaluateError { at, ..error } }
        }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}

fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}
