//! One trial of a law: a program of four lines, compiled and run.

use machine::{Answer, Machine as _, Probes, Question, Stop, Tick};
use source::{SourceId, SourceMap, Span};

use super::Law;
use super::sample::Sample;
use crate::codegen::{Options, compile_program};
use crate::hir::{
    BinaryOp, Callee, Expression, ExpressionKind, Local, LocalId, Pattern, PatternKind, Program,
    Statement, StatementKind,
};
use crate::program::Program as Code;
use crate::types::Type;
use crate::vm::Vm;

/// Steps of a trial, after which nothing is known.
const STEPS_MAX: u64 = 200_000;
/// Steps between two looks at the memory.
const STEPS: u64 = 1024;
/// Bytes that a trial may take.
const MEMORY_MAX: usize = 256 << 20;

/// What came of a trial.
pub(super) enum Outcome {
    /// The law holds, or the first direction does not take the values.
    Holds,
    /// It took too long to find out.
    Unknown,
    Broken(Told),
}

/// Values as they are written.
pub(super) struct Told {
    pub(super) value: String,
    pub(super) others: Vec<String>,
    pub(super) there: String,
    /// Or the fault.
    pub(super) back: Result<String, String>,
}

/// Runs trials of a program's transforms.
pub(super) struct Trier<'a> {
    program: Program,
    /// The texts, and which of them is the program's.
    sources: (&'a SourceMap, SourceId),
    there: LocalId,
    back: LocalId,
    /// Steps that were done so far, and as many more as 8 bytes each of the memory that they took.
    pub(super) work: u64,
}

