//! Every mnemonic, alias and form assembles, and means what the table says.

mod common;

use common::{image, instructions};
use palindrome_asm::aliases;
use palindrome_vm::{Instruction, OperandKind};

/// An operand of this kind.
fn sample(kind: OperandKind) -> &'static str {
    match kind {
        OperandKind::Register => "R3",
        OperandKind::Immediate | OperandKind::Source => "-42",
        OperandKind::Address => "[R4+8]",
        OperandKind::Target => "main",
        OperandKind::Text => "\"a \\\"text\\\"\\n\"",
        OperandKind::SegmentName => "users",
        OperandKind::MarkName => "place",
        OperandKind::CheckpointName => "start",
        OperandKind::Length => "8",
        OperandKind::RegisterSet => "R1, R2",
        OperandKind::Strategy => "combine",
        OperandKind::Runtime => "print_line",
        OperandKind::FieldName => "age",
        OperandKind::Order => "le",
    }
}

const FRAME: &str = ".segment users, 4K\n.code\nmain: CHECKPOINT start\nMARK place\n";

#[test]
fn every_row_of_the_table_assembles_to_itself() {
    for row in Instruction::TABLE {
        let operands: Vec<_> = row.operands.iter().map(|(_, kind)| sample(*kind)).collect();
        let line = format!("{} {}", row.mnemonic, operands.join(", "));
        let made = instructions(&format!("{FRAME}{line}\nHALT"));
        assert_eq!(made[2].code(), row.code, "{line}");
        let again = instructions(&format!("{FRAME}{}\nHALT", line.to_lowercase()));
        assert_eq!(again[2].code(), row.code, "{line}");
    }
}

#[test]
fn a_source_may_be_a_register() {
    let sources = Instruction::TABLE
        .iter()
        .filter(|row| row.operands.iter().any(|(_, kind)| *kind == OperandKind::Source));
    for row in sources {
        let operand = |(_, kind): &(_, OperandKind)| {
            if *kind == OperandKind::Source { "R7" } else { sample(*kind) }
        };
        let operands: Vec<_> = row.operands.iter().map(operand).collect();
        let line = format!("{} {}", row.mnemonic, operands.join(", "));
        assert_eq!(instructions(&format!("{FRAME}{line}\nHALT"))[2].code(), row.code, "{line}");
    }
}

#[test]
fn every_alias_assembles_to_its_mnemonic() {
    for (alias, mnemonic) in aliases() {
        let made = Instruction::TABLE.iter().filter(|row| row.mnemonic == mnemonic).any(|row| {
            let operands: Vec<_> = row.operands.iter().map(|(_, kind)| sample(*kind)).collect();
            let text = format!("{FRAME}{alias} {}\nHALT", operands.join(", "));
            common::assemble_units(&[&text]).image.is_some()
        });
        assert!(made, "{alias}");
    }
}

#[test]
fn other_spellings_mean_the_same() {
    let same = [
        ("LOAD R0, #10", "LI R0, 10"),
        ("LOAD R0, 10", "LI R0, 10"),
        ("LOADIMM R0, 'a'", "LI R0, 0x61"),
        ("LI R0, 0b10_10", "LI R0, 10"),
        ("LI R0, 64K", "LI R0, 65_536"),
        ("LI R0, -1.5", "LI R0, 0xbff8_0000_0000_0000"),
        ("LI R0, (1+2)*3-8/4", "LI R0, 7"),
        ("LI R0, --5", "LI R0, 5"),
        ("MOV R0, 10", "LI R0, 10"),
        ("MOV R0, sp", "GETSP R0"),
        ("MOV R0, FP", "GETFP R0"),
        ("IADD r_ret, r_arg, #1", "IADD R0, R1, 1"),
        ("LOAD R1, R2", "LOAD R1, [R2]"),
        ("LOAD R1, [R2-8]", "LOAD R1, [R2+-8]"),
        ("STORE R1, R2", "STORE [R1], R2"),
        ("SWAP [R1], R2", "SWAP [R1+0], R2"),
        ("READ_TAPE R1", "TAPEREAD R1, 1"),
        ("WRITE_TAPE R1", "TAPEWRITE R1, 1"),
        ("WRITE_CONST 7", "WRITE_CONST 7, 1"),
        ("BRANCH R0, main", "BNZ R0, main"),
        ("BLE main", "BRANCH_LEQ main"),
        ("TAPESEEKREG R1", "SEEK R1"),
        ("SEEK users", "SEGMENTSEEK users, 0"),
        ("SEEK users, R1", "SEGMENTSEEK users, R1"),
        ("SEEK place", "SEEKMARK place"),
        ("CREATE_SEGMENT more, 1024", "SEGMENTCREATE more, 1K"),
        ("RW start, R2, R1", "REWIND start, R1, R2"),
        ("MERGE ask", "MERGE manual"),
        ("MERGE first", "MERGE earliest"),
        ("COPY users[0:R2] -> stdout[0]", "COPY users, 0, R2, stdout, 0"),
    ];
    for (left, right) in same {
        let make = |line: &str| instructions(&format!("{FRAME}{line}\nHALT"));
        assert_eq!(make(left), make(right), "{left}");
    }
}

