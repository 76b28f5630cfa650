//! From a query to a plan: which conditions go where, which indexes are used, in which order
//! relations are joined.
//!
//! What is guessed comes from the pages: how many rows relations have, and which share of an index
//! lies between two bounds. A condition that may fail is never moved, nor what stands after it.

use std::ops::Bound;
use std::sync::Arc;

use super::expr::{Comparison, Expr, QueryError};
use super::plan::{Access, JoinKind, Node, PLAN_DEPTH_MAX, Query, Step, Via, check_column};
use crate::area::Reader;
use crate::catalog::{Catalog, Relation};
use crate::index::{Index, IndexKind, has_words};
use crate::key::{Zeros, encode};
use crate::pages::Pages;
use crate::schema::Type;
use crate::tree::{Bounds, after_prefix};
use crate::value::Value;

/// Which share of rows a condition is guessed to leave, when nothing is known.
const EQUAL_SHARE: f64 = 0.1;
const OTHER_SHARE: f64 = 0.4;
/// How many rows read one after the other cost as much as one that is looked up.
const LOOKUP_COST: f64 = 6.0;

/// Makes plans.
pub(super) struct Planner<'p, P> {
    pub(super) reader: Reader<'p, P>,
    pub(super) catalog: &'p Catalog,
    /// How many steps there are so far.
    pub(super) steps: usize,
}

/// What a query joins: plans whose columns follow each other, and which columns are equal.
#[derive(Default)]
struct Joined {
    sources: Vec<(usize, Query)>,
    on: Vec<(usize, usize)>,
    width: usize,
}

/// One of them, with its plan.
struct Source {
    start: usize,
    end: usize,
    query: Query,
    step: Step,
}

