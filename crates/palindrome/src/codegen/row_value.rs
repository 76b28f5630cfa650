//! Values that the store computes from a row by itself: an expression of the language, with the pure
//! functions that it calls put in their places, as one of the store. It gives to the bit what code gives
//! for the row, and fails where that faults.

use relational::{Arithmetic, Expr, Function, Value};
use source::Span;

use super::Codegen;
use super::plan::literal_value;
use super::relation::sorted;
use crate::hir::{
    Arm, BinaryOp, Block, Callee, Expression, ExpressionKind, FunctionId, LocalId, Part, Pattern,
    PatternKind, RelationId, StatementKind, UnaryOp,
};
use crate::types::{Basic, Effect, Type};

/// How many steps a value takes at most, and how deep they lie in each other.
const STEPS_MAX: usize = 2000;
const DEPTH_MAX: usize = 120;

/// What the store cannot compute: where that is, and what.
pub(super) struct Left {
    pub(super) at: Span,
    pub(super) why: String,
}

type Built = Result<Expr, Left>;

/// The walk through an expression.
struct Walk<'w, 'a> {
    codegen: &'w Codegen<'a>,
    /// Rows, and where they are of.
    rows: Vec<(LocalId, RelationId)>,
    /// What variables stand for.
    names: Vec<(LocalId, Expr)>,
    /// The functions that are being put in.
    calls: Vec<FunctionId>,
    steps: usize,
    depth: usize,
}

impl Codegen<'_> {
    /// An expression of a row of a relation as one of the store, over the columns of the relation's home.
    pub(super) fn row_value(&self, of: &Expression, row: LocalId, relation: RelationId) -> Built {
        let mut walk = Walk {
            codegen: self,
            rows: vec![(row, relation)],
            names: Vec::new(),
            calls: Vec::new(),
            steps: 0,
            depth: 0,
        };
        let found = walk.value(of)?;
        if found.depth() > DEPTH_MAX { left(of.span, "it is nested too deep") } else { Ok(found) }
    }
}

fn left<T>(at: Span, why: &str) -> Result<T, Left> {
    Err(Left { at, why: why.to_owned() })
}

fn call(function: Function, given: impl Into<Vec<Expr>>) -> Expr {
    Expr::call(function, given.into())
}

fn choose(condition: Expr, one: Expr, other: Expr) -> Expr {
    Expr::If(Box::new([condition, one, other]))
}

fn not(of: Expr) -> Expr {
    Expr::Not(Box::new(of))
}

impl Walk<'_, '_> {
    fn of(&self, of: &Expression) -> Type {
        self.codegen.of(&of.of)
    }

    fn value(&mut self, of: &Expression) -> Built {
        self.depth += 1;
        self.count(1, of.span)?;
        if self.depth > DEPTH_MAX {
            return left(of.span, "it is nested too deep");
        }
        let found = self.kind(of);
        self.depth -= 1;
        found
    }

    fn count(&mut self, steps: usize, at: Span) -> Result<(), Left> {
        self.steps += steps;
        if self.steps > STEPS_MAX { left(at, "it takes too many steps") } else { Ok(()) }
    }

    fn kind(&mut self, of: &Expression) -> Built {
        Ok(match &of.kind {
            ExpressionKind::Literal(literal) => match literal_value(literal) {
                Some(value) => Expr::Value(value),
                None => return left(of.span, "this value cannot be kept"),
            },
            ExpressionKind::None => Expr::Value(Value::None),
            ExpressionKind::Present(inner) => self.value(inner)?,
            ExpressionKind::Local(id) => self.named(*id, of.span)?,
            ExpressionKind::Field(base, name) | ExpressionKind::FieldIfPresent(base, name) => {
                self.field(base, name, of.span)?
            }
            ExpressionKind::Coalesce(one, other) => {
                Expr::Else(Box::new(self.value(one)?), Box::new(self.value(other)?))
            }
            ExpressionKind::Unary(UnaryOp::Not, inner) => not(self.value(inner)?),
            ExpressionKind::Unary(UnaryOp::Negate, inner) => self.negated(inner)?,
            ExpressionKind::Binary(op, one, other) => self.binary(*op, one, other, of.span)?,
            ExpressionKind::Text(parts) => {
                let mut texts = vec![Expr::Value(Value::from(""))];
                for part in parts {
                    texts.push(match part {
                        Part::Text(text) => Expr::Value(Value::from(&**text)),
                        Part::Value(value) => self.text(value)?,
                    });
                }
                call(Function::Concat, texts)
            }
            ExpressionKind::If(condition, one, Some(other)) => {
                choose(self.value(condition)?, self.value(one)?, self.value(other)?)
            }
            ExpressionKind::Match(subject, arms) => self.chosen(subject, arms, of.span)?,
            ExpressionKind::Block(block) => self.block(block, of.span)?,
            ExpressionKind::Call(Callee::Builtin(id), given) => {
                self.builtin(id.name(), given, of.span)?
            }
            ExpressionKind::Call(Callee::Function(id, _), given) => {
                self.function(*id, given, of.span)?
            }
            ExpressionKind::Call(..) => return left(of.span, "this call is left to code"),
            ExpressionKind::Global(_) => {
                return left(of.span, "a name of the top level is no part of the row");
            }
            ExpressionKind::Lambda(_) | ExpressionKind::Function(..) => {
                return left(of.span, "functions of functions are left to code");
            }
            _ => return left(of.span, "this is left to code"),
        })
    }

