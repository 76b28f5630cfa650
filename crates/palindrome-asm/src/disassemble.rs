//! Disassembly: text that assembles to the same code again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use palindrome_vm::image::{Argument, SegmentImage, SymbolKind, arguments, unpack};
use palindrome_vm::{Image, Instruction, OperandKind, Strategy, quote, runtime};
use tape::{DataType, SegmentType};

use crate::operand::register_number;
use crate::syntax::token::is_word;

/// Data bytes in a line.
const BYTES_PER_LINE: usize = 16;

/// Writes an image as assembly. Assembled without optimisation, it gives the same code; words that
/// are no instructions become comments.
#[must_use]
pub fn disassemble(image: &Image) -> String {
    let instructions: Vec<_> =
        image.code.iter().map(|word| unpack(*word, &image.pool, &image.texts)).collect();
    let labels = labels(image, instructions.iter().flatten());
    let mut out = String::new();
    image.segments.iter().for_each(|segment| write_segment(&mut out, segment));
    if let Some([label, ..]) = labels.get(&image.entry).map(Vec::as_slice) {
        let _ = writeln!(out, ".code\n.entry {label}");
    }
    for (index, instruction) in (0..).zip(&instructions) {
        for label in labels.get(&index).into_iter().flatten() {
            let _ = writeln!(out, "{label}:");
        }
        match instruction {
            Ok(instruction) => {
                let _ = writeln!(out, "    {}", show(instruction, &labels));
            }
            Err(error) => {
                let word = image.code[index as usize];
                let _ = writeln!(out, "    ; {word:#018x} is unreadable: {error}");
            }
        }
    }
    out
}

/// An instruction as the assembler reads it; `labels` names every target.
fn show(instruction: &Instruction, labels: &BTreeMap<u32, Vec<String>>) -> String {
    let mut text = instruction.mnemonic().to_owned();
    let mut separator = " ";
    for (kind, argument) in arguments(instruction) {
        text.push_str(separator);
        separator = ", ";
        let _ = match argument {
            Argument::Register(register) => write!(text, "R{register}"),
            Argument::Number(number) if kind == OperandKind::Runtime => {
                let function = u16::try_from(number).ok().and_then(runtime::function);
                match function {
                    Some(function) => write!(text, "{}", function.name),
                    None => write!(text, "{number}"),
                }
            }
            Argument::Number(number) => write!(text, "{number}"),
            Argument::Address(address) if address.offset == 0 => {
                write!(text, "[R{}]", address.base)
            }
            Argument::Address(address) => {
                write!(text, "[R{}{:+}]", address.base, address.offset)
            }
            Argument::Target(target) => {
                let label = labels.get(&target.0).and_then(|labels| labels.first());
                write!(text, "{}", label.map_or("?", String::as_str))
            }
            Argument::Text(word) if kind != OperandKind::Text && is_word(&word) => {
                write!(text, "{word}")
            }
            Argument::Text(other) => quote(&other, &mut text),
            Argument::Registers(set) => {
                let names = (0..16).filter(|n| set >> n & 1 == 1).map(|n| format!("R{n}"));
                write!(text, "{}", names.collect::<Vec<_>>().join(", "))
            }
            Argument::Order(order) => write!(text, "{}", order.name()),
            Argument::Strategy(strategy) => {
                let found = Strategy::NAMES.iter().find(|(other, _)| *other == strategy);
                write!(text, "{}", found.map_or("latest", |(_, names)| names[0]))
            }
        };
    }
    text
}

/// Names for instructions: those of the symbols, and new ones for the targets that have none.
fn labels<'a>(
    image: &Image,
    instructions: impl Iterator<Item = &'a Instruction>,
) -> BTreeMap<u32, Vec<String>> {
    let mut labels: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut taken: BTreeSet<String> = image.segments.iter().map(|s| s.name.clone()).collect();
    for symbol in image.symbols.iter().filter(|symbol| symbol.kind == SymbolKind::Code) {
        let name = &symbol.name;
        let is_usable = is_word(name) && register_number(name).is_none();
        if let Ok(index) = u32::try_from(symbol.value)
            && is_usable
            && taken.insert(name.clone())
        {
            labels.entry(index).or_default().push(name.clone());
        }
    }
    let mut targets = BTreeSet::from([image.entry]);
    for instruction in instructions {
        for (_, argument) in arguments(instruction) {
            if let Argument::Target(target) = argument {
                targets.insert(target.0);
            }
        }
    }
    for index in targets.into_iter().filter(|index| (*index as usize) < image.code.len()) {
        let names = labels.entry(index).or_default();
        if names.is_empty() {
            let plain = format!("at_{index}");
            let mut name = plain.clone();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            names.push(name);
        }
    }
    labels
}

fn write_segment(out: &mut String, segment: &SegmentImage) {
    let kind = match &segment.kind {
        SegmentType::Data | SegmentType::Code => "data".to_owned(),
        SegmentType::Stack => "stack".to_owned(),
        SegmentType::Heap => "heap".to_owned(),
        SegmentType::Index => "index".to_owned(),
        SegmentType::Log | SegmentType::Input | SegmentType::Output | SegmentType::Error => {
            "log".to_owned()
        }
        SegmentType::Table { schema } => {
            let field = |field: &tape::Field| {
                let null = if field.nullable { " null" } else { "" };
                format!("{}: {}{null}", field.name, data_type(field.dtype))
            };
            let fields: Vec<_> = schema.fields.iter().map(field).collect();
            let key = match schema.primary_key.as_slice() {
                [] => String::new(),
                names => format!(" key {}", names.join(", ")),
            };
            format!("table [{}]{key}", fields.join(", "))
        }
    };
    let _ = writeln!(out, ".segment {}, {}, {kind}", segment.name, segment.size);
    for bytes in segment.data.chunks(BYTES_PER_LINE) {
        let bytes: Vec<_> = bytes.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "    .byte {}", bytes.join(", "));
    }
}

fn data_type(dtype: DataType) -> String {
    match dtype {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64
        | DataType::Timestamp => format!("{dtype:?}"),
        DataType::String { max } => format!("String({max})"),
        DataType::Bytes { max } => format!("Bytes({max})"),
    }
}
