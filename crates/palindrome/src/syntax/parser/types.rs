//! Types.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// `T`, or `A -> B -> C`, whose arrows are read from the right.
    pub(super) fn type_(&mut self) {
        self.nested(|p| {
            let checkpoint = p.checkpoint();
            p.optional_type();
            if p.peek() != SyntaxKind::ArrowRight {
                return;
            }
            p.builder.start_at(checkpoint, SyntaxKind::FunctionType);
            while p.eat(SyntaxKind::ArrowRight) {
                p.skip_blanks();
                p.optional_type();
            }
            p.builder.finish();
        });
    }

    fn optional_type(&mut self) {
        let checkpoint = self.checkpoint();
        self.plain_type();
        // `T??` is no more than `T?`, and is let through for the names check.
        if self.eat(SyntaxKind::Question) {
            self.wrap(checkpoint, SyntaxKind::OptionalType);
        }
    }

    fn plain_type(&mut self) {
        match self.peek() {
            SyntaxKind::Name => self.node(SyntaxKind::NameType, |p| {
                p.bump();
                while p.peek() == SyntaxKind::Dot && p.is_field_dot(p.next()) {
                    p.bump();
                    p.bump();
                }
                p.opt_type_arguments();
            }),
            SyntaxKind::SquareOpen => self.node(SyntaxKind::ListType, |p| {
                p.bracketed(false, |p, _| p.type_());
            }),
            SyntaxKind::CurlyOpen => self.node(SyntaxKind::RecordType, |p| {
                p.bracketed(false, |p, end| p.list(end, Self::field_type));
            }),
            SyntaxKind::RoundOpen => self.node(SyntaxKind::ParenType, |p| {
                p.bracketed(false, |p, end| p.list(end, Self::type_));
            }),
            SyntaxKind::NoneWord => {
                self.expected("a type").hint =
                    Some("what may be `none` is `T?`; a function without value has no `->`".into());
                self.skip_token();
            }
            _ => {
                self.expected("a type");
            }
        }
    }

    fn field_type(&mut self) {
        self.node(SyntaxKind::FieldType, |p| {
            p.expect_name("the name of a field");
            if p.expect(SyntaxKind::Colon) {
                p.skip_blanks();
                p.type_();
            } else {
                p.skip_to_stop();
            }
        });
    }

    /// `<A, B>` after a name.
    fn opt_type_arguments(&mut self) {
        if self.peek() != SyntaxKind::Less {
            return;
        }
        self.node(SyntaxKind::TypeArguments, |p| {
            p.bump();
            loop {
                p.type_();
                if !p.eat(SyntaxKind::Comma) {
                    break;
                }
                p.skip_blanks();
            }
            p.expect(SyntaxKind::Greater);
        });
    }
}
