//! Rules: they go to the store as they are, and what follows from them is found when it is read and
//! something has changed since.

use relational::{
    Atom, Comparison, Literal as Part, Predicate, Program, Rule, Source, Term, Value,
};
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::ZERO;
use super::relation::sorted;
use crate::hir::{
    self, BinaryOp, Expression, ExpressionKind, Literal, LocalId, Operand, RelationId,
    RelationKind, RuleItem,
};

impl Codegen<'_> {
    /// The rules of the program as bytes.
    pub(super) fn make_rules(&mut self) {
        let mut program = Program::default();
        for (relation, number) in self.program.relations.iter().zip(0..) {
            let source = match relation.kind {
                RelationKind::Predicate => Source::Rules(relation.fields.len()),
                _ => Source::Relation(relational::RelationId::new(number)),
            };
            program.predicates.push((relation.name.to_string(), source));
        }
        let mut rules = Vec::new();
        for rule in self.program.strata.iter().flatten() {
            rules.extend(self.rule(rule));
        }
        // Only those that the rules name are read.
        let mut used = vec![false; program.predicates.len()];
        for rule in &rules {
            for atom in atoms(rule) {
                if let Some(place) = used.get_mut(atom.predicate) {
                    *place = true;
                }
            }
        }
        let mut moved: Vec<Predicate> = Vec::new();
        let mut next = 0;
        for is_used in &used {
            moved.push(next);
            next += usize::from(*is_used);
        }
        for rule in &mut rules {
            renumber(&mut rule.head, &moved);
            for part in &mut rule.body {
                if let Part::Holds(atom) | Part::Fails(atom) = part {
                    renumber(atom, &moved);
                }
            }
        }
        let mut names = Vec::new();
        let kept = program.predicates.into_iter().zip(used).filter(|(_, is_used)| *is_used);
        program.predicates = kept
            .map(|((name, source), _)| {
                names.push(name.clone());
                let place = u32::try_from(names.len() - 1).unwrap_or(u32::MAX);
                match source {
                    Source::Relation(_) => {
                        (name, Source::Relation(relational::RelationId::new(place)))
                    }
                    rules @ Source::Rules(_) => (name, rules),
                }
            })
            .collect();
        program.rules = rules;
        if !program.rules.is_empty() {
            let bytes = program.to_bytes(&names);
            let text = self.data.text(&bytes);
            let fresh = self.data.global();
            self.rules = Some((text, fresh));
        }
    }

    /// Finds what follows from rules, if something has changed since.
    pub(super) fn refresh(&mut self) {
        let Some((text, fresh)) = self.rules else { return };
        let end = self.code.label();
        self.code.load(0, ZERO, fresh);
        self.code.jump(Jump::IfNotZero(0), end);
        self.code.set(1, text);
        self.call_runtime("rules_refresh");
        self.code.set(0, 1);
        self.code.store(0, ZERO, fresh);
        self.code.place(end);
    }

    /// Rows have changed, from which others follow.
    pub(super) fn has_changed(&mut self) {
        if let Some((_, fresh)) = self.rules {
            self.code.set(1, 0);
            self.code.store(1, ZERO, fresh);
        }
    }

    fn rule(&mut self, rule: &hir::Rule) -> Option<Rule> {
        let mut variables: Vec<LocalId> = Vec::new();
        let terms: Option<Vec<Term>> =
            rule.columns.iter().map(|one| self.term(one, &mut variables)).collect();
        let head = Atom { predicate: rule.head.index(), terms: self.by_name(rule.head, terms?) };
        let mut body = Vec::new();
        for item in &rule.body {
            body.push(match item {
                RuleItem::Holds(atom) => Part::Holds(self.atom(atom, &mut variables)?),
                RuleItem::Fails(atom) => Part::Fails(self.atom(atom, &mut variables)?),
                RuleItem::Condition(condition) => self.condition(condition, &mut variables)?,
                RuleItem::Bind(_, value) => {
                    self.not_yet("a computed value in a rule", value.span);
                    return None;
                }
            });
        }
        Some(Rule { head, body })
    }

    fn atom(&mut self, atom: &hir::Atom, variables: &mut Vec<LocalId>) -> Option<Atom> {
        let kind = self.program.relations.get(atom.relation.index()).map(|it| &it.kind);
        if !matches!(
            kind,
            Some(RelationKind::Stored | RelationKind::Predicate | RelationKind::Event)
        ) {
            self.not_yet("a view in a rule", atom.span);
            return None;
        }
        let mut any = variables.len() + 1_000_000;
        let mut terms = Vec::new();
        for operand in &atom.columns {
            terms.push(match operand {
                Operand::Any => {
                    // A variable that nothing else names.
                    any += 1;
                    variables.push(LocalId(u32::try_from(any).unwrap_or(u32::MAX)));
                    Term::Variable(variables.len() - 1)
                }
                Operand::Variable(id) => Term::Variable(numbered(*id, variables)),
                Operand::Value(value) => self.term(value, variables)?,
            });
        }
        Some(Atom { predicate: atom.relation.index(), terms: self.by_name(atom.relation, terms) })
    }

    /// Terms in the order in which the store has the columns.
    fn by_name(&self, id: RelationId, terms: Vec<Term>) -> Vec<Term> {
        let Some(relation) = self.program.relations.get(id.index()) else { return terms };
        let place = |name: &str| relation.fields.iter().position(|field| &*field.name == name);
        let columns = sorted(relation).into_iter();
        columns.filter_map(|field| terms.get(place(&field.name)?).cloned()).collect()
    }

    fn term(&mut self, of: &Expression, variables: &mut Vec<LocalId>) -> Option<Term> {
        let value = match &of.kind {
            ExpressionKind::Local(id) => return Some(Term::Variable(numbered(*id, variables))),
            ExpressionKind::Literal(literal) => match literal {
                Literal::Int(value) => Some(Value::Int(*value)),
                Literal::Float(value) => Some(Value::Float(*value)),
                Literal::Bool(value) => Some(Value::Bool(*value)),
                Literal::String(value) => Some(Value::String(value.to_string())),
                Literal::Bytes(value) => Some(Value::Bytes(value.to_vec())),
                Literal::Duration(value) => Some(Value::Duration(*value)),
                Literal::Decimal(..) => None,
            },
            _ => None,
        };
        if value.is_none() {
            self.not_yet("this value in a rule", of.span);
        }
        value.map(Term::Value)
    }

    fn condition(&mut self, of: &Expression, variables: &mut Vec<LocalId>) -> Option<Part> {
        let comparison = match &of.kind {
            ExpressionKind::Binary(op, one, other) if self.of(&one.of) == self.of(&other.of) => {
                let comparison = match op {
                    BinaryOp::Equal => Some(Comparison::Equal),
                    BinaryOp::NotEqual => Some(Comparison::Unequal),
                    BinaryOp::Less => Some(Comparison::Less),
                    BinaryOp::LessOrEqual => Some(Comparison::AtMost),
                    BinaryOp::Greater => Some(Comparison::Greater),
                    BinaryOp::GreaterOrEqual => Some(Comparison::AtLeast),
                    _ => None,
                };
                comparison.map(|comparison| (comparison, one, other))
            }
            _ => None,
        };
        match comparison {
            Some((comparison, one, other)) => {
                let (one, other) = (self.term(one, variables)?, self.term(other, variables)?);
                Some(Part::Compares(comparison, one, other))
            }
            None => {
                self.refused_condition(of.span);
                None
            }
        }
    }

    fn refused_condition(&mut self, at: Span) {
        self.not_yet("this condition in a rule", at);
    }
}

fn numbered(id: LocalId, variables: &mut Vec<LocalId>) -> usize {
    variables.iter().position(|other| *other == id).unwrap_or_else(|| {
        variables.push(id);
        variables.len() - 1
    })
}

fn atoms(rule: &Rule) -> impl Iterator<Item = &Atom> {
    let body = rule.body.iter().filter_map(|part| match part {
        Part::Holds(atom) | Part::Fails(atom) => Some(atom),
        Part::Compares(..) => None,
    });
    body.chain([&rule.head])
}

fn renumber(atom: &mut Atom, moved: &[Predicate]) {
    atom.predicate = moved.get(atom.predicate).copied().unwrap_or_default();
}
