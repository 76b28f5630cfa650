//! From trees to what programs mean.

mod common;

use achronyme::hir::{ExpressionKind, Lambda, Module, PatternKind, StatementKind, Suffix};
use achronyme::read;
use common::texts;
use source::{Severity, SourceMap};

fn lowered(text: &str) -> Module {
    let (module, found) = read("main.soc", text, &mut SourceMap::default());
    assert!(found.iter().all(|found| found.severity == Severity::Warning), "{found:?}");
    module
}

/// The value of a statement.
fn value(module: &Module, index: usize) -> &ExpressionKind {
    let kind = &module.body.statements[index].kind;
    let (StatementKind::Let { value, .. } | StatementKind::Expression(value)) = kind else {
        panic!("{kind:?}");
    };
    &value.kind
}

fn lambda(kind: &ExpressionKind) -> &Lambda {
    let ExpressionKind::Lambda(lambda) = kind else { panic!("{kind:?}") };
    lambda
}

#[test]
fn every_text_is_lowered_and_spans_stay_inside_of_it() {
    for text in texts() {
        let (module, found) = read("main.soc", &text, &mut SourceMap::default());
        assert!(module.body.span.end as usize <= text.len());
        assert!(found.is_sorted_by_key(|found| found.span.start));
    }
}

#[test]
fn functions_are_called_as_what_they_are_put_into() {
    let module = lowered("let f = (x => x)\nmut g = 1\ng = async y => y\nx => x");
    assert_eq!(lambda(value(&module, 0)).name.as_deref(), Some("f"));
    let ExpressionKind::Assign(assign) = value(&module, 2) else { panic!() };
    assert_eq!(lambda(&assign.value.kind).name.as_deref(), Some("g"));
    assert!(lambda(&assign.value.kind).is_async);
    assert_eq!(lambda(value(&module, 3)).name, None);
}

#[test]
fn bodies_of_functions_are_blocks() {
    let module = lowered("() => do { 1; 2 }\n() => generate { yield 1 }\n() => 3");
    let counts = [0, 1, 2].map(|index| {
        let lambda = lambda(value(&module, index));
        (lambda.body.statements.len(), lambda.is_generator)
    });
    assert_eq!(counts, [(2, false), (1, true), (1, false)]);
}

#[test]
fn places_begin_after_the_last_call() {
    let module = lowered("a.b[1].c = 2\nf(1).x += 3\ny = 4");
    let places = [0, 1, 2].map(|index| {
        let ExpressionKind::Assign(assign) = value(&module, index) else { panic!() };
        let is_chain = matches!(assign.place.root.kind, ExpressionKind::Chain { .. });
        (is_chain, assign.place.path.len(), assign.op.is_some())
    });
    assert_eq!(places, [(false, 3, false), (true, 1, true), (false, 0, false)]);
    let ExpressionKind::Assign(assign) = value(&module, 0) else { panic!() };
    assert!(matches!(&assign.place.path[1].0, Suffix::Index(items) if items.len() == 1));
}

#[test]
fn names_of_types_are_patterns_of_kinds_except_alone_in_let() {
    let module = lowered("let Number = 1\nmatch 1 { Number => 2, Null => 3, Vectors => 4 }");
    let StatementKind::Let { pattern, .. } = &module.body.statements[0].kind else { panic!() };
    assert!(matches!(pattern.kind, PatternKind::Name(_)));
    let ExpressionKind::Match { arms, .. } = value(&module, 1) else { panic!() };
    let is_kind = |index: usize| matches!(arms[index].pattern.kind, PatternKind::Kind(_));
    assert!(is_kind(0) && is_kind(1) && !is_kind(2));
}

#[test]
fn what_is_long_is_not_deep() {
    let long = format!(
        "let f = x => x\n{}1\n1{}\nf{}",
        "-!".repeat(50_000),
        "+1".repeat(100_000),
        "(1)[0].x".repeat(30_000)
    );
    let module = lowered(&long);
    let ExpressionKind::Prefix { operators, .. } = value(&module, 1) else { panic!() };
    assert_eq!(operators.len(), 100_000);
    let ExpressionKind::Chain { suffixes, .. } = value(&module, 3) else { panic!() };
    assert_eq!(suffixes.len(), 90_000);
}

#[test]
fn limits_are_told() {
    let names: Vec<_> = (0..256).map(|index| format!("p{index}")).collect();
    let many = format!("({}) => 1", names.join(", "));
    for text in [&*many, "let t: Tensor<Number, [1.5]> = 1", "rec(1)", "[1][0..=1]"] {
        let (_, found) = read("main.soc", text, &mut SourceMap::default());
        assert_eq!(
            found.iter().filter(|found| found.severity == Severity::Error).count(),
            1,
            "{text}"
        );
    }
}