impl<P: Pages> Planner<'_, P> {
    fn step(&mut self, node: Node, width: usize, rows: f64) -> Step {
        self.steps += 1;
        Step { node, width, rows, number: self.steps - 1 }
    }

    /// The plan for a query whose columns were checked.
    pub(super) fn plan(&mut self, query: &Query) -> Result<Step, QueryError> {
        Ok(match query {
            Query::Relation(_) | Query::Filter(..) | Query::Join(JoinKind::Inner, ..) => {
                self.plan_filtered(query)?
            }
            Query::Rows(width, rows) => {
                #[expect(clippy::cast_precision_loss, reason = "a guess")]
                let count = rows.len() as f64;
                self.step(Node::Rows(rows.clone()), *width, count)
            }
            Query::Project(input, exprs) => {
                let input = self.plan(input)?;
                let rows = input.rows;
                self.step(Node::Project(Box::new(input), exprs.clone()), exprs.len(), rows)
            }
            Query::Join(JoinKind::Left, left, right, on) => {
                let (left, step) = (self.plan(left)?, self.plan(right)?);
                self.join(JoinKind::Left, left, (right, step), on.clone())?
            }
            Query::Group(input, by, totals) => {
                let input = self.plan(input)?;
                let rows = if by.is_empty() { 1.0 } else { input.rows.sqrt() };
                let width = by.len() + totals.len();
                self.step(Node::Group(Box::new(input), by.clone(), totals.clone()), width, rows)
            }
            Query::Order(input, by) => {
                let input = self.plan(input)?;
                let (width, rows) = (input.width, input.rows);
                self.step(Node::Order(Box::new(input), by.clone()), width, rows)
            }
            Query::Limit(input, skip, count) => {
                let input = self.plan(input)?;
                #[expect(clippy::cast_precision_loss, reason = "a guess")]
                let (width, rows) = (input.width, input.rows.min(*count as f64));
                self.step(Node::Limit(Box::new(input), *skip, *count), width, rows)
            }
            Query::Distinct(input) => {
                let input = self.plan(input)?;
                let (width, rows) = (input.width, input.rows);
                self.step(Node::Distinct(Box::new(input)), width, rows)
            }
            Query::Union(one, other) => {
                let (one, other) = (self.plan(one)?, self.plan(other)?);
                let (width, rows) = (one.width, one.rows + other.rows);
                self.step(Node::Union(Box::new(one), Box::new(other)), width, rows)
            }
        })
    }

    /// Conditions over a join of relations or other plans, or over one.
    fn plan_filtered(&mut self, query: &Query) -> Result<Step, QueryError> {
        let (mut input, mut conditions) = (query, Vec::new());
        while let Query::Filter(below, condition) = input {
            // Those below come first.
            conditions.splice(0..0, condition.conjuncts().into_iter().cloned());
            input = below;
        }
        let safe = conditions.iter().take_while(|part| !part.may_fail() && part.is_truth()).count();
        let rest = conditions.split_off(safe);
        let mut joined = Joined::default();
        self.flatten(input, &mut joined)?;
        let mut step = if joined.sources.len() > 1 {
            self.plan_joined(joined, &mut conditions)?
        } else if let Query::Relation(id) = input {
            let relation = Arc::clone(self.catalog.get(*id)?);
            let (access, rows) = self.access(&relation, &conditions)?;
            let (width, needed) = (relation.fields.len(), vec![true; relation.fields.len()]);
            self.step(Node::Read { relation, access, needed }, width, rows)
        } else {
            self.plan(input)?
        };
        conditions.extend(rest);
        // They have said what they know.
        conditions.retain(|condition| !matches!(condition, Expr::Hint(_)));
        if let Some(condition) = Expr::all(conditions) {
            let (width, rows) = (step.width, step.rows * share(&condition));
            step = self.step(Node::Filter(Box::new(step), condition), width, rows.max(1.0));
        }
        Ok(step)
    }

    /// The sources of a tree of joins.
    fn flatten(&self, query: &Query, joined: &mut Joined) -> Result<(), QueryError> {
        if let Query::Join(JoinKind::Inner, left, right, on) = query {
            let first = joined.width;
            self.flatten(left, joined)?;
            let second = joined.width;
            self.flatten(right, joined)?;
            joined.on.extend(on.iter().map(|(one, other)| (first + one, second + other)));
        } else {
            joined.sources.push((joined.width, query.clone()));
            joined.width += width(self.catalog, query, 0)?;
        }
        Ok(())
    }

    /// Joins sources, at each step the one that seems to leave the fewest rows, and takes those
    /// conditions away that are checked within one source.
    fn plan_joined(
        &mut self,
        mut joined: Joined,
        conditions: &mut Vec<Expr>,
    ) -> Result<Step, QueryError> {
        let (width, mut sources) = (joined.width, Vec::new());
        for (place, (first, query)) in joined.sources.iter().enumerate() {
            let end = joined.sources.get(place + 1).map_or(width, |(next, _)| *next);
            let mut query = query.clone();
            conditions.retain(|condition| {
                let mut columns = vec![false; width];
                let is_inside = condition.check(&mut columns).is_ok()
                    && columns
                        .iter()
                        .enumerate()
                        .all(|(at, used)| !used || (*first..end).contains(&at));
                if is_inside {
                    let moved = condition.moved(&|column| column - first);
                    query = Query::Filter(Box::new(query.clone()), moved);
                }
                !is_inside
            });
            let step = self.plan(&query)?;
            sources.push(Source { start: *first, end, query, step });
        }
        let least = |sources: &[Source], places: Vec<usize>| {
            let rows = |place: &usize| sources[*place].step.rows;
            places.into_iter().min_by(|one, other| rows(one).total_cmp(&rows(other))).unwrap_or(0)
        };
        let first = least(&sources, (0..sources.len()).collect());
        let Source { start, end, mut step, .. } = sources.remove(first);
        let mut columns: Vec<_> = (start..end).collect();
        while !sources.is_empty() {
            let is_tied = |source: &Source| {
                let inside = |column: &usize| (source.start..source.end).contains(column);
                joined.on.iter().any(|(one, other)| {
                    inside(one) && columns.contains(other) || inside(other) && columns.contains(one)
                })
            };
            let mut places: Vec<_> =
                (0..sources.len()).filter(|place| is_tied(&sources[*place])).collect();
            if places.is_empty() {
                places = (0..sources.len()).collect();
            }
            let Source { start, end, query, step: right } = sources.remove(least(&sources, places));
            let mut on = Vec::new();
            joined.on.retain(|(one, other)| {
                for (here, there) in [(one, other), (other, one)] {
                    let left = columns.iter().position(|column| column == here);
                    if let Some(left) = left.filter(|_| (start..end).contains(there)) {
                        on.push((left, there - start));
                        return false;
                    }
                }
                true
            });
            step = self.join(JoinKind::Inner, step, (&query, right), on)?;
            columns.extend(start..end);
        }
        if columns.is_sorted() {
            return Ok(step);
        }
        let place = |column| columns.iter().position(|other| *other == column).unwrap_or(0);
        let exprs = (0..width).map(|column| Expr::Field(place(column))).collect();
        let rows = step.rows;
        Ok(self.step(Node::Project(Box::new(step), exprs), width, rows))
    }

    /// Joins one more query to a plan: by looking rows up where that costs less.
    fn join(
        &mut self,
        kind: JoinKind,
        left: Step,
        (query, right): (&Query, Step),
        on: Vec<(usize, usize)>,
    ) -> Result<Step, QueryError> {
        // Conditions on what is looked up are checked afterwards.
        let (mut looked_up, mut conditions) = (query, Vec::new());
        while let (JoinKind::Inner, Query::Filter(below, condition)) = (kind, looked_up)
            && condition.is_truth()
            && !condition.may_fail()
        {
            conditions.push(condition.moved(&|column| left.width + column));
            looked_up = below;
        }
        if let Query::Relation(id) = looked_up {
            let relation = Arc::clone(self.catalog.get(*id)?);
            let count = self.count(&relation)?;
            if let Some((via, from)) = lookup(&relation, &on)
                && left.rows * LOOKUP_COST < count.min(right.rows * LOOKUP_COST)
            {
                let width = left.width + relation.fields.len();
                let rows = left.rows;
                let needed = vec![true; relation.fields.len()];
                let node = Node::Lookup { kind, left: Box::new(left), relation, via, from, needed };
                let step = self.step(node, width, rows);
                let Some(condition) = Expr::all(conditions) else { return Ok(step) };
                return Ok(self.step(Node::Filter(Box::new(step), condition), width, rows));
            }
        }
        let (width, rows) = (
            left.width + right.width,
            match on.as_slice() {
                [] => left.rows * right.rows,
                _ => left.rows.max(right.rows),
            },
        );
        let node = Node::HashJoin { kind, left: Box::new(left), right: Box::new(right), on };
        Ok(self.step(node, width, rows))
    }

    fn count(&self, relation: &Relation) -> Result<f64, QueryError> {
        #[expect(clippy::cast_precision_loss, reason = "a guess")]
        let count = relation.count(self.reader)? as f64;
        Ok(count)
    }

    /// How to find the rows for which conditions hold, and about how many there are. The conditions
    /// are checked again.
    pub(super) fn access(
        &self,
        relation: &Relation,
        conditions: &[Expr],
    ) -> Result<(Access, f64), QueryError> {
        let count = self.count(relation)?;
        let mut best = (Access::All, count);
        let fitting: Vec<_> = conditions.iter().filter_map(simple).collect();
        let key = |place: usize| {
            let field = *relation.key.get(place)?;
            let is_it = move |expr: &Expr| matches!(expr, Expr::Field(at) if *at == field);
            Some((&relation.fields.get(field)?.ty, is_it))
        };
        let bounds = path(key, &fitting, usize::MAX);
        if let Some(bounds) = bounds {
            let rows = (relation.rows.estimate(self.reader, &bounds)? * count).max(1.0);
            // Rows lie in the order of their keys: nothing is looked up.
            if rows < best.1 {
                best = (Access::Key(bounds), rows);
            }
        }
        for index in &relation.indexes {
            let equal = |place: usize| {
                let ty = index.type_at(&relation.fields, place)?;
                let fits = |(expr, how, value): &&Fitting<'_>| {
                    *how == Comparison::Equal && index.is_by(place, expr) && ty.accepts(value)
                };
                fitting.iter().find(fits).map(|(_, _, value)| (*value).clone())
            };
            let values: Option<Vec<_>> = (0..index.width()).map(equal).collect();
            let found = match (index.kind, values) {
                (IndexKind::Hash | IndexKind::Bitmap, None) => None,
                (IndexKind::FullText, _) => self.access_by_words(index, conditions)?,
                (IndexKind::Hash | IndexKind::Bitmap, Some(values)) => {
                    let rows = if index.unique { 1.0 } else { count * EQUAL_SHARE * EQUAL_SHARE };
                    Some((Access::Find(index.clone(), values), rows))
                }
                (IndexKind::BTree, _) => {
                    let max = crate::index::RELATION_KEY_MAX;
                    let by = |place: usize| {
                        let ty = index.type_at(&relation.fields, place)?;
                        Some((ty, move |expr: &Expr| index.is_by(place, expr)))
                    };
                    let bounds = path(by, &fitting, max);
                    bounds
                        .map(|bounds| {
                            let share = index.estimate(self.reader, &bounds)?;
                            Ok::<_, QueryError>((
                                Access::Index(index.clone(), bounds),
                                share * count,
                            ))
                        })
                        .transpose()?
                }
            };
            if let Some((access, rows)) = found
                && rows.max(1.0) * LOOKUP_COST < best.1
            {
                best = (access, rows.max(1.0));
            }
        }
        Ok(best)
    }

    /// How to find rows by the words of a full-text index: by those of which there are fewest.
    fn access_by_words(
        &self,
        index: &Index,
        conditions: &[Expr],
    ) -> Result<Option<(Access, f64)>, QueryError> {
        let mut best: Option<(Access, f64)> = None;
        for words in conditions.iter().filter_map(|part| words_in(index, part)) {
            let rows = index.estimate_words(self.reader, words)?;
            if best.as_ref().is_none_or(|(_, least)| rows < *least) {
                best = Some((Access::Find(index.clone(), vec![words.clone()]), rows));
            }
        }
        Ok(best)
    }
}

