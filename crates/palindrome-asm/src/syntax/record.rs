//! Records as they are written: `WRITE [id: 1]`, `READ record`, `FILTER age > 18`, layouts, and the
//! blocks of views, transformations and nodes. All of it becomes plain statements.

use palindrome_vm::Order;
use source::Span;
use tape::SegmentType;

use super::ast::{Form, Name, Operand, Statement, StatementKind};
use super::directive;
use super::expression::Expr;
use super::line::Line;
use super::token::Token;
use crate::codes;
use crate::problem::{Problem, problem};

/// A block that is open at the end of a line.
#[derive(Debug)]
pub(crate) enum Block {
    /// `CREATE_VIEW name {`.
    View { name: Name, source: Option<Name>, condition: Option<Vec<Operand>> },
    /// `TRANSFORM from -> to {`.
    Transform { from: Name, to: Name },
    /// `BTREE_NODE name {`.
    Node { name: Name, keys: Vec<Expr>, children: Vec<Expr> },
}

impl Block {
    /// Where it begins.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::View { name, .. } | Self::Node { name, .. } => name.span,
            Self::Transform { from, .. } => from.span,
        }
    }
}

/// An instruction.
fn instruction(span: Span, mnemonic: &str, operands: Vec<Operand>) -> Statement {
    let mnemonic = Name { text: mnemonic.to_owned(), span };
    Statement { span, kind: StatementKind::Instruction { mnemonic, operands } }
}

fn word(name: &Name) -> Operand {
    Operand { span: name.span, form: Form::Word(name.text.clone()) }
}

/// The name of a field or a segment, which is quoted if it is no word.
fn name(line: &mut Line<'_>, what: &str) -> Result<Operand, Problem> {
    match line.opt_text() {
        Some(Name { text, span }) => Ok(Operand { span, form: Form::Text(text) }),
        None => Ok(word(&line.word(what)?)),
    }
}

fn zero(span: Span) -> Operand {
    Operand { span, form: Form::Number(Expr::number(0, span)) }
}

/// A name that nobody can write, for something that belongs to the statement at `span`.
fn hidden(span: Span, what: &str) -> Name {
    Name { text: format!("{what}@{}.{}", span.source.0, span.start), span }
}

/// `NAME = [field: Type, …]`: a table of one record, whose schema others take.
pub(crate) fn layout(
    line: &mut Line<'_>,
    name: Name,
    out: &mut Vec<Statement>,
) -> Result<(), Problem> {
    line.expect('=')?;
    let schema = directive::schema(line, name.span)?;
    let size = Expr::number(i128::from(schema.record_size()), name.span);
    let span = name.span;
    let kind = Some(SegmentType::Table { schema });
    out.push(Statement { span, kind: StatementKind::Segment { name, size: Some(size), kind } });
    out.push(Statement { span, kind: StatementKind::Code });
    Ok(())
}

/// `[field: value, …], …` after `WRITE`: a field at a time, then on to the next record.
pub(crate) fn write(
    line: &mut Line<'_>,
    span: Span,
    block: Option<&Block>,
    out: &mut Vec<Statement>,
) -> Result<(), Problem> {
    let transform = match block {
        Some(Block::Transform { from, .. }) => {
            Some([hidden(from.span, "from"), hidden(from.span, "to")])
        }
        Some(Block::View { .. } | Block::Node { .. }) | None => None,
    };
    if let Some([from, to]) = &transform {
        out.push(instruction(span, "MARK", vec![word(from)]));
        out.push(instruction(span, "SEEKMARK", vec![word(to)]));
    }
    loop {
        line.expect('[')?;
        loop {
            let field = line.word("a field's name")?;
            line.expect(':')?;
            value(line, span, &field, out)?;
            if !line.eat(',') {
                break;
            }
        }
        line.expect(']')?;
        out.push(instruction(span, "ADVANCE", Vec::new()));
        if !line.eat(',') {
            break;
        }
    }
    if let Some([from, to]) = &transform {
        out.push(instruction(span, "MARK", vec![word(to)]));
        out.push(instruction(span, "SEEKMARK", vec![word(from)]));
    }
    line.finish()
}