    fn named(&mut self, id: LocalId, at: Span) -> Built {
        let found = self.names.iter().rev().find(|(name, _)| *name == id);
        let Some((_, value)) = found else {
            return left(at, "the row as a whole is no value to go by");
        };
        let (value, steps) = (value.clone(), value.size());
        self.count(steps, at)?;
        Ok(value)
    }

    /// A column of a row, or a part of a record.
    fn field(&mut self, base: &Expression, name: &str, at: Span) -> Built {
        if let ExpressionKind::Local(id) = base.kind
            && let Some((_, relation)) = self.rows.iter().find(|(row, _)| *row == id)
        {
            return self.column(*relation, name, at);
        }
        let record = match self.of(base) {
            Type::Optional(inner) => (*inner).clone(),
            of => of,
        };
        let Type::Record(fields) = record else { return left(at, "this is left to code") };
        let place = fields.iter().position(|(field, _)| &**field == name);
        let Some(place) = place else { return left(at, "this is left to code") };
        Ok(call(Function::Part(place), [self.value(base)?]))
    }

    /// A column of a relation as what it is in the home of its rows.
    fn column(&mut self, id: RelationId, name: &str, at: Span) -> Built {
        let codegen = self.codegen;
        let home = codegen.home_of(id);
        let relation = |id: RelationId| codegen.program.relations.get(id.index());
        let own = relation(id).and_then(|it| {
            let columns = sorted(it);
            let place = columns.iter().position(|field| &*field.name == name)?;
            codegen.column_at(id, place, home)
        });
        if let Some(place) = own {
            return Ok(Expr::Field(place));
        }
        let Some(migration) = codegen.migration_of(id) else {
            return left(at, "this is no column");
        };
        if let Some(lost) = migration.forward.kept.first() {
            let why = format!(
                "the lens cannot carry `{lost}` back, so that what `{name}` is depends on what is kept \
                 beside the row"
            );
            return Err(Left { at, why });
        }
        let ExpressionKind::Record(columns) = &migration.backward.value.kind else {
            return left(at, "this is left to code");
        };
        let Some((_, value)) = columns.iter().find(|(column, _)| &**column == name) else {
            return left(at, "this is no column");
        };
        self.rows.push((migration.backward.row, migration.to));
        self.value(value)
    }

    fn negated(&mut self, inner: &Expression) -> Built {
        let of = self.of(inner);
        let value = Box::new(self.value(inner)?);
        let (how, other) = match of {
            Type::INT => (Arithmetic::Subtract, Value::Int(0)),
            Type::DURATION => (Arithmetic::Subtract, Value::Duration(0)),
            Type::DECIMAL => (Arithmetic::Subtract, Value::Decimal(0.into())),
            // It has a sign at zero, too.
            Type::FLOAT => (Arithmetic::Multiply, Value::Float(-1.0)),
            _ => return left(inner.span, "this is left to code"),
        };
        Ok(Expr::Arithmetic(how, Box::new(Expr::Value(other)), value))
    }

    fn binary(&mut self, op: BinaryOp, one: &Expression, other: &Expression, at: Span) -> Built {
        let types = (self.of(one), self.of(other));
        let values = (self.value(one)?, self.value(other)?);
        let found = match (op, &types) {
            (BinaryOp::Concatenate, (Type::STRING, Type::STRING)) => {
                Some(call(Function::Concat, [values.0, values.1]))
            }
            (BinaryOp::Xor, (Type::BOOL, _)) => Some(call(Function::Xor, [values.0, values.1])),
            _ => self.codegen.plan_binary(op, types, values.0, values.1),
        };
        match found {
            Some(found) => Ok(found),
            None => left(at, "it does not compute these as code does"),
        }
    }

