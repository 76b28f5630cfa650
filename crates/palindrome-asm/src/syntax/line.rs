//! One line: labels, then an instruction or a directive.

use source::Span;

use super::ast::{Form, Name, Operand, Statement, StatementKind};
use super::directive;
use super::expression::{Expr, ExprOp};
use super::record::{self, Block};
use super::token::{Lexeme, Token};
use crate::codes;
use crate::problem::{Problem, labelled, problem};

/// Parentheses in each other.
const NESTING_MAX: u32 = 64;

/// Mnemonics that are planned.
const NOT_YET: [&str; 3] = ["MOUNT", "REPLICATE", "UNMOUNT"];

/// What the reader of a file must do after a line.
#[derive(Debug)]
pub(crate) enum After {
    /// Go on.
    Next,
    /// Read a file first.
    Include(Name),
}

/// Parses a line. Statements before an error are kept.
pub(crate) fn parse(
    lexemes: &[Lexeme],
    span: Span,
    block: &mut Option<Block>,
    out: &mut Vec<Statement>,
) -> Result<After, Problem> {
    let mut line = Line { lexemes, at: 0, end: span, nesting: 0 };
    if line.peek() == Some(&Token::Mark('}'))
        && let Some(open) = block.take()
    {
        line.at += 1;
        line.finish()?;
        record::close(open, span, out)?;
        return Ok(After::Next);
    }
    if let Some(open) = block.as_mut()
        && record::within(&mut line, open)?
    {
        return Ok(After::Next);
    }
    while let [Lexeme { token: Token::Word(word), span }, colon, ..] = line.rest()
        && colon.token == Token::Mark(':')
    {
        let name = Name { text: word.clone(), span: *span };
        out.push(Statement { span: *span, kind: StatementKind::Label(name) });
        line.at += 2;
    }
    let Some(first) = line.rest().first() else { return Ok(After::Next) };
    let Token::Word(word) = &first.token else {
        let message = "a line begins with a label, an instruction or a directive";
        return Err(problem(codes::SYNTAX, first.span, message));
    };
    let head = Name { text: word.clone(), span: first.span };
    line.at += 1;
    if head.text.starts_with('.') {
        return directive::parse(&head, &mut line, out);
    }
    let begin = out.len();
    match line.record(&head, block, out) {
        Ok(true) => return Ok(After::Next),
        Ok(false) => {}
        Err(problem) => {
            // It takes the place of one instruction.
            out.truncate(begin);
            let span = Span { end: line.previous_end(), ..head.span };
            out.push(Statement { span, kind: StatementKind::Broken });
            return Err(problem);
        }
    }
    let kind = line.instruction(&head);
    let whole = Span { end: line.previous_end(), ..head.span };
    match kind {
        Ok(kind) => {
            out.push(Statement { span: whole, kind });
            Ok(After::Next)
        }
        Err(problem) => {
            out.push(Statement { span: whole, kind: StatementKind::Broken });
            Err(problem)
        }
    }
}

/// The tokens of a line, and how far they were read.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    lexemes: &'a [Lexeme],
    at: usize,
    /// The whole line, for errors at its end.
    end: Span,
    nesting: u32,
}

