//! Types.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    pub(super) fn type_(&mut self) {
        self.nested(|p| {
            let checkpoint = p.checkpoint();
            let begin = p.next();
            p.simple_type();
            if p.next() == begin {
                return;
            }
            if p.eat(SyntaxKind::Question) {
                p.wrap(checkpoint, SyntaxKind::OptionalType);
                if p.peek() == SyntaxKind::Pipe {
                    p.mixed();
                    p.skip_to_end_of_type();
                }
                return;
            }
            if p.peek() != SyntaxKind::Pipe {
                return;
            }
            p.builder.start_at(checkpoint, SyntaxKind::UnionType);
            while p.eat(SyntaxKind::Pipe) {
                p.skip_blanks();
                p.simple_type();
                if p.peek() == SyntaxKind::Question {
                    p.mixed();
                    p.skip_token();
                }
            }
            p.builder.finish();
        });
    }

    fn mixed(&mut self) {
        self.expected("the end of the type").hint =
            Some("`?` and `|` do not mix: write `T | null`, or parentheses".to_owned());
    }

    fn skip_to_end_of_type(&mut self) {
        self.node(SyntaxKind::Error, |p| {
            while p.eat(SyntaxKind::Pipe) {
                p.skip_blanks();
                p.simple_type();
                p.eat(SyntaxKind::Question);
            }
        });
    }

    fn simple_type(&mut self) {
        match self.peek() {
            SyntaxKind::Name if self.text_at(self.next()) == "Tensor" => self.tensor_type(),
            SyntaxKind::Name | SyntaxKind::NullWord => {
                self.leaf(SyntaxKind::NameType);
                if self.peek() == SyntaxKind::Less {
                    self.error(codes::UNSUPPORTED, "only `Tensor` says what its elements are");
                    self.skip_to_stop();
                }
            }
            SyntaxKind::CurlyOpen => self.record_type(),
            SyntaxKind::RoundOpen => self.round_type(),
            kind if kind.is_keyword() => {
                self.expected("a type");
                self.skip_token();
            }
            _ => {
                self.expected("a type");
            }
        }
    }

    fn tensor_type(&mut self) {
        self.node(SyntaxKind::TensorType, |p| {
            p.bump();
            if !p.eat(SyntaxKind::Less) {
                p.expected("`<` and the type of the elements").hint =
                    Some("write `Tensor<Number>`".to_owned());
                return;
            }
            p.type_();
            if p.eat(SyntaxKind::Comma) {
                if p.peek() == SyntaxKind::SquareOpen {
                    p.node(SyntaxKind::Shape, |p| {
                        p.bracketed(false, |p, end| p.list(end, Self::dimension));
                    });
                } else {
                    p.expected("a shape, such as `[2, _]`");
                }
            }
            p.expect(SyntaxKind::Greater);
        });
    }

    fn dimension(&mut self) {
        let is_any = self.peek() == SyntaxKind::Name && self.text_at(self.next()) == "_";
        if is_any || self.peek() == SyntaxKind::Number {
            self.bump();
        } else {
            self.expected("a number or `_`");
        }
    }

    fn record_type(&mut self) {
        self.node(SyntaxKind::RecordType, |p| {
            p.bracketed(false, |p, end| {
                p.list(end, |p| {
                    p.node(SyntaxKind::FieldType, |p| {
                        let is_key =
                            matches!(p.peek_second(), SyntaxKind::Colon | SyntaxKind::Question);
                        if p.peek() == SyntaxKind::MutWord && !is_key {
                            p.bump();
                        }
                        if !p.key() {
                            return;
                        }
                        p.eat(SyntaxKind::Question);
                        if p.expect(SyntaxKind::Colon) {
                            p.skip_blanks();
                            p.type_();
                        }
                    });
                });
            });
        });
    }

    /// `(T)` or `(A, B): R`.
    fn round_type(&mut self) {
        let checkpoint = self.checkpoint();
        let open = self.next();
        let mut count = 0;
        self.bracketed(false, |p, end| {
            p.list(end, |p| {
                count += 1;
                p.type_();
            });
        });
        if self.peek() == SyntaxKind::Colon {
            self.wrap(checkpoint, SyntaxKind::TypeList);
            self.builder.start_at(checkpoint, SyntaxKind::FunctionType);
            self.bump();
            self.skip_blanks();
            self.type_();
            self.builder.finish();
            return;
        }
        if matches!(self.peek(), SyntaxKind::Arrow) && count != 1 {
            self.expected("`:` and the type of the result");
        } else if count != 1 {
            self.error_at(open, codes::EXPECTED, "expected one type in parentheses").hint =
                Some("a function's type is `(A, B): R`".to_owned());
        }
        self.wrap(checkpoint, SyntaxKind::ParenType);
    }
}