    /// A value as it is printed.
    fn text(&mut self, of: &Expression) -> Built {
        match self.of(of) {
            Type::STRING => self.value(of),
            Type::INT | Type::BOOL => Ok(call(Function::Text, [self.value(of)?])),
            _ => left(of.span, "only texts, whole numbers and truths become texts here"),
        }
    }

    /// A value with another that is computed before it, also if it is not used.
    fn after(first: Expr, then: Expr) -> Expr {
        if first.may_fail() { call(Function::Then, [first, then]) } else { then }
    }

    fn block(&mut self, block: &Block, at: Span) -> Built {
        let height = self.names.len();
        let mut before = Vec::new();
        for statement in &block.statements {
            let StatementKind::Let(pattern, value) = &statement.kind else {
                return left(statement.span, "statements are left to code");
            };
            let PatternKind::Bind(id) = pattern.kind else {
                return left(statement.span, "statements are left to code");
            };
            let value = self.value(value)?;
            before.push(value.clone());
            self.names.push((id, value));
        }
        let Some(value) = &block.value else { return left(at, "this gives no value") };
        let value = self.value(value)?;
        self.names.truncate(height);
        self.strict(before, value, at)
    }

    /// A value behind those that are computed before it.
    fn strict(&mut self, before: Vec<Expr>, value: Expr, at: Span) -> Built {
        let steps = before.iter().map(Expr::size).sum();
        self.count(steps, at)?;
        Ok(before.into_iter().rev().fold(value, |then, first| Self::after(first, then)))
    }

    /// A function of the program, put in.
    fn function(&mut self, id: FunctionId, given: &[Expression], at: Span) -> Built {
        let Some(function) = self.codegen.program.functions.get(id.index()) else {
            return left(at, "this call is left to code");
        };
        if self.calls.contains(&id) {
            return left(at, "a function that calls itself is left to code");
        }
        if !function.generics.is_empty() || function.effect != Effect::Pure {
            return left(at, "this call is left to code");
        }
        let mut values = Vec::new();
        for value in given {
            values.push(self.value(value)?);
        }
        let named = function.parameters.iter().copied().zip(values.iter().cloned());
        let around = std::mem::replace(&mut self.names, named.collect());
        self.calls.push(id);
        let found = self.value(&function.body).map_err(|inner| Left { at, ..inner });
        self.calls.pop();
        self.names = around;
        let found = found?;
        self.strict(values, found, at)
    }

    /// A function of the language.
    fn builtin(&mut self, name: &str, given: &[Expression], at: Span) -> Built {
        let Some((first, rest)) = given.split_first() else {
            return left(at, "this call is left to code");
        };
        let of = self.of(first);
        let function = match (name, &of) {
            ("to_string", _) => return self.text(first),
            ("or", Type::Optional(_)) => {
                let [other] = rest else { return left(at, "this call is left to code") };
                let (one, other) = (self.value(first)?, self.value(other)?);
                // The other one is computed in any case.
                let both = Expr::Else(Box::new(one.clone()), Box::new(other.clone()));
                return self.strict(vec![one, other], both, at);
            }
            ("is_none", Type::Optional(_)) => {
                return Ok(Expr::IsNone(Box::new(self.value(first)?)));
            }
            ("is_some", Type::Optional(_)) => {
                return Ok(not(Expr::IsNone(Box::new(self.value(first)?))));
            }
            ("is_empty", Type::List(_)) => {
                let length = call(Function::Length, [self.value(first)?]);
                let none = Expr::Value(Value::Int(0));
                return Ok(length.compare(relational::Comparison::Equal, none));
            }
            ("lower", &Type::STRING) => Function::Lower,
            ("upper", &Type::STRING) => Function::Upper,
            ("trim", &Type::STRING) => Function::Trim,
            ("length", Type::Basic(Basic::String | Basic::Bytes)) | ("count", Type::List(_)) => {
                Function::Length
            }
            ("contains", &Type::STRING) => Function::Contains,
            ("starts_with", &Type::STRING) => Function::StartsWith,
            ("ends_with", &Type::STRING) => Function::EndsWith,
            ("slice", &Type::STRING) => Function::Slice,
            ("to_int", &Type::STRING) => Function::TextToInt,
            ("to_float", &Type::INT) => Function::IntToFloat,
            ("to_decimal", &Type::INT) => Function::IntToDecimal,
            ("abs", Type::Basic(_)) => Function::Abs,
            ("round", Type::Basic(_)) => Function::Round,
            ("floor", Type::Basic(_)) => Function::Floor,
            ("ceil", Type::Basic(_)) => Function::Ceil,
            ("sqrt", &Type::FLOAT) => Function::Sqrt,
            // An option of an option is none for both.
            ("first" | "last", Type::List(element)) if !matches!(**element, Type::Optional(_)) => {
                if name == "first" {
                    Function::First
                } else {
                    Function::Last
                }
            }
            _ => {
                let why = format!("`{name}` is left to code");
                return Err(Left { at, why });
            }
        };
        let mut values = Vec::new();
        for value in given {
            values.push(self.value(value)?);
        }
        Ok(call(function, values))
    }