/// The value of a field.
fn value(
    line: &mut Line<'_>,
    span: Span,
    field: &Name,
    out: &mut Vec<Statement>,
) -> Result<(), Problem> {
    if line.eat('&') {
        let table = line.word("a table")?;
        line.expect('[')?;
        let index = line.operand()?;
        line.expect(']')?;
        out.push(instruction(span, "WRITE_POSITION", vec![word(field), word(&table), index]));
        return Ok(());
    }
    let operand = line.operand()?;
    let Form::Word(name) = &operand.form else {
        out.push(instruction(span, "WRITE", vec![word(field), operand]));
        return Ok(());
    };
    if line.eat('(') {
        if line.eat(')') {
            if !name.eq_ignore_ascii_case("now") {
                let message = format!("`{name}()` gives no value; `now()` does");
                return Err(problem(codes::SYNTAX, operand.span, message));
            }
            out.push(instruction(span, "WRITE_NOW", vec![word(field)]));
            return Ok(());
        }
        // The field says what the value becomes; the type is for the reader.
        directive::check_type(name, operand.span)?;
        value(line, span, field, out)?;
        return line.expect(')');
    }
    let operands = match name.split_once('.') {
        Some((record, from)) => {
            let part =
                |text: &str| Operand { span: operand.span, form: Form::Word(text.to_owned()) };
            vec![word(field), part(record), part(from)]
        }
        None => vec![word(field), operand],
    };
    out.push(instruction(span, "WRITE", operands));
    Ok(())
}

/// `record [as LAYOUT]` after `READ`.
pub(crate) fn read(
    line: &mut Line<'_>,
    span: Span,
    block: Option<&Block>,
    out: &mut Vec<Statement>,
) -> Result<(), Problem> {
    let mut operands = vec![name(line, "a name for the record")?];
    if matches!(line.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("as")) {
        line.opt_word();
        operands.push(name(line, "the name of a layout")?);
    } else if line.eat(',') {
        operands.push(name(line, "the name of a layout")?);
    }
    line.finish()?;
    out.push(instruction(span, "READ", operands));
    if let Some(Block::Transform { .. }) = block {
        out.push(instruction(span, "ADVANCE", Vec::new()));
    }
    Ok(())
}

/// `field, …` after `PROJECT`.
pub(crate) fn project(
    line: &mut Line<'_>,
    span: Span,
    out: &mut Vec<Statement>,
) -> Result<(), Problem> {
    let mut fields = vec![line.word("a field's name")?.text];
    while line.eat(',') {
        fields.push(line.word("a field's name")?.text);
    }
    line.finish()?;
    // A word, which `settle` makes a text, tells it from the instruction's own form.
    let fields = Operand { span, form: Form::Word(fields.join(", ")) };
    out.push(instruction(span, "PROJECT", vec![fields]));
    Ok(())
}

/// `field < value`, or the operands of the instruction with commas.
pub(crate) fn condition(line: &mut Line<'_>) -> Result<Vec<Operand>, Problem> {
    let field = name(line, "a field's name")?;
    if line.eat(',') {
        let order = word(&line.word("`eq`, `ne`, `lt`, `le`, `gt` or `ge`")?);
        line.expect(',')?;
        return Ok(vec![field, order, line.operand()?]);
    }
    let span = line.here();
    let mut sign = String::new();
    for mark in ['<', '>', '=', '='] {
        if line.eat(mark) {
            sign.push(mark);
        }
    }
    let sign = if sign == "==" { "=" } else { &sign };
    let order = Order::NAMES.iter().find(|(_, _, known)| *known == sign);
    let Some((_, order, _)) = order else {
        return Err(line.expected("`=`, `<>`, `<`, `<=`, `>` or `>=`"));
    };
    let order = Operand { span, form: Form::Word((*order).to_owned()) };
    Ok(vec![field, order, line.operand()?])
}

