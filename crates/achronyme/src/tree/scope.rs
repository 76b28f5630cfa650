//! What names mean where. Declarations are a chain, the latest first, of which a function keeps
//! what was there when it was made; so a name means the nearest earlier declaration. Scopes
//! remember their declarations besides, for names that are only declared later.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::function::Function;
use super::grave::bury;
use super::types::Check;
use super::value::Value;
use crate::hir::{Pattern, PatternKind, Statement, StatementKind};

/// Where a piece of code runs.
#[derive(Clone)]
pub(super) struct Env {
    /// The latest declaration.
    head: Option<Rc<Declaration>>,
    /// The innermost scope.
    pub(super) scope: Rc<Scope>,
    /// The function that runs.
    pub(super) frame: Rc<Frame>,
    /// Whether `return` may hand over the call that it returns the value of.
    pub(super) is_open: bool,
}

/// The function that runs.
#[derive(Clone, Default)]
pub(super) struct Frame {
    /// The file that it is written in.
    pub(super) module: usize,
    /// What `self` is.
    pub(super) receiver: Option<Value>,
    /// What `rec` is.
    pub(super) function: Option<Rc<Function>>,
    /// Where `yield` puts its value.
    pub(super) yielded: Option<Rc<RefCell<Option<Value>>>>,
}

struct Declaration {
    name: Rc<str>,
    what: Declared,
    earlier: Option<Rc<Self>>,
}

/// What a name is declared as.
#[derive(Clone)]
pub(super) enum Declared {
    /// A variable.
    Variable(Rc<Variable>),
    /// The type alias with this number.
    Alias(u16),
}

/// A variable.
pub(super) struct Variable {
    pub(super) name: Rc<str>,
    /// `None` before its declaration has come to its end.
    pub(super) value: RefCell<Option<Value>>,
    /// Whether it can be assigned to.
    pub(super) mutable: bool,
    /// What is checked at each assignment.
    pub(super) check: Option<Rc<Check>>,
}

/// A block that is being run, or was.
#[derive(Default)]
pub(super) struct Scope {
    declared: RefCell<Vec<(Rc<str>, Declared)>>,
    /// What may still be declared.
    statements: Option<Rc<[Statement]>>,
    outer: Option<Rc<Self>>,
    /// How many functions are around it.
    depth: usize,
    /// Whether the heap knows of it.
    is_watched: Cell<bool>,
}

/// What a name is found to be.
pub(super) enum Found {
    /// Declared.
    As(Declared),
    /// Declared by a statement that has not been reached yet.
    TooEarly { mutable: bool },
    /// Nothing.
    Nowhere,
}

impl Env {
    /// The outermost scope of a module.
    pub(super) fn module(module: usize, statements: &Rc<[Statement]>) -> Self {
        let scope = Scope { statements: Some(Rc::clone(statements)), ..Scope::default() };
        let frame = Rc::new(Frame { module, ..Frame::default() });
        Self { head: None, scope: Rc::new(scope), frame, is_open: false }
    }

    /// A scope inside of this one, for these statements.
    pub(super) fn inner(&self, statements: Option<&Rc<[Statement]>>) -> Self {
        self.at_depth(self.scope.depth, statements)
    }

    fn at_depth(&self, depth: usize, statements: Option<&Rc<[Statement]>>) -> Self {
        let scope = Scope {
            statements: statements.map(Rc::clone),
            outer: Some(Rc::clone(&self.scope)),
            depth,
            ..Scope::default()
        };
        Self {
            head: self.head.clone(),
            scope: Rc::new(scope),
            frame: Rc::clone(&self.frame),
            is_open: self.is_open,
        }
    }

    /// Where a function runs that was made here.
    pub(super) fn called(&self, frame: Frame) -> Self {
        let inner = self.at_depth(self.scope.depth + 1, None);
        Self { frame: Rc::new(frame), is_open: true, ..inner }
    }