    /// The arm that takes a value: each is tried after those before it.
    fn chosen(&mut self, subject: &Expression, arms: &[Arm], at: Span) -> Built {
        let value = self.value(subject)?;
        let mut tried = Vec::new();
        let height = self.names.len();
        for arm in arms {
            let mut conditions = Vec::new();
            self.takes(&arm.pattern, &value, &mut conditions)?;
            if let Some(guard) = &arm.guard {
                conditions.push(self.value(guard)?);
            }
            let body = self.value(&arm.body)?;
            self.names.truncate(height);
            tried.push((conditions.into_iter().reduce(Expr::and), body));
        }
        // Some arm takes every value: the last one need not ask.
        let Some((_, last)) = tried.pop() else { return left(at, "this is left to code") };
        let found = tried.into_iter().rev().fold(last, |rest, (condition, body)| match condition {
            Some(condition) => choose(condition, body, rest),
            None => body,
        });
        self.strict(vec![value], found, at)
    }

    /// What has to hold for a pattern to take a value, and what the names in it stand for.
    fn takes(
        &mut self,
        pattern: &Pattern,
        value: &Expr,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), Left> {
        self.count(value.size(), pattern.span)?;
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Bind(id) => self.names.push((*id, value.clone())),
            PatternKind::Literal(literal) => {
                let of = self.codegen.of(&pattern.of);
                let is_alike = self.codegen.is_compared_alike(&of, true);
                let Some(literal) = literal_value(literal).filter(|_| is_alike) else {
                    return left(pattern.span, "it does not compare this as code does");
                };
                let equal = relational::Comparison::Equal;
                conditions.push(value.clone().compare(equal, Expr::Value(literal)));
            }
            PatternKind::None => conditions.push(Expr::IsNone(Box::new(value.clone()))),
            PatternKind::Present(inner) => {
                conditions.push(not(Expr::IsNone(Box::new(value.clone()))));
                self.takes(inner, value, conditions)?;
            }
            PatternKind::Variant(_, index, parts) => {
                let tag = u32::try_from(*index).unwrap_or(u32::MAX);
                conditions.push(call(Function::Is(tag), [value.clone()]));
                for (place, part) in parts.iter().enumerate() {
                    let held = call(Function::Held(tag, place), [value.clone()]);
                    self.takes(part, &held, conditions)?;
                }
            }
            PatternKind::Record(fields) => {
                let Type::Record(known) = self.codegen.of(&pattern.of) else {
                    return left(pattern.span, "this pattern is left to code");
                };
                for (name, part) in fields {
                    let place = known.iter().position(|(field, _)| field == name);
                    let part_of = call(Function::Part(place.unwrap_or(0)), [value.clone()]);
                    self.takes(part, &part_of, conditions)?;
                }
            }
            PatternKind::OneOf(all) => {
                let mut any: Option<Expr> = None;
                for one in all {
                    let mut own = Vec::new();
                    self.takes(one, value, &mut own)?;
                    let own = own.into_iter().reduce(Expr::and);
                    let own = own.unwrap_or(Expr::Value(Value::Bool(true)));
                    any = Some(match any {
                        Some(any) => Expr::Or(Box::new(any), Box::new(own)),
                        None => own,
                    });
                }
                conditions.extend(any);
            }
            PatternKind::List(_) | PatternKind::ListAround(..) => {
                return left(pattern.span, "patterns of lists are left to code");
            }
        }
        Ok(())
    }
}
