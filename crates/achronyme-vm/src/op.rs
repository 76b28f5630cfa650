//! The instruction set: one table, from which encoder, verifier, disassembler and the reference
//! page are derived.
//!
//! An instruction is a word: opcode in the lowest 8 bits, then the operands `a`, `b`, `c` of 8 bits,
//! or `a` and a number of 16 bits, or a number of 24 bits. Some are followed by further words.
//! `R` are the registers of the function, `K` its constants. Jumps count words from the word after
//! the whole instruction.

#![allow(rustdoc::broken_intra_doc_links, reason = "`R[a]` is a register, and no link")]

/// What an operand is. Those before [`Operand::Wide16`] take 8 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A register that is read.
    Read,
    /// A register that is written.
    Write,
    /// A register that is read and written.
    Change,
    /// The first of a window of registers; the instruction says how many.
    Window,
    /// How many registers.
    Count,
    /// One of the first 256 constants.
    Constant8,
    /// An upvalue of the running closure.
    Upvalue,
    /// One of the first 256 globals.
    Global8,
    /// The number of a kind.
    Kind,
    /// Bits that say how.
    Flags,
    /// Nothing: the bits are zero.
    Unused,
    /// A constant, 16 bits.
    Wide16,
    /// A whole number, 16 bits with sign.
    Small16,
    /// A prototype, 16 bits.
    Prototype16,
    /// A global, 16 bits.
    Global16,
    /// A check, 16 bits.
    Check16,
    /// A jump, 24 bits with sign.
    Jump24,
    /// A jump, a word with sign.
    Jump,
    /// A name, a word.
    Name,
    /// Where the machine remembers what it found, a word, 0 in programs.
    Cache,
    /// A shape, a word.
    Shape,
    /// A function of the library, a word.
    Builtin,
    /// A pattern, a word.
    Pattern,
    /// Two bits for each index: 0 one place, 1 from–to, 2 from, 3 to; a whole axis is `0..`.
    Mask,
}

impl Operand {
    /// Whether it is a word of its own.
    #[must_use]
    pub const fn is_word(self) -> bool {
        matches!(
            self,
            Self::Jump
                | Self::Name
                | Self::Cache
                | Self::Shape
                | Self::Builtin
                | Self::Pattern
                | Self::Mask
        )
    }

