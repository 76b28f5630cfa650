//! `import` and `export`.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    pub(super) fn import(&mut self) {
        self.node(SyntaxKind::Import, |p| {
            p.bump();
            if !p.import_list() {
                return;
            }
            if p.peek_past_lines() == SyntaxKind::FromWord {
                p.skip_blanks();
            }
            if p.expect(SyntaxKind::FromWord) {
                p.path();
            } else {
                p.skip_to_stop();
            }
        });
    }

    fn path(&mut self) {
        match self.peek() {
            SyntaxKind::Text => self.bump(),
            SyntaxKind::QuoteOpen => {
                self.expected("a path in double quotes").hint =
                    Some("only strings with `'` can have values in them".to_owned());
                self.node(SyntaxKind::Error, Self::interpolated);
            }
            _ => {
                self.expected("a path in double quotes");
                self.skip_to_stop();
            }
        }
    }

    pub(super) fn export(&mut self) {
        self.node(SyntaxKind::Export, |p| {
            p.bump();
            p.import_list();
        });
    }

    /// `{ a, b as c }`; whether more is to be expected after it.
    fn import_list(&mut self) -> bool {
        match self.peek() {
            SyntaxKind::CurlyOpen => {}
            SyntaxKind::Star => {
                self.error(codes::UNSUPPORTED, "names are imported one by one").hint =
                    Some("write `{ a, b }`".to_owned());
                self.skip_token();
                return true;
            }
            _ => {
                self.expected("`{`").hint = Some("names stand in braces: `{ a, b }`".to_owned());
                self.skip_statement();
                return false;
            }
        }
        self.node(SyntaxKind::ImportList, |p| {
            let open = p.next();
            let mut is_empty = true;
            p.bracketed(false, |p, end| {
                p.list(end, |p| {
                    is_empty = false;
                    p.node(SyntaxKind::ImportItem, |p| {
                        p.expect_name("a name");
                        if p.eat(SyntaxKind::AsWord) {
                            p.expect_name("a name");
                        }
                    });
                });
            });
            if is_empty {
                p.error_at(open, codes::EXPECTED, "expected names between the braces");
            }
        });
        true
    }
}
