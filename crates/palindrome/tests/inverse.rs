//! Derived inverses, held against evaluation: going there and back changes nothing.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the evaluator knows only what inverses are made of"
)]

use std::collections::BTreeMap;

use palindrome::check;
use palindrome::hir::{
    Arm, Backward, BinaryOp, Block, Callee, Expression, ExpressionKind, FunctionId, Literal,
    LocalId, Pattern, PatternKind, Place, Program, StatementKind, UnaryOp,
};
use palindrome::types::{Basic, Type};
use proptest::prelude::*;

/// A value. Decimals are fractions, so that nothing is rounded.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Int(i64),
    Decimal(i128, i128),
    Bool(bool),
    Text(String),
    Record(BTreeMap<String, Self>),
    List(Vec<Self>),
    Variant(usize, Vec<Self>),
    Missing,
    Present(Box<Self>),
    Function(Closure),
}

#[derive(Clone, Debug, PartialEq)]
enum Closure {
    Function(FunctionId, bool),
    Lambda(Vec<LocalId>, Box<Expression>, Variables),
    Compose(Box<Self>, Box<Self>),
}

type Variables = BTreeMap<LocalId, Value>;

/// A fault of the program, or what this evaluator does not know.
#[derive(Debug)]
struct Fault(&'static str);

fn fraction(numerator: i128, denominator: i128) -> Value {
    let (mut a, mut b) = (numerator.abs(), denominator.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let sign = denominator.signum();
    Value::Decimal(sign * numerator / a.max(1), sign * denominator / a.max(1))
}

struct Evaluator<'a> {
    program: &'a Program,
}

impl Evaluator<'_> {
    fn call(&self, id: FunctionId, is_inverse: bool, given: Vec<Value>) -> Result<Value, Fault> {
        let function = &self.program.functions[id.0 as usize];
        let (parameters, body) = match (&function.backward, is_inverse) {
            (_, false) => (&function.parameters, &function.body),
            (Backward::Derived(parameters, body) | Backward::Written(parameters, body), true) => {
                (parameters, body)
            }
            (Backward::None | Backward::Tape | Backward::Same, true) => {
                return Err(Fault("no inverse"));
            }
        };
        let mut variables = parameters.iter().copied().zip(given).collect();
        self.value(body, &mut variables)
    }

    fn apply(&self, function: &Closure, given: Value) -> Result<Value, Fault> {
        match function {
            Closure::Function(id, is_inverse) => self.call(*id, *is_inverse, vec![given]),
            Closure::Lambda(parameters, body, around) => {
                let mut variables = around.clone();
                variables.extend(parameters.iter().copied().zip([given]));
                self.value(body, &mut variables)
            }
            Closure::Compose(first, second) => self.apply(second, self.apply(first, given)?),
        }
    }

    fn inverse(&self, function: Closure) -> Result<Closure, Fault> {
        match function {
            Closure::Function(id, is_inverse) => Ok(Closure::Function(id, !is_inverse)),
            Closure::Compose(a, b) => {
                Ok(Closure::Compose(Box::new(self.inverse(*b)?), Box::new(self.inverse(*a)?)))
            }
            Closure::Lambda(..) => Err(Fault("a lambda has no inverse")),
        }
    }

    fn closure(&self, of: &Expression, variables: &mut Variables) -> Result<Closure, Fault> {
        match self.value(of, variables)? {
            Value::Function(closure) => Ok(closure),
            _ => Err(Fault("no function")),
        }
    }

    fn all(&self, of: &[Expression], variables: &mut Variables) -> Result<Vec<Value>, Fault> {
        of.iter().map(|one| self.value(one, variables)).collect()
    }

    fn value(&self, of: &Expression, variables: &mut Variables) -> Result<Value, Fault> {
        Ok(match &of.kind {
            ExpressionKind::Literal(value) => literal(value)?,
            ExpressionKind::Local(id) => variables.get(id).cloned().ok_or(Fault("unbound"))?,
            ExpressionKind::Function(id, _) => Value::Function(Closure::Function(*id, false)),
            ExpressionKind::Inverse(inner) => {
                let inner = self.closure(inner, variables)?;
                Value::Function(self.inverse(inner)?)
            }
            ExpressionKind::Compose(a, b) => {
                let (a, b) = (self.closure(a, variables)?, self.closure(b, variables)?);
                Value::Function(Closure::Compose(Box::new(a), Box::new(b)))
            }
            ExpressionKind::Lambda(lambda) => Value::Function(Closure::Lambda(
                lambda.parameters.clone(),
                lambda.body.clone(),
                variables.clone(),
            )),
            ExpressionKind::List(all) => Value::List(self.all(all, variables)?),
            ExpressionKind::Variant(_, index, all) => {
                Value::Variant(*index, self.all(all, variables)?)
            }
            ExpressionKind::Record(fields) => {
                let mut found = BTreeMap::new();
                for (name, value) in fields {
                    found.insert(name.to_string(), self.value(value, variables)?);
                }
                Value::Record(found)
            }
            ExpressionKind::Present(inner) => {
                Value::Present(Box::new(self.value(inner, variables)?))
            }
            ExpressionKind::None => Value::Missing,
            ExpressionKind::Field(base, name) => match self.value(base, variables)? {
                Value::Record(fields) => fields.get(&**name).cloned().ok_or(Fault("no field"))?,
                _ => return Err(Fault("no record")),
            },
            ExpressionKind::Unary(op, inner) => match (op, self.value(inner, variables)?) {
                (UnaryOp::Not, Value::Bool(value)) => Value::Bool(!value),
                (UnaryOp::Negate, Value::Int(value)) => {
                    Value::Int(value.checked_neg().ok_or(Fault("overflow"))?)
                }
                (UnaryOp::Negate, Value::Decimal(a, b)) => Value::Decimal(-a, b),
                _ => return Err(Fault("operator")),
            },
            ExpressionKind::Binary(op, a, b) => {
                let (a, b) = (self.value(a, variables)?, self.value(b, variables)?);
                binary(*op, &a, &b)?
            }
            ExpressionKind::If(condition, then, otherwise) => {
                match (self.value(condition, variables)?, otherwise) {
                    (Value::Bool(true), _) => self.value(then, variables)?,
                    (_, Some(otherwise)) => self.value(otherwise, variables)?,
                    (_, None) => Value::Missing,
                }
            }
            ExpressionKind::Match(subject, arms) => {
                let subject = self.value(subject, variables)?;
                self.chosen(&subject, arms, variables)?
            }
            ExpressionKind::Block(block) => self.block(block, variables)?,
            ExpressionKind::Call(callee, arguments) => self.called(callee, arguments, variables)?,
            _ => return Err(Fault("an expression that is not evaluated here")),
        })
    }

    fn called(
        &self,
        callee: &Callee,
        arguments: &[Expression],
        variables: &mut Variables,
    ) -> Result<Value, Fault> {
        let mut given = self.all(arguments, variables)?;
        match callee {
            Callee::Function(id, _) => self.call(*id, false, given),
            Callee::Inverse(id, _) => self.call(*id, true, given),
            Callee::Value(function) => {
                let function = self.closure(function, variables)?;
                self.apply(&function, given.pop().ok_or(Fault("no argument"))?)
            }
            Callee::Builtin(id) => match (id.name(), given.as_slice()) {
                ("reverse", [Value::List(all)]) => {
                    Ok(Value::List(all.iter().rev().cloned().collect()))
                }
                ("map", [Value::List(all), Value::Function(function)]) => {
                    let mapped = all.iter().map(|one| self.apply(function, one.clone()));
                    Ok(Value::List(mapped.collect::<Result<_, _>>()?))
                }
                ("zip", [Value::List(a), Value::List(b)]) => {
                    let pairs = a.iter().zip(b).map(|(a, b)| {
                        let fields = [("first", a), ("second", b)];
                        let fields = fields.map(|(name, value)| (name.to_owned(), value.clone()));
                        Value::Record(fields.into_iter().collect())
                    });
                    Ok(Value::List(pairs.collect()))
                }
                _ => Err(Fault("a function that is not evaluated here")),
            },
        }
    }

    fn chosen(
        &self,
        subject: &Value,
        arms: &[Arm],
        variables: &mut Variables,
    ) -> Result<Value, Fault> {
        for arm in arms {
            let mut inner = variables.clone();
            if !takes(&arm.pattern, subject, &mut inner) {
                continue;
            }
            let holds = match &arm.guard {
                Some(guard) => self.value(guard, &mut inner)? == Value::Bool(true),
                None => true,
            };
            if holds {
                return self.value(&arm.body, &mut inner);
            }
        }
        Err(Fault("no arm"))
    }

    fn block(&self, block: &Block, variables: &mut Variables) -> Result<Value, Fault> {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Let(pattern, value) => {
                    let value = self.value(value, variables)?;
                    if !takes(pattern, &value, variables) {
                        return Err(Fault("the pattern does not fit"));
                    }
                }
                StatementKind::Assert(condition, _) => {
                    if self.value(condition, variables)? != Value::Bool(true) {
                        return Err(Fault("an assertion"));
                    }
                }
                StatementKind::Assign(Place::Local(id), value) => {
                    let value = self.value(value, variables)?;
                    variables.insert(*id, value);
                }
                StatementKind::Expression(value) => {
                    self.value(value, variables)?;
                }
                StatementKind::Block(block) => {
                    self.block(block, variables)?;
                }
                StatementKind::From(entry, body, exit) => {
                    self.reversible_loop((entry, body, exit), variables)?;
                }
                StatementKind::For(pattern, rows, body) => {
                    let Value::List(rows) = self.value(rows, variables)? else {
                        return Err(Fault("a loop over something else"));
                    };
                    for row in rows {
                        if !takes(pattern, &row, variables) {
                            return Err(Fault("the pattern does not fit"));
                        }
                        self.block(body, variables)?;
                    }
                }
                _ => return Err(Fault("a statement that is not evaluated here")),
            }
        }
        match &block.value {
            Some(value) => self.value(value, variables),
            None => Ok(Value::Missing),
        }
    }

    fn reversible_loop(
        &self,
        (entry, body, exit): (&Expression, &Block, &Expression),
        variables: &mut Variables,
    ) -> Result<(), Fault> {
        for round in 0..100 {
            if self.value(entry, variables)? != Value::Bool(round == 0) {
                return Err(Fault("an assertion"));
            }
            self.block(body, variables)?;
            if self.value(exit, variables)? == Value::Bool(true) {
                return Ok(());
            }
        }
        Err(Fault("an endless loop"))
    }
}