    /// Whether it is the number of a global variable.
    pub(crate) const fn is_global(self) -> bool {
        matches!(self, Self::Global8 | Self::Global16)
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct OpRow {
    /// The instruction.
    pub op: Op,
    /// Its name in listings.
    pub mnemonic: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Its operands: within the word from the lowest bits, then the words after it.
    pub operands: &'static [Operand],
}

macro_rules! define_ops {
    ($($(#[doc = $doc:literal])* $mnemonic:literal = $name:ident $($operand:ident)*;)*) => {
        /// An instruction without its operands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op {
            $($(#[doc = $doc])* $name,)*
        }

        impl Op {
            /// Every row, in the order of the opcodes.
            pub const TABLE: &[OpRow] = &[$(OpRow {
                op: Self::$name,
                mnemonic: $mnemonic,
                doc: concat!($($doc),*),
                operands: &[$(Operand::$operand),*],
            },)*];
        }
    };
}

// Opcodes lie in files: append, and never change what is there.
define_ops! {
    // ---- Constants and moves ----
    /// Does nothing.
    "nop" = Nop;
    /// R[a] = K[k]
    "load_const" = LoadConst Write Wide16;
    /// R[a] = null
    "load_null" = LoadNull Write;
    /// R[a] = true
    "load_true" = LoadTrue Write;
    /// R[a] = false
    "load_false" = LoadFalse Write;
    /// R[a] = the number
    "load_small" = LoadSmall Write Small16;
    /// R[a] = R[b], which is not used again, or not while either can change
    "move" = Move Write Read;
    /// R[a] = R[b], which from now on is shared
    "copy" = Copy Write Read;
    /// Marks R[a] as shared
    "share" = Share Read;

    // ---- Arithmetic ----
    /// R[a] = R[b] + R[c]
    "add" = Add Write Read Read;
    /// R[a] = R[b] - R[c]
    "sub" = Sub Write Read Read;
    /// R[a] = R[b] * R[c]
    "mul" = Mul Write Read Read;
    /// R[a] = R[b] / R[c]
    "div" = Div Write Read Read;
    /// R[a] = R[b] % R[c]
    "mod" = Mod Write Read Read;
    /// R[a] = R[b] ^ R[c]
    "pow" = Pow Write Read Read;
    /// R[a] = R[b] + K[c]
    "add_k" = AddK Write Read Constant8;
    /// R[a] = R[b] - K[c]
    "sub_k" = SubK Write Read Constant8;
    /// R[a] = R[b] * K[c]
    "mul_k" = MulK Write Read Constant8;
    /// R[a] = R[b] / K[c]
    "div_k" = DivK Write Read Constant8;
    /// R[a] = R[b] % K[c]
    "mod_k" = ModK Write Read Constant8;
    /// R[a] = R[b] ^ K[c]
    "pow_k" = PowK Write Read Constant8;
    /// R[a] = -R[b]
    "neg" = Neg Write Read;
    /// R[a] = not R[b]
    "not" = Not Write Read;
    /// R[a] = R[b] == R[c]
    "eq" = Eq Write Read Read;
    /// R[a] = R[b] != R[c]
    "ne" = Ne Write Read Read;
    /// R[a] = R[b] < R[c]
    "lt" = Lt Write Read Read;
    /// R[a] = R[b] <= R[c]
    "le" = Le Write Read Read;
    /// R[a] = R[b] > R[c]
    "gt" = Gt Write Read Read;
    /// R[a] = R[b] >= R[c]
    "ge" = Ge Write Read Read;
    /// R[a] = how many elements or characters R[b] has, as `len`
    "len" = Len Write Read;
    /// R[a] = floor(R[b])
    "floor" = Floor Write Read;
    /// R[a] = sqrt(R[b])
    "sqrt" = Sqrt Write Read;
    /// R[a] = abs(R[b])
    "abs" = Abs Write Read;

    // ---- Jumps ----
    /// Goes on there, forwards
    "jump" = Jump Jump24;
    /// Goes on there, backwards: a safepoint
    "loop" = Loop Jump24;
    /// Jumps if R[a] is true as a condition
    "jump_if_true" = JumpIfTrue Read Jump;
    /// Jumps if R[a] is false as a condition
    "jump_if_false" = JumpIfFalse Read Jump;
    /// Jumps if R[a] is null
    "jump_if_null" = JumpIfNull Read Jump;
    /// Jumps if R[a] was given: an argument, or what a pattern found
    "jump_if_present" = JumpIfPresent Read Jump;
    /// Jumps if R[a] is a vector or tensor
    "jump_if_vector" = JumpIfVector Read Jump;
    /// Jumps unless R[a] < R[b]
    "jump_unless_lt" = JumpUnlessLt Read Read Jump;
    /// Jumps unless R[a] <= R[b]
    "jump_unless_le" = JumpUnlessLe Read Read Jump;
    /// Jumps unless R[a] == R[b]
    "jump_unless_eq" = JumpUnlessEq Read Read Jump;
    /// Jumps if R[a] == R[b]
    "jump_if_eq" = JumpIfEq Read Read Jump;
    /// Jumps unless R[a] < K[b]
    "jump_unless_lt_k" = JumpUnlessLtK Read Constant8 Jump;
    /// Jumps unless R[a] <= K[b]
    "jump_unless_le_k" = JumpUnlessLeK Read Constant8 Jump;
    /// Jumps unless R[a] > K[b]
    "jump_unless_gt_k" = JumpUnlessGtK Read Constant8 Jump;
    /// Jumps unless R[a] >= K[b]
    "jump_unless_ge_k" = JumpUnlessGeK Read Constant8 Jump;
    /// Jumps unless R[a] == K[b]
    "jump_unless_eq_k" = JumpUnlessEqK Read Constant8 Jump;
    /// Jumps if R[a] == K[b]
    "jump_if_eq_k" = JumpIfEqK Read Constant8 Jump;

    // ---- Loops ----
    /// Begins a loop over the whole numbers from R[a] to R[a+1], which belongs to it if `b` is 1;
    /// then R[a] is the first and R[a+1] the last. Jumps if there are none
    "for_prepare" = ForPrepare Window Flags Jump;
    /// R[a] += 1; jumps back unless it is beyond R[a+1]
    "for_loop" = ForLoop Window Jump;
    /// Begins a loop over R[a], which is checked; R[a+1] counts, R[a+2] gets each element, R[a+3]
    /// and R[a+4] are for calls
    "iter_prepare" = IterPrepare Window;
    /// R[a+2] = the next element, and goes on after the `iter_take` that follows; or jumps at the end.
    /// For a record with `next`, calls that, and goes on at the `iter_take`
    "iter_next" = IterNext Window Jump;
    /// R[a+2] = what the record's `next` gave; jumps if that says `done`
    "iter_take" = IterTake Window Jump;

    // ---- Functions ----
    /// R[a] = a closure of the prototype
    "closure" = Closure Write Prototype16;
    /// R[a] = R[a+1](R[a+2], …) with `b` arguments
    "call" = Call Window Count;
    /// R[a] = this function called with R[a+2], …
    "call_rec" = CallRec Window Count;
    /// R[a] = R[a+1].name(R[a+2], …) with `b` arguments
    "call_method" = CallMethod Window Count Unused Name Cache;
    /// R[a] = the function of the library called with R[a], …
    "call_builtin" = CallBuiltin Window Count Unused Builtin;
    /// Returns R[a+1](R[a+2], …), in place of this call; what is no plain function of the program is
    /// called, and its result is in R[a]
    "tail_call" = TailCall Window Count;
    /// Returns this function called with R[a+2], …, in place of this call
    "tail_rec" = TailRec Window Count;
    /// Returns R[a+1].name(R[a+2], …), in place of this call
    "tail_method" = TailMethod Window Count Unused Name Cache;
    /// Returns R[a]
    "return" = Return Read;
    /// Returns null
    "return_null" = ReturnNull;
    /// R[a] = this function
    "load_rec" = LoadRec Write;
    /// A fault if R[a] is no record: there is no `self` here
    "check_self" = CheckSelf Read;
    /// Ends the program with the value R[a]
    "end" = End Read;

    // ---- Variables ----
    /// R[a] = upvalue b, from now on shared
    "get_upvalue" = GetUpvalue Write Upvalue;
    /// R[a] = upvalue b, for looking only
    "peek_upvalue" = PeekUpvalue Write Upvalue;
    /// R[a] = what is in the cell in upvalue b, from now on shared
    "get_upcell" = GetUpcell Write Upvalue;
    /// R[a] = what is in the cell in upvalue b, for looking only or to be stored back
    "peek_upcell" = PeekUpcell Write Upvalue;
    /// The cell in upvalue b gets R[a]
    "set_upcell" = SetUpcell Read Upvalue;
    /// R[a] = a new cell with R[b]
    "new_cell" = NewCell Write Read;
    /// R[a] = what is in the cell R[b], from now on shared
    "get_cell" = GetCell Write Read;
    /// R[a] = what is in the cell R[b], for looking only or to be stored back
    "peek_cell" = PeekCell Write Read;
    /// The cell R[a] gets R[b]
    "set_cell" = SetCell Read Read;
    /// R[a] = the global, from now on shared; a fault if it is not set
    "get_global" = GetGlobal Write Global16;
    /// R[a] = the global, for looking only or to be stored back; a fault if it is not set
    "peek_global" = PeekGlobal Write Global16;
    /// The global gets R[a]
    "set_global" = SetGlobal Read Global16;

    // ---- Records ----
    /// R[a] = a record of the shape with R[b], … of which there are `c`
    "new_record" = NewRecord Write Window Count Shape;
    /// The record R[a], which only this function has, gets a field with R[b]; `c` is 1 if it is `mut`
    "add_field" = AddField Change Read Flags Name;
    /// The record R[a], which only this function has, gets the fields of R[b]
    "record_spread" = RecordSpread Change Read;
    /// R[a] = R[b].name, from now on shared
    "get_field" = GetField Write Read Unused Name Cache;
    /// R[a] = R[b].name, for looking only or to be stored back
    "peek_field" = PeekField Write Read Unused Name Cache;
    /// R[a].name = R[b]
    "set_field" = SetField Read Read Unused Name Cache;

    // ---- Vectors and tensors ----
    /// R[a] = the array literal of R[b], … of which there are `c`
    "new_vector" = NewVector Write Window Count;
    /// The vector R[a] gets R[b] at its end
    "vector_push" = VectorPush Change Read;
    /// The vector R[a] gets the elements of R[b] at its end
    "vector_spread" = VectorSpread Change Read;
    /// R[a] = the array literal of the elements of the vector R[a]
    "vector_finish" = VectorFinish Change;
    /// R[a] = R[b][R[c]], from now on shared
    "get_index" = GetIndex Write Read Read;
    /// R[a] = R[b][R[c]], for looking only or to be stored back
    "peek_index" = PeekIndex Write Read Read;
    /// R[a][R[b]] = R[c]
    "set_index" = SetIndex Change Read Read;
    /// R[a] = R[b][…] with the `c` registers after R[b], which the mask tells apart
    "get_index_many" = GetIndexMany Write Window Count Mask;
    /// R[a][…] = value: the `c` registers from R[b], which the mask tells apart, then the value
    "set_index_many" = SetIndexMany Change Window Count Mask;
    /// R[a] = the method of vectors that changes one, on the vector R[b] with `c` arguments R[a], …;
    /// `sorted` stands for `sort`
    "vector_method" = VectorMethod Window Change Count Builtin;
    /// R[a] = the vector of the numbers from R[b] to R[b+1], which belongs to it if `c` is 1
    "new_range" = NewRange Write Window Flags;
    /// R[a] = the edge from the name R[b] to the name R[b+1] with R[b+2]; `c` is 1 if it goes one way
    "new_edge" = NewEdge Write Window Flags;
    /// R[a] = the text of R[b], … of which there are `c`
    "interpolate" = Interpolate Write Window Count;

    // ---- Patterns and types ----
    /// Jumps unless R[a] is of the kind
    "jump_unless_kind" = JumpUnlessKind Read Kind Unused Jump;
    /// Jumps unless R[a] is the constant
    "jump_unless_const" = JumpUnlessConst Read Wide16 Jump;
    /// R[a], … = elements of R[b], as the pattern asks; jumps if it does not fit
    "destructure_vec" = DestructureVec Window Read Unused Pattern Jump;
    /// R[a], … = fields of R[b], as the pattern asks; jumps if it does not fit
    "destructure_rec" = DestructureRec Window Read Unused Pattern Jump;
    /// A fault if R[a] is not as the check says
    "check_type" = CheckType Read Check16;

    // ---- Errors and suspension ----
    /// Throws R[a]
    "throw" = Throw Read;
    /// A fault with the message K[k]
    "raise" = Raise Unused Wide16;
    /// Gives R[a] to whoever resumed this generator
    "yield" = Yield Read;
    /// R[a] = the result of the future R[b], waiting for it
    "await" = Await Write Read;

    // ---- Debugging ----
    /// Stops a debugger
    "breakpoint" = Breakpoint;
    /// Writes R[a] and a line end to standard error
    "debug_print" = DebugPrint Read;

    // ---- Several in one ----
    /// R[a] = x[R[c]] for looking only, where x is upvalue b, or what is in the cell there
    "peek_up_index" = PeekUpIndex Write Upvalue Read;
    /// x[R[c]] = R[a], where x is in the cell in upvalue b
    "set_up_index" = SetUpIndex Read Upvalue Read;
    /// R[a] = the array literal of the elements of R[a], then R[b]
    "vector_append" = VectorAppend Change Read;
    /// Jumps back if R[a] < R[b]: a safepoint, as all that jumps back
    "loop_if_lt" = LoopIfLt Read Read Jump;
    /// Jumps back if R[a] <= R[b]
    "loop_if_le" = LoopIfLe Read Read Jump;
    /// Jumps back if R[a] < K[b]
    "loop_if_lt_k" = LoopIfLtK Read Constant8 Jump;
    /// Jumps back if R[a] <= K[b]
    "loop_if_le_k" = LoopIfLeK Read Constant8 Jump;
    /// Jumps back if R[a] > K[b]
    "loop_if_gt_k" = LoopIfGtK Read Constant8 Jump;
    /// Jumps back if R[a] >= K[b]
    "loop_if_ge_k" = LoopIfGeK Read Constant8 Jump;
    /// R[a] = x[R[c]] for looking only, where x is global b
    "peek_global_index" = PeekGlobalIndex Write Global8 Read;
    /// x[R[c]] = R[a], where x is global b
    "set_global_index" = SetGlobalIndex Read Global8 Read;
    /// R[a] = R[b] + R[c], before a jump back if R[a] < or <= something: the two are done at once
    "add_loop" = AddLoop Write Read Read;
    /// R[a] = R[b] + K[c], before a jump back as above
    "add_loop_k" = AddLoopK Write Read Constant8;
    /// R[a] = R[b] * R[c], before an addition: the two are done at once
    "mul_add" = MulAdd Write Read Read;
    /// R[a] = R[b][R[c]], before a look at an element of R[a]: the two are done at once
    "peek_row" = PeekRow Write Read Read;
    /// R[a] = R[b][R[c]], before a jump if that is true or false: the two are done at once
    "peek_index_test" = PeekIndexTest Write Read Read;
    /// R[a] = U[b][R[c]], before a jump as above
    "peek_up_index_test" = PeekUpIndexTest Write Upvalue Read;
    /// R[a] = x[R[c]], where x is global b, before a comparison with a jump, or before R[a] is shared:
    /// the two are done at once
    "peek_global_index_then" = PeekGlobalIndexThen Write Global8 Read;
    /// R[a] = true, before it is put into a vector: the two are done at once
    "load_true_put" = LoadTruePut Write Unused Unused;
    /// R[a] = false, before it is put into a vector: the two are done at once
    "load_false_put" = LoadFalsePut Write Unused Unused;
    /// R[a] = R[b], before another move: the two are done at once
    "move_move" = MoveMove Write Read Unused;
    /// R[a] = R[b], before a call: the two are done at once
    "move_call" = MoveCall Write Read Unused;
    /// R[a] = R[b] - K[c], before a call of the running function: the two are done at once
    "sub_k_call" = SubKCall Write Read Constant8;
    /// R[a] = R[b] + R[c], before R[a] is returned: the two are done at once
    "add_return" = AddReturn Write Read Read;
    /// R[a] = R[b], shared, before R[a] is returned: the two are done at once
    "copy_return" = CopyReturn Write Read Unused;
    /// R[a] = R[b] + R[c], before the addition before a jump back: the three are done at once
    "add_step" = AddStep Write Read Read;
    /// R[a] = a number, before it is an index: the two are done at once
    "load_index" = LoadIndex Write Small16;
    /// R[a] = R[b][R[c]], before the rest of an exchange of two elements: all is done at once
    "swap" = Swap Write Read Read;
    /// R[a] = x[R[c]], where x is or is in upvalue b, before the rest of an exchange as above
    "swap_up" = SwapUp Write Upvalue Read;
    /// R[a] = x[R[c]], where x is global b, before the rest of an exchange as above
    "swap_global" = SwapGlobal Write Global8 Read;
}

impl Op {
    /// Whether it jumps back, where a run can stop; all others jump on.
    #[must_use]
    pub const fn goes_back(self) -> bool {
        matches!(
            self,
            Self::Loop
                | Self::ForLoop
                | Self::LoopIfLt
                | Self::LoopIfLe
                | Self::LoopIfLtK
                | Self::LoopIfLeK
                | Self::LoopIfGtK
                | Self::LoopIfGeK
        )
    }

    /// The row of the table.
    #[must_use]
    pub fn row(self) -> &'static OpRow {
        &Self::TABLE[self as usize]
    }

    /// The instruction with this opcode.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::TABLE.get(usize::from(code)).map(|row| row.op)
    }

    /// How many words it takes with all that follows it.
    #[must_use]
    pub fn words(self) -> usize {
        1 + self.row().operands.iter().filter(|operand| operand.is_word()).count()
    }

    /// The instruction's word with three operands of 8 bits.
    #[must_use]
    pub const fn abc(self, a: u8, b: u8, c: u8) -> u32 {
        u32::from_le_bytes([self as u8, a, b, c])
    }

    /// The instruction's word with an operand of 8 and one of 16 bits.
    #[must_use]
    pub const fn wide(self, a: u8, k: u16) -> u32 {
        let [low, high] = k.to_le_bytes();
        u32::from_le_bytes([self as u8, a, low, high])
    }

    /// The instruction's word with an operand of 24 bits with sign; `None` if it does not fit.
    #[must_use]
    pub fn jump(self, by: i32) -> Option<u32> {
        (-(1 << 23)..1 << 23)
            .contains(&by)
            .then(|| (by.cast_unsigned() << 8) | u32::from(self as u8))
    }
}
