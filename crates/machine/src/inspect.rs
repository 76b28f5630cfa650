//! The contract between a guest and whoever looks. Plain owned data out; nothing here changes
//! the machine, except through [`Edit`], which starts a new branch of its past.

use std::fmt;

use crate::{CodePosition, Location, Machine};

/// A guest that can be looked at.
///
/// # Law
/// Nothing here changes the machine: its state hash and tick are the same before and after.
pub trait Inspect {
    /// The instruction to be run next.
    fn position(&self) -> CodePosition;
    /// How many calls deep the next instruction is. 0 in the outermost code.
    fn depth(&self) -> usize;
    /// The frames on the stack, innermost first, at most `limit`.
    fn frames(&self, limit: usize) -> Vec<Frame>;
    /// The groups of variables seen from the innermost frame.
    fn scopes(&self) -> Vec<Scope>;
    /// Those that an outer call sees and others do not; of [`frames`](Self::frames), the innermost is 0.
    /// What its variables are called may mean something else here. None, where that is not known.
    fn scopes_of(&self, frame: usize) -> Vec<Scope> {
        let _ = frame;
        Vec::new()
    }

    /// The source texts of the program. Empty when it carries none.
    fn sources(&self) -> Vec<SourceText>;
    /// Where in the sources `position` comes from.
    fn place(&self, position: CodePosition) -> Option<Place>;
    /// Whether the code there is none of the user's, so that steps by line pass over it. Whoever it
    /// calls may be seen again.
    fn is_hidden(&self, position: CodePosition) -> bool {
        let _ = position;
        false
    }
    /// The positions at which a line begins. Empty for a line without code.
    fn positions_of_line(&self, place: Place) -> Vec<CodePosition>;
    /// The position of a function or label.
    fn position_of_name(&self, name: &str) -> Option<CodePosition>;
    /// The nearest function or label at or before `position`, with the distance from it.
    fn name_of_position(&self, position: CodePosition) -> Option<(String, u64)>;
    /// Every name that a user may type: functions, labels, registers, segments, variables.
    fn names(&self) -> Vec<String>;

    /// The value of an expression in the guest's own syntax.
    ///
    /// # Errors
    /// The text is no expression, or it has no value here.
    fn evaluate(&self, expression: &str) -> Result<Value, EvaluateError>;
    /// The same without a bound on how much of a large value is shown.
    ///
    /// # Errors
    /// As for [`evaluate`](Self::evaluate).
    fn evaluate_whole(&self, expression: &str) -> Result<Value, EvaluateError> {
        self.evaluate(expression)
    }
    /// The parts of a value, such as fields or elements: those from the one numbered `from` on, at most
    /// `count`. A value without parts has none.
    ///
    /// # Errors
    /// As for [`evaluate`](Self::evaluate).
    fn parts(&self, expression: &str, from: usize, count: usize) -> Result<Parts, EvaluateError> {
        let _ = (from, count);
        self.evaluate(expression).map(|_| Parts::default())
    }
    /// Where the value that `expression` names is stored, for watching and setting it.
    ///
    /// # Errors
    /// The text names no place.
    fn locate(&self, expression: &str) -> Result<Location, EvaluateError>;
    /// The locations on which the value of `expression` depends, for watching a condition.
    ///
    /// # Errors
    /// The text is no expression.
    fn dependencies(&self, expression: &str) -> Result<Vec<Location>, EvaluateError>;
    /// What the value of an expression rests on, if the expression means the same wherever the program
    /// is: as long as none of these locations changes, neither does the value, nor where it lies. So
    /// values can be followed that move, such as rows of a table.
    fn rests_on(&self, expression: &str) -> Option<Vec<Location>> {
        let _ = expression;
        None
    }
    /// The value stored in a location.
    fn read(&self, location: Location) -> Value;
    /// `length` bytes of the guest's memory from `address`.
    fn memory(&self, address: i64, length: usize) -> Vec<u8>;
    /// `count` instructions from `from`.
    fn disassemble(&self, from: CodePosition, count: usize) -> Vec<Listing>;
    /// What the next instruction makes its results of, as expressions that name places, for following
    /// a value back. `None` where the text of the instruction names them: first where its result goes,
    /// then what it takes.
    fn operands(&self) -> Option<Vec<String>> {
        None
    }
}