fn literal(of: &Literal) -> Result<Value, Fault> {
    Ok(match of {
        Literal::Int(value) => Value::Int(*value),
        Literal::Decimal(digits, scale) => fraction(*digits, 10_i128.pow(*scale)),
        Literal::Bool(value) => Value::Bool(*value),
        Literal::String(text) => Value::Text(text.to_string()),
        Literal::Float(_) | Literal::Bytes(_) | Literal::Duration(_) => {
            return Err(Fault("a literal that is not evaluated here"));
        }
    })
}

fn binary(op: BinaryOp, a: &Value, b: &Value) -> Result<Value, Fault> {
    let overflow = || Fault("overflow");
    Ok(match (op, a, b) {
        (BinaryOp::Add, Value::Int(a), Value::Int(b)) => {
            Value::Int(a.checked_add(*b).ok_or_else(overflow)?)
        }
        (BinaryOp::Subtract, Value::Int(a), Value::Int(b)) => {
            Value::Int(a.checked_sub(*b).ok_or_else(overflow)?)
        }
        (BinaryOp::Multiply, Value::Int(a), Value::Int(b)) => {
            Value::Int(a.checked_mul(*b).ok_or_else(overflow)?)
        }
        (BinaryOp::Xor, Value::Int(a), Value::Int(b)) => Value::Int(a ^ b),
        (BinaryOp::Xor, Value::Bool(a), Value::Bool(b)) => Value::Bool(a ^ b),
        (BinaryOp::Less, Value::Int(a), Value::Int(b)) => Value::Bool(a < b),
        (BinaryOp::Greater, Value::Int(a), Value::Int(b)) => Value::Bool(a > b),
        (BinaryOp::Add, Value::Decimal(a, b), Value::Decimal(c, d)) => {
            fraction(a * d + c * b, b * d)
        }
        (BinaryOp::Subtract, Value::Decimal(a, b), Value::Decimal(c, d)) => {
            fraction(a * d - c * b, b * d)
        }
        (BinaryOp::Multiply, Value::Decimal(a, b), Value::Decimal(c, d)) => fraction(a * c, b * d),
        (BinaryOp::Divide, Value::Decimal(a, b), Value::Decimal(c, d)) => fraction(a * d, b * c),
        (BinaryOp::Equal, a, b) => Value::Bool(a == b),
        _ => return Err(Fault("an operator that is not evaluated here")),
    })
}

