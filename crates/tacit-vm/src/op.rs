//! Tacit's instruction set, which is also its list of built-in words: one table, from which
//! everything else is derived.
//!
//! The instruction type, its bytes, the compiler's dictionary, the disassembler, the verifier and
//! the reference page of the words are all expansions of [`for_each_instruction!`]. A mnemonic in
//! parentheses is no word: only the compiler writes it. Instructions with a word have no operands.
//!
//! The documentation of a word ends with examples, `program` → what it leaves on the stack, or
//! `out:` and what it prints; tests run every one. A word whose effect on the stack depends on its
//! operands has no effect in its row, and begins its documentation with it.

use isa::define_instructions;

use crate::operand::{
    Bits, Byte, Count, GlobalIndex, Link, Offset, OperandKind, Slot, StringAt, Target,
};

/// How an instruction is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Only the position changes.
    Position,
    /// The cells that it writes are logged.
    Cells,
}

impl Undo {
    /// In the words of the reference page.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Cells => "old cells",
        }
    }
}

/// Calls `$callback!` with every instruction. Opcodes live in saved images: never renumber them,
/// never use one again.
macro_rules! for_each_instruction {
    ($($callback:tt)*) => {
        $($callback)*! {
            // ---- Code: written by the compiler ----
            /// Ends the unit.
            0x00 "(end)" = End => Position;
            /// Pushes a cell, usually a number.
            0x01 "(cell)" = Literal { value: Bits } ( -- x) => Cells;
            /// Pushes a whole number from -128 to 127.
            0x02 "(small)" = Small { value: Byte } ( -- n) => Cells;
            /// Pushes a string.
            0x03 "(string)" = LiteralString { at: StringAt } ( -- s) => Cells;
            /// Pushes the symbol of the word whose header is there.
            0x04 "(symbol)" = LiteralSymbol { at: Target } ( -- sym) => Cells;
            /// Pushes the code that follows, and goes on after it.
            0x05 "(code)" = LiteralCode { over: Offset } ( -- f) => Cells;
            /// Goes on there.
            0x06 "(branch)" = Branch { to: Offset } => Position;
            /// Takes a flag, and goes on there if it is false.
            0x07 "(branch-if-false)" = BranchIfFalse { to: Offset } (flag -- ) => Cells;
            /// Calls the code there.
            0x08 "(call)" = Call { target: Target } => Cells;
            /// Begins a word: its name, and the header of the word defined before it. Never run.
            0x09 "(header)" = Header { link: Link, name: StringAt, kind: Byte, value: GlobalIndex } => Position;
            /// Begins a definition with local variables: saves the caller's frame, makes `count`
            /// slots, all NIL.
            0x0a "(enter)" = Enter { count: Count } => Cells;
            /// Ends a definition with local variables: releases them and returns.
            0x0b "(leave)" = Leave => Cells;
            /// Pushes a copy of a local variable.
            0x0c "(local)" = LocalGet { slot: Slot } ( -- x) => Cells;
            /// Takes a value into a local variable.
            0x0d "(->local)" = LocalSet { slot: Slot } (x -- ) => Cells;
            /// Moves a local variable to the stack, leaving NIL: its last use before it is set again.
            0x0e "(take-local)" = LocalTake { slot: Slot } ( -- x) => Cells;
            /// Pushes the element at `key` of a local variable.
            0x0f "(local[])" = LocalAt { slot: Slot } (key -- x) => Cells;
            /// Sets the element at `key` of a local variable, in place if nothing else sees it.
            0x10 "(->local[])" = LocalPut { slot: Slot } (x key -- ) => Cells;
            /// Like `(local[])` with a path of `count` keys.
            0x11 "(local[..])" = LocalPath { slot: Slot, count: Count } => Cells;
            /// Like `(->local[])` with a path of `count` keys.
            0x12 "(->local[..])" = LocalPutPath { slot: Slot, count: Count } => Cells;
            /// Pushes a copy of a global variable.
            0x13 "(global)" = GlobalGet { index: GlobalIndex } ( -- x) => Cells;
            /// Takes a value into a global variable.
            0x14 "(->global)" = GlobalSet { index: GlobalIndex } (x -- ) => Cells;
            /// Moves a global variable to the stack, leaving NIL: its last use before it is set again.
            0x15 "(take-global)" = GlobalTake { index: GlobalIndex } ( -- x) => Cells;
            /// Pushes the element at `key` of a global variable.
            0x16 "(global[])" = GlobalAt { index: GlobalIndex } (key -- x) => Cells;
            /// Sets the element at `key` of a global variable, in place if nothing else sees it.
            0x17 "(->global[])" = GlobalPut { index: GlobalIndex } (x key -- ) => Cells;
            /// Like `(global[])` with a path of `count` keys.
            0x18 "(global[..])" = GlobalPath { index: GlobalIndex, count: Count } => Cells;
            /// Like `(->global[])` with a path of `count` keys.
            0x19 "(->global[..])" = GlobalPutPath { index: GlobalIndex, count: Count } => Cells;
            /// Takes a sequence and makes a loop of it on the return stack.
            0x1a "(for)" = ForInit (seq -- ) => Cells;
            /// Pushes the next element of the innermost loop and goes on there; ends the loop and
            /// skips the next instruction if there is none. An element that takes other code to
            /// make comes to the next instruction, a `(for-got)`.
            0x1b "(for-next)" = ForNext { body: Offset } => Cells;
            /// Takes whether there was an element; goes on there if so, else ends the loop.
            0x1c "(for-got)" = ForGot { body: Offset } => Cells;
            /// Takes a number and makes a loop of so many rounds on the return stack.
            0x1d "(times)" = TimesInit (n -- ) => Cells;
            /// Goes on there for another round of the innermost loop, or ends it.
            0x1e "(times-next)" = TimesNext { body: Offset } => Cells;
            /// Ends the innermost loop early.
            0x1f "(unloop)" = Unloop => Cells;
            /// `range` and `(for)` in one, without a sequence in between.
            0x2f "(for-range)" = ForRange (start end step -- ) => Cells;

            // ---- Stack ----
            /// Copies the top. Example: `5 dup` → `5 5`
            0x20 "dup" = Dup (x -- x x) => Cells;
            /// Takes the top away. Example: `1 2 drop` → `1`
            0x21 "drop" = Drop (x -- ) => Cells;
            /// Exchanges the two on top. Example: `1 2 swap` → `2 1`
            0x22 "swap" = Swap (a b -- b a) => Cells;
            /// Copies the second. Example: `1 2 over` → `1 2 1`
            0x23 "over" = Over (a b -- a b a) => Cells;
            /// Moves the third to the top. Example: `1 2 3 rot` → `2 3 1`
            0x24 "rot" = Rot (a b c -- b c a) => Cells;
            /// Moves the top below the third. Example: `1 2 3 -rot` → `3 1 2`
            0x25 "-rot" = NegRot (a b c -- c a b) => Cells;
            /// Takes the second away. Example: `1 2 nip` → `2`
            0x26 "nip" = Nip (a b -- b) => Cells;
            /// Copies the top below the second. Example: `1 2 tuck` → `2 1 2`
            0x27 "tuck" = Tuck (a b -- b a b) => Cells;
            /// Copies both on top. Example: `1 2 2dup` → `1 2 1 2`
            0x28 "2dup" = TwoDup (a b -- a b a b) => Cells;
            /// Takes both on top away. Example: `1 2 3 2drop` → `1`
            0x29 "2drop" = TwoDrop (a b -- ) => Cells;
            /// Copies the value `n` below the top; 0 is the top. Example: `7 8 9 2 pick` → `7 8 9 7`
            0x2a "pick" = Pick (n -- x) => Cells;
            /// How many values are on the stack. Example: `7 8 depth` → `7 8 2`
            0x2b "depth" = Depth ( -- n) => Cells;
            /// Moves the top to the return stack. It has to be fetched back before the word ends.
            /// Example: `7 >R 1 R> +` → `8`
            0x2c ">R" = ToReturn (x -- ) => Cells;
            /// Moves the top of the return stack here. Example: `7 >R 1 R>` → `1 7`
            0x2d "R>" = FromReturn ( -- x) => Cells;
            /// Copies the top of the return stack. Example: `7 >R R@ R>` → `7 7`
            0x2e "R@" = FetchReturn ( -- x) => Cells;

            // ---- Arithmetic: element by element over vectors, dictionaries and sequences ----
            /// The sum. Example: `2 3 +` → `5` Example: `[ 1 2 ] 10 +` → `[ 11 12 ]`
            0x30 "+" = Add (a b -- r) => Cells;
            /// The difference. Example: `7 2 -` → `5`
            0x31 "-" = Subtract (a b -- r) => Cells;
            /// The product. Example: `6 7 *` → `42`
            0x32 "*" = Multiply (a b -- r) => Cells;
            /// The quotient. By 0 it is infinite, 0 by 0 is NaN. Example: `1 8 /` → `0.125`
            0x33 "/" = Divide (a b -- r) => Cells;
            /// The remainder of the quotient rounded towards 0, so with the sign of `a`.
            /// Example: `-10 3 !` → `-1`
            0x34 "!" = Modulo (a b -- r) => Cells;
            /// The power. Example: `2 10 ^` → `1024`
            0x35 "^" = Power (a b -- r) => Cells;
            /// The smaller. Example: `3 5 &` → `3`
            0x36 "&" = Minimum (a b -- r) => Cells;
            /// The greater. Example: `3 5 |` → `5`
            0x37 "|" = Maximum (a b -- r) => Cells;
            /// The negative. Example: `5 m-` → `-5`
            0x38 "m-" = Negate (a -- r) => Cells;
            /// One divided by it. Example: `4 m%` → `0.25`
            0x39 "m%" = Reciprocal (a -- r) => Cells;
            /// The greatest whole number that is not above it. Example: `-3.2 m_` → `-4`
            0x3a "m_" = Floor (a -- r) => Cells;
            /// The smallest whole number that is not below it. Example: `3.2 ceil` → `4`
            0x3b "ceil" = Ceiling (a -- r) => Cells;
            /// The nearest whole number, halves away from 0. Example: `2.5 round` → `3`
            0x3c "round" = Round (a -- r) => Cells;
            /// The whole part, rounded towards 0. Example: `-2.7 truncate` → `-2`
            0x3d "truncate" = Truncate (a -- r) => Cells;
            /// -1, 0 or 1. Example: `-9 m*` → `-1`
            0x3e "m*" = Signum (a -- r) => Cells;
            /// Without its sign. Example: `-3 abs` → `3`
            0x3f "abs" = Absolute (a -- r) => Cells;
            /// e to that power. Example: `0 exp` → `1`
            0x40 "exp" = Exponential (a -- r) => Cells;
            /// The natural logarithm. Example: `1 ln` → `0`
            0x41 "ln" = NaturalLog (a -- r) => Cells;
            /// The logarithm to base 10. Example: `1000 log` → `3`
            0x42 "log" = DecimalLog (a -- r) => Cells;
            /// The square root. Example: `16 sqrt` → `4`
            0x43 "sqrt" = SquareRoot (a -- r) => Cells;
            /// The sine of an angle in radians. Example: `0 sin` → `0`
            0x44 "sin" = Sine (a -- r) => Cells;
            /// The cosine. Example: `0 cos` → `1`
            0x45 "cos" = Cosine (a -- r) => Cells;
            /// The tangent. Example: `0 tan` → `0`
            0x46 "tan" = Tangent (a -- r) => Cells;
            /// The angle whose sine it is. Example: `0 asin` → `0`
            0x47 "asin" = ArcSine (a -- r) => Cells;
            /// The angle whose cosine it is. Example: `1 acos` → `0`
            0x48 "acos" = ArcCosine (a -- r) => Cells;
            /// The angle whose tangent it is. Example: `0 atan` → `0`
            0x49 "atan" = ArcTangent (a -- r) => Cells;
            /// The angle of the point (x, y). Example: `0 1 atan2` → `0`
            0x4a "atan2" = ArcTangent2 (y x -- r) => Cells;
            /// The mean of two numbers; the mean of a vector, with that alone.
            /// Effect: `( a b -- r )` or `( v -- r )`. Example: `2 4 avg` → `3`
            /// Example: `[ 1 2 6 ] avg` → `3`
            0x4b "avg" = Average => Cells;
            /// The product of two numbers, or of a vector's elements.
            /// Effect: `( a b -- r )` or `( v -- r )`. Example: `6 7 prod` → `42`
            /// Example: `[ 2 3 4 ] prod` → `24`
            0x4c "prod" = Product => Cells;
            /// The sum of a vector's, dictionary's or array's elements, from the left.
            /// Example: `[ 1 2 3 ] sum` → `6`
            0x4d "sum" = Sum (v -- r) => Cells;
            /// And, bit by bit, of whole numbers of at most 24 bits. Example: `12 10 bit-and` → `8`
            0x4e "bit-and" = BitAnd (a b -- r) => Cells;
            /// Or, bit by bit. Example: `12 10 bit-or` → `14`
            0x4f "bit-or" = BitOr (a b -- r) => Cells;
            /// Exclusive or, bit by bit. Example: `12 10 bit-xor` → `6`
            0x50 "bit-xor" = BitXor (a b -- r) => Cells;
            /// Times 2 to the power `n`; for a negative `n` rounded down. Example: `3 4 shift` → `48`
            0x51 "shift" = Shift (a n -- r) => Cells;

            // ---- Comparison and logic: true is 1, false 0 ----
            /// Whether `a` is less. Strings compare by their bytes. Example: `1 2 <` → `1`
            0x58 "<" = Less (a b -- flag) => Cells;
            /// Whether `a` is greater. Example: `1 2 >` → `0`
            0x59 ">" = Greater (a b -- flag) => Cells;
            /// Whether `a` is less or equal. Example: `2 2 <=` → `1`
            0x5a "<=" = LessOrEqual (a b -- flag) => Cells;
            /// Whether `a` is greater or equal. Example: `1 2 >=` → `0`
            0x5b ">=" = GreaterOrEqual (a b -- flag) => Cells;
            /// Whether both are the same, containers with all that is in them. Example: `"a" "a" =` → `1`
            0x5c "=" = Equal (a b -- flag) => Cells;
            /// Whether they differ. Example: `1 2 <>` → `1`
            0x5d "<>" = NotEqual (a b -- flag) => Cells;
            /// Whether they match: the same as `=`, but code is compared, too, and nothing is forced.
            /// Example: `[ 1 [ 2 ] ] [ 1 [ 2 ] ] ~` → `1`
            0x5e "~" = Match (a b -- flag) => Cells;
            /// 1 for 0 and all that is false, else 0. Example: `0 not` → `1`
            0x5f "not" = Not (a -- flag) => Cells;
            /// Whether both are true. A block in second place is run only if the first is true.
            /// Example: `1 0 and` → `0` Example: `0 (1 .) and` → `0`
            0x60 "and" = And (a b -- flag) => Cells;
            /// Whether one is true. A block in second place is run only if the first is false.
            /// Example: `1 0 or` → `1`
            0x61 "or" = Or (a b -- flag) => Cells;
            /// Whether exactly one is true. Example: `1 1 xor` → `0`
            0x62 "xor" = Xor (a b -- flag) => Cells;
            /// Whether not both are true. Example: `1 1 nand` → `0`
            0x63 "nand" = Nand (a b -- flag) => Cells;
            /// -1, 0 or 1: how `a` compares with `b`, numbers or strings. Example: `"a" "b" compare` → `-1`
            0x64 "compare" = Compare (a b -- n) => Cells;

            // ---- Constants ----
            /// Nothing: what is missing. It counts as false. Example: `NIL` → `NIL`
            0x65 "NIL" = Nil ( -- x) => Cells;
            /// 1. Example: `true` → `1`
            0x66 "true" = True ( -- flag) => Cells;
            /// 0. Example: `false` → `0`
            0x67 "false" = False ( -- flag) => Cells;
            /// The ratio of a circle to its diameter. Example: `pi 3 >` → `1`
            0x68 "pi" = Pi ( -- r) => Cells;

            // ---- Code ----
            /// Runs a block, or the word of a symbol; anything else stays as it is.
            /// Effect: `( f -- ... )`. Example: `(5 7 +) eval` → `12` Example: `5 eval` → `5`
            0x70 "eval" = Eval => Cells;
            /// Chooses by a flag: runs the block `t` or `e`, or pushes it if it is no block. The
            /// flag may be a block, which sees the stack below all three.
            /// Effect: `( flag t e -- ... )`. Example: `0 (10) (20) if` → `20`
            0x71 "if" = If => Cells;
            /// Calls `f` with `x` below it, whatever can be called: a block or symbol is run, a
            /// vector or string gives its element (counted round and round), a dictionary its
            /// value or NIL, another value itself.
            /// Effect: `( ... f -- ... )`. Example: `4 [ 7 8 9 ] call` → `8`
            0x72 "call" = CallValue => Cells;
            /// Makes a promise of a block: it is run once, when it is first forced.
            /// Example: `(2 3 +) delay force` → `5`
            0x73 "delay" = Delay (f -- x) => Cells;
            /// The value of a block or promise; anything else stays as it is. A block has to leave
            /// exactly one value. Effect: `( x -- y )`. Example: `(2 3 +) force` → `5`
            0x74 "force" = Force => Cells;
            /// Marks a block as a value that arithmetic must not run. `eval` runs it.
            /// Example: `(2 3 +) quote eval` → `5`
            0x75 "quote" = Quote (f -- f) => Cells;
            /// Runs a block so many times. Effect: `( n f -- ... )`. Example: `1 3 (2 *) times` → `8`
            /// Example: `1 3 times { 2 * }` → `8`
            0x76 "times" = Times => Cells;
            /// Returns from the word or block. Example: `: f 1 exit 2 ; f` → `1`
            0x77 "exit" = Exit => Cells;
            /// Fails with the text, unless the flag is true. Example: `1 "not good" assert` → ``
            0x78 "assert" = Assert (flag s -- ) => Cells;
            /// Fails with the text. Example: `1 0 IF { "no" error }` → `1`
            0x79 "error" = Error (s -- ) => Cells;

            // ---- Vectors, dictionaries, arrays ----
            /// Begins a vector.
            0x80 "[" = VectorLeft => Cells;
            /// Ends a vector: takes all that was pushed since `[`. Effect: `( ... -- v )`.
            /// Example: `[ 1 2 + 3 ]` → `[ 3 3 ]`
            0x81 "]" = VectorRight => Cells;
            /// Begins a group.
            0x82 "#[" = GroupLeft => Cells;
            /// Ends a group: pushes how many values were pushed since `#[`. Effect: `( ... -- ... n )`.
            /// Example: `#[ 5 6 + 7 ]#` → `11 7 2`
            0x83 "]#" = GroupRight => Cells;
            /// Begins a dictionary.
            0x84 ":[" = DictionaryLeft => Cells;
            /// Ends a dictionary of the keys, which are strings, and values since `:[`. The last of
            /// equal keys counts. Effect: `( ... -- d )`. Example: `:[ "b" 2 "a" 1 ]: keys` → `[ "a" "b" ]`
            0x85 "]:" = DictionaryRight => Cells;
            /// A vector of one element. Example: `5 m,` → `[ 5 ]`
            0x86 "m," = Enlist (x -- v) => Cells;
            /// The element at `key`: a vector's, array's or string's by number from 0, a
            /// dictionary's by string. What is not there is NIL.
            /// Example: `[ 7 8 9 ] 1 get` → `8` Example: `:[ "a" 5 ]: "b" get` → `NIL`
            0x87 "get" = Get (c key -- x) => Cells;
            /// With another element at `key`; one past the end of a vector appends.
            /// Example: `[ 7 8 9 ] 1 0 put` → `[ 7 0 9 ]` Example: `:[ ]: "a" 5 put "a" get` → `5`
            0x88 "put" = Put (c key x -- c) => Cells;
            /// Whether `key` is there. Example: `:[ "a" 5 ]: "a" has` → `1`
            0x89 "has" = Has (c key -- flag) => Cells;
            /// Without the element at `key`. Example: `[ 7 8 9 ] 1 del` → `[ 7 9 ]`
            0x8a "del" = Delete (c key -- c) => Cells;
            /// How many elements, entries or characters. Example: `[ 7 8 9 ] length` → `3`
            0x8b "length" = Length (c -- n) => Cells;
            /// A dictionary's keys, in order; the indexes of a vector. Example: `:[ "b" 2 "a" 1 ]: keys` → `[ "a" "b" ]`
            0x8c "keys" = Keys (c -- v) => Cells;
            /// The values in the order of the keys. Example: `:[ "b" 2 "a" 1 ]: values` → `[ 1 2 ]`
            0x8d "values" = Values (c -- v) => Cells;
            /// A dictionary of keys and values. Example: `[ "a" "b" ] [ 1 2 ] to-dict "b" get` → `2`
            0x8e "to-dict" = ToDictionary (v v -- d) => Cells;
            /// One after the other: vectors, strings, or dictionaries, in which `b` wins.
            /// Example: `[ 1 ] [ 2 3 ] concat` → `[ 1 2 3 ]` Example: `"ab" "c" concat` → `"abc"`
            0x8f "concat" = Concat (a b -- c) => Cells;
            /// With one element more. Example: `[ 1 2 ] 3 append` → `[ 1 2 3 ]`
            0x90 "append" = Append (v x -- v) => Cells;
            /// The elements or characters from `from` up to, but without, `to`.
            /// Example: `[ 5 6 7 8 ] 1 3 slice` → `[ 6 7 ]` Example: `"hello" 1 3 slice` → `"el"`
            0x91 "slice" = Slice (c from to -- c) => Cells;
            /// Back to front. Example: `[ 1 2 3 ] reverse` → `[ 3 2 1 ]`
            0x92 "reverse" = Reverse (c -- c) => Cells;
            /// In ascending order: numbers before strings; equal ones stay in their order.
            /// Example: `[ 3 1 2 ] sort` → `[ 1 2 3 ]`
            0x93 "sort" = Sort (v -- v) => Cells;
            /// The indexes in which the elements would be in order. Example: `[ 30 10 20 ] grade` → `[ 1 2 0 ]`
            0x94 "grade" = Grade (v -- v) => Cells;
            /// The indexes of true elements; each so many times as a number says.
            /// Example: `[ 0 1 0 1 ] where` → `[ 1 3 ]`
            0x95 "where" = Where (v -- v) => Cells;
            /// Each element once, in the order of first sight. Example: `[ 2 1 2 ] distinct` → `[ 2 1 ]`
            0x96 "distinct" = Distinct (v -- v) => Cells;
            /// A dictionary from each element, as text, to the indexes where it is.
            /// Example: `[ "b" "a" "b" ] group "b" get` → `[ 0 2 ]`
            0x97 "group" = Group (v -- d) => Cells;
            /// Whether `x` is an element, a key, or a part of a string. Example: `2 [ 1 2 ] in` → `1`
            0x98 "in" = In (x c -- flag) => Cells;
            /// Where `x` is first, or NIL; in a dictionary the key. Example: `[ 5 6 ] 6 index-of` → `1`
            0x99 "index-of" = IndexOf (c x -- n) => Cells;
            /// Inner vectors dissolved into one. Example: `[ 1 [ 2 [ 3 ] ] ] flatten` → `[ 1 2 3 ]`
            0x9a "flatten" = Flatten (v -- v) => Cells;
            /// The first element, or NIL. Effect: `( c -- x )`. Example: `[ 7 8 ] first` → `7`
            0x9b "first" = First => Cells;
            /// An array of `n` zeros: elements side by side, so that any is reached at once.
            /// Example: `3 array` → `[ 0 0 0 ]`
            0x9c "array" = NewArray (n -- a) => Cells;
            /// An array of `n` bytes, for whole numbers from 0 to 255. Example: `3 bytes` → `[ 0 0 0 ]`
            0x9d "bytes" = NewBytes (n -- a) => Cells;
            /// With every element of a vector or array made `x`. Example: `[ 1 2 ] 7 fill` → `[ 7 7 ]`
            0x9e "fill" = Fill (c x -- c) => Cells;

            // ---- Strings ----
            /// In capitals. Example: `"abc" upper` → `"ABC"`
            0xa0 "upper" = Upper (s -- s) => Cells;
            /// In small letters. Example: `"ABC" lower` → `"abc"`
            0xa1 "lower" = Lower (s -- s) => Cells;
            /// Without blanks at both ends. Example: `"  a b " trim` → `"a b"`
            0xa2 "trim" = Trim (s -- s) => Cells;
            /// The parts between occurrences of `sep`; its characters, if that is empty.
            /// Example: `"a,b" "," split` → `[ "a" "b" ]`
            0xa3 "split" = Split (s sep -- v) => Cells;
            /// The elements as text with `sep` between them. Example: `[ 1 "b" ] "-" join-text` → `"1-b"`
            0xa4 "join-text" = JoinText (v sep -- s) => Cells;
            /// With every `old` replaced. Example: `"abab" "b" "c" replace` → `"acac"`
            0xa5 "replace" = Replace (s old new -- s) => Cells;
            /// The text of any value: a string is its own. Example: `1.5 string` → `"1.5"`
            0xa6 "string" = ToText (x -- s) => Cells;
            /// The number a string says, or NIL. Example: `"1.5" number` → `1.5`
            0xa7 "number" = ToNumber (s -- n) => Cells;
            /// The string of one character code. Example: `97 char` → `"a"`
            0xa8 "char" = Character (n -- s) => Cells;
            /// The code of the first character, or NIL. Example: `"a" code` → `97`
            0xa9 "code" = CharacterCode (s -- n) => Cells;
            /// What kind of value it is. Example: `[ ] type` → `"vector"`
            0xaa "type" = TypeName (x -- s) => Cells;
            /// The value as a program would write it, as far as it could.
            /// Example: `"a" show length` → `3`
            0xab "show" = Show (x -- s) => Cells;

            // ---- Sequences: made lazily, one element at a time ----
            /// The numbers from `start` by `step` as far as `end`, which belongs to it.
            /// Example: `0 10 3 range to-vector` → `[ 0 3 6 9 ]`
            0xb0 "range" = Range (start end step -- seq) => Cells;
            /// The elements of a vector or array, the pairs of a dictionary, the character codes
            /// of a string, or a number again and again.
            /// Example: `"abc" seq to-vector` → `[ 97 98 99 ]`
            0xb1 "seq" = Seq (x -- seq) => Cells;
            /// Each element as `f` makes it. A vector or string in place of `f` is looked up,
            /// counted round and round, a dictionary by its keys. Example: `[ 1 2 ] (10 *) map to-vector` → `[ 10 20 ]`
            0xb2 "map" = Map (seq f -- seq) => Cells;
            /// The elements for which `f` is true. Example: `[ 1 5 ] (3 >) filter to-vector` → `[ 5 ]`
            0xb3 "filter" = Filter (seq f -- seq) => Cells;
            /// The elements where the other sequence is true. Example: `[ 7 8 9 ] [ 1 0 1 ] sift to-vector` → `[ 7 9 ]`
            0xb4 "sift" = Sift (seq mask -- seq) => Cells;
            /// The first `n` elements. Example: `5 seq 3 seq-take to-vector` → `[ 5 5 5 ]`
            0xb5 "seq-take" = SeqTake (seq n -- seq) => Cells;
            /// All but the first `n`. Example: `[ 1 2 3 ] 1 seq-drop to-vector` → `[ 2 3 ]`
            0xb6 "seq-drop" = SeqDrop (seq n -- seq) => Cells;
            /// The elements up to the first for which `f` is false.
            /// Example: `[ 1 2 9 1 ] (5 <) take-while to-vector` → `[ 1 2 ]`
            0xb7 "take-while" = TakeWhile (seq f -- seq) => Cells;
            /// What `reduce` would have so far after each element. Example: `[ 1 2 3 ] 0 (+) scan to-vector` → `[ 1 3 6 ]`
            0xb8 "scan" = Scan (seq x f -- seq) => Cells;
            /// One sequence after the other. Example: `[ 1 ] [ 2 ] chain to-vector` → `[ 1 2 ]`
            0xb9 "chain" = Chain (seq seq -- seq) => Cells;
            /// Pairs of elements, as long as both have some. Example: `[ 1 2 ] [ 3 4 ] zip to-vector` → `[ [ 1 3 ] [ 2 4 ] ]`
            0xba "zip" = Zip (seq seq -- seq) => Cells;
            /// The sequences of a vector in lock-step; each element is a vector of theirs.
            /// Example: `[ [ 1 2 ] [ 3 4 ] [ 5 6 ] ] multi to-vector` → `[ [ 1 3 5 ] [ 2 4 6 ] ]`
            0xbb "multi" = Multi (v -- seq) => Cells;
            /// What a block pushes, again and again. Example: `(7) generate 2 seq-take to-vector` → `[ 7 7 ]`
            0xbc "generate" = Generate (f -- seq) => Cells;
            /// `x`, what `f` makes of it, what `f` makes of that, and so on.
            /// Example: `1 (2 *) iterate 4 seq-take to-vector` → `[ 1 2 4 8 ]`
            0xbd "iterate" = Iterate (x f -- seq) => Cells;
            /// All elements as a vector. Effect: `( seq -- v )`. Example: `1 3 1 range to-vector` → `[ 1 2 3 ]`
            0xbe "to-vector" = ToVector => Cells;
            /// All elements, numbers, as an array. Effect: `( seq -- a )`. Example: `[ 1 2 ] to-array` → `[ 1 2 ]`
            0xbf "to-array" = ToArray => Cells;
            /// How many elements. Effect: `( seq -- n )`. Example: `"abc" seq count` → `3`
            0xc0 "count" = CountElements => Cells;
            /// The last element, or NIL. Effect: `( seq -- x )`. Example: `1 5 1 range last` → `5`
            0xc1 "last" = Last => Cells;
            /// Runs `f` with each element. Effect: `( seq f -- ... )`. Example: `0 [ 1 2 ] (+) for-each` → `3`
            /// Example: `0 [ 1 2 ] for-each { + }` → `3`
            0xc2 "for-each" = ForEach => Cells;
            /// Runs `f` with what it left before, at first `x`, and each element.
            /// Effect: `( seq x f -- y )`. Example: `1 3 1 range 0 (-) reduce` → `-6`
            0xc3 "reduce" = Reduce => Cells;
            /// The first element for which `f` is true, or NIL. Effect: `( seq f -- x )`.
            /// Example: `[ 1 5 9 ] (3 >) find` → `5`
            0xc4 "find" = Find => Cells;
            /// Whether `f` is true for an element. Effect: `( seq f -- flag )`. Example: `[ 1 5 ] (3 >) any` → `1`
            0xc5 "any" = Any => Cells;
            /// Whether `f` is true for all elements. Effect: `( seq f -- flag )`. Example: `[ 1 5 ] (3 >) all` → `0`
            0xc6 "all" = All => Cells;
            /// The next element, the rest and 1, or 0 if there is none.
            /// Effect: `( seq -- x seq 1 | 0 )`. Example: `[ 7 8 ] seq next drop to-vector` → `7 [ 8 ]`
            0xc7 "next" = Next => Cells;

            // ---- Input and output ----
            /// Prints a value on a line of its own. Example: `[ 1 "a" ] .` → `out: [ 1 "a" ]`
            0xc8 "." = Print (x -- ) => Cells;
            /// Prints the text of a value without quotes and without a new line.
            /// Example: `"a" print 1 print cr` → `out: a1`
            0xc9 "print" = PrintText (x -- ) => Cells;
            /// Prints a new line. Example: `cr` → `out: `
            0xca "cr" = NewLine ( -- ) => Cells;
            /// Prints the character with this code. Example: `65 emit cr` → `out: A`
            0xcb "emit" = Emit (n -- ) => Cells;
            /// Prints the stack, and leaves it. Example: `1 2 .s` → `out: 1 2 stack: 1 2`
            0xcc ".s" = PrintStack ( -- ) => Cells;
            /// Reads a line, without its end; NIL when there is no more.
            0xcd "read-line" = ReadLine ( -- s) => Cells;
            /// A random number from 0 up to, but without, 1.
            0xce "random" = Random ( -- r) => Cells;
            /// The date and time, UTC: year, month, day, hour, minute, second.
            0xcf "now" = Now ( -- v) => Cells;
            /// How many arguments the program was given.
            0xd0 "argument-count" = ArgumentCount ( -- n) => Cells;
            /// The argument with that number, from 0, or NIL.
            0xd1 "argument" = Argument (n -- s) => Cells;

            // ---- Tasks ----
            /// Starts a task with a block or word; pushes its number. Example: `(1 terminate) spawn join` → `1`
            0xd4 "spawn" = Spawn (f -- id) => Cells;
            /// Lets the other tasks run. Example: `yield` → ``
            0xd5 "yield" = Yield ( -- ) => Cells;
            /// Waits until an equal event is signalled, which is then in `inbox`.
            /// Example: `("go" wait 5 terminate) spawn "go" signal join` → `5`
            0xd6 "wait" = Wait (x -- ) => Cells;
            /// Wakes the first task that waits for an equal event, or keeps it for one that will.
            /// Example: `"go" signal "go" wait inbox` → `"go"`
            0xd7 "signal" = Signal (x -- ) => Cells;
            /// Waits until the task has ended, and pushes its result. Example: `(42 terminate) spawn join` → `42`
            0xd8 "join" = Join (id -- x) => Cells;
            /// Ends this task with a result; the first task's end is the program's.
            0xd9 "terminate" = Terminate (x -- ) => Cells;
            /// This task's number; the program's first is 0. Example: `self` → `0`
            0xda "self" = TaskSelf ( -- id) => Cells;
            /// The event that this task waited for last, or NIL. Example: `inbox` → `NIL`
            0xdb "inbox" = Inbox ( -- x) => Cells;
            /// What a task does: "running", "ready", "waiting", "ended" or "free". Example: `0 status` → `"running"`
            0xdc "status" = Status (id -- s) => Cells;

            // ---- Interfaces ----
            /// Attaches a type, a symbol or string, to a value. Example: `5 "circle" tag payload` → `5`
            0xde "tag" = Tag (x t -- o) => Cells;
            /// The value without its type. Example: `5 "circle" tag payload` → `5`
            0xdf "payload" = Payload (o -- x) => Cells;
            /// The type attached to a value, as a string, or NIL. Example: `5 "circle" tag type-of` → `"circle"`
            0xe0 "type-of" = TypeOf (o -- s) => Cells;
            /// Gives a type its methods: a dictionary from names to blocks or words. What it had is
            /// kept where the dictionary says nothing else. Built-in words take the objects of types
            /// with these methods: `"number"` is for arithmetic and comparison, `"seq"` for words that
            /// take sequences, `"call"` for `call`, `"string"` for words that show values.
            /// Example: `:[ "area" (dup *) ]: "square" implement 3 "square" tag "area" send` → `9`
            /// Example: `:[ "number" (100 /) ]: "cents" implement 250 "cents" tag 1 +` → `3.5`
            /// Example: `:[ "seq" (1 swap 1 range) ]: "first" implement 3 "first" tag to-vector` → `[ 1 2 3 ]`
            0xe1 "implement" = Implement (d t -- ) => Cells;
            /// Calls a method of the object's type with its payload. Untagged values have the types
            /// "number", "string", "vector" and so on. Effect: `( ... o method -- ... )`.
            /// Example: `:[ "double" (2 *) ]: "number" implement 3 "double" send` → `6`
            0xe2 "send" = Send => Cells;
            /// Whether a type, a symbol or string, has a method. Example: `"circle" "area" responds` → `0`
            0xe3 "responds" = Responds (t method -- flag) => Cells;

            // ---- Memory ----
            /// What is in use: blocks used, free, peak, allocated and freed so far, bytes of code
            /// and strings, and the blocks of "vectors", "dictionaries", "sequences", "arrays",
            /// "objects" and "promises". Example: `heap-stats "used" get` → `0`
            /// Example: `20 array heap-stats "arrays" get nip` → `2`
            0xe5 "heap-stats" = HeapStats ( -- d) => Cells;
            /// Whether every count of references is right and no block is lost. Example: `heap-check` → `1`
            0xe6 "heap-check" = HeapCheck ( -- flag) => Cells;
            /// The number of blocks in use, for `leaks`. Example: `snapshot leaks` → `0`
            0xe7 "snapshot" = HeapSnapshot ( -- n) => Cells;
            /// How many blocks more are in use now. Example: `snapshot [ 1 ] swap leaks` → `[ 1 ] 1`
            0xe8 "leaks" = Leaks (n -- n) => Cells;
            /// Allows only `n` blocks; 0 allows all there are. Example: `100 heap-quota` → ``
            0xe9 "heap-quota" = HeapQuota (n -- ) => Cells;
            /// Puts the free blocks in order, so that large arrays find room. Example: `compact` → ``
            0xea "compact" = Compact ( -- ) => Cells;
            /// How many references there are to a container; 0 for a value without one.
            /// Example: `[ 1 ] references` → `1`
            0xeb "references" = References (x -- n) => Cells;

            // ---- Steps of the words that run other code: only in the system routines ----
            /// One pull at the sequence of the innermost frame.
            0xf0 "(pull)" = Pull => Cells;
            /// The source of a pulled sequence has answered.
            0xf1 "(pulled)" = Pulled => Cells;
            /// The code of a pulled sequence has returned.
            0xf2 "(applied)" = Applied => Cells;
            /// A forced block has returned.
            0xf3 "(forced)" = Forced => Cells;
            /// Calls the code kept in the innermost frame.
            0xf4 "(call-held)" = CallHeld => Cells;
            /// Appends to the vector kept in the innermost frame.
            0xf5 "(collect)" = Collect => Cells;
            /// Drops an element and counts it.
            0xf6 "(tally)" = Tally => Cells;
            /// Keeps an element in place of the one kept.
            0xf7 "(keep)" = Keep => Cells;
            /// Keeps a copy of an element.
            0xf8 "(keep-copy)" = KeepCopy => Cells;
            /// Takes the kept values of an ended loop away; pushes the result kept.
            0xf9 "(yield-held)" = YieldHeld => Cells;
            /// Takes the kept values of an ended loop away.
            0xfa "(drop-held)" = DropHeld => Cells;
            /// A task's code has returned: ends it with the top of its stack, or NIL.
            0xfb "(task-end)" = TaskEnd => Cells;
            /// The branch of an `if` with a block as flag can be chosen.
            0xfc "(chosen)" = Chosen => Cells;
            /// The second flag of `and` or `or` is there.
            0xfd "(joined)" = Joined => Cells;
            /// Moves the sequence of the innermost loop to the stack, and ends the loop.
            0xfe "(rest)" = Rest => Cells;
        }
    };
}

for_each_instruction!(define_instructions);
