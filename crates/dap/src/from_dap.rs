//! What requests carry, as far as it is used. Clients may send more, which means nothing here.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::message::Request;

/// How a program is started, or which recording is opened.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Launch {
    /// The program.
    pub program: Option<String>,
    /// Its arguments.
    pub args: Vec<String>,
    /// A recording to be opened instead.
    pub recording: Option<String>,
    /// Whether the last run that failed is opened instead.
    pub last: bool,
    /// A file that the program reads as its standard input; without one there is nothing to be read.
    pub input: Option<String>,
    /// A tape that the program begins with, in languages that have such.
    pub tape: Option<String>,
    /// Whether to stop before the first instruction.
    pub stop_on_entry: bool,
    /// Whether to stop where the program has ended, for going back from there, instead of ending the
    /// session.
    pub stop_at_end: Option<bool>,
    /// Whether to run without breakpoints, to the end.
    pub no_debug: bool,
}

/// What a client says of itself.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Initialize {
    pub(crate) lines_start_at1: bool,
    pub(crate) columns_start_at1: bool,
}

impl Default for Initialize {
    fn default() -> Self {
        Self { lines_start_at1: true, columns_start_at1: true }
    }
}

/// A source text as a client names it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct NamedSource {
    pub(crate) name: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) source_reference: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetBreakpoints {
    pub(crate) source: NamedSource,
    #[serde(default)]
    pub(crate) breakpoints: Vec<WantedBreakpoint>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WantedBreakpoint {
    pub(crate) line: i64,
    pub(crate) condition: Option<String>,
    pub(crate) hit_condition: Option<String>,
    pub(crate) log_message: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SetFunctionBreakpoints {
    pub(crate) breakpoints: Vec<WantedFunction>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WantedFunction {
    pub(crate) name: String,
    pub(crate) condition: Option<String>,
    pub(crate) hit_condition: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataBreakpointInfo {
    #[serde(default)]
    pub(crate) variables_reference: i64,
    pub(crate) name: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SetDataBreakpoints {
    pub(crate) breakpoints: Vec<WantedWatch>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WantedWatch {
    pub(crate) data_id: String,
    pub(crate) access_type: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) hit_condition: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct StackTrace {
    pub(crate) start_frame: i64,
    pub(crate) levels: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scopes {
    pub(crate) frame_id: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variables {
    pub(crate) variables_reference: i64,
    pub(crate) filter: Option<String>,
    #[serde(default)]
    pub(crate) start: i64,
    #[serde(default)]
    pub(crate) count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetVariable {
    pub(crate) variables_reference: i64,
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetExpression {
    pub(crate) expression: String,
    pub(crate) value: String,
    pub(crate) frame_id: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evaluate {
    pub(crate) expression: String,
    pub(crate) frame_id: Option<i64>,
    pub(crate) context: Option<String>,
}

/// Of every request that moves.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Moving {
    pub(crate) granularity: Option<String>,
}

/// Of `goto` and `gotoTargets`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Goto {
    pub(crate) target_id: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LineOf {
    pub(crate) source: NamedSource,
    pub(crate) line: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BreakpointLocations {
    pub(crate) source: NamedSource,
    pub(crate) line: i64,
    pub(crate) end_line: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WantedSource {
    #[serde(default)]
    pub(crate) source: NamedSource,
    pub(crate) source_reference: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadMemory {
    pub(crate) memory_reference: String,
    #[serde(default)]
    pub(crate) offset: i64,
    pub(crate) count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disassemble {
    pub(crate) memory_reference: String,
    #[serde(default)]
    pub(crate) offset: i64,
    #[serde(default)]
    pub(crate) instruction_offset: i64,
    pub(crate) instruction_count: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Completions {
    pub(crate) text: String,
    pub(crate) column: i64,
}

/// What `palindrome/COMMAND` takes: what would follow the command in the text debugger.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Words {
    pub(crate) arguments: String,
    /// The first of them, for clients that have them apart.
    pub(crate) expression: Option<String>,
    pub(crate) deep: bool,
}

/// What a request carries.
///
/// # Errors
/// Something is missing, or of another kind; told for the user.
pub(crate) fn arguments<T: DeserializeOwned>(request: &Request) -> Result<T, String> {
    let given = if request.arguments.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        request.arguments.clone()
    };
    serde_json::from_value(given).map_err(|error| format!("`{}`: {error}", request.command))
}