    /// Where a block runs on its own that is written here.
    pub(super) fn run_apart(&self, frame: Frame) -> Self {
        Self { is_open: false, ..self.called(frame) }
    }

    /// The same, where `return` does not hand over calls.
    pub(super) fn closed(&self) -> Self {
        Self { is_open: false, ..self.clone() }
    }

    /// Declares a name.
    pub(super) fn declare(&mut self, name: &Rc<str>, what: Declared) {
        self.scope.declared.borrow_mut().push((Rc::clone(name), what.clone()));
        self.put(name, what);
    }

    /// Lets functions find a variable whose declaration has not come to its end.
    pub(super) fn announce(&self, variable: &Rc<Variable>) {
        let what = Declared::Variable(Rc::clone(variable));
        self.scope.declared.borrow_mut().push((Rc::clone(&variable.name), what));
    }

    /// Declares a variable that was announced.
    pub(super) fn see(&mut self, variable: &Rc<Variable>) {
        self.put(&variable.name, Declared::Variable(Rc::clone(variable)));
    }

    fn put(&mut self, name: &Rc<str>, what: Declared) {
        let earlier = self.head.take();
        self.head = Some(Rc::new(Declaration { name: Rc::clone(name), what, earlier }));
    }

    /// Declares a variable that cannot be assigned to.
    pub(super) fn bind(&mut self, name: &Rc<str>, value: Value) {
        self.declare(name, Declared::Variable(Variable::new(name, Some(value), false, None)));
    }

    /// The nearest earlier declaration of a variable or of a type.
    pub(super) fn earlier(&self, name: &str, is_type: bool) -> Option<&Declared> {
        let mut next = self.head.as_deref();
        while let Some(declaration) = next {
            if &*declaration.name == name && declaration.what.is_alias() == is_type {
                return Some(&declaration.what);
            }
            next = declaration.earlier.as_deref();
        }
        None
    }

    /// The variable that is the nearest earlier declaration.
    pub(super) fn earlier_variable(&self, name: &str) -> Option<Rc<Variable>> {
        match self.earlier(name, false)? {
            Declared::Variable(variable) => Some(Rc::clone(variable)),
            Declared::Alias(_) => None,
        }
    }

    /// The variable that is the first later declaration, if that has been reached.
    pub(super) fn later_variable(&self, name: &str) -> Option<Rc<Variable>> {
        match self.later(name, false) {
            Found::As(Declared::Variable(variable)) => Some(variable),
            Found::As(Declared::Alias(_)) | Found::TooEarly { .. } | Found::Nowhere => None,
        }
    }

    /// The first later declaration in the innermost scope that has one. Of variables, only those
    /// outside of the function that runs are seen so.
    pub(super) fn later(&self, name: &str, is_type: bool) -> Found {
        let mut next = Some(&self.scope);
        while let Some(scope) = next {
            next = scope.outer.as_ref();
            let Some(statements) = &scope.statements else { continue };
            if !is_type && scope.depth == self.scope.depth {
                continue;
            }
            let declared = scope.declared.borrow();
            let first = declared
                .iter()
                .find(|(found, what)| &**found == name && what.is_alias() == is_type);
            if let Some((_, what)) = first {
                return Found::As(what.clone());
            }
            let later = statements.iter().find(|statement| declares(statement, name, is_type));
            if let Some(statement) = later {
                let mutable = matches!(statement.kind, StatementKind::Let { mutable: true, .. });
                return Found::TooEarly { mutable };
            }
        }
        Found::Nowhere
    }

    /// The type that a block around defines further on: its definition, which is in the statement
    /// with this number, and from where it is seen.
    pub(super) fn later_type(&self, name: &str) -> Option<(Rc<[Statement]>, usize, Self)> {
        let mut next = Some(&self.scope);
        while let Some(scope) = next {
            next = scope.outer.as_ref();
            let Some(statements) = &scope.statements else { continue };
            let place = statements.iter().position(|statement| declares(statement, name, true));
            if let Some(place) = place {
                let there = Self { scope: Rc::clone(scope), ..self.clone() };
                return Some((Rc::clone(statements), place, there));
            }
        }
        None
    }

