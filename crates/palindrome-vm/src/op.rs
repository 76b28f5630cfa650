//! The tape machine's instruction set: one table, from which everything else is derived.
//!
//! The instruction type, its packed form, the assembler, the disassembler, the verifier, the undo
//! rule and `docs/isa/pvm.md` are all expansions of [`for_each_instruction!`]. To add an
//! instruction, add a row; the compiler then names the places left to write.

use isa::define_instructions;

use crate::operand::{
    Address, CheckpointName, FieldName, Immediate, Length, MarkName, MergeStrategy, OperandKind,
    Ordering, Register, RegisterSet, RuntimeName, SegmentName, Source, Target, Text,
};

/// What an instruction destroys, and so what its undoing needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Nothing but the position.
    Nothing,
    /// The first register operand; its old value is logged, unless the operation can be inverted.
    Register,
    /// Nothing: it is its own inverse, or has one.
    Inverse,
    /// Tape at the address operand; the old bytes are logged.
    Memory,
    /// The stack cell that it pushes onto; its old bytes are logged.
    Push,
    /// A register that it pops into; its old value is logged.
    Pop,
    /// Two stack cells, and the frame pointer, which is in one of them afterwards.
    Call,
    /// The frame pointer, which follows from the stack pointer.
    Return,
    /// The head; its old position is logged.
    Head,
    /// Register 0 and bytes anywhere on the tape, all of which are logged.
    Writes,
    /// More than that: a handle on the whole state before is logged.
    State,
}

impl Undo {
    /// In the words of the reference page.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "position",
            Self::Register => "old register",
            Self::Inverse => "inverse",
            Self::Memory => "old bytes",
            Self::Push => "old stack cell",
            Self::Pop => "old register",
            Self::Call => "old stack cells",
            Self::Return => "stack pointer",
            Self::Head => "old head",
            Self::Writes => "old bytes and register",
            Self::State => "state before",
        }
    }
}

