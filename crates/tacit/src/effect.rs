//! How many values code takes from the stack and leaves there, as far as that is known.

use isa::OpInfo;
use tacit_vm::OperandKind;

/// Values taken and left, or that it is not known.
pub(crate) type Effect = Option<Known>;

/// Values taken and left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) takes: usize,
    pub(crate) gives: usize,
}

/// An effect that is known.
pub(crate) const fn known(takes: usize, gives: usize) -> Effect {
    Some(Known { takes, gives })
}

/// One after the other.
pub(crate) fn then(first: Effect, second: Effect) -> Effect {
    let (first, second) = (first?, second?);
    let common = first.gives.min(second.takes);
    known(first.takes + second.takes - common, first.gives - common + second.gives)
}

/// One or the other: known if both change the stack's height alike.
pub(crate) fn either(one: Effect, other: Effect) -> Effect {
    let (one, other) = (one?, other?);
    let (low, high) = if one.takes < other.takes { (one, other) } else { (other, one) };
    let more = high.takes - low.takes;
    (low.gives + more == high.gives).then_some(high)
}

/// What a sum of it leaves, if it leaves as many more (or, negative, fewer) values than it takes.
pub(crate) fn with_net(effect: Effect, net: isize) -> Effect {
    effect.filter(|known| known.gives.cast_signed() - known.takes.cast_signed() == net)
}

/// Code that sees at least that many values.
pub(crate) fn at_least(effect: Effect, takes: usize) -> Effect {
    effect.map(|Known { takes: before, gives }| {
        let more = takes.saturating_sub(before);
        Known { takes: before + more, gives: gives + more }
    })
}

/// What the row of a word says of it.
pub(crate) fn of_word(op: &OpInfo<OperandKind>) -> Effect {
    if let Some(text) = effect_in(op.doc) {
        return parse(text);
    }
    let is_bracket = matches!(op.mnemonic, "[" | "#[" | ":[" | "exit");
    (!is_bracket).then_some(Known { takes: op.before.len(), gives: op.after.len() })
}

/// Whether a word takes code on top of the stack, so that braces may follow it.
pub(crate) fn takes_code(op: &OpInfo<OperandKind>) -> bool {
    match effect_in(op.doc) {
        Some(text) => text.split("--").next().is_some_and(|before| before.ends_with(" f ")),
        None => op.before.last() == Some(&"f"),
    }
}

/// The effect as words write it, from the row or its documentation.
pub(crate) fn shown(op: &OpInfo<OperandKind>) -> String {
    match effect_in(op.doc) {
        Some(text) => text.replace('`', ""),
        None if matches!(op.mnemonic, "[" | "#[" | ":[" | "exit") => String::new(),
        None => {
            let side =
                |names: &[&str]| names.iter().map(|name| format!("{name} ")).collect::<String>();
            format!("( {}-- {})", side(op.before), side(op.after))
        }
    }
}

/// What stands after `Effect:`, without the full stop.
fn effect_in(doc: &str) -> Option<&str> {
    split(doc).map(|(_, effect, _)| effect)
}

/// A word's documentation before its effect, the effect, and what comes after it.
pub(crate) fn split(doc: &str) -> Option<(&str, &str, &str)> {
    let (before, text) = doc.split_once("Effect: ")?;
    let (effect, after) = text.split_at(text.find("`.")? + 1);
    Some((before, effect, &after[1..]))
}

fn parse(text: &str) -> Effect {
    let inner = text.strip_prefix("`(")?.strip_suffix(")`")?;
    if inner.contains("...") || inner.contains('|') || inner.contains('`') {
        return None;
    }
    let (before, after) = inner.split_once("--")?;
    known(before.split_whitespace().count(), after.split_whitespace().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::built_in;

    fn effect(word: &str) -> Effect {
        of_word(built_in(word).expect("a word"))
    }

    #[test]
    fn effects_are_read_from_the_table() {
        assert_eq!(effect("rot"), known(3, 3));
        assert_eq!(effect("cr"), known(0, 0));
        assert_eq!(effect("reduce"), known(3, 1));
        assert_eq!(effect("to-vector"), known(1, 1));
        assert_eq!(effect("first"), known(1, 1));
        assert_eq!(effect("avg"), None);
        assert_eq!(effect("eval"), None);
        assert_eq!(effect("next"), None);
        assert_eq!(effect("["), None);
    }

    #[test]
    fn effects_follow_each_other() {
        assert_eq!(then(known(1, 2), known(2, 1)), known(1, 1));
        assert_eq!(then(known(0, 1), known(3, 0)), known(2, 0));
        assert_eq!(either(known(0, 1), known(1, 2)), known(1, 2));
        assert_eq!(either(known(0, 1), known(1, 1)), None);
    }

    #[test]
    fn words_that_take_code_are_known() {
        let takers: Vec<_> = tacit_vm::Instruction::TABLE
            .iter()
            .filter(|op| takes_code(op))
            .map(|op| op.mnemonic)
            .collect();
        assert_eq!(
            takers.join(" "),
            "eval call delay quote times map filter take-while scan generate iterate for-each \
             reduce find any all spawn"
        );
    }
}