impl<'a> Line<'a> {
    fn rest(&self) -> &'a [Lexeme] {
        &self.lexemes[self.at..]
    }

    /// The next token.
    pub(crate) fn peek(&self) -> Option<&'a Token> {
        self.rest().first().map(|lexeme| &lexeme.token)
    }

    /// Where the next token is, or where the line ends.
    pub(crate) fn here(&self) -> Span {
        match self.rest().first() {
            Some(lexeme) => lexeme.span,
            None => Span { start: self.previous_end(), end: self.previous_end(), ..self.end },
        }
    }

    /// Where the last token that was read ends.
    pub(crate) fn previous_end(&self) -> u32 {
        let last = self.at.checked_sub(1).and_then(|index| self.lexemes.get(index));
        last.map_or(self.end.start, |lexeme| lexeme.span.end)
    }

    /// Takes the token if it is this character.
    pub(crate) fn eat(&mut self, mark: char) -> bool {
        let is_it = self.peek() == Some(&Token::Mark(mark));
        self.at += usize::from(is_it);
        is_it
    }

    /// Passes a token over.
    pub(crate) fn skip(&mut self) {
        self.at += 1;
    }

    /// Takes this character.
    pub(crate) fn expect(&mut self, mark: char) -> Result<(), Problem> {
        if self.eat(mark) { Ok(()) } else { Err(self.expected(&format!("`{mark}`"))) }
    }

    /// "… was expected" at the next token.
    pub(crate) fn expected(&self, what: &str) -> Problem {
        let found = match self.rest().first() {
            Some(_) => "this was not expected",
            None => "the line ends too early",
        };
        labelled(codes::SYNTAX, self.here(), found, format!("{what} was expected"))
    }

    /// Tests that nothing is left.
    pub(crate) fn finish(&self) -> Result<(), Problem> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.expected("the end of the line")) }
    }

    /// Takes the token if it is a word.
    pub(crate) fn opt_word(&mut self) -> Option<Name> {
        let Lexeme { token: Token::Word(word), span } = self.rest().first()? else { return None };
        self.at += 1;
        Some(Name { text: word.clone(), span: *span })
    }

    /// Takes a word.
    pub(crate) fn word(&mut self, what: &str) -> Result<Name, Problem> {
        self.opt_word().ok_or_else(|| self.expected(what))
    }

    /// Takes the token if it is a quoted text.
    pub(crate) fn opt_text(&mut self) -> Option<Name> {
        let Lexeme { token: Token::Text(text), span } = self.rest().first()? else { return None };
        self.at += 1;
        Some(Name { text: text.clone(), span: *span })
    }

    /// Takes the token if it is a number with a point or an exponent.
    pub(crate) fn opt_float(&mut self) -> Option<f64> {
        let Some(Token::Float(value)) = self.peek() else { return None };
        self.at += 1;
        Some(*value)
    }

    /// `sum`.
    pub(crate) fn expression(&mut self) -> Result<Expr, Problem> {
        let start = self.here();
        let mut ops = Vec::new();
        self.eat('#');
        self.sum(&mut ops)?;
        Ok(Expr { ops, span: Span { end: self.previous_end(), ..start } })
    }

    fn sum(&mut self, ops: &mut Vec<ExprOp>) -> Result<(), Problem> {
        self.product(ops)?;
        loop {
            let op = if self.eat('+') {
                ExprOp::Add
            } else if self.eat('-') {
                ExprOp::Subtract
            } else {
                return Ok(());
            };
            self.product(ops)?;
            ops.push(op);
        }
    }

    fn product(&mut self, ops: &mut Vec<ExprOp>) -> Result<(), Problem> {
        self.factor(ops)?;
        loop {
            let op = if self.eat('*') {
                ExprOp::Multiply
            } else if self.eat('/') {
                ExprOp::Divide
            } else {
                return Ok(());
            };
            self.factor(ops)?;
            ops.push(op);
        }
    }

    fn factor(&mut self, ops: &mut Vec<ExprOp>) -> Result<(), Problem> {
        let mut is_negative = false;
        loop {
            if self.eat('-') {
                is_negative = !is_negative;
            } else if !self.eat('+') {
                break;
            }
        }
        let here = self.here();
        match self.peek() {
            Some(Token::Integer(value)) => ops.push(ExprOp::Number(*value)),
            Some(Token::Float(value)) => {
                let value = if is_negative { -value } else { *value };
                self.at += 1;
                let is_part = !ops.is_empty()
                    || matches!(self.peek(), Some(Token::Mark('+' | '-' | '*' | '/')));
                if is_part {
                    let message = "only whole numbers can be calculated with here";
                    return Err(problem(codes::BAD_NUMBER, here, message));
                }
                ops.push(ExprOp::Number(i128::from(value.to_bits().cast_signed())));
                return Ok(());
            }
            Some(Token::Word(name)) => ops.push(ExprOp::Symbol(name.clone())),
            Some(Token::Mark('(')) => {
                if self.nesting == NESTING_MAX {
                    let message = format!("more than {NESTING_MAX} parentheses in each other");
                    return Err(problem(codes::LIMIT, here, message));
                }
                self.nesting += 1;
                self.at += 1;
                self.sum(ops)?;
                self.nesting -= 1;
                if self.peek() != Some(&Token::Mark(')')) {
                    return Err(self.expected("`)`"));
                }
            }
            _ => return Err(self.expected("a number or a name")),
        }
        self.at += 1;
        if is_negative {
            ops.push(ExprOp::Negate);
        }
        Ok(())
    }

    /// What is written about records; false if it is an instruction like all others.
    fn record(
        &mut self,
        head: &Name,
        block: &mut Option<Block>,
        out: &mut Vec<Statement>,
    ) -> Result<bool, Problem> {
        if self.peek() == Some(&Token::Mark('=')) {
            record::layout(self, head.clone(), out)?;
            self.finish()?;
            return Ok(true);
        }
        let mnemonic = head.text.to_ascii_uppercase();
        let opens = self.lexemes.last().is_some_and(|last| last.token == Token::Mark('{'));
        let span = match self.lexemes.last() {
            Some(last) => Span { end: last.span.end, ..head.span },
            None => head.span,
        };
        match mnemonic.as_str() {
            "WRITE" if self.peek() == Some(&Token::Mark('[')) => {
                record::write(self, span, block.as_ref(), out)?;
            }
            "READ" => record::read(self, span, block.as_ref(), out)?,
            "PROJECT" if !matches!(self.peek(), Some(Token::Text(_))) => {
                record::project(self, span, out)?;
            }
            "FILTER" => {
                let operands = record::condition(self)?;
                self.finish()?;
                let kind = StatementKind::Instruction { mnemonic: head.clone(), operands };
                out.push(Statement { span, kind });
            }
            "CREATE_VIEW" | "TRANSFORM" | "BTREE_NODE" if opens => {
                if let Some(open) = block {
                    let message = "a block within another one";
                    let inside = problem(codes::SYNTAX, head.span, message);
                    return Err(Box::new(inside.with_note(open.span(), "it is open here")));
                }
                *block = Some(record::open(self, &mnemonic, span, out)?);
            }
            "TRANSFORM" | "BTREE_NODE" => return Err(self.expected("`{` at the end")),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn instruction(&mut self, head: &Name) -> Result<StatementKind, Problem> {
        let upper = head.text.to_ascii_uppercase();
        if NOT_YET.contains(&upper.as_str()) {
            let message = format!("not yet: {upper} cannot be used so far");
            return Err(problem(codes::NOT_YET, head.span, message));
        }
        let is_copy = upper == "COPY";
        let mut operands = Vec::new();
        while !self.rest().is_empty() {
            if !operands.is_empty() && !self.eat(',') {
                if !(is_copy && self.peek() == Some(&Token::Arrow)) {
                    return Err(self.expected("`,` or the end of the line"));
                }
                self.at += 1;
            }
            operands.push(self.operand()?);
            if is_copy && self.peek() == Some(&Token::Mark('[')) {
                self.slice(&mut operands)?;
            }
        }
        Ok(StatementKind::Instruction { mnemonic: head.clone(), operands })
    }

    /// `[start:end]` or `[at]` after the name of what is copied.
    fn slice(&mut self, operands: &mut Vec<Operand>) -> Result<(), Problem> {
        self.expect('[')?;
        operands.push(self.operand()?);
        if self.eat(':') {
            operands.push(self.operand()?);
        }
        self.expect(']')
    }

    /// An operand of an instruction.
    pub(crate) fn operand(&mut self) -> Result<Operand, Problem> {
        let start = self.here();
        let form = match self.rest() {
            [Lexeme { token: Token::Text(text), .. }, ..] => {
                self.at += 1;
                Form::Text(text.clone())
            }
            [Lexeme { token: Token::Mark('['), .. }, ..] => {
                self.at += 1;
                self.bracket()?
            }
            [Lexeme { token: Token::Word(word), .. }, after @ ..]
                if !matches!(
                    after.first().map(|lexeme| &lexeme.token),
                    Some(Token::Mark('+' | '-' | '*' | '/'))
                ) =>
            {
                self.at += 1;
                Form::Word(word.clone())
            }
            _ => Form::Number(self.expression()?),
        };
        Ok(Operand { span: Span { end: self.previous_end(), ..start }, form })
    }

    /// After `[`.
    fn bracket(&mut self) -> Result<Form, Problem> {
        let Some(base) = self.opt_word() else {
            self.expression()?;
            self.expect(']')?;
            return Ok(Form::Absolute);
        };
        let offset = match self.peek() {
            Some(Token::Mark(']')) => Expr::number(0, self.here()),
            // A minus is left where it is and becomes the sign.
            Some(Token::Mark('-')) => self.expression()?,
            _ => {
                self.expect('+')?;
                self.expression()?
            }
        };
        self.expect(']')?;
        Ok(Form::Bracket { base, offset })
    }
}
