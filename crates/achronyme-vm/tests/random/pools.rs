//! What functions share.

use achronyme_library::{Element, FieldType, Kind, Type};
use achronyme_vm::{Capture, Check, Pattern, Program, Shape, ShapeField, Source};

use super::Random;

pub(super) fn pools(random: &Random) -> Program {
    let names = 12;
    let globals = 1 + random.below(5);
    let aliases = random.below(4);
    let shape = |random: &Random| {
        let start = random.below(names - 4);
        let fields = start..start + random.below(5);
        let fields = fields
            .map(|name| ShapeField { name: u32::try_from(name).unwrap(), mutable: random.is() });
        Shape { fields: fields.collect() }
    };
    let check = |random: &Random| Check {
        annotation: annotation(random, aliases, 4),
        shown: random.text(),
        message: random.text(),
    };
    let source = |random: &Random| Source {
        name: random.text(),
        text: format!("{}let x = 1\n", random.text()),
        library: random.is(),
    };
    Program {
        names: (0..names).map(|index| format!("name{index}")).collect(),
        shapes: (0..1 + random.below(4)).map(|_| shape(random)).collect(),
        aliases: (0..aliases).map(|_| record(random, aliases)).collect(),
        checks: (0..1 + random.below(4)).map(|_| check(random)).collect(),
        patterns: (0..6).map(|index| pattern(random, index % 2 == 0, names)).collect(),
        globals: (0..globals).map(|_| random.text()).collect(),
        methods: (0..random.below(3))
            .map(|_| {
                let global = u16::from(random.byte(globals));
                (random.byte(Kind::ALL.len()), random.word(names), global)
            })
            .collect(),
        sources: (0..random.below(3)).map(|_| source(random)).collect(),
        ..Program::default()
    }
}

/// Where an upvalue comes from in functions that have few registers and upvalues.
pub(super) fn capture(random: &Random) -> Capture {
    match random.below(4) {
        0 => Capture::Rec,
        1 => Capture::Upvalue(random.byte(2)),
        _ => Capture::Register(random.byte(6)),
    }
}

fn pattern(random: &Random, is_vector: bool, names: usize) -> Pattern {
    if !is_vector {
        let fields = (0..random.below(4)).map(|_| (random.word(names), random.is()));
        return Pattern::Record { fields: fields.collect() };
    }
    let (before, after) = (random.byte(3), random.byte(3));
    let missing = random.byte(usize::from(before + after) + 1);
    Pattern::Vector { before, rest: random.is(), after, missing, open: random.is() }
}

/// A record type, in which an alias may lead back.
fn record(random: &Random, aliases: usize) -> Type {
    let fields = (0..random.below(4)).map(|_| FieldType {
        name: random.text(),
        optional: random.is(),
        mutable: random.is(),
        annotation: annotation(random, aliases, 3),
    });
    Type::Record(fields.collect())
}

fn annotation(random: &Random, aliases: usize, depth: usize) -> Type {
    let elements = [Element::Number, Element::Complex, Element::Any];
    let case = random.below(if depth == 0 { 3 } else { 7 });
    let inner = |random: &Random| annotation(random, aliases, depth.saturating_sub(1));
    match case {
        0 => Type::Any,
        1 => Type::Kind(Kind::ALL[random.below(Kind::ALL.len())]),
        2 => {
            let sizes = (0..random.below(4)).map(|_| random.is().then(|| random.word(9)));
            let shape = sizes.collect();
            let element = elements[random.below(elements.len())];
            Type::Tensor { element, shape: random.is().then_some(shape) }
        }
        3 => record(random, 0),
        4 => {
            let parameters = (0..random.below(3)).map(|_| inner(random)).collect();
            Type::Function { parameters, result: Box::new(inner(random)) }
        }
        5 => Type::Union((0..random.below(4)).map(|_| inner(random)).collect()),
        _ if aliases > 0 => Type::Alias(u16::from(random.byte(aliases))),
        _ => Type::Any,
    }
}