    /// The scopes around that are not watched yet, which from now on they are.
    pub(super) fn unwatched(&self) -> Vec<Rc<Scope>> {
        let mut found = Vec::new();
        let mut next = Some(&self.scope);
        while let Some(scope) = next.filter(|scope| !scope.is_watched.replace(true)) {
            found.push(Rc::clone(scope));
            next = scope.outer.as_ref();
        }
        found
    }

    /// Every variable that can be seen, the nearest first.
    pub(super) fn variables(&self) -> Vec<(Rc<str>, Rc<Variable>)> {
        let mut found = Vec::new();
        let mut next = self.head.as_deref();
        while let Some(declaration) = next {
            if let Declared::Variable(variable) = &declaration.what {
                found.push((Rc::clone(&declaration.name), Rc::clone(variable)));
            }
            next = declaration.earlier.as_deref();
        }
        found
    }
}

impl Declared {
    fn is_alias(&self) -> bool {
        matches!(self, Self::Alias(_))
    }
}

impl Variable {
    pub(super) fn new(
        name: &Rc<str>,
        value: Option<Value>,
        mutable: bool,
        check: Option<Rc<Check>>,
    ) -> Rc<Self> {
        Rc::new(Self { name: Rc::clone(name), value: RefCell::new(value), mutable, check })
    }

    pub(super) fn get(&self) -> Option<Value> {
        self.value.borrow().clone()
    }

    pub(super) fn set(&self, value: Value) {
        let old = self.value.replace(Some(value));
        drop(old);
    }
}

impl Scope {
    /// Takes the values out of all variables.
    pub(super) fn clear(&self) {
        let declared = std::mem::take(&mut *self.declared.borrow_mut());
        for (_, what) in &declared {
            if let Declared::Variable(variable) = what {
                let old = variable.value.take();
                drop(old);
            }
        }
    }
}

impl Drop for Declaration {
    fn drop(&mut self) {
        let mut next = self.earlier.take();
        while let Some(mut declaration) = next.and_then(|one| Rc::try_unwrap(one).ok()) {
            next = declaration.earlier.take();
        }
    }
}

impl Drop for Variable {
    fn drop(&mut self) {
        if let Some(value) = self.value.take().filter(Value::is_nested) {
            bury(value);
        }
    }
}

/// Whether a statement declares a variable or type of this name in its own scope.
fn declares(statement: &Statement, name: &str, is_type: bool) -> bool {
    match &statement.kind {
        StatementKind::Let { pattern, .. } => !is_type && binds(pattern, name),
        StatementKind::TypeAlias { name: alias, .. } => is_type && &*alias.text == name,
        StatementKind::Import { items, .. } => items.iter().any(|item| &*item.alias.text == name),
        StatementKind::Export { .. }
        | StatementKind::Return(_)
        | StatementKind::Yield(_)
        | StatementKind::Throw(_)
        | StatementKind::Break(_)
        | StatementKind::Continue
        | StatementKind::Expression(_) => false,
    }
}

/// Whether a pattern gives something this name.
fn binds(pattern: &Pattern, name: &str) -> bool {
    match &pattern.kind {
        PatternKind::Name(found) => &*found.text == name,
        PatternKind::Record(fields) => fields.iter().any(|field| {
            (field.binds_key && &*field.key.text == name) || binds(&field.pattern, name)
        }),
        PatternKind::Vector { before, rest, after } => {
            rest.as_ref().is_some_and(|rest| &*rest.text == name)
                || before.iter().chain(after).any(|(pattern, _)| binds(pattern, name))
        }
        PatternKind::Wildcard | PatternKind::Kind(_) | PatternKind::Literal(_) => false,
    }
}
