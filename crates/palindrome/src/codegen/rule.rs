//! Rules: they go to the store as they are, and what follows from them is found when it is read and
//! something that they depend on has changed since.

use std::collections::{BTreeMap, BTreeSet};

use relational::{
    Aggregate as Total, Atom, Computed, Expr, Literal as Part, Program, Rule, Source, Term,
};

use super::Codegen;
use super::code::{Jump, Label};
use super::computed::Use;
use super::frame::ZERO;
use super::layout::places;
use super::plan::{comparison_of, literal_value};
use super::relation::sorted;
use super::stage::Stage;
use crate::hir::{
    self, Aggregate, Expression, ExpressionKind, LocalId, Operand, RelationId, RelationKind,
    RuleItem,
};
use crate::types::Type;

/// The rules of a program, where it has some.
pub(super) struct Rules {
    /// Those that are applied together, in the order of that.
    stages: Vec<Stage>,
    /// The text of the rules for each relation that follows from some.
    texts: BTreeMap<RelationId, i64>,
    /// Where it is said that what follows from them is known.
    fresh: i64,
    /// The stored relations that they depend on.
    needs: BTreeSet<RelationId>,
    /// Code that finds what follows, where one call of the store does not; and where it is said that it
    /// runs.
    code: Option<(Label, i64)>,
}

impl Rules {
    /// Where that code begins, where it is said that what follows is known, and that the code runs.
    pub(super) fn entry(&self) -> Option<(Label, i64, i64)> {
        self.code.map(|(entry, busy)| (entry, self.fresh, busy))
    }

    /// Where it is said that what follows from them is known.
    pub(super) fn known(&self) -> i64 {
        self.fresh
    }

    pub(super) fn take_stages(&mut self) -> Vec<Stage> {
        std::mem::take(&mut self.stages)
    }
}

/// A predicate of the store that is no relation of the program. They are numbered behind those.
pub(super) enum Extra {
    /// One that only other rules name, with its columns. The name begins with a blank: no relation has
    /// such a name.
    Helper(String, usize),
    /// What code computed.
    Values(usize),
    /// The arguments that it is to compute for, and how many there are.
    Wanted(usize, usize),
}

/// A rule while it is put together.
#[derive(Default)]
pub(super) struct Draft {
    /// Which variable each number is; none for those that nobody names.
    variables: Vec<Option<LocalId>>,
    /// The variables of the rule.
    pub(super) names: BTreeSet<LocalId>,
    pub(super) body: Vec<Part>,
    /// Where code has a part in it.
    pub(super) uses: Vec<Use>,
}

impl Draft {
    pub(super) fn numbered(&mut self, id: LocalId) -> usize {
        let known = self.variables.iter().position(|other| *other == Some(id));
        known.unwrap_or_else(|| {
            self.variables.push(Some(id));
            self.variables.len() - 1
        })
    }

    /// A variable that nothing else names.
    pub(super) fn fresh(&mut self) -> usize {
        self.variables.push(None);
        self.variables.len() - 1
    }
}