fn takes(pattern: &Pattern, value: &Value, variables: &mut Variables) -> bool {
    match (&pattern.kind, value) {
        (PatternKind::Wildcard, _) => true,
        (PatternKind::Bind(id), value) => {
            variables.insert(*id, value.clone());
            true
        }
        (PatternKind::Literal(of), value) => literal(of).is_ok_and(|found| found == *value),
        (PatternKind::Variant(_, a, inside), Value::Variant(b, parts)) => {
            a == b && inside.iter().zip(parts).all(|(one, part)| takes(one, part, variables))
        }
        (PatternKind::List(inside), Value::List(parts)) => {
            inside.len() == parts.len()
                && inside.iter().zip(parts).all(|(one, part)| takes(one, part, variables))
        }
        (PatternKind::Record(named), Value::Record(fields)) => named.iter().all(|(name, one)| {
            fields.get(&**name).is_some_and(|value| takes(one, value, variables))
        }),
        (PatternKind::None, Value::Missing) => true,
        (PatternKind::Present(inner), Value::Present(value)) => takes(inner, value, variables),
        _ => false,
    }
}

/// A value of a type, made from numbers.
fn made(of: &Type, program: &Program, choices: &mut std::slice::Iter<'_, i8>) -> Value {
    let choice = choices.next().copied().unwrap_or_default();
    let size = usize::from(choice.unsigned_abs());
    match of {
        Type::Basic(Basic::Bool) => Value::Bool(choice > 0),
        Type::Basic(Basic::Decimal) => fraction(i128::from(choice), 8),
        Type::Basic(_) => Value::Int(i64::from(choice)),
        Type::Optional(_) if choice < 0 => Value::Missing,
        Type::Optional(inner) => Value::Present(Box::new(made(inner, program, choices))),
        Type::List(inner) => {
            Value::List((0..size % 4).map(|_| made(inner, program, choices)).collect())
        }
        Type::Record(fields) => {
            let made =
                fields.iter().map(|(name, of)| (name.to_string(), made(of, program, choices)));
            Value::Record(made.collect())
        }
        Type::Union(id, _) => {
            let variants = &program.unions[id.0 as usize].variants;
            let index = size % variants.len();
            let fields = variants[index].fields.iter().map(|of| made(of, program, choices));
            Value::Variant(index, fields.collect())
        }
        other => panic!("no values of {other:?}"),
    }
}