/// `name {` or `from -> to {` after the mnemonic of a block.
pub(crate) fn open(
    line: &mut Line<'_>,
    mnemonic: &str,
    span: Span,
    out: &mut Vec<Statement>,
) -> Result<Block, Problem> {
    let name = line.word("a name")?;
    let block = match mnemonic {
        "CREATE_VIEW" => Block::View { name, source: None, condition: None },
        "TRANSFORM" => {
            if line.peek() != Some(&Token::Arrow) {
                return Err(line.expected("`->` and the segment that the records go to"));
            }
            line.skip();
            Block::Transform { from: name, to: line.word("a segment")? }
        }
        _ => Block::Node { name, keys: Vec::new(), children: Vec::new() },
    };
    line.expect('{')?;
    line.finish()?;
    if let Block::Transform { from, to } = &block {
        out.push(instruction(span, "SEGMENTSEEK", vec![word(to), zero(span)]));
        out.push(instruction(span, "MARK", vec![word(&hidden(from.span, "to"))]));
        out.push(instruction(span, "SEGMENTSEEK", vec![word(from), zero(span)]));
        let label = hidden(from.span, "transform");
        out.push(Statement { span, kind: StatementKind::Label(label) });
    }
    Ok(block)
}

/// A line within a block that is no instruction; false if it is one.
pub(crate) fn within(line: &mut Line<'_>, block: &mut Block) -> Result<bool, Problem> {
    let Some(Token::Word(head)) = line.peek() else { return Ok(false) };
    let head = head.to_ascii_lowercase();
    match block {
        Block::View { source, .. } if head == "source" => {
            line.opt_word();
            *source = Some(line.word("a table")?);
        }
        Block::View { condition: kept, .. } if head == "filter" => {
            line.opt_word();
            *kept = Some(condition(line)?);
        }
        Block::Node { keys, children, .. } if head == "keys" || head == "children" => {
            line.opt_word();
            line.expect(':')?;
            *(if head == "keys" { keys } else { children }) = places(line)?;
        }
        Block::Transform { .. } => return Ok(false),
        Block::View { .. } => return Err(line.expected("`SOURCE`, `FILTER` or `}`")),
        Block::Node { .. } => return Err(line.expected("`keys:`, `children:` or `}`")),
    }
    line.finish()?;
    Ok(true)
}

/// `[10, &tape[0x100], …]`.
fn places(line: &mut Line<'_>) -> Result<Vec<Expr>, Problem> {
    let mut all = Vec::new();
    line.expect('[')?;
    loop {
        if line.eat('&') {
            let tape = line.word("`tape`")?;
            if !tape.text.eq_ignore_ascii_case("tape") {
                let message = "a child is a position of the tape: write `&tape[position]`";
                return Err(problem(codes::SYNTAX, tape.span, message));
            }
            line.expect('[')?;
            all.push(line.expression()?);
            line.expect(']')?;
        } else {
            all.push(line.expression()?);
        }
        if !line.eat(',') {
            break;
        }
    }
    line.expect(']')?;
    Ok(all)
}

/// What a block comes to at its `}`.
pub(crate) fn close(block: Block, span: Span, out: &mut Vec<Statement>) -> Result<(), Problem> {
    match block {
        Block::View { name, source, condition } => {
            let (Some(source), Some(condition)) = (source, condition) else {
                let message = format!("the view `{}` needs a SOURCE and a FILTER", name.text);
                return Err(problem(codes::DIRECTIVE, name.span, message));
            };
            // A text tells it from the instruction's own form, which is only done where it stands.
            let view = Operand { span: name.span, form: Form::Text(name.text) };
            let operands = [view, word(&source)].into_iter().chain(condition);
            out.push(instruction(span, "CREATE_VIEW", operands.collect()));
        }
        Block::Transform { from, .. } => {
            let again = word(&hidden(from.span, "transform"));
            out.push(instruction(span, "BRANCH_NOT_END", vec![word(&from), again]));
        }
        Block::Node { name, keys, children } => {
            if !children.is_empty() && children.len() != keys.len() + 1 {
                let message = format!(
                    "the node `{}` has {} keys, and so {} children or none",
                    name.text,
                    keys.len(),
                    keys.len() + 1
                );
                return Err(problem(codes::DIRECTIVE, name.span, message));
            }
            let count = Expr::number(i128::try_from(keys.len()).unwrap_or(0), name.span);
            let values = std::iter::once(count).chain(keys).chain(children).collect();
            let segment =
                StatementKind::Segment { name, size: None, kind: Some(SegmentType::Index) };
            for kind in [segment, StatementKind::Numbers { width: 8, values }, StatementKind::Code]
            {
                out.push(Statement { span, kind });
            }
        }
    }
    Ok(())
}

