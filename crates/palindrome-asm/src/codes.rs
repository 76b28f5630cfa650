//! The codes of the assembler's diagnostics: stable, documented, each with an example.

use source::{code_reference, define_codes};

define_codes! {
    /// No instruction has this mnemonic.
    UNKNOWN_MNEMONIC = "PVM0001": "main: IAD R1, R2, R3";
    /// The instruction exists, but takes other operands. The hint lists its forms.
    OPERANDS = "PVM0002": "main: IADD R1";
    /// Registers go from R0 to R15.
    REGISTER_RANGE = "PVM0003": "main: INEG R1, R16";
    /// A number cannot be read: a digit is wrong, or it is too long.
    BAD_NUMBER = "PVM0004": "main: LI R1, 0x1G";
    /// A quoted text or character is not closed, or has an escape that does not exist.
    BAD_TEXT = "PVM0005": "main: OUTS \"never closed";
    /// The line is not built as lines of assembly are.
    SYNTAX = "PVM0006": "main: IADD R1 R2, R3";
    /// A name is given twice in one unit.
    DUPLICATE = "PVM0007": "main: NOP\nmain: HALT";
    /// Nothing in the unit has this name. Names of other units need `.extern`.
    UNDEFINED = "PVM0008": "main: JUMP nowhere";
    /// A number is too large or too small for its place.
    RANGE = "PVM0009": ".segment bytes\n.byte 256\n.code\nmain: HALT";
    /// No directive has this name.
    UNKNOWN_DIRECTIVE = "PVM0010": ".sgment data\nmain: HALT";
    /// A directive lacks something, or has too much.
    DIRECTIVE = "PVM0011": ".const ONE\nmain: HALT";
    /// Data must be in a segment, and the code is none that can be filled.
    DATA_IN_CODE = "PVM0012": "main: HALT\n.i64 1";
    /// Instructions must be in the code; `.code` goes back to it.
    CODE_IN_DATA = "PVM0013": ".segment data\nNOP\n.code\nmain: HALT";
    /// This is planned, and cannot be used yet.
    NOT_YET = "PVM0014": "main: MOUNT far \"machine2\"\nHALT";
    /// A segment has the name of another one, or of one that every program has.
    SEGMENT_NAME = "PVM0015": ".segment heap, 64K\n.code\nmain: HALT";
    /// A segment's size is 0 or more than 1 TiB, or its data do not fit in.
    SEGMENT_SIZE = "PVM0016": ".segment small, 4\n.i64 1\n.code\nmain: HALT";
    /// More than the assembler or the machine takes: source text, code, data, nesting.
    LIMIT = "PVM0017": ".segment big\n.space 300M\n.byte 1\n.code\nmain: HALT";
    /// An included file cannot be had.
    INCLUDE = "PVM0018": ".include \"missing.pvm\"\nmain: HALT";
    /// A file includes itself, or includes are nested too deep.
    INCLUDE_CYCLE = "PVM0019": ".include \"0.pvm\"\nmain: HALT";
    /// No unit declares this segment with `.segment` or creates it with `SEGMENTCREATE`.
    UNKNOWN_SEGMENT = "PVM0020": "main: SEGMENTSEEK nowhere, 0\nHALT";
    /// No `CHECKPOINT` of the program makes this checkpoint.
    UNKNOWN_CHECKPOINT = "PVM0021": "main: REWIND start\nHALT";
    /// No `MARK` of the program makes this mark.
    UNKNOWN_MARK = "PVM0022": "main: SEEKMARK place\nHALT";
    /// Loads and stores take their position from a register.
    NO_ABSOLUTE = "PVM0023": ".segment data\nx: .i64 1\n.code\nmain: LOAD R1, x\nHALT";
    /// The name stands for something else than is needed here.
    WRONG_KIND = "PVM0024": ".segment data\nx: .i64 1\n.code\nmain: JUMP x";
    /// A constant is defined by itself.
    CYCLE = "PVM0025": ".const A B\n.const B A\nmain: LI R1, A\nHALT";
    /// An expression divides by 0 or leaves the range of numbers.
    ARITHMETIC = "PVM0026": "main: LI R1, 1/0\nHALT";
    /// The value is only known after linking, and a size is needed now.
    NOT_CONSTANT = "PVM0027": ".segment data\nx: .space x\n.code\nmain: HALT";
    /// No unit makes this name `.global`.
    UNDEFINED_EXTERN = "PVM0028": ".extern away\nmain: CALL away\nHALT";
    /// Two units make the same name `.global`.
    DUPLICATE_GLOBAL = "PVM0029": ".global f\nmain: HALT\nf: RETURN", ".global f\nf: RETURN";
    /// There is no instruction to run.
    NO_CODE = "PVM0030": "; nothing";
    /// A table's layout is wrong.
    SCHEMA = "PVM0031": ".segment t, 64K, table [id: Int63]\nmain: HALT";
    /// Two units say where the program begins.
    DUPLICATE_ENTRY = "PVM0032": ".entry a\na: HALT", ".entry b\nb: HALT";
    /// A warning: nothing leads here. It stays in the program only without optimisation.
    UNREACHABLE = "PVM0033": "main: HALT\nNOP";
    /// No instruction follows a label that the program goes to.
    LABEL_AT_END = "PVM0034": "main: JUMP end\nend:";
    /// A program was made of damaged objects, and does not verify. The message says why.
    UNVERIFIED = "PVM0035":;
    /// The runtime has no function of this name.
    UNKNOWN_FUNCTION = "PVM0036": "main: CALL_RUNTIME print_lien\nHALT";
}

/// Renders the codes as a Markdown page.
#[must_use]
pub fn error_reference() -> String {
    let head = "# Diagnostics of the assembler\n\n\
         Every message of `pvmc` has a code. This page is generated from the assembler.\n";
    code_reference(head, "asm", CODES)
}