/// Calls `$callback!` with every instruction. Opcodes live in saved images: never renumber them,
/// never use one again.
macro_rules! for_each_instruction {
    ($($callback:tt)*) => {
        $($callback)*! {
            /// Does nothing.
            0x00 "NOP" = Nop => Nothing;
            /// Ends the program with exit code 0.
            0x01 "HALT" = Halt => Nothing;
            /// Ends the program; the exit code is the register's low byte.
            0x02 "HALT" = HaltWith { code: Register } => Nothing;
            /// Writes the text and a newline to `stderr`.
            0x03 "DEBUG" = Debug { message: Text } => State;
            /// Faults with the text if the register is 0.
            0x04 "ASSERT" = Assert { condition: Register, message: Text } => Nothing;
            /// Says that control paths come together here. Does nothing.
            0x05 "JOIN" = Join { label: Target } => Nothing;

            /// Sets the register to the number.
            0x10 "LI" = LoadImm { reg: Register, value: Immediate } => Register;
            /// Copies a register.
            0x11 "MOV" = Move { dst: Register, src: Register } => Register;
            /// Sets the register to the stack pointer.
            0x12 "GETSP" = GetStackPointer { dst: Register } => Register;
            /// Sets the register to the frame pointer.
            0x13 "GETFP" = GetFramePointer { dst: Register } => Register;

            /// Adds, wrapping.
            0x20 "IADD" = IAdd { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Subtracts, wrapping. Carry is the borrow.
            0x21 "ISUB" = ISub { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Multiplies, wrapping. Carry and overflow say that the product did not fit.
            0x22 "IMUL" = IMul { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Divides, rounding towards 0. Faults for 0, and for the smallest number by -1.
            0x23 "IDIV" = IDiv { dst: Register, src1: Register, src2: Register } flags => Register;
            /// The remainder of `IDIV`, with the sign of the first operand.
            0x24 "IMOD" = IMod { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Exclusive or, bit by bit.
            0x25 "IXOR" = IXor { dst: Register, src1: Register, src2: Register } flags => Register;
            /// And, bit by bit.
            0x26 "IAND" = IAnd { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Or, bit by bit.
            0x27 "IOR" = IOr { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Shifts left by the low 6 bits of the second operand.
            0x28 "ISHL" = IShl { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Shifts right, filling with 0.
            0x29 "ISHR" = IShr { dst: Register, src1: Register, src2: Register } flags => Register;
            /// Shifts right, keeping the sign.
            0x2a "ISAR" = ISar { dst: Register, src1: Register, src2: Register } flags => Register;
            /// The negative, wrapping.
            0x2b "INEG" = INeg { dst: Register, src: Register } flags => Register;
            /// The complement of every bit.
            0x2c "INOT" = INot { dst: Register, src: Register } flags => Register;

            /// Adds a number.
            0x30 "IADD" = IAddImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Subtracts a number.
            0x31 "ISUB" = ISubImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Multiplies by a number.
            0x32 "IMUL" = IMulImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Divides by a number.
            0x33 "IDIV" = IDivImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// The remainder of a division by a number.
            0x34 "IMOD" = IModImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Exclusive or with a number.
            0x35 "IXOR" = IXorImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// And with a number.
            0x36 "IAND" = IAndImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Or with a number.
            0x37 "IOR" = IOrImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Shifts left by a number of bits.
            0x38 "ISHL" = IShlImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Shifts right by a number of bits, filling with 0.
            0x39 "ISHR" = IShrImm { dst: Register, src: Register, value: Immediate } flags => Register;
            /// Shifts right by a number of bits, keeping the sign.
            0x3a "ISAR" = ISarImm { dst: Register, src: Register, value: Immediate } flags => Register;

            /// Adds two numbers of kind f64.
            0x40 "FADD" = FAdd { dst: Register, src1: Register, src2: Register } => Register;
            /// Subtracts f64.
            0x41 "FSUB" = FSub { dst: Register, src1: Register, src2: Register } => Register;
            /// Multiplies f64.
            0x42 "FMUL" = FMul { dst: Register, src1: Register, src2: Register } => Register;
            /// Divides f64. Division by 0 gives an infinity or NaN, as IEEE 754 says.
            0x43 "FDIV" = FDiv { dst: Register, src1: Register, src2: Register } => Register;
            /// The square root of an f64.
            0x44 "FSQRT" = FSqrt { dst: Register, src: Register } => Register;
            /// Compares f64 and sets the flags as `CMP` does. With a NaN, carry and overflow are
            /// set, which counts as less.
            0x45 "FCMP" = FCmp { src1: Register, src2: Register } flags => Nothing;
            /// The f64 nearest to an integer.
            0x46 "ITOF" = IntToFloat { dst: Register, src: Register } => Register;
            /// The integer part of an f64; too large ones become the largest, NaN becomes 0.
            0x47 "FTOI" = FloatToInt { dst: Register, src: Register } => Register;

            /// Sets the flags as `ISUB` would, and keeps no result.
            0x50 "CMP" = Cmp { src1: Register, src2: Register } flags => Nothing;
            /// Compares with a number.
            0x51 "CMP" = CmpImm { src: Register, value: Immediate } flags => Nothing;
            /// -1, 0 or 1 as the first is less than, equal to or greater than the second.
            0x52 "COMPARE" = Compare { dst: Register, src1: Register, src2: Register } => Register;
            /// Compares with a number.
            0x53 "COMPARE" = CompareImm { dst: Register, src: Register, value: Immediate } => Register;
            /// 1 if equal, else 0.
            0x54 "EQUAL" = Equal { dst: Register, src1: Register, src2: Register } => Register;
            /// 1 if equal to a number, else 0.
            0x55 "EQUAL" = EqualImm { dst: Register, src: Register, value: Immediate } => Register;
            /// 1 if the first is less, else 0.
            0x56 "LESSTHAN" = LessThan { dst: Register, src1: Register, src2: Register } => Register;
            /// 1 if less than a number, else 0.
            0x57 "LESSTHAN" = LessThanImm { dst: Register, src: Register, value: Immediate } => Register;

            /// Reads 8 bytes of tape.
            0x60 "LOAD" = Load { reg: Register, addr: Address } => Register;
            /// Reads 4 bytes, filling with 0.
            0x61 "LOAD32" = Load32 { reg: Register, addr: Address } => Register;
            /// Reads 2 bytes, filling with 0.
            0x62 "LOAD16" = Load16 { reg: Register, addr: Address } => Register;
            /// Reads a byte, filling with 0.
            0x63 "LOAD8" = Load8 { reg: Register, addr: Address } => Register;
            /// Reads 4 bytes, keeping the sign.
            0x64 "LOADS32" = LoadSigned32 { reg: Register, addr: Address } => Register;
            /// Reads 2 bytes, keeping the sign.
            0x65 "LOADS16" = LoadSigned16 { reg: Register, addr: Address } => Register;
            /// Reads a byte, keeping the sign.
            0x66 "LOADS8" = LoadSigned8 { reg: Register, addr: Address } => Register;
            /// Writes 8 bytes of tape.
            0x67 "STORE" = Store { addr: Address, reg: Register } => Memory;
            /// Writes the low 4 bytes.
            0x68 "STORE32" = Store32 { addr: Address, reg: Register } => Memory;
            /// Writes the low 2 bytes.
            0x69 "STORE16" = Store16 { addr: Address, reg: Register } => Memory;
            /// Writes the low byte.
            0x6a "STORE8" = Store8 { addr: Address, reg: Register } => Memory;
            /// Exchanges 8 bytes of tape with a register.
            0x6b "SWAP" = SwapMemory { addr: Address, reg: Register } => Inverse;
            /// Exchanges two registers.
            0x6c "SWAP" = SwapRegisters { left: Register, right: Register } => Inverse;

            /// Pushes a register on the stack.
            0x70 "PUSH" = Push { reg: Register } ( -- value) => Push;
            /// Pops the top of the stack into a register.
            0x71 "POP" = Pop { reg: Register } (value -- ) => Pop;
            /// Makes a pair on the heap; the register becomes its position.
            0x72 "CONS" = Cons { dst: Register, car: Register, cdr: Register } => State;
            /// The first of a pair.
            0x73 "CAR" = Car { dst: Register, src: Register } => Register;
            /// The second of a pair.
            0x74 "CDR" = Cdr { dst: Register, src: Register } => Register;

            /// Moves the head to a position.
            0x80 "SEEK" = TapeSeek { position: Immediate } => Head;
            /// Moves the head to the position in a register.
            0x81 "SEEK" = TapeSeekReg { reg: Register } => Head;
            /// Moves the head to a mark.
            0x82 "SEEKMARK" = TapeSeekMark { label: MarkName } => Head;
            /// Moves the head by a number of bytes.
            0x83 "ADVANCE" = TapeAdvance { delta: Immediate } => Inverse;
            /// Moves the head by the number in a register.
            0x84 "ADVANCE" = TapeAdvanceReg { reg: Register } => Inverse;
            /// Moves the head by one record of the table that it is in.
            0x85 "ADVANCE" = AdvanceRecord => Head;
            /// Reads bytes at the head, the lowest first, filling with 0.
            0x86 "TAPEREAD" = TapeRead { reg: Register, len: Length } => Register;
            /// Writes the low bytes of a register at the head.
            0x87 "TAPEWRITE" = TapeWrite { reg: Register, len: Length } => Memory;
            /// Writes the low bytes of a number at the head.
            0x88 "WRITE_CONST" = WriteConst { value: Immediate, len: Length } => Memory;
            /// Names the position of the head.
            0x89 "MARK" = TapeMark { label: MarkName } => State;

            /// Makes a segment of so many bytes where there is room.
            0x90 "SEGMENTCREATE" = SegmentCreate { name: SegmentName, size: Source } => State;
            /// Moves the head into a segment, so many bytes from its start.
            0x91 "SEGMENTSEEK" = SegmentSeek { name: SegmentName, offset: Source } => Head;
            /// Reads 1 to 8 bytes of a segment, or of the stream `stdin`.
            0x92 "SEGMENTREAD" = SegmentRead { name: SegmentName, offset: Source, len: Source, dst: Register } => State;
            /// Writes 1 to 8 bytes of a segment, or to the stream `stdout` or `stderr`.
            0x93 "SEGMENTWRITE" = SegmentWrite { name: SegmentName, offset: Source, len: Source, src: Register } => State;
            /// Gives a segment's room back. Its bytes stay until they are written over.
            0x94 "SEGMENTDROP" = SegmentDrop { name: SegmentName } => State;
            /// Copies a run of tape; the runs may overlap.
            0x95 "SPLICE" = Splice { dst: Source, src: Source, len: Source } => State;
            /// Lets the past between two ticks be kept more coarsely. The state stays as it is.
            0x96 "COMPACT" = Compact { start: Source, end: Source } => State;
            /// Copies bytes from one segment or stream to another.
            0x97 "COPY" = Copy { from: SegmentName, start: Source, end: Source, to: SegmentName, at: Source } => State;

            /// Calls: pushes the place to return to and the frame pointer, which becomes the
            /// stack pointer.
            0xa0 "CALL" = Call { label: Target } ( -- place frame) => Call;
            /// Returns to the caller. Faults if the stack is not as it was after the call.
            0xa1 "RETURN" = Return (place frame -- ) => Return;
            /// Goes on elsewhere.
            0xa2 "JUMP" = Jump { label: Target } => Nothing;
            /// Goes on elsewhere if the register is not 0.
            0xa3 "BNZ" = BranchNotZero { reg: Register, label: Target } => Nothing;
            /// Goes on elsewhere if the register is 0.
            0xa4 "BZ" = BranchZero { reg: Register, label: Target } => Nothing;
            /// Branches if the last comparison found equality.
            0xa5 "BRANCH_EQ" = BranchEqual { label: Target } => Nothing;
            /// Branches if it found a difference.
            0xa6 "BRANCH_NE" = BranchNotEqual { label: Target } => Nothing;
            /// Branches if the first was less.
            0xa7 "BRANCH_LT" = BranchLess { label: Target } => Nothing;
            /// Branches if the first was less or equal.
            0xa8 "BRANCH_LEQ" = BranchLessEqual { label: Target } => Nothing;
            /// Branches if the first was greater.
            0xa9 "BRANCH_GT" = BranchGreater { label: Target } => Nothing;
            /// Branches if the first was greater or equal.
            0xaa "BRANCH_GEQ" = BranchGreaterEqual { label: Target } => Nothing;
            /// Branches unless the head is at the end of a segment, or in none.
            0xab "BRANCH_NOT_END" = BranchNotEnd { label: Target } => Nothing;
            /// Branches unless the head is at or past the end of the segment, or the stream
            /// `stdin` has ended.
            0xac "BRANCH_NOT_END" = BranchNotEndOf { name: SegmentName, label: Target } => State;
            /// Branches if the last result did not fit into 64 bits with its sign: overflow is set.
            0xae "BRANCH_OVERFLOW" = BranchOverflow { label: Target } => Nothing;
            /// Calls a function of the runtime: arguments in R1 to R5, the result in R0.
            0xad "CALL_RUNTIME" = CallRuntime { function: RuntimeName } => Writes;

            /// Remembers the state under a name.
            0xb0 "CHECKPOINT" = Checkpoint { label: CheckpointName } => State;
            /// Undoes everything since the checkpoint, and goes on with the next instruction.
            0xb1 "REWIND" = Rewind { label: CheckpointName } => State;
            /// Rewinds, but lets some registers keep what they hold.
            0xb2 "REWIND" = RewindKeep { label: CheckpointName, keep: RegisterSet } => State;
            /// Undoes the effects of so many instructions, and goes on with the next.
            0xb3 "REWINDN" = RewindN { steps: Source } => State;
            /// Forgets a checkpoint and those made after it.
            0xb4 "COMMIT" = Commit { label: CheckpointName } => State;
            /// Starts a parallel timeline at a label, on a copy of everything.
            0xb5 "FORK" = Fork { label: Target } => State;
            /// Waits for the forks since the last merge, and folds what they changed on the tape
            /// into this timeline.
            0xb6 "MERGE" = Merge { strategy: MergeStrategy } => State;
            /// Opens a savepoint. A fault inside of it, or `ROLLBACK`, undoes everything since then
            /// and goes on at the label.
            0xb7 "SAVEPOINT" = Savepoint { handler: Target } => State;
            /// Opens a savepoint without a handler: faults inside of it pass by, and after a
            /// `ROLLBACK` the next instruction follows.
            0xb8 "SAVEPOINT" = SavepointOnly => State;
            /// Closes the innermost savepoint: what was done since then stands. With the last one,
            /// what runtime functions printed is handed over.
            0xb9 "RELEASE" = Release => State;
            /// Undoes everything since the innermost savepoint, which is closed, and goes on at its
            /// handler.
            0xba "ROLLBACK" = Rollback => State;
            /// Writes a value down beside the tape, by the description of its type, for the runtime
            /// function `carry_in`.
            0xbb "CARRY" = Carry { src: Register, of: Register } => State;
            /// Makes the tape that of a savepoint, the innermost being 0. Registers and savepoints
            /// stay.
            0xbc "RECALL" = Recall { level: Source } => State;
            /// Opens a savepoint whose label only `ROLLBACK` goes to: faults inside of it pass by.
            0xbd "ROLLBACKPOINT" = RollbackPoint { handler: Target } => State;
            /// Closes a savepoint, the innermost being 0: those inside of it stay open, and faults and
            /// `ROLLBACK` go past where it was.
            0xbe "RELEASE" = ReleaseLevel { level: Source } => State;

            /// Writes a number and a newline to `stdout`.
            0xc0 "OUT" = Out { src: Source } => State;
            /// Writes an f64 and a newline to `stdout`.
            0xc1 "OUTF" = OutFloat { src: Register } => State;
            /// Writes the text at a position, up to its first 0 byte, to `stdout`.
            0xc2 "OUTS" = OutString { at: Source } => State;
            /// Writes a text to `stdout`.
            0xc3 "OUTS" = OutText { text: Text } => State;
            /// Reads a line of `stdin` as a number.
            0xc4 "IN" = In { dst: Register } => State;
            /// Nanoseconds since 1970.
            0xc5 "CLOCK" = Clock { dst: Register } => State;
            /// 64 random bits.
            0xc6 "RANDOM" = Random { dst: Register } => State;
            /// The number of arguments that the program was given.
            0xc7 "ARGC" = ArgumentCount { dst: Register } => State;
            /// An argument as a number; the first is 0.
            0xc8 "ARG" = Argument { dst: Register, index: Source } => State;

            /// Writes a number into a field of the record at the head.
            0xd0 "WRITE" = WriteField { field: FieldName, value: Source } => State;
            /// Writes a text into a field of the record at the head.
            0xd1 "WRITE" = WriteText { field: FieldName, text: Text } => State;
            /// Copies a field of another record into a field of the record at the head.
            0xd2 "WRITE" = WriteFrom { field: FieldName, record: SegmentName, from: FieldName } => State;
            /// Writes the position of a record of a table, by its number, into a field of the
            /// record at the head.
            0xd3 "WRITE_POSITION" = WritePosition { field: FieldName, table: SegmentName, index: Source } => State;
            /// Writes nanoseconds since 1970 into a field of the record at the head.
            0xd4 "WRITE_NOW" = WriteNow { field: FieldName } => State;
            /// Copies the record at the head into a segment of that name, which becomes a table of
            /// one such record.
            0xd5 "READ" = ReadRecord { record: SegmentName } => State;
            /// The same, but what is at the head is taken as a record of another table.
            0xd6 "READ" = ReadRecordAs { record: SegmentName, layout: SegmentName } => State;
            /// Reads a field of the first record of a table; of a text, the position of its bytes.
            0xd7 "LOAD" = LoadField { dst: Register, record: SegmentName, field: FieldName } => Register;
            /// Writes the first record of a table to `stdout`, as a line with tabs.
            0xd8 "OUTPUT" = OutputRecord { record: SegmentName } => State;
            /// Writes fields of the record at the head to `stdout`, as a line with tabs, and moves
            /// the head to the next record.
            0xd9 "PROJECT" = Project { fields: Text } => State;
            /// Moves the head to the next record, this one included, whose field compares so with a
            /// number, or to the end of the table: a record with each tick.
            0xda "FILTER" = FilterNumber { field: FieldName, order: Ordering, value: Source } => Head;
            /// The same with a text.
            0xdb "FILTER" = FilterText { field: FieldName, order: Ordering, text: Text } => Head;
            /// Makes a table hold the records of another one whose field compares so with a number,
            /// and nothing else. It is made if it is not there.
            0xdc "CREATE_VIEW" = CreateView { view: SegmentName, source: SegmentName, field: FieldName, order: Ordering, value: Source } => State;
            /// Makes a table of so many bytes where there is room, with records as another has.
            0xdd "SEGMENTCREATE" = SegmentCreateLike { name: SegmentName, size: Source, layout: SegmentName } => State;
            /// Which of so many buckets a number belongs to, by a hash of it.
            0xde "HASH_BUCKET" = HashBucket { dst: Register, key: Register, buckets: Source } => Register;

            /// Ends a transaction: the data of the program are kept as a moment, with the time.
            0xe0 "MOMENT" = KeepMoment => State;
            /// Puts the data of the moment with a number in the place of the present ones.
            0xe1 "LOOK" = Look { moment: Register } => State;
            /// Ends the innermost `LOOK`: the data are again as they were before it.
            0xe2 "PRESENT" = LeaveLook => State;
            /// Makes the data of the moment with a number the present ones. What came after it stays
            /// on its branch.
            0xe3 "REWIND_TO" = RewindTo { moment: Register } => State;
            /// Goes on where the branch with a name ends.
            0xe4 "SWITCH" = Switch { branch: Text } => State;
            /// Gives the present moment a name.
            0xe5 "NAME_MOMENT" = NameMoment { name: Text } => State;
            /// Keeps the data as they are beside the tape; the register becomes their number.
            0xe6 "KEEP_DATA" = KeepData { dst: Register } => State;
            /// Makes kept data, by their number, the present ones.
            0xe7 "PUT_DATA" = PutData { src: Register } => State;
            /// Forgets kept data, by their number.
            0xe8 "DROP_DATA" = DropData { src: Register } => State;
            /// Begins a world with a name: a fault in it says so, and it makes no moments.
            0xe9 "WORLD" = World { name: Text } => State;
            /// Ends the innermost world.
            0xea "WORLD_END" = WorldEnd => State;
            /// Makes kept data, by their number, a branch with a name, which begins when the
            /// transaction ends.
            0xeb "BRANCH_OFF" = BranchOff { name: Text, src: Register } => State;
        }
    };
}

for_each_instruction!(define_instructions);