/// Goes there and back with the transform `f`, whose second argument stays.
fn there_and_back(text: &str, choices: &[i8]) {
    let checked = check("test.pal", text);
    let style = source::Style::Plain;
    let wrong: String =
        checked.diagnostics.iter().map(|one| one.render(&checked.sources, style)).collect();
    assert!(wrong.is_empty(), "{text}\n{wrong}");
    let program = &checked.program;
    let at = program.functions.iter().position(|one| &*one.name == "f").expect("f is there");
    let id = FunctionId(u32::try_from(at).expect("few functions"));
    let function = &program.functions[at];
    assert!(matches!(function.backward, Backward::Derived(..)), "{text}");
    let mut choices = choices.iter();
    let given: Vec<Value> = function
        .parameters
        .iter()
        .map(|id| made(&program.locals[id.0 as usize].of, program, &mut choices))
        .collect();
    let evaluator = Evaluator { program };
    let there = match evaluator.call(id, false, given.clone()) {
        Ok(there) => there,
        Err(Fault("overflow")) => return,
        Err(fault) => panic!("{text}\n{fault:?}"),
    };
    let mut back = given.clone();
    back[0] = there;
    match evaluator.call(id, true, back) {
        Ok(found) => assert_eq!(found, given[0], "{text}"),
        Err(fault) => panic!("{text}\nthe inverse takes what the transform gives: {fault:?}"),
    }
}