impl<'a> Trier<'a> {
    pub(super) fn new(program: &Program, sources: (&'a SourceMap, SourceId)) -> Self {
        // Functions of values alone need nothing else of the program.
        let mut program = Program {
            unions: program.unions.clone(),
            locals: program.locals.clone(),
            globals: program.globals.clone(),
            functions: program.functions.clone(),
            ..Program::default()
        };
        let mut local = |name: &str| {
            let id = LocalId::from_index(program.locals.len());
            let span = Span::default();
            program.locals.push(Local {
                name: name.into(),
                of: Type::INT,
                is_changed: false,
                span,
            });
            id
        };
        let (there, back) = (local("there"), local("back"));
        Self { program, sources, there, back, work: 0 }
    }

    pub(super) fn outcome(&mut self, law: Law, types: &[Type], values: &[Sample]) -> Outcome {
        let Some((output, fault)) = self.run(law, types, values) else { return Outcome::Unknown };
        told(&output, fault, types.len()).map_or(Outcome::Holds, Outcome::Broken)
    }

    fn run(
        &mut self,
        law: Law,
        types: &[Type],
        values: &[Sample],
    ) -> Option<(String, Option<String>)> {
        self.program.main = self.statements(law, types, values)?;
        let compiled = compile_program(&self.program, self.sources, Options::default()).ok()?;
        let mut vm = Vm::load(Code::new(compiled).ok()?);
        let found = run(&mut vm);
        self.work += vm.tick().safepoints + u64::try_from(vm.memory() / 8).unwrap_or(u64::MAX);
        found
    }

    /// Writes the arguments, what the first direction makes of them, whether that leads back, and to
    /// what.
    fn statements(
        &mut self,
        law: Law,
        types: &[Type],
        values: &[Sample],
    ) -> Option<Vec<Statement>> {
        let function = self.program.functions.get(law.function.index())?;
        let generics: Vec<Type> = function.generics.iter().map(|_| Type::INT).collect();
        let meanings = function.generics.iter().cloned().zip(generics.iter().cloned()).collect();
        let result = function.result.instantiate(&meanings);
        let first = types.first()?.clone();
        let forward = Callee::Function(law.function, generics.clone());
        let backward = Callee::Inverse(law.function, generics);
        let own = function.parameters.first()?;
        let own = self.program.locals.get(own.index())?.of.instantiate(&meanings);
        let (one, other, of_there) = if law.is_forward_first {
            (forward, backward, result)
        } else {
            (backward, forward, own)
        };
        for (id, of) in [(self.there, &of_there), (self.back, &first)] {
            self.program.locals.get_mut(id.index())?.of = of.clone();
        }
        let arguments: Vec<Expression> = values
            .iter()
            .zip(types)
            .map(|(value, of)| value.expression(of, &self.program.unions))
            .collect();
        let local = |id, of: &Type| expression(ExpressionKind::Local(id), of);
        let there = local(self.there, &of_there);
        let back = local(self.back, &first);
        let others = arguments.get(1..)?.iter().cloned();
        let back_arguments = std::iter::once(there.clone()).chain(others).collect();
        let value = arguments.first()?.clone();
        let equal = BinaryOp::Equal;
        let holds = ExpressionKind::Binary(equal, Box::new(back.clone()), Box::new(value));
        let mut all: Vec<Statement> = arguments.iter().map(written).collect();
        all.push(bound(self.there, ExpressionKind::Call(one, arguments), &of_there));
        all.push(written(&there));
        all.push(bound(self.back, ExpressionKind::Call(other, back_arguments), &first));
        all.push(statement(StatementKind::Print(vec![expression(holds, &Type::BOOL)])));
        all.push(written(&back));
        Some(all)
    }
}

/// What a trial wrote, if the law does not hold.
fn told(output: &str, fault: Option<String>, arguments: usize) -> Option<Told> {
    let mut lines = output.lines().map(|line| {
        // Each is a list, so that texts are written with quotes.
        line.strip_prefix('[').and_then(|line| line.strip_suffix(']')).unwrap_or(line).to_owned()
    });
    let all: Vec<String> = lines.by_ref().take(arguments).collect();
    let there = lines.next();
    let (value, others) = all.split_first()?;
    let (holds, back) = (lines.next(), lines.next());
    let (value, others) = (value.clone(), others.to_vec());
    match (there, holds, back, fault) {
        (Some(there), None, _, Some(fault)) => {
            Some(Told { value, others, there, back: Err(fault) })
        }
        (Some(there), Some(holds), Some(back), None) if holds == "false" => {
            Some(Told { value, others, there, back: Ok(back) })
        }
        _ => None,
    }
}

fn expression(kind: ExpressionKind, of: &Type) -> Expression {
    Expression { kind, of: of.clone(), span: Span::default() }
}

fn statement(kind: StatementKind) -> Statement {
    Statement { kind, span: Span::default() }
}

fn written(value: &Expression) -> Statement {
    let list = ExpressionKind::List(vec![value.clone()]);
    statement(StatementKind::Print(vec![expression(list, &Type::list(value.of.clone()))]))
}

fn bound(id: LocalId, value: ExpressionKind, of: &Type) -> Statement {
    let pattern = Pattern { kind: PatternKind::Bind(id), of: of.clone(), span: Span::default() };
    statement(StatementKind::Let(pattern, expression(value, of)))
}

/// What a program writes until it ends, and its fault; none if it takes too long.
fn run(vm: &mut Vm) -> Option<(String, Option<String>)> {
    let mut output = Vec::new();
    loop {
        let until = vm.tick().safepoints + STEPS;
        match vm.run(Tick::at(until), &Probes::none()) {
            Stop::Ended(_) => break,
            Stop::Trapped(trap) => {
                return Some((text(&output), Some(trap.to_string())));
            }
            Stop::Asks(Question::Write(pieces)) => {
                output.extend(pieces.iter().flat_map(|piece| &piece.bytes).copied());
                vm.answer(&Answer::Done).ok()?;
            }
            Stop::Asks(Question::Clock) => vm.answer(&Answer::Integer(0)).ok()?,
            Stop::Asks(_) => return None,
            Stop::Reached | Stop::Probed(_) => {}
        }
        if vm.tick().safepoints > STEPS_MAX || vm.memory() > MEMORY_MAX {
            return None;
        }
    }
    Some((text(&output), None))
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}
