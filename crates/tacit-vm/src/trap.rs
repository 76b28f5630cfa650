//! How a program can fail. The state stays as it was before the instruction.

use machine::Failure;

/// Why an instruction could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum Trap {
    /// Too few values on the stack.
    #[error("Stack underflow: '{word}' requires {needs} operand{}, the stack has {has}", plural(*needs))]
    StackUnderflow { word: &'static str, needs: usize, has: usize },
    /// No room on the stack.
    #[error("Stack overflow: Cannot push value, the stack is full with {cells} values")]
    StackOverflow { cells: usize },
    /// No room on the return stack.
    #[error(
        "Return stack overflow: Cannot push value, the return stack is full with {cells} cells; \
         is a recursion without end?"
    )]
    ReturnStackOverflow { cells: usize },
    /// Nothing of the program's own on the return stack.
    #[error("Return stack underflow: '{word}' found no value moved there by this word")]
    ReturnStackUnderflow { word: &'static str },
    /// Something was left on the return stack.
    #[error(
        "Return stack unbalanced: '{word}' found a value that was moved there and not fetched back"
    )]
    ReturnStackUnbalanced { word: &'static str },
    /// A closing bracket found less on the stack than at the opening one.
    #[error(
        "Stack underflow: the items before '{word}' took values from below the opening bracket"
    )]
    BelowBracket { word: &'static str },
    /// An operand of the wrong type.
    #[error("Type error: '{word}' expected {expected}, got {found}")]
    Type { word: &'static str, expected: &'static str, found: &'static str },
    /// `if` with something that is no condition.
    #[error("Type error: 'if' condition must be a number, got: {found}")]
    Condition { found: &'static str },
    /// A block left another number of values than one.
    #[error("Arity error: the block given to '{word}' left {left} values, 1 was wanted")]
    Arity { word: &'static str, left: i32 },
    /// Dictionary brackets around an odd number of items.
    #[error("Dictionary literal requires an even number of items (key-value pairs), got {count}")]
    OddItems { count: usize },
    /// A key that is no string.
    #[error("Dictionary key at index {index} must be a string literal.")]
    Key { index: usize },
    /// `seq` of something that has no elements.
    #[error(
        "Invalid argument for seq: expected sequence, vector, dict, string, or number, got {found}"
    )]
    NoSequence { found: &'static str },
    /// A range without end.
    #[error("Invalid range: {reason}")]
    Range { reason: &'static str },
    /// An index with nothing there.
    #[error("Index error: '{word}' found nothing at {index}; there are {length}")]
    Index { word: &'static str, index: String, length: usize },
    /// A number that is not of the kind wanted.
    #[error("Number error: '{word}' expected {expected}, got {found}")]
    Number { word: &'static str, expected: &'static str, found: String },
    /// No blocks left.
    #[error("Heap full: {needed} block{} wanted, {free} of {total} free", plural(*needed))]
    HeapFull { needed: usize, free: usize, total: usize },
    /// More blocks than allowed.
    #[error("Heap quota reached: {quota} blocks are allowed; see 'heap-quota'")]
    Quota { quota: usize },
    /// No room for strings.
    #[error(
        "String digest overflow: {bytes} bytes of strings are all there is; strings are kept for ever"
    )]
    StringsFull { bytes: usize },
    /// A string of more than 255 bytes.
    #[error("String too long (max 255 characters): {bytes} bytes")]
    StringTooLong { bytes: usize },
    /// A value whose text is longer than the memory.
    #[error("Too long to show: the text of the value has more than {max} bytes")]
    TextTooLong { max: usize },
    /// A block with more references than can be counted.
    #[error("Too many references to one value")]
    References,
    /// No task is free.
    #[error("No room for a task: all {tasks} are taken; join those that have ended")]
    TasksFull { tasks: usize },
    /// There is no such task.
    #[error("No task {id}")]
    NoTask { id: String },
    /// Nothing can go on.
    #[error("Deadlock: {count} task{} waiting", plural(*count))]
    Deadlock { count: usize },
    /// No room for an event.
    #[error("No room for an event: {events} wait to be taken")]
    EventsFull { events: usize },
    /// A type without that method.
    #[error("No method {method} for {interface}")]
    NoMethod { method: String, interface: String },
    /// A promise that asks for itself.
    #[error("A promise was forced while it was being made")]
    PromiseLoop,
    /// `assert`.
    #[error("Assertion failed: {text}")]
    Assertion { text: String },
    /// `error`.
    #[error("{text}")]
    Raised { text: String },
    /// The outside could not do what was asked.
    #[error("{failure}")]
    World { failure: Failure },
    /// An answer to another question.
    #[error("the answer does not fit the question")]
    BadAnswer,
    /// Memory that no verified program can have made.
    #[error("The memory is damaged: {what}")]
    Damaged { what: &'static str },
    /// A unit for which a segment has no room.
    #[error("The unit has no room: {what}")]
    NoRoom { what: &'static str },
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