const TRANSFORMS: &[&str] = &[
    "transform f(x: Int) -> Int <-> g { x + 1 }",
    "transform f(x: Int) -> Int <-> g { 7 - (3 + -x) }",
    "transform f(x: Int, n: Int) -> Int <-> g { (x xor n) + n * n }",
    "transform f(x: Decimal) -> Decimal <-> g { (x * 3d + 1.5d) / 8d - 2d }",
    "transform f(x: Bool) -> Bool <-> g { not (x xor true) }",
    "transform f(p: {a: Int, b: Int}) -> {a: Int, b: Int} <-> g { {a: p.b - p.a, b: p.a + 1} }",
    "transform f(p: {a: Int, b: {c: Int, d: Bool}}) -> {x: {a: Int, d: Bool}, y: Int} <-> g { {x: {a: p.a, d: not p.b.d}, y: p.b.c + p.a} }",
    "transform f(x: Int) -> {a: Int, b: Int} <-> g { {a: x, b: x + x} }",
    "transform f(x: Int) -> [Int] <-> g { [x + 1, 5, x] }",
    "transform f(xs: [Int]) -> [Int] <-> g { xs.reverse().map(x => x + 3).map(h) }\ntransform h(x: Int) -> Int { 4 - x }",
    "transform f(p: {a: [Int], b: [Int]}) -> {l: [Int], r: [Int]} <-> g { {l: p.b.reverse(), r: p.a} }",
    "transform f(x: Int) -> Int <-> g { let y = x + 1; let z = 10 - y; let k = 3 * 3; z + k }",
    "type S = A(Int) | B(Bool)\ntype T = C(Int) | D(Bool, Int)\ntransform f(s: S) -> T <-> g { match s { A(n) => C(n + 1), B(b) => D(not b, 5) } }",
    "type S = A(Int) | B(S)\ntransform f(s: S) -> S <-> g { match s { A(n) => B(A(n)), B(t) => A(h(t)) } }\ntransform h(s: S) -> Int <-> i { match s { A(n) => n, B(_t) => 0 } }",
    "type R = N(Int) | P(Int)\ntransform f(x: Int) -> R <-> g { if x < 0 { N(-x) } else { P(x) } }",
    "transform f(x: Int, up: Bool) -> Int <-> g { if up { x + 1 } else { x - 1 } }",
    "transform f(x: Int?) -> Int? <-> g { match x { none => none, n => h(n) } }\ntransform h(n: Int) -> Int { n + 2 }",
    "transform f(b: Bool) -> Int <-> g { match b { true => 1, false => 0 } }",
    "transform f(x: Int) -> Int <-> g { (h |> ~k)(x) }\ntransform h(x: Int) -> Int { x + 5 }\ntransform k(x: Int) -> Int { 9 - x }",
    "transform f(x: Int) -> Int <-> g { ~h(x) }\ntransform h(x: Int) -> Int { x + 5 }",
    "transform f(x: Int) -> Int <-> g { h(x, 3) }\ntransform h(x: Int, n: Int) -> Int { x + n }",
    "transform f(x: Int) -> {a: Int} <-> g { {a: {b: x}.b + 1} }",
    "transform f(x: Int) -> Int <-> g { let y = x; y <- y + 3; y <- 10 - y; y }",
    "transform f(p: {a: Int, b: Int}) -> {a: Int, b: Int} <-> g { let x = p.a; let y = p.b; x <-> y; x <- x + y; {a: x, b: y} }",
    "transform f(x: Int) -> Int <-> g { let y = x; if y > 0 { y <- y + 1 } else { y <- y - 1 } ensure y > 1; y }",
    "transform f(x: Int) -> Int <-> g { if x > 0 { x + 5 } else { x - 5 } ensure result > 0 }",
    "transform f(x: Int) -> Int <-> g { match x { 0 => 100 ensure result == 100, n if n > 0 => n + 200 ensure result > 150, n => n - 5 } }",
    "transform f(x: Int, up: Bool) -> Int <-> g { let y = x; if up { y <- y + 1 }; y }",
    "transform f(x: Int) -> Int <-> g { let y = x; let i = 0; from i == 0 { i <- i + 1; y <- y + i } until i == 5; y }",
    "transform f(x: Int) -> Int <-> g { let y = x; for k in [1, 2, 3] { y <- k - y }; y }",
    "transform f(x: Int) -> Int <-> g { let y = x; for k in [1, -2, 3] { if k > 0 { y <- y + k } else { y <- -y } }; y }",
    "transform f(p: {a: Int, b: Int}) -> {a: Int, b: Int} <-> g { let a = p.a; let b = p.b; let i = 0; from i == 0 { a <- a + b; a <-> b; i <- i + 1 } until i == 4; {a, b} }",
    "transform f(x: Int) -> Int <-> g { let y = x; let i = 0; from i == 0 { for k in [1, 2] { y <- y + k * i }; i <- i + 1 } until i == 3; y }",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn derived_inverses_lead_back(choices in prop::collection::vec(any::<i8>(), 24)) {
        for text in TRANSFORMS {
            // Of these two, one has no inverse on purpose, and one takes a field of a record that is made
            // at once.
            let is_odd = text.contains("i {") || text.contains("{b: x}.b");
            if !is_odd {
                there_and_back(text, &choices);
            }
        }
    }

    #[test]
    fn random_chains_of_steps_lead_back(
        steps in prop::collection::vec((0..6_u8, any::<i8>()), 1..20),
        choices in prop::collection::vec(any::<i8>(), 4),
    ) {
        let mut text = String::from("transform f(x: Int) -> Int <-> g {\n");
        let mut last = "x".to_owned();
        for (index, (kind, number)) in steps.iter().enumerate() {
            let step = match kind {
                0 => format!("{last} + {number}"),
                1 => format!("{number} - {last}"),
                2 => format!("-{last}"),
                3 => format!("{last} xor {number}"),
                4 => format!("h({last})"),
                _ => format!("~h({last} - {number})"),
            };
            text.push_str(&format!("    let y{index} = {step}\n"));
            last = format!("y{index}");
        }
        text.push_str(&format!("    {last}\n}}\ntransform h(n: Int) -> Int {{ 100 - (n xor 21) }}\n"));
        there_and_back(&text, &choices);
    }
}