/// A guest whose state can be changed from outside. Only a timeline that has just branched may.
pub trait Edit: Machine {
    /// Stores the value of `expression` in `location`.
    ///
    /// # Errors
    /// The value does not fit or cannot be stored there; nothing is changed.
    fn assign(&mut self, location: Location, expression: &str) -> Result<(), EditError>;

    /// Stores the value of `expression` in what `target` names. Unlike [`assign`](Self::assign), it can
    /// change a part of a value that is copied when it changes.
    ///
    /// # Errors
    /// As for `assign`, and `target` may name no place.
    fn set(&mut self, target: &str, expression: &str) -> Result<(), EditError>
    where
        Self: Inspect,
    {
        let location = self.locate(target).map_err(|error| EditError(error.message))?;
        self.assign(location, expression)
    }

    /// Takes over what changed from `base` to `theirs`; this state has come from `base`, too.
    /// `strategy` says, in the guest's words, what becomes of what both have changed.
    ///
    /// # Errors
    /// There is no such strategy, it leaves conflicts, or states of this guest cannot be merged;
    /// nothing is changed.
    fn merge(
        &mut self,
        base: &Self::Snapshot,
        theirs: &Self::Snapshot,
        strategy: &str,
    ) -> Result<(), EditError> {
        let _ = (base, theirs, strategy);
        Err(EditError("states of this machine cannot be merged".to_owned()))
    }
}

/// A value made ready for showing. Equal ones look the same; a NaN is equal to itself.
#[derive(Clone, Debug)]
pub struct Value {
    /// As a user would write it.
    pub text: String,
    /// Its type, in the guest's words.
    pub kind: String,
    /// The value as a number, where it is one, for plots and comparisons.
    pub number: Option<f64>,
    /// Whether it counts as true in a condition.
    pub is_true: bool,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let bits = |value: &Self| value.number.map(f64::to_bits);
        self.text == other.text
            && self.kind == other.kind
            && bits(self) == bits(other)
            && self.is_true == other.is_true
    }
}

/// One activation of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The function's name, or where it starts.
    pub name: String,
    /// The instruction it is at.
    pub position: CodePosition,
    /// Where that is in the source.
    pub place: Option<Place>,
}

/// A named group of variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// Such as `registers` or `locals`.
    pub name: String,
    /// In the order they should be shown.
    pub variables: Vec<Variable>,
}

/// A named value; `expression` gives it again, and gives its children when evaluated further.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// What a user calls it.
    pub name: String,
    /// An expression whose value this is.
    pub expression: String,
    /// Its value now.
    pub value: Value,
}

/// The parts of a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// How many there are in all.
    pub total: usize,
    /// Whether they are elements, known by their numbers, and not fields, known by their names.
    pub are_elements: bool,
    /// Those that were asked for.
    pub list: Vec<Variable>,
}

impl Parts {
    /// Parts of which `part` says, for each of `total`, what it is called and which expression gives
    /// it; the others than `count` from `from` on are left out.
    pub fn of(
        machine: &impl Inspect,
        (total, are_elements): (usize, bool),
        (from, count): (usize, usize),
        part: impl Fn(usize) -> (String, String),
    ) -> Self {
        let end = from.saturating_add(count).min(total);
        let variable = |index| {
            let (name, expression) = part(index);
            let value = machine.evaluate(&expression).unwrap_or_else(|error| Value {
                text: format!("({error})"),
                kind: String::new(),
                number: None,
                is_true: false,
            });
            Variable { name, expression, value }
        };
        Self { total, are_elements, list: (from..end).map(variable).collect() }
    }
}

/// A source text of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// The file's name as it was given.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A line of a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index into [`Inspect::sources`].
    pub source: u32,
    /// The line, from 1.
    pub line: u32,
}

/// One line of disassembly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Where the instruction is.
    pub position: CodePosition,
    /// The label here, if any.
    pub label: Option<String>,
    /// The instruction as the assembler would read it.
    pub text: String,
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluateError {
    /// The byte of the expression at which it went wrong.
    pub at: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EvaluateError {}

/// Why a location could not be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError(pub String);

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EditError {}
