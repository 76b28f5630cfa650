//! Rules: they go to the store as they are, and what follows from them is found when it is read and
//! something that they depend on has changed since.

use std::collections::BTreeSet;

use relational::{Aggregate as Total, Atom, Expr, Literal as Part, Program, Rule, Source, Term};
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::ZERO;
use super::layout::places;
use super::plan::{comparison_of, literal_value};
use super::relation::sorted;
use crate::hir::{
    self, Aggregate, Expression, ExpressionKind, LocalId, Operand, RelationId, RelationKind,
    RuleItem,
};
use crate::types::Type;

/// The rules of a program, where it has some.
pub(super) struct Rules {
    /// As a text.
    text: i64,
    /// Where it is said that what follows from them is known.
    fresh: i64,
    /// The stored relations that they depend on.
    needs: BTreeSet<RelationId>,
}

/// A predicate that a negation needs: the rows of a relation without the columns that do not matter
/// there. Its name begins with a blank, and is that of the relation and of the columns.
type Helper = (String, Atom, Rule);

/// A rule while it is put together.
#[derive(Default)]
struct Draft {
    /// Which variable each number is; none for those that nobody names.
    variables: Vec<Option<LocalId>>,
    body: Vec<Part>,
}

impl Draft {
    fn numbered(&mut self, id: LocalId) -> usize {
        let known = self.variables.iter().position(|other| *other == Some(id));
        known.unwrap_or_else(|| {
            self.variables.push(Some(id));
            self.variables.len() - 1
        })
    }

    /// A variable that nothing else names.
    fn fresh(&mut self) -> usize {
        self.variables.push(None);
        self.variables.len() - 1
    }
}