/// The mnemonic and operands of a statement, if it is an instruction.
fn parts(statement: &Statement) -> Option<(&str, &[Operand])> {
    let StatementKind::Instruction { mnemonic, operands } = &statement.kind else { return None };
    Some((&mnemonic.text, operands))
}

fn is(statement: Option<&Statement>, wanted: &str) -> bool {
    let found = statement.and_then(parts);
    found.is_some_and(|(mnemonic, _)| mnemonic.eq_ignore_ascii_case(wanted))
}

/// The segment or mark that a statement moves the head to.
fn sought(statement: &Statement) -> Option<Name> {
    let (mnemonic, operands) = parts(statement)?;
    let seeks = ["SEEK", "SEGMENTSEEK", "TAPESEEK"];
    let is_it = seeks.iter().any(|known| known.eq_ignore_ascii_case(mnemonic));
    match operands.first() {
        Some(Operand { form: Form::Word(text), span }) if is_it => {
            Some(Name { text: text.clone(), span: *span })
        }
        _ => None,
    }
}

/// What depends on other lines: `SEEK` to a view makes the view again first, and
/// `SEEK`, `FILTER`, `PROJECT` in a row are a query over the whole table.
pub(crate) fn settle(statements: Vec<Statement>) -> Vec<Statement> {
    let views = statements.iter().filter(|statement| is(Some(statement), "CREATE_VIEW"));
    let views: Vec<_> = views.cloned().collect();
    let mut settled = Vec::with_capacity(statements.len());
    let mut rest = statements.into_iter().peekable();
    while let Some(statement) = rest.next() {
        let Some(table) = sought(&statement) else {
            settled.push(as_text(statement));
            continue;
        };
        let is_it = |operand: &Operand| matches!(&operand.form, Form::Text(w) if *w == table.text);
        let view = views.iter().find(|view| {
            parts(view).is_some_and(|(_, operands)| operands.first().is_some_and(is_it))
        });
        if let Some((_, operands)) = view.and_then(parts) {
            settled.push(instruction(statement.span, "CREATE_VIEW", operands.to_vec()));
        }
        settled.push(statement);
        let Some(filter) = rest.next_if(|next| is(Some(next), "FILTER")) else { continue };
        match rest.next_if(is_project) {
            Some(project) => query(&table, filter, as_text(project), &mut settled),
            None => settled.push(filter),
        }
    }
    settled
}

/// Whether it is a `PROJECT` as it is written, not as the instruction is.
fn is_project(statement: &Statement) -> bool {
    let first = parts(statement).and_then(|(_, operands)| operands.first());
    is(Some(statement), "PROJECT") && first.is_some_and(|it| matches!(it.form, Form::Word(_)))
}

/// A `PROJECT` as the instruction is.
fn as_text(mut statement: Statement) -> Statement {
    if is_project(&statement)
        && let StatementKind::Instruction { operands, .. } = &mut statement.kind
    {
        for operand in operands {
            if let Form::Word(fields) = &operand.form {
                operand.form = Form::Text(fields.clone());
            }
        }
    }
    statement
}

/// The loop over the rest of a table: on to the next record that is wanted, and what it gives.
fn query(table: &Name, filter: Statement, project: Statement, out: &mut Vec<Statement>) {
    let span = filter.span;
    let [again, found, end] = ["filter", "found", "end"].map(|what| hidden(span, what));
    let label = |name: &Name| Statement { span, kind: StatementKind::Label(name.clone()) };
    let more = |to: &Name| instruction(span, "BRANCH_NOT_END", vec![word(table), word(to)]);
    out.extend([label(&again), filter, more(&found)]);
    out.extend([instruction(span, "JUMP", vec![word(&end)]), label(&found)]);
    out.push(project);
    out.extend([more(&again), label(&end)]);
}
