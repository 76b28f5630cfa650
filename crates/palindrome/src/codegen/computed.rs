//! What the store does not compute in rules: code does, once for each list of arguments, and what it
//! came to is kept in a relation that the rules read; decision 0035.
//!
//! For each such expression there is a relation of arguments and values, and one of the arguments that
//! are wanted and have no value yet, which follows from rules itself.

use std::rc::Rc;

use relational::{Atom, Literal as Part, Rule, Term};
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, ZERO};
use super::layout::places;
use super::relation::{sorted, stored};
use super::rule::{Draft, Extra};
use super::state_reads::Reads;
use crate::codes::RULE_READS;
use crate::hir::{Expression, LocalId, Relation, RelationField, RelationKind, walk};
use crate::types::Type;

/// An expression that code computes for rules.
#[derive(Clone, Debug)]
pub(super) struct Computed {
    /// What is computed.
    of: Expression,
    /// The columns of arguments and value, by their names; the value is of no variable.
    columns: Vec<(Rc<str>, Option<LocalId>)>,
    /// Arguments and values, and where the number of the relation is.
    pub(super) values: Relation,
    pub(super) values_at: i64,
    /// The arguments that are wanted.
    pub(super) wanted: Relation,
    wanted_at: i64,
    /// What state it is computed from.
    pub(super) reads: Reads,
}

/// Where a rule uses one: its place in the body, the predicates of values, of what has some, and of what
/// is wanted, the arguments, and the variable of the value.
#[derive(Clone, Debug)]
pub(super) struct Use {
    place: usize,
    values: usize,
    known: usize,
    wanted: usize,
    arguments: Vec<Term>,
    pub(super) result: usize,
}