/// A condition that a text in a field of an index has words: those words, of which there are some.
fn words_in<'e>(index: &Index, part: &'e Expr) -> Option<&'e Value> {
    let Expr::Words(text, words) = part else { return None };
    let Expr::Value(words) = &**words else { return None };
    let is_by = (0..index.width()).any(|place| index.is_by(place, text));
    (is_by && has_words(words)).then_some(words)
}

/// How many columns a query has; checks all columns that it names.
pub(crate) fn width(catalog: &Catalog, query: &Query, depth: usize) -> Result<usize, QueryError> {
    if depth > PLAN_DEPTH_MAX {
        return Err(QueryError::TooDeep);
    }
    let check = |expr: &Expr, width: usize| expr.check(&mut vec![false; width]);
    match query {
        Query::Relation(id) => Ok(catalog.get(*id)?.fields.len()),
        Query::Rows(width, rows) => {
            rows.iter().try_for_each(|row| match row.len() {
                len if len == *width => Ok(()),
                len => Err(QueryError::Column { column: len, width: *width }),
            })?;
            Ok(*width)
        }
        Query::Filter(input, condition) => {
            let width = width(catalog, input, depth + 1)?;
            check(condition, width)?;
            Ok(width)
        }
        Query::Project(input, exprs) => {
            let width = width(catalog, input, depth + 1)?;
            exprs.iter().try_for_each(|expr| check(expr, width))?;
            Ok(exprs.len())
        }
        Query::Join(_, left, right, on) => {
            let (left, right) =
                (width(catalog, left, depth + 1)?, width(catalog, right, depth + 1)?);
            for (one, other) in on {
                check_column(*one, left)?;
                check_column(*other, right)?;
            }
            Ok(left + right)
        }
        Query::Group(input, by, totals) => {
            let width = width(catalog, input, depth + 1)?;
            let totals_of = totals.iter().filter_map(|total| total.of());
            by.iter().chain(totals_of).try_for_each(|expr| check(expr, width))?;
            Ok(by.len() + totals.len())
        }
        Query::Order(input, by) => {
            let width = width(catalog, input, depth + 1)?;
            by.iter().try_for_each(|(expr, _)| check(expr, width))?;
            Ok(width)
        }
        Query::Limit(input, ..) | Query::Distinct(input) => width(catalog, input, depth + 1),
        Query::Union(one, other) => {
            let (width, others) =
                (width(catalog, one, depth + 1)?, width(catalog, other, depth + 1)?);
            if width == others {
                Ok(width)
            } else {
                Err(QueryError::Column { column: others, width })
            }
        }
    }
}

