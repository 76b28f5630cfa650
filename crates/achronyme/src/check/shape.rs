//! Forms that look like others and take only certain things: assignments, edges, `piecewise`, and
//! `if` as a function.

use source::Diagnostic;

use super::{Notes, is_broken};
use crate::ast::{
    Array, ArrayItem, Assign, Conditional, Edge, Expression, Piecewise, Slice, Suffix, Value, View,
};
use crate::codes;
use crate::syntax::Node;

pub(super) fn check(node: Node<'_>, notes: &mut Notes) {
    if let Some(assign) = Assign::cast(node) {
        if let Some(target) = assign.target() {
            assigned(target, notes);
        }
    } else if let Some(edge) = Edge::cast(node) {
        let hint = if edge.is_directed() { "a function is `x => …`" } else { "unequal is `!=`" };
        // Of two ends that are wrong, one is enough.
        if let Some(wrong) = edge.ends().find_map(|end| edge_end(end, notes)) {
            notes.add(wrong.with_hint(hint));
        }
    } else if let Some(slice) = Slice::cast(node) {
        if slice.is_inclusive() {
            let message = "a slice ends before its end, and has no `..=`";
            notes.error(notes.span(node), codes::UNSUPPORTED, message);
        }
    } else if let Some(piecewise) = Piecewise::cast(node) {
        cases(piecewise, notes);
    } else if let Some(conditional) = Conditional::cast(node) {
        let count = conditional.arguments().count();
        if count != 3 && !is_broken(node) {
            let message = format!("if() requires 3 arguments, got {count}");
            let wrong = Diagnostic::error(codes::CONDITIONAL, notes.first(node), message);
            notes.add(wrong.with_hint("the other form is `if (condition) { … } else { … }`"));
        }
    }
}

fn assigned(target: Expression<'_>, notes: &mut Notes) {
    let is_target = match target {
        Expression::NameExpression(name) => {
            name.name().is_some_and(|name| !name.kind().is_keyword())
        }
        Expression::Chain(chain) => {
            !matches!(chain.suffixes().next_back(), Some(Suffix::Arguments(_)) | None)
        }
        _ => false,
    };
    if !is_target {
        let message = format!("cannot assign to {}", called(target));
        let wrong = Diagnostic::error(codes::TARGET, notes.span(target.node()), message);
        let is_call = matches!(target, Expression::Chain(_));
        let hint = "a function is `let f = (a, b) => …`";
        notes.add(if is_call { wrong.with_hint(hint) } else { wrong });
    }
}

/// How an expression is called in a message.
fn called(expression: Expression<'_>) -> &'static str {
    match expression {
        Expression::Literal(literal) => match literal.value() {
            Some(Value::Number(_)) => "a number literal",
            Some(Value::Imaginary(_)) => "an imaginary literal",
            Some(Value::Text(_)) => "a string literal",
            Some(Value::Boolean(_)) => "a boolean literal",
            Some(Value::Null) | None => "null",
        },
        Expression::Interpolated(_) => "a string literal",
        Expression::Chain(_) => "the result of a call",
        Expression::NameExpression(_) => "a keyword",
        Expression::Array(_) => "an array: take it apart with `let [a, b] = …`",
        Expression::Record(_) => "a record: take it apart with `let {a, b} = …`",
        _ => "an expression",
    }
}

/// The error that an edge cannot end in this.
fn edge_end(end: Expression<'_>, notes: &Notes) -> Option<Diagnostic> {
    let kind = match end {
        Expression::NameExpression(name)
            if name.name().is_some_and(|name| !name.kind().is_keyword()) =>
        {
            return None;
        }
        Expression::Literal(literal) => match literal.value() {
            Some(Value::Number(_) | Value::Imaginary(_)) => "number",
            Some(Value::Text(_)) => "string",
            Some(Value::Boolean(_)) => "boolean",
            Some(Value::Null) | None => "null",
        },
        _ => "expr",
    };
    let message = format!("Edge nodes must be identifiers, got: {kind}");
    Some(Diagnostic::error(codes::EDGE, notes.span(end.node()), message))
}

fn cases(piecewise: Piecewise<'_>, notes: &mut Notes) {
    if is_broken(piecewise.node()) {
        return;
    }
    let count = piecewise.arguments().count();
    if count == 0 {
        let message = "piecewise() requires at least one argument";
        notes.error(notes.first(piecewise.node()), codes::PIECEWISE, message);
    }
    for (index, argument) in piecewise.arguments().enumerate() {
        let at = notes.span(argument.node());
        match argument {
            Expression::Array(case) => {
                let parts = case.items().count();
                if parts != 2 || has_spread(case) {
                    let message = format!(
                        "a case of piecewise() is `[condition, value]`, and this has {parts} parts"
                    );
                    notes.error(at, codes::PIECEWISE, message);
                }
            }
            _ if index + 1 == count => {}
            _ => {
                let message = "the value for all other cases comes last";
                notes.error(at, codes::PIECEWISE, message);
            }
        }
    }
}

fn has_spread(array: Array<'_>) -> bool {
    array.items().any(|item| matches!(item, ArrayItem::Spread(_)))
}