impl Codegen<'_> {
    /// An expression that the store has no form for, as a variable of the rule that code gives values
    /// to; none if they cannot be kept.
    pub(super) fn computed(
        &mut self,
        of: &Expression,
        draft: &mut Draft,
        extras: &mut Vec<Extra>,
    ) -> Option<usize> {
        let reads = self.rule_reads(of)?;
        let mut arguments: Vec<(Rc<str>, LocalId, Type)> = Vec::new();
        walk(of, &mut |one| {
            if let crate::hir::ExpressionKind::Local(id) = one.kind
                && draft.names.contains(&id)
                && !arguments.iter().any(|(_, other, _)| *other == id)
            {
                let local = self.program.locals.get(id.index());
                let name = local.map_or(Rc::from(""), |local| Rc::clone(&local.name));
                arguments.push((name, id, self.of(&one.of)));
            }
        });
        arguments.sort_by(|one, other| one.0.cmp(&other.0));
        let number = self.computed_by_code.len() + 1;
        // No column of a variable has a blank in its name, and no relation of the program.
        let mut fields = Vec::new();
        for (name, id, of) in &arguments {
            fields.push((Rc::clone(name), Some(*id), of.clone()));
        }
        if fields.is_empty() {
            fields.push((Rc::from("(nothing)"), None, Type::INT));
        }
        let wanted = self.computed_relation(format!("wanted {number}"), &fields, of.span)?;
        fields.push((Rc::from("value"), None, self.of(&of.of)));
        if fields.iter().filter(|(name, ..)| &**name == "value").count() > 1
            && let Some(last) = fields.last_mut()
        {
            last.0 = Rc::from("value ");
        }
        fields.sort_by(|one, other| one.0.cmp(&other.0));
        let text = self.sources.slice(of.span).split_whitespace().collect::<Vec<_>>().join(" ");
        let values = self.computed_relation(format!("{text} ({number})"), &fields, of.span)?;
        let columns = fields.into_iter().map(|(name, id, _)| (name, id)).collect::<Vec<_>>();
        let result = draft.fresh();
        let terms = columns.iter().map(|(name, id)| match id {
            Some(id) => Term::Variable(draft.numbered(*id)),
            None if &**name == "(nothing)" => Term::Value(relational::Value::Int(0)),
            None => Term::Variable(result),
        });
        let terms: Vec<Term> = terms.collect();
        let is_result = |term: &Term| *term == Term::Variable(result);
        let arguments: Vec<Term> = terms.iter().filter(|term| !is_result(term)).cloned().collect();
        let (values_at, wanted_at) = (self.data.global(), self.data.global());
        self.computed_by_code.push(Computed {
            of: of.clone(),
            columns,
            values,
            values_at,
            wanted,
            wanted_at,
            reads,
        });
        let values = self.program.relations.len() + extras.len();
        let (known, wanted) = (values + 1, values + 2);
        extras.push(Extra::Values(number - 1));
        extras.push(Extra::Helper(format!(" known {number}"), arguments.len()));
        extras.push(Extra::Wanted(number - 1, arguments.len()));
        let place = draft.body.len();
        draft.body.push(Part::Holds(Atom { predicate: values, terms }));
        draft.uses.push(Use { place, values, known, wanted, arguments, result });
        Some(result)
    }

    /// A relation with such columns, which the program does not name.
    fn computed_relation(
        &mut self,
        name: String,
        fields: &[(Rc<str>, Option<LocalId>, Type)],
        at: Span,
    ) -> Option<Relation> {
        if fields.iter().any(|(.., of)| stored(of, &self.program.unions, 0).is_none()) {
            self.refuse(
                RULE_READS,
                "rules keep what was computed for them, and values of this type cannot be kept",
                "compute something that a relation can hold",
                at,
            );
            return None;
        }
        let field = |(name, _, of): &(Rc<str>, Option<LocalId>, Type)| RelationField {
            name: Rc::clone(name),
            of: of.clone(),
            is_key: false,
            is_unique: false,
            references: None,
            default: None,
        };
        Some(Relation {
            name: Rc::from(name),
            fields: fields.iter().map(field).collect(),
            kind: RelationKind::Predicate,
            history: None,
            span: at,
        })
    }

    /// The rules that say which values a rule wants: one by one, each as soon as its arguments have
    /// values, so that what comes earlier in the text decides what is computed later.
    pub(super) fn wanting(draft: &Draft) -> Vec<Rule> {
        let is_use = |place: usize| draft.uses.iter().any(|one| one.place == place);
        let mut known: Vec<usize> = Vec::new();
        for (place, part) in draft.body.iter().enumerate() {
            if let Part::Holds(atom) = part
                && !is_use(place)
            {
                known.extend(variables(&atom.terms));
            }
        }
        let (mut rules, mut done) = (Vec::new(), Vec::new());
        loop {
            loop {
                let before = known.len();
                for part in &draft.body {
                    if let Part::Is(variable, of) = part
                        && !known.contains(variable)
                        && of.fields().iter().all(|used| known.contains(used))
                    {
                        known.push(*variable);
                    }
                }
                if known.len() == before {
                    break;
                }
            }
            let is_known = |terms: &[Term]| variables(terms).all(|used| known.contains(&used));
            let next = draft
                .uses
                .iter()
                .position(|one| !done.contains(&one.place) && is_known(&one.arguments));
            let Some(one) = next.and_then(|next| draft.uses.get(next)) else { return rules };
            let mut body: Vec<Part> = Vec::new();
            for (place, part) in draft.body.iter().enumerate() {
                let has_all = match part {
                    Part::Holds(atom) | Part::Fails(atom) => is_known(&atom.terms),
                    Part::Compares(_, one, other) => is_known(&[one.clone(), other.clone()]),
                    Part::Where(of) => of.fields().iter().all(|used| known.contains(used)),
                    Part::Is(variable, of) => {
                        known.contains(variable)
                            && of.fields().iter().all(|used| known.contains(used))
                    }
                };
                if has_all && (!is_use(place) || done.contains(&place)) {
                    body.push(part.clone());
                }
            }
            // Those that have a value.
            let width = one.arguments.len();
            let all = draft.body.get(one.place);
            let Some(Part::Holds(values)) = all else { return rules };
            let is_result = |term: &&Term| **term == Term::Variable(one.result);
            let result = values.terms.iter().position(|term| is_result(&term)).unwrap_or(width);
            let whole: Vec<Term> = (0..=width).map(Term::Variable).collect();
            let mut kept = whole.clone();
            kept.remove(result.min(width));
            let head = Atom { predicate: one.known, terms: kept };
            let from = Atom { predicate: one.values, terms: whole };
            let rule = Rule { head, body: vec![Part::Holds(from)] };
            rules.push(rule);
            let known_values = Atom { predicate: one.known, terms: one.arguments.clone() };
            body.push(Part::Fails(known_values));
            let head = Atom { predicate: one.wanted, terms: one.arguments.clone() };
            rules.push(Rule { head, body });
            done.push(one.place);
            known.push(one.result);
        }
    }

    /// Makes the relations of what is computed, which begin without rows.
    pub(super) fn make_computed(&mut self) {
        for one in self.computed_by_code.clone() {
            self.make_relation(&one.wanted, one.wanted_at);
            self.make_relation(&one.values, one.values_at);
            self.code.load(1, ZERO, one.values_at);
            self.call_runtime("relation_clear");
        }
    }

    /// Computes what is wanted.
    pub(super) fn compute_wanted(&mut self, number: usize) {
        let Some(one) = self.computed_by_code.get(number).cloned() else { return };
        let height = self.frame.height;
        self.at(one.of.span);
        let query = relational::Query::Relation(relational::RelationId::new(0));
        self.planned(&one.wanted, &query, &[]);
        let list = self.save(0);
        let walk = self.begin(list);
        let row = self.save(0);
        let types = |relation: &Relation| -> Vec<Type> {
            sorted(relation).into_iter().map(|field| field.of.clone()).collect()
        };
        let given = types(&one.wanted);
        let mut slots = Vec::new();
        let arguments =
            one.columns.iter().filter(|(name, id)| id.is_some() || &**name == "(nothing)");
        for ((_, id), place) in arguments.zip(places(&given).0) {
            self.restore(row, 0);
            self.code.load(0, 0, palindrome_vm::runtime::HEAD + place * 8);
            let slot = match id {
                Some(id) => self.frame.variable(*id, self.code.here()),
                None => self.frame.slot(),
            };
            self.code.store(0, FRAME, slot.offset());
            slots.push(slot);
        }
        self.value(&one.of);
        let value = self.save(0);
        self.at(one.of.span);
        let all = types(&one.values);
        let (all, references) = places(&all);
        self.code.set(1, super::layout::as_word(all.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        let mut arguments = slots.into_iter();
        for ((name, id), place) in one.columns.iter().zip(all) {
            let is_argument = id.is_some() || &**name == "(nothing)";
            let from = if is_argument { arguments.next() } else { Some(value) };
            self.restore(from.unwrap_or(value), 1);
            self.code.store(1, 0, palindrome_vm::runtime::HEAD + place * 8);
        }
        self.code.copy(2, 0);
        self.code.load(1, ZERO, one.values_at);
        self.call_runtime("relation_upsert");
        self.finish_walk(&walk);
        self.frame.drop_to(height, self.code.here());
    }

    /// Leaves if nothing is wanted: R0 is what the store said.
    pub(super) fn unless_wanted(&mut self, end: super::code::Label) {
        self.code.push(palindrome_vm::Instruction::CmpImm { src: 0, value: 0 });
        self.code.jump(Jump::GreaterOrEqual, end);
    }
}

fn variables(terms: &[Term]) -> impl Iterator<Item = usize> {
    terms.iter().filter_map(|term| match term {
        Term::Variable(variable) | Term::Total(_, variable) => Some(*variable),
        Term::Value(_) => None,
    })
}
