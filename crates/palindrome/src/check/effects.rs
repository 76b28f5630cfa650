//! Says where what may only read changes something, with the calls in between.

use source::Diagnostic;

use super::Checker;
use crate::codes::EFFECT;
use crate::types::{Effect, Excess};

impl Checker<'_> {
    pub(super) fn effect_limits(&mut self) {
        let solution = self.effects.solve();
        for excess in self.effects.excesses(&solution) {
            let diagnostic = report(&excess);
            self.note(diagnostic);
        }
    }
}

fn report(excess: &Excess) -> Diagnostic {
    let limit = &excess.limit;
    let may = match limit.most {
        Effect::Pure => "may neither read nor change state",
        Effect::Query | Effect::Transform => "may only read state",
    };
    let does = if excess.effect == Effect::Transform { "changes it" } else { "reads it" };
    let at = excess.chain.first().map_or(limit.at, |(_, at)| *at);
    let message = format!("{} {may}, and this {does}", limit.what);
    let mut diagnostic = Diagnostic::error(EFFECT, at, message);
    let called = excess.chain.len().saturating_sub(1);
    if let Some((name, _)) = excess.chain.first()
        && called > 0
    {
        diagnostic = diagnostic.with_label(format!("calls {name}"));
    }
    for (index, (name, span)) in excess.chain.iter().enumerate().skip(1) {
        let what = if index == called {
            match excess.effect {
                Effect::Transform => "which changes state here".to_owned(),
                Effect::Pure | Effect::Query => "which reads state here".to_owned(),
            }
        } else {
            format!("which calls {name}")
        };
        diagnostic = diagnostic.with_note(*span, what);
    }
    diagnostic.with_hint(match excess.effect {
        Effect::Transform => "do this in a `transform`, outside of what only reads",
        Effect::Pure | Effect::Query => "give it the values that it needs as arguments",
    })
}