impl Codegen<'_> {
    /// The rules of the program as bytes.
    pub(super) fn make_rules(&mut self) {
        if self.program.strata.iter().flatten().next().is_none() {
            return;
        }
        let (program, names, needs) = self.rules_program();
        let text = self.data.text(&program.to_bytes(&names));
        let fresh = self.data.global();
        self.rules = Some(Rules { text, fresh, needs });
    }

    /// The rules, the names of the relations that are their sources, and what they depend on.
    fn rules_program(&mut self) -> (Program, Vec<String>, BTreeSet<RelationId>) {
        let mut program = Program::default();
        // Predicates have the numbers of relations first.
        let mut rules = Vec::new();
        let mut helpers = Vec::new();
        for rule in self.program.strata.iter().flatten() {
            rules.extend(self.rule(rule, &mut helpers));
        }
        rules.extend(helpers.iter().map(|(_, _, rule): &Helper| rule.clone()));
        // Only those that the rules name are read.
        let count = self.program.relations.len();
        let mut used = vec![false; count + helpers.len()];
        for rule in &rules {
            for atom in atoms(rule) {
                if let Some(place) = used.get_mut(atom.predicate) {
                    *place = true;
                }
            }
        }
        let (mut moved, mut names, mut needs) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (number, is_used) in used.into_iter().enumerate() {
            moved.push(program.predicates.len());
            if !is_used {
                continue;
            }
            let Some(relation) = self.program.relations.get(number) else {
                let Some((name, helper, _)) = helpers.get(number - count) else { continue };
                program.predicates.push((name.clone(), Source::Rules(helper.terms.len())));
                continue;
            };
            let source = match relation.kind {
                RelationKind::Predicate => Source::Rules(relation.fields.len()),
                _ => {
                    self.note_needs(RelationId::from_index(number), &mut needs);
                    let place = u32::try_from(names.len()).unwrap_or(u32::MAX);
                    Source::Relation(relational::RelationId::new(place))
                }
            };
            if let Source::Relation(_) = source {
                names.push(relation.name.to_string());
            }
            program.predicates.push((relation.name.to_string(), source));
        }
        let renumber = |atom: &mut Atom| {
            atom.predicate = moved.get(atom.predicate).copied().unwrap_or_default();
        };
        for rule in &mut rules {
            renumber(&mut rule.head);
            for part in &mut rule.body {
                if let Part::Holds(atom) | Part::Fails(atom) = part {
                    renumber(atom);
                }
            }
        }
        program.rules = rules;
        (program, names, needs)
    }

    /// The stored relations that a relation depends on: itself, or those that a view reads.
    fn note_needs(&self, id: RelationId, needs: &mut BTreeSet<RelationId>) {
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            match self.kept.get(&next) {
                Some(reads) => waiting.extend(reads),
                None => {
                    needs.insert(next);
                }
            }
        }
    }

    /// Finds what follows from rules, if something has changed since.
    pub(super) fn refresh(&mut self) {
        let Some(Rules { text, fresh, .. }) = self.rules else { return };
        let end = self.code.label();
        self.code.load(0, ZERO, fresh);
        self.code.jump(Jump::IfNotZero(0), end);
        self.code.set(1, text);
        self.call_runtime("rules_refresh");
        self.code.set(0, 1);
        self.code.store(0, ZERO, fresh);
        self.code.place(end);
    }

    /// Rows of a relation have changed, from which others may follow.
    pub(super) fn has_changed(&mut self, id: RelationId) {
        if let Some(Rules { fresh, needs, .. }) = &self.rules
            && needs.contains(&id)
        {
            let fresh = *fresh;
            self.code.set(1, 0);
            self.code.store(1, ZERO, fresh);
        }
    }

    /// Any rows may have changed.
    pub(super) fn all_may_have_changed(&mut self) {
        if let Some(Rules { fresh, .. }) = &self.rules {
            let fresh = *fresh;
            self.code.store(ZERO, ZERO, fresh);
        }
    }

    fn rule(&mut self, rule: &hir::Rule, helpers: &mut Vec<Helper>) -> Option<Rule> {
        let mut draft = Draft::default();
        for item in &rule.body {
            match item {
                RuleItem::Holds(atom) => {
                    let atom = self.atom(atom, &mut draft)?;
                    draft.body.push(Part::Holds(atom));
                }
                RuleItem::Fails(atom) => {
                    let found = self.atom(atom, &mut draft)?;
                    let found = self.without_any(atom, found, helpers);
                    draft.body.push(Part::Fails(found));
                }
                RuleItem::Condition(condition) => self.condition(condition, &mut draft)?,
                RuleItem::Bind(id, value) => {
                    let of = self.rule_expr(value, &mut draft)?;
                    let variable = draft.numbered(*id);
                    draft.body.push(Part::Is(variable, of));
                }
            }
        }
        let mut terms = Vec::new();
        for column in &rule.columns {
            terms.push(match &column.kind {
                ExpressionKind::Aggregate(aggregate) => {
                    self.total_of(aggregate, &mut draft, column.span)?
                }
                _ => self.term(column, &mut draft)?,
            });
        }
        let terms = self.by_name(rule.head, terms);
        let head = Atom { predicate: rule.head.index(), terms };
        Some(Rule { head, body: draft.body })
    }

    /// That there is no row, whatever the columns are that do not matter: that those are not among the
    /// rows without these columns, which are a predicate of their own.
    fn without_any(&self, atom: &hir::Atom, found: Atom, helpers: &mut Vec<Helper>) -> Atom {
        let is_any: Vec<bool> =
            atom.columns.iter().map(|operand| *operand == Operand::Any).collect();
        if !is_any.contains(&true) {
            return found;
        }
        let given = self.by_name(atom.relation, is_any);
        let kept = |terms: Vec<Term>| -> Vec<Term> {
            let terms = terms.into_iter().zip(&given).filter(|(_, is_any)| !**is_any);
            terms.map(|(term, _)| term).collect()
        };
        let all: Vec<Term> = (0..found.terms.len()).map(Term::Variable).collect();
        let predicate = self.program.relations.len() + helpers.len();
        let head = Atom { predicate, terms: kept(all.clone()) };
        let body = vec![Part::Holds(Atom { predicate: found.predicate, terms: all })];
        let relation = self.program.relations.get(atom.relation.index());
        let columns = relation.map_or(Vec::new(), sorted).into_iter().zip(&given);
        let columns = columns.filter(|(_, is_any)| !**is_any).map(|(field, _)| &*field.name);
        // No relation has a name that begins with a blank.
        let name = relation.map_or("", |relation| &relation.name);
        let name = format!(" {}", [name].into_iter().chain(columns).collect::<Vec<_>>().join(" "));
        helpers.push((name, head.clone(), Rule { head, body }));
        Atom { predicate, terms: kept(found.terms) }
    }

    fn atom(&mut self, atom: &hir::Atom, draft: &mut Draft) -> Option<Atom> {
        let kind = self.program.relations.get(atom.relation.index()).map(|it| &it.kind);
        if !self.is_stored(atom.relation) {
            self.not_yet("a relation that the store does not keep, in a rule,", atom.span);
            return None;
        }
        if matches!(kind, Some(RelationKind::View(_))) && self.needs_rules(atom.relation) {
            self.not_yet("a view of what follows from rules, in a rule,", atom.span);
            return None;
        }
        let mut terms = Vec::new();
        for operand in &atom.columns {
            terms.push(match operand {
                Operand::Any => Term::Variable(draft.fresh()),
                Operand::Variable(id) => Term::Variable(draft.numbered(*id)),
                Operand::Value(value) => self.term(value, draft)?,
            });
        }
        Some(Atom { predicate: atom.relation.index(), terms: self.by_name(atom.relation, terms) })
    }

    /// What is said of columns in the order in which the store has them.
    fn by_name<T: Clone>(&self, id: RelationId, of: Vec<T>) -> Vec<T> {
        let Some(relation) = self.program.relations.get(id.index()) else { return of };
        let place = |name: &str| relation.fields.iter().position(|field| &*field.name == name);
        let columns = sorted(relation).into_iter();
        columns.filter_map(|field| of.get(place(&field.name)?).cloned()).collect()
    }

    /// A variable, a value, or a variable for what is computed.
    fn term(&mut self, of: &Expression, draft: &mut Draft) -> Option<Term> {
        match &of.kind {
            ExpressionKind::Local(id) => return Some(Term::Variable(draft.numbered(*id))),
            ExpressionKind::Literal(literal) => {
                if let Some(value) = literal_value(literal) {
                    return Some(Term::Value(value));
                }
            }
            _ => {}
        }
        let computed = self.rule_expr(of, draft)?;
        let variable = draft.fresh();
        draft.body.push(Part::Is(variable, computed));
        Some(Term::Variable(variable))
    }

    fn total_of(&mut self, aggregate: &Aggregate, draft: &mut Draft, at: Span) -> Option<Term> {
        let (total, value) = match aggregate {
            Aggregate::Count => (Total::Count, None),
            Aggregate::Sum(value) => (Total::Sum, Some(value)),
            Aggregate::Min(value) => (Total::Min, Some(value)),
            Aggregate::Max(value) => (Total::Max, Some(value)),
            Aggregate::Average(value) => {
                if !matches!(self.of(&value.of), Type::FLOAT | Type::DECIMAL) {
                    self.not_yet("the mean of whole numbers in a rule", at);
                    return None;
                }
                (Total::Avg, Some(value))
            }
            Aggregate::Collect(value) => (Total::Collect, Some(value)),
        };
        let term = match value {
            Some(value) => self.term(value, draft)?,
            None => Term::Value(relational::Value::Int(0)),
        };
        let variable = match term {
            Term::Variable(variable) => variable,
            other => {
                let Term::Value(value) = other else { return None };
                let variable = draft.fresh();
                draft.body.push(Part::Is(variable, Expr::Value(value)));
                variable
            }
        };
        Some(Term::Total(total, variable))
    }

    /// An expression over the variables of a rule.
    fn rule_expr(&mut self, of: &Expression, draft: &mut Draft) -> Option<Expr> {
        let found = self.plan_expr(of, &mut |leaf| match leaf.kind {
            ExpressionKind::Local(id) => Some(Expr::Field(draft.numbered(id))),
            _ => None,
        });
        if found.is_none() {
            self.not_yet("this in a rule", of.span);
        }
        found
    }

    fn condition(&mut self, of: &Expression, draft: &mut Draft) -> Option<()> {
        let is_term = |of: &Expression| {
            matches!(of.kind, ExpressionKind::Local(_) | ExpressionKind::Literal(_))
        };
        let part = match &of.kind {
            ExpressionKind::Binary(op, one, other)
                if self.of(&one.of) == self.of(&other.of) && is_term(one) && is_term(other) =>
            {
                match comparison_of(*op) {
                    Some(comparison) => {
                        let (one, other) = (self.term(one, draft)?, self.term(other, draft)?);
                        Part::Compares(comparison, one, other)
                    }
                    None => Part::Where(self.rule_expr(of, draft)?),
                }
            }
            _ => Part::Where(self.rule_expr(of, draft)?),
        };
        draft.body.push(part);
        Some(())
    }

    /// `why p(a)`, `whynot p(a)`: a text is written.
    pub(super) fn why(&mut self, atom: &hir::Atom, is_not: bool) {
        let Some(Rules { text, .. }) = self.rules else { return };
        let Some(relation) = self.program.relations.get(atom.relation.index()) else { return };
        let height = self.frame.height;
        let columns: Vec<(Option<&Expression>, Type)> = atom
            .columns
            .iter()
            .zip(&relation.fields)
            .map(|(operand, field)| match operand {
                Operand::Value(value) => (Some(value), field.of.clone()),
                Operand::Any | Operand::Variable(_) => (None, field.of.clone()),
            })
            .collect();
        let columns = self.by_name(atom.relation, columns);
        let (mut slots, mut given) = (Vec::new(), 0);
        for (place, (value, _)) in columns.iter().enumerate() {
            match value {
                Some(value) => {
                    given |= 1 << place;
                    self.value(value);
                }
                None => self.code.set(0, 0),
            }
            slots.push(self.save(0));
        }
        self.at(atom.span);
        let types: Vec<Type> = columns.into_iter().map(|(_, of)| of).collect();
        let (all, references) = places(&types);
        self.code.set(1, super::layout::as_word(types.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        for (slot, place) in slots.iter().zip(all) {
            self.restore(*slot, 1);
            self.code.store(1, 0, palindrome_vm::runtime::HEAD + place * 8);
        }
        let name = self.data.text(relation.name.as_bytes());
        self.code.copy(3, 0);
        self.code.set(1, text);
        self.code.set(2, name);
        self.code.set(4, given);
        self.call_runtime(if is_not { "rules_whynot" } else { "rules_why" });
        self.code.copy(1, 0);
        self.call_runtime("print_text");
        self.frame.drop_to(height, self.code.here());
    }
}

fn atoms(rule: &Rule) -> impl Iterator<Item = &Atom> {
    let body = rule.body.iter().filter_map(|part| match part {
        Part::Holds(atom) | Part::Fails(atom) => Some(atom),
        Part::Compares(..) | Part::Where(_) | Part::Is(..) => None,
    });
    body.chain([&rule.head])
}