#[test]
fn swap_prefers_registers_to_addresses() {
    let made = instructions("main: SWAP R0, R1\nSWAP [R0], R1\nHALT");
    assert_eq!(made[0], Instruction::SwapRegisters { left: 0, right: 1 });
    assert!(matches!(made[1], Instruction::SwapMemory { .. }));
}

#[test]
fn data_lie_where_their_labels_say() {
    let image = image(
        ".segment data\nfirst: .byte 1, 255, -1, 'a'\n.align 8\nsecond: .i64 first, second+8\n\
         .asciz \"hi\"\n.f64 1, -2.5\n.i16 0x1234\n.i32 end-first\nend:\n\
         .segment users, 64K, table [id: Int64, name: String(56) null] key id\n\
         .code\nmain: LEA R1, second\nSEEK second\nHALT",
    );
    let data = &image.segments[0];
    assert_eq!((data.start, data.name.as_str()), (3 << 20, "data"));
    assert_eq!(&data.data[..8], [1, 255, 255, b'a', 0, 0, 0, 0]);
    assert_eq!(data.data[8..16], (3_i64 << 20).to_le_bytes());
    assert_eq!(data.data[16..24], ((3_i64 << 20) + 16).to_le_bytes());
    assert_eq!(&data.data[24..27], b"hi\0");
    assert_eq!(data.data[27..35], 1.0_f64.to_le_bytes());
    assert_eq!(data.data[43..45], [0x34, 0x12]);
    assert_eq!(data.data[45], 49);
    assert_eq!((image.segments[1].start, image.segments[1].size), ((3 << 20) + 4096, 65536));
    let made = palindrome_vm::Program::new(image).expect("it verifies");
    let at = (3 << 20) + 8;
    assert_eq!(made.instructions()[0], Instruction::LoadImm { reg: 1, value: at });
    assert_eq!(made.instructions()[1], Instruction::TapeSeek { position: at });
}

#[test]
fn the_listings_of_the_founding_document_assemble() {
    let fibonacci = "main:\n CHECKPOINT start\n SEEK 0\n WRITE_CONST 1 ; F(0) = 1\n ADVANCE 1\n \
        WRITE_CONST 1\n LOAD R0, #10\nloop:\n ADVANCE -1\n READ_TAPE R1\n ADVANCE 1\n \
        READ_TAPE R2\n IADD R3, R1, R2\n ADVANCE 1\n WRITE_TAPE R3\n ISUB R0, R0, #1\n \
        BRANCH R0, loop\n HALT";
    let sequence = "main:\n CHECKPOINT start\n LI R0, 0\n LI R1, 1\n TAPEMARK fibonacci_seq\n \
        TAPEWRITE R0, 8\n TAPEADVANCE 8\nloop:\n SWAP R0, R1\n BNZ R2, loop\n HALT";
    let database = "main:\n LI R0, 65536\n SEGMENTCREATE users, R0\ninsert_user:\n \
        CHECKPOINT transaction_start\n IMUL R1, R10, R11\n SEGMENTSEEK users, R1\nscan_loop:\n \
        TAPEREAD R1, 8\n BZ R2, found\n JMP scan_loop\nfound:\n RET";
    let distributed = "main:\n SEGMENTCREATE local_work, R0\n FORK worker1\n FORK worker2\n \
        SEGMENTSEEK local_work, 0\n MERGE combine\n HALT\nworker1:\n \
        SEGMENTSEEK local_work, 1024\n RET\nworker2:\n RET";
    let call = ".alias x_addr R5\nadd_one:\n IADD r_ret, r_arg, #1\n RETURN\nmain:\n \
        CP main\n LOAD r1, x_addr\n CALL add_one\n STORE x_addr, r_ret\n REWIND main\n HALT";
    let scan = ".segment users, 1K, table [age: Int64]\n.code\nmain: SEEK users\nloop:\n \
        CMP r1, #18\n BRANCH_LEQ skip\nskip:\n ADVANCE\n BRANCH_NOT_END loop\n \
        BRANCH_NOT_END users, loop\n COMPACT 0, R1\n SPLICE R1, R2, 8\n JOIN skip\n HALT";
    for text in [fibonacci, sequence, database, distributed, call, scan] {
        assert!(!instructions(text).is_empty());
    }
}
