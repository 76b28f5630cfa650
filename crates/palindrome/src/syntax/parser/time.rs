//! Statements about moments, branches and worlds.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// A statement about time, if its word comes next.
    pub(super) fn opt_time(&mut self) -> bool {
        let third = self.after(self.second());
        match self.text_at(self.next()) {
            "checkpoint" if self.is_name_next() => self.with_name(SyntaxKind::Checkpoint),
            "inspect" if self.is_name_next() => self.with_name(SyntaxKind::Inspect),
            "switch" if self.is_name_next() => self.with_name(SyntaxKind::Switch),
            "rewind" if self.is_word_at(self.second(), "to") => self.rewind(),
            "revert" if self.is_name_next() && self.is_word_at(third, "to") => self.revert(),
            "dispose" if self.is_name_next() => {
                self.past(SyntaxKind::Dispose, SyntaxKind::ArrowRight);
            }
            "recover" if self.is_name_next() => {
                self.past(SyntaxKind::Recover, SyntaxKind::ArrowLeft);
            }
            "parallel" if self.peek_second() == SyntaxKind::CurlyOpen => self.parallel(),
            _ => return false,
        }
        true
    }

    fn with_name(&mut self, kind: SyntaxKind) {
        self.node(kind, |p| {
            p.bump();
            p.expect_name("a name");
        });
    }

    /// `rewind to T` or `rewind to when c`
    fn rewind(&mut self) {
        self.node(SyntaxKind::Rewind, |p| {
            p.bump();
            p.bump();
            if p.is_word("when") && p.is_value_start(p.second()) {
                p.bump();
            }
            p.expression();
        });
    }

    /// `revert Lib to e`
    fn revert(&mut self) {
        self.node(SyntaxKind::Revert, |p| {
            p.bump();
            p.path("a library");
            p.expect_word("to");
            p.expression();
        });
    }

    /// `dispose x -> past`, `recover x <- past`
    fn past(&mut self, kind: SyntaxKind, arrow: SyntaxKind) {
        self.node(kind, |p| {
            p.bump();
            p.expect_name("a name");
            if p.expect(arrow) {
                p.expect_word("past");
            } else {
                p.skip_to_stop();
            }
        });
    }

    /// `parallel { a: … b: … } merge strategy latest`
    fn parallel(&mut self) {
        self.node(SyntaxKind::Parallel, |p| {
            p.bump();
            p.parts("an arm: `name: statement`", |p| {
                if !p.is_label() {
                    return;
                }
                p.node(SyntaxKind::ParallelArm, |p| {
                    p.bump();
                    p.bump();
                    p.skip_blanks();
                    p.nested(Self::statement);
                });
                p.eat(SyntaxKind::Comma);
            });
            let merge = p.solid[p.at];
            if p.is_word_at(merge, "merge") && p.is_word_at(p.solid_after(merge), "strategy") {
                p.skip_blanks();
                p.merge();
            }
        });
    }

    fn merge(&mut self) {
        const STRATEGIES: &[&str] = &["latest", "first", "combine", "ask"];
        self.node(SyntaxKind::Merge, |p| {
            p.bump();
            p.bump();
            if !STRATEGIES.contains(&p.text_at(p.next())) {
                p.expected("`latest`, `first`, `combine` or `ask`").hint = p.meant_of(STRATEGIES);
                p.skip_to_stop();
                return;
            }
            p.bump();
        });
    }
}