impl Codegen<'_> {
    /// The rules of the program as bytes.
    pub(super) fn make_rules(&mut self) {
        let of = self.stages();
        let heads = self.program.strata.iter().flatten().map(|rule| rule.head);
        let Some(last) = heads.filter_map(|head| of.get(&head)).max().copied() else { return };
        let (mut stages, mut texts, mut needs) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        for number in 0..=last {
            let stage = self.stage(number, &of, &mut needs);
            let heads = of.iter().filter(|(_, stage)| **stage == number);
            texts.extend(heads.map(|(id, _)| (*id, stage.text)));
            stages.push(stage);
        }
        let read = self.computed_by_code.iter().flat_map(|one| &one.reads.relations);
        for id in read.copied().collect::<Vec<_>>() {
            self.note_needs(id, &mut needs);
        }
        let is_simple =
            matches!(&*stages, [only] if only.laid.is_empty() && only.computed.is_empty());
        let fresh = self.data.global();
        let code = (!is_simple).then(|| (self.code.label(), self.data.global()));
        self.make_laid(&stages);
        self.make_computed();
        self.rules = Some(Rules { stages, texts, fresh, needs, code });
    }

    /// The rules of a stage. What was known before are relations.
    fn stage(
        &mut self,
        number: usize,
        stages: &BTreeMap<RelationId, usize>,
        needs: &mut BTreeSet<RelationId>,
    ) -> Stage {
        let (mut program, mut stage) = (Program::default(), Stage::default());
        let first = self.computed_by_code.len();
        // Predicates have the numbers of relations first.
        let (mut rules, mut besides, mut extras) = (Vec::new(), Vec::new(), Vec::new());
        for (place, rule) in self.program.strata.iter().flatten().enumerate() {
            if stages.get(&rule.head) == Some(&number)
                && let Some(rule) = self.rule(rule, &mut besides, &mut extras)
            {
                rules.push(rule);
                program.numbers.push(place);
            }
        }
        rules.extend(besides);
        stage.computed = (first..self.computed_by_code.len()).collect();
        // Only those that the rules name are read.
        let count = self.program.relations.len();
        let mut used = vec![false; count + extras.len()];
        for rule in &rules {
            for atom in atoms(rule) {
                if let Some(place) = used.get_mut(atom.predicate) {
                    *place = true;
                }
            }
        }
        let (mut moved, mut names) = (Vec::new(), Vec::new());
        let mut stored = |name: &str| {
            names.push(name.to_owned());
            let place = u32::try_from(names.len() - 1).unwrap_or(u32::MAX);
            Source::Relation(relational::RelationId::new(place))
        };
        for (number, is_used) in used.into_iter().enumerate() {
            moved.push(program.predicates.len());
            if !is_used {
                continue;
            }
            let id = RelationId::from_index(number);
            let predicate = match (
                self.program.relations.get(number),
                extras.get(number.wrapping_sub(count)),
            ) {
                (Some(relation), _) => {
                    let name = relation.name.to_string();
                    let is_here = rules.iter().any(|rule| rule.head.predicate == number);
                    let source = if relation.kind == RelationKind::Predicate && is_here {
                        Source::Rules(relation.fields.len())
                    } else if self.is_stored(id) {
                        self.note_needs(id, needs);
                        stored(&name)
                    } else {
                        let Some(laid) = self.laid(id) else { continue };
                        let source = stored(&laid.relation.name);
                        stage.laid.push(laid);
                        source
                    };
                    (name, source)
                }
                (None, Some(Extra::Helper(name, width))) => (name.clone(), Source::Rules(*width)),
                (None, Some(Extra::Wanted(computed, width))) => {
                    let Some(computed) = self.computed_by_code.get(*computed) else { continue };
                    (computed.wanted.name.to_string(), Source::Rules(*width))
                }
                (None, Some(Extra::Values(computed))) => {
                    let Some(computed) = self.computed_by_code.get(*computed) else { continue };
                    (computed.values.name.to_string(), stored(&computed.values.name))
                }
                (None, None) => continue,
            };
            program.predicates.push(predicate);
        }
        let at = |predicate: usize| moved.get(predicate).copied().unwrap_or_default();
        for (place, extra) in extras.iter().enumerate() {
            if let Extra::Values(_) = extra {
                let [values, known, wanted] = [0, 1, 2].map(|next| at(count + place + next));
                program.computed.push(Computed { values, known, wanted });
            }
        }
        for rule in &mut rules {
            rule.head.predicate = at(rule.head.predicate);
            for part in &mut rule.body {
                if let Part::Holds(atom) | Part::Fails(atom) = part {
                    atom.predicate = at(atom.predicate);
                }
            }
        }
        program.rules = rules;
        stage.text = self.data.text(&program.to_bytes(&names));
        stage
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
        let Some(rules) = &self.rules else { return };
        if let Some((entry, ..)) = rules.entry() {
            return self.enter(entry, 0);
        }
        let (fresh, text) = (rules.fresh, rules.stages.first().map_or(0, |stage| stage.text));
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

    /// A rule, and those that it needs besides. None if it was refused.
    fn rule(
        &mut self,
        rule: &hir::Rule,
        besides: &mut Vec<Rule>,
        extras: &mut Vec<Extra>,
    ) -> Option<Rule> {
        let mut draft = Draft::default();
        for item in &rule.body {
            match item {
                RuleItem::Bind(id, _) => {
                    draft.names.insert(*id);
                }
                RuleItem::Holds(atom) | RuleItem::Fails(atom) => {
                    draft.names.extend(atom.columns.iter().filter_map(|operand| match operand {
                        Operand::Variable(id) => Some(*id),
                        Operand::Any | Operand::Value(_) => None,
                    }));
                }
                RuleItem::Condition(_) => {}
            }
        }
        for item in &rule.body {
            match item {
                RuleItem::Holds(atom) => {
                    let atom = self.atom(atom, &mut draft, extras)?;
                    draft.body.push(Part::Holds(atom));
                }
                RuleItem::Fails(atom) => {
                    let found = self.atom(atom, &mut draft, extras)?;
                    let found = self.without_any(atom, found, besides, extras);
                    draft.body.push(Part::Fails(found));
                }
                RuleItem::Condition(condition) => self.condition(condition, &mut draft, extras)?,
                RuleItem::Bind(id, value) => {
                    let of = self.rule_expr(value, &mut draft, extras)?;
                    let variable = draft.numbered(*id);
                    draft.body.push(Part::Is(variable, of));
                }
            }
        }
        let mut terms = Vec::new();
        for column in &rule.columns {
            terms.push(match &column.kind {
                ExpressionKind::Aggregate(aggregate) => {
                    self.total_of(aggregate, &mut draft, extras)?
                }
                _ => self.term(column, &mut draft, extras)?,
            });
        }
        let terms = self.by_name(rule.head, terms);
        let head = Atom { predicate: rule.head.index(), terms };
        besides.extend(Self::wanting(&draft));
        Some(Rule { head, body: draft.body })
    }

    /// That there is no row, whatever the columns are that do not matter: that those are not among the
    /// rows without these columns, which are a predicate of their own.
    fn without_any(
        &self,
        atom: &hir::Atom,
        found: Atom,
        rules: &mut Vec<Rule>,
        extras: &mut Vec<Extra>,
    ) -> Atom {
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
        let predicate = self.program.relations.len() + extras.len();
        let head = Atom { predicate, terms: kept(all.clone()) };
        let body = vec![Part::Holds(Atom { predicate: found.predicate, terms: all })];
        let relation = self.program.relations.get(atom.relation.index());
        let columns = relation.map_or(Vec::new(), sorted).into_iter().zip(&given);
        let columns = columns.filter(|(_, is_any)| !**is_any).map(|(field, _)| &*field.name);
        // No relation has a name that begins with a blank.
        let name = relation.map_or("", |relation| &relation.name);
        let name = format!(" {}", [name].into_iter().chain(columns).collect::<Vec<_>>().join(" "));
        extras.push(Extra::Helper(name, head.terms.len()));
        rules.push(Rule { head, body });
        Atom { predicate, terms: kept(found.terms) }
    }

    fn atom(
        &mut self,
        atom: &hir::Atom,
        draft: &mut Draft,
        extras: &mut Vec<Extra>,
    ) -> Option<Atom> {
        let mut terms = Vec::new();
        for operand in &atom.columns {
            terms.push(match operand {
                Operand::Any => Term::Variable(draft.fresh()),
                Operand::Variable(id) => Term::Variable(draft.numbered(*id)),
                Operand::Value(value) => self.term(value, draft, extras)?,
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
    fn term(
        &mut self,
        of: &Expression,
        draft: &mut Draft,
        extras: &mut Vec<Extra>,
    ) -> Option<Term> {
        match &of.kind {
            ExpressionKind::Local(id) => return Some(Term::Variable(draft.numbered(*id))),
            ExpressionKind::Literal(literal) => {
                if let Some(value) = literal_value(literal) {
                    return Some(Term::Value(value));
                }
            }
            _ => {}
        }
        let computed = self.rule_expr(of, draft, extras)?;
        let variable = draft.fresh();
        draft.body.push(Part::Is(variable, computed));
        Some(Term::Variable(variable))
    }

    fn total_of(
        &mut self,
        aggregate: &Aggregate,
        draft: &mut Draft,
        extras: &mut Vec<Extra>,
    ) -> Option<Term> {
        let (total, value) = match aggregate {
            Aggregate::Count => (Total::Count, None),
            Aggregate::Sum(value) => (Total::Sum, Some(value)),
            Aggregate::Min(value) => (Total::Min, Some(value)),
            Aggregate::Max(value) => (Total::Max, Some(value)),
            Aggregate::Average(value) => (Total::Avg, Some(value)),
            Aggregate::Collect(value) => (Total::Collect, Some(value)),
        };
        let term = match value {
            Some(value) => self.term(value, draft, extras)?,
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

    /// An expression over the variables of a rule; what the store has no form for is a variable, whose
    /// values code computes.
    fn rule_expr(
        &mut self,
        of: &Expression,
        draft: &mut Draft,
        extras: &mut Vec<Extra>,
    ) -> Option<Expr> {
        let found = self.plan_expr(of, &mut |leaf| match leaf.kind {
            ExpressionKind::Local(id) => Some(Expr::Field(draft.numbered(id))),
            _ => None,
        });
        match found {
            Some(found) => Some(found),
            None => self.computed(of, draft, extras).map(Expr::Field),
        }
    }

    fn condition(
        &mut self,
        of: &Expression,
        draft: &mut Draft,
        extras: &mut Vec<Extra>,
    ) -> Option<()> {
        let is_term = |of: &Expression| {
            matches!(of.kind, ExpressionKind::Local(_) | ExpressionKind::Literal(_))
        };
        let part = match &of.kind {
            ExpressionKind::Binary(op, one, other)
                if self.of(&one.of) == self.of(&other.of) && is_term(one) && is_term(other) =>
            {
                match comparison_of(*op) {
                    Some(comparison) => {
                        let one = self.term(one, draft, extras)?;
                        Part::Compares(comparison, one, self.term(other, draft, extras)?)
                    }
                    None => Part::Where(self.rule_expr(of, draft, extras)?),
                }
            }
            _ => Part::Where(self.rule_expr(of, draft, extras)?),
        };
        draft.body.push(part);
        Some(())
    }

    /// `why p(a)`, `whynot p(a)`: a text is written.
    pub(super) fn why(&mut self, atom: &hir::Atom, is_not: bool) {
        let Some(rules) = &self.rules else { return };
        let Some(text) = rules.texts.get(&atom.relation).copied() else { return };
        if rules.code.is_some() {
            self.refresh();
        }
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