/// A comparison of what is computed from a row with a value: that, how, and the value.
type Fitting<'e> = (&'e Expr, Comparison, &'e Value);

/// A condition as such a comparison.
fn simple(part: &Expr) -> Option<Fitting<'_>> {
    let part = if let Expr::Hint(inner) = part { inner } else { part };
    let Expr::Compare(how, one, two) = part else { return None };
    match (&**one, &**two) {
        (Expr::Value(_), Expr::Value(_)) => None,
        (expr, Expr::Value(value)) => Some((expr, *how, value)),
        (Expr::Value(value), expr) => Some((expr, how.turned(), value)),
        (_, _) => None,
    }
}

/// Where in a tree the rows for which conditions hold lie: some first values are equal to others, the
/// next one perhaps between two. `by` says, for each place, of which type the values in the tree are,
/// and what they are. Encodings are cut off after `max` bytes.
fn path<'t, I: Fn(&Expr) -> bool>(
    by: impl Fn(usize) -> Option<(&'t Type, I)>,
    conditions: &[Fitting<'_>],
    max: usize,
) -> Option<Bounds> {
    let mut prefix = Vec::new();
    let mut bounds = None;
    for (ty, is_it) in (0..).map_while(by) {
        let put = |value: &Value, prefix: &mut Vec<u8>| {
            encode(ty, value, Zeros::Equal, prefix);
            prefix.truncate(max);
        };
        let mut here =
            conditions.iter().filter(|(expr, _, value)| is_it(expr) && ty.accepts(value));
        if let Some((_, _, value)) = here.clone().find(|(_, how, _)| *how == Comparison::Equal) {
            put(value, &mut prefix);
            bounds = Some(Bounds::prefix(&prefix));
            continue;
        }
        let least = here
            .clone()
            .find(|(_, how, _)| matches!(how, Comparison::Greater | Comparison::AtLeast));
        let most = here.find(|(_, how, _)| matches!(how, Comparison::Less | Comparison::AtMost));
        let whole = |value: &Value| {
            let mut whole = prefix.clone();
            put(value, &mut whole);
            whole
        };
        if least.is_some() || most.is_some() {
            let lower = least.map_or(prefix.clone(), |(_, _, value)| whole(value));
            let upper = most
                .map_or_else(|| after_prefix(&prefix), |(_, _, value)| after_prefix(&whole(value)));
            bounds = Some(Bounds { lower: Bound::Included(lower), upper });
        }
        break;
    }
    bounds
}

/// How rows of a relation are looked up by some columns, and from which columns of the left side.
fn lookup(relation: &Relation, on: &[(usize, usize)]) -> Option<(Via, Vec<usize>)> {
    let from = |fields: &[usize]| {
        let left =
            |field: &usize| on.iter().find(|(_, right)| right == field).map(|(left, _)| *left);
        fields.iter().map(left).collect::<Option<Vec<_>>>().filter(|from| from.len() == on.len())
    };
    if let Some(from) = from(&relation.key) {
        return Some((Via::Key, from));
    }
    let usable = |index: &&Index| index.kind != IndexKind::FullText;
    relation
        .indexes
        .iter()
        .filter(usable)
        .find_map(|index| Some((Via::Index(index.clone()), from(index.plain()?)?)))
}

/// Which share of rows a condition seems to leave.
fn share(condition: &Expr) -> f64 {
    condition.conjuncts().into_iter().fold(1.0, |share, part| {
        let is_equal = matches!(part, Expr::Compare(Comparison::Equal, ..));
        share * if is_equal { EQUAL_SHARE } else { OTHER_SHARE }
    })
}
