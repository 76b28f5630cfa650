//! Views, held against their queries computed anew after every change.

#![expect(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;
use relational::{
    Arithmetic, Change, Comparison, Definition, DefinitionError, Direction, Expr, Field, IndexKind,
    JoinKind, Query, QueryError, RelationId, Row, Store, StoreError, Total, Type, Value,
    ViewDefinition,
};
use rust_decimal::Decimal;
use tape::{Tape, TapeSnapshot};

/// Numbers that decide what a query is.
struct Genes<'g>(std::slice::Iter<'g, u8>);

impl Genes<'_> {
    fn below(&mut self, max: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % max.max(1)
    }
}

fn option(ty: &Type) -> Type {
    if let Type::Option(_) = ty { ty.clone() } else { Type::Option(Box::new(ty.clone())) }
}

fn fields(types: &[Type]) -> Vec<Field> {
    types.iter().enumerate().map(|(at, ty)| Field::new(format!("f{at}"), ty.clone())).collect()
}

struct World {
    tape: Tape,
    store: Store,
    /// Relations, then views, with the types of their columns.
    ids: Vec<(RelationId, Vec<Type>)>,
    views: Vec<(RelationId, Query)>,
    bases: usize,
}

fn base_types() -> [Vec<Type>; 2] {
    let one = vec![Type::Int, Type::Int, Type::String, Type::Float, Type::Decimal];
    [one, vec![Type::Int, option(&Type::Int), Type::String]]
}

impl World {
    fn new(genes: &mut Genes<'_>) -> Self {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
        let mut ids = Vec::new();
        for (number, types) in base_types().into_iter().enumerate() {
            let key = [&["f0"][..], &["f0", "f2"]][number];
            let key = key.iter().map(|name| (*name).to_owned()).collect();
            let (name, fields) = (format!("R{number}"), fields(&types));
            let made = Definition { name, fields, key, ..Definition::default() };
            let id = store.create_relation(&mut tape, &made).unwrap();
            if genes.below(2) == 0 {
                store.create_index(&mut tape, id, ("i", IndexKind::Hash, false), &["f1"]).unwrap();
            }
            ids.push((id, types));
        }
        let bases = ids.len();
        Self { tape, store, ids, views: Vec::new(), bases }
    }

    fn plain(&self, genes: &mut Genes<'_>, depth: usize) -> (Query, Vec<Type>) {
        match if depth == 0 { 0 } else { genes.below(9) } {
            0 | 1 => {
                let (id, types) = &self.ids[genes.below(self.ids.len())];
                (Query::Relation(*id), types.clone())
            }
            2 | 3 => {
                let (input, types) = self.plain(genes, depth - 1);
                (Query::Filter(Box::new(input), condition(genes, &types)), types)
            }
            4 => {
                let (input, types) = self.plain(genes, depth - 1);
                project(genes, input, &types)
            }
            5 => {
                let (input, types) = self.plain(genes, depth - 1);
                let other = Query::Filter(Box::new(input.clone()), condition(genes, &types));
                (Query::Union(Box::new(input), Box::new(other)), types)
            }
            _ => {
                let ((left, mut types), (right, others)) =
                    (self.plain(genes, depth - 1), self.plain(genes, depth - 1));
                let on: Vec<_> = (0..1 + genes.below(2))
                    .map(|_| (genes.below(types.len()), genes.below(others.len())))
                    .filter(|(one, other)| types[*one] == others[*other])
                    .collect();
                if on.is_empty() || types.len() + others.len() > 12 {
                    return (left, types);
                }
                let is_left = genes.below(3) == 0;
                let kind = if is_left { JoinKind::Left } else { JoinKind::Inner };
                types.extend(others.iter().map(|ty| if is_left { option(ty) } else { ty.clone() }));
                (Query::Join(kind, Box::new(left), Box::new(right), on), types)
            }
        }
    }

    fn query(&self, genes: &mut Genes<'_>) -> (Query, Vec<Type>) {
        let (mut query, mut types) = self.plain(genes, 3);
        if genes.below(2) == 0 {
            (query, types) = group(genes, query, &types);
            if genes.below(3) == 0 {
                query = Query::Filter(Box::new(query), condition(genes, &types));
            }
            if genes.below(3) == 0 {
                (query, types) = project(genes, query, &types);
            }
        }
        (query, types)
    }

    fn add_view(&mut self, genes: &mut Genes<'_>) {
        let (query, types) = self.query(genes);
        let definition = ViewDefinition {
            name: format!("V{}", self.views.len()),
            fields: fields(&types),
            query,
        };
        let view = self.store.create_view(&mut self.tape, &definition).unwrap();
        self.views.push((view, definition.query));
        self.ids.push((view, types));
    }

    fn rows(&mut self, id: RelationId) -> Vec<Row> {
        let rows = self.store.scan(&self.tape, id, Direction::Up).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    fn check(&mut self) {
        for (view, query) in self.views.clone() {
            let mut expected = self.store.query(&self.tape, &query).unwrap();
            expected.sort();
            expected.dedup();
            let mut rows = self.rows(view);
            rows.sort();
            assert_eq!(rows, expected, "{query:?}");
        }
        self.store.verify(&self.tape).unwrap();
    }

    fn change(&mut self, step: &Step) {
        let which = usize::from(step.which) % self.bases;
        let id = self.ids[which].0;
        let standing = self.rows(id);
        let key = |row: &Row| {
            if which == 0 { row[..1].to_vec() } else { vec![row[0].clone(), row[2].clone()] }
        };
        let row = row(which, &step.numbers);
        let old =
            (!standing.is_empty()).then(|| step.at.index(standing.len())).map(|at| &standing[at]);
        let (tape, store) = (&mut self.tape, &mut self.store);
        match (step.what % 12, old) {
            (0..5, _) => drop(store.upsert(tape, id, &row).unwrap()),
            (5..8, Some(old)) => assert!(store.delete(tape, id, &key(old)).unwrap()),
            (8..10, Some(old)) => {
                let others = standing.iter().any(|other| key(other) == key(&row) && other != old);
                if !others {
                    store.update(tape, id, &key(old), &row).unwrap();
                }
            }
            (10, Some(old)) => {
                let mut changes = vec![Change::Delete(key(old))];
                if !standing.iter().any(|other| key(other) == key(&row) && other != old) {
                    changes.push(Change::Insert(row));
                }
                store.apply(tape, id, &changes).unwrap();
            }
            (_, _) if step.what > 250 => store.clear(tape, id).unwrap(),
            (_, _) => {}
        }
    }
}

fn condition(genes: &mut Genes<'_>, types: &[Type]) -> Expr {
    let at = genes.below(types.len());
    let inner = if let Type::Option(inner) = &types[at] { inner } else { &types[at] };
    let literal = value(inner, i64::try_from(genes.below(7)).unwrap() - 2);
    let how = [Comparison::Equal, Comparison::Unequal, Comparison::Less, Comparison::AtLeast];
    let how = how[genes.below(how.len())];
    Expr::Field(at).compare(how, Expr::Value(literal))
}

fn project(genes: &mut Genes<'_>, input: Query, types: &[Type]) -> (Query, Vec<Type>) {
    let column = |genes: &mut Genes<'_>| {
        let at = genes.below(types.len());
        if types[at] == Type::Int && genes.below(2) == 0 {
            let (one, other) = (Box::new(Expr::Field(at)), Box::new(Expr::Value(Value::Int(3))));
            return (Expr::Arithmetic(Arithmetic::Rest, one, other), Type::Int);
        }
        (Expr::Field(at), types[at].clone())
    };
    let (exprs, types) = (0..1 + genes.below(3)).map(|_| column(genes)).unzip();
    (Query::Project(Box::new(input), exprs), types)
}

fn group(genes: &mut Genes<'_>, input: Query, types: &[Type]) -> (Query, Vec<Type>) {
    let by: Vec<_> = (0..genes.below(3)).map(|_| genes.below(types.len())).collect();
    let mut made: Vec<_> = by.iter().map(|at| types[*at].clone()).collect();
    let (at, mut totals) = (genes.below(types.len()), vec![Total::Count]);
    made.push(Type::Int);
    let (of, ty) = (Expr::Field(at), types[at].clone());
    if matches!(ty, Type::Int | Type::Float | Type::Decimal) {
        totals.push(Total::Sum(of.clone(), value(&ty, 0)));
        totals.push(Total::Avg(of.clone()));
        made.push(ty.clone());
        made.push(option(if ty == Type::Int { &Type::Float } else { &ty }));
    }
    totals.push(Total::Min(of.clone()));
    totals.push(Total::Max(of.clone()));
    made.extend([option(&ty), option(&ty)]);
    if genes.below(2) == 0 {
        totals.push(Total::Collect(of));
        made.push(Type::List(Box::new(ty)));
    }
    (Query::Group(Box::new(input), by.into_iter().map(Expr::Field).collect(), totals), made)
}

fn value(ty: &Type, number: i64) -> Value {
    match ty {
        Type::Int => Value::Int(number),
        Type::Float => Value::Float(f64::from(i32::try_from(number).unwrap()) * 0.1),
        Type::Decimal => Value::Decimal(Decimal::new(number, 1)),
        Type::String => {
            Value::String("abc"[..usize::try_from(number.rem_euclid(4)).unwrap()].into())
        }
        Type::Option(_) if number < 0 => Value::None,
        Type::Option(inner) => value(inner, number),
        Type::List(inner) => Value::List(vec![value(inner, number)]),
        Type::Bool
        | Type::Bytes
        | Type::Timestamp
        | Type::Duration
        | Type::Moment
        | Type::Record(_)
        | Type::Union(_) => panic!("no column has this type"),
    }
}

fn row(which: usize, numbers: &[i64]) -> Row {
    base_types()[which].iter().zip(numbers).map(|(ty, number)| value(ty, *number)).collect()
}

#[derive(Clone, Debug)]
struct Step {
    which: u8,
    what: u8,
    at: prop::sample::Index,
    numbers: Vec<i64>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let number = prop_oneof![4 => -1i64..6, 1 => -9i64..99];
    let step =
        (any::<u8>(), any::<u8>(), any::<prop::sample::Index>(), prop::collection::vec(number, 5))
            .prop_map(|(which, what, at, numbers)| Step { which, what, at, numbers });
    prop::collection::vec(step, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_view_is_its_query_computed_anew_after_any_changes(
        genes in prop::collection::vec(any::<u8>(), 1..120),
        before in steps(),
        after in steps(),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut genes = Genes(genes.iter());
        let mut world = World::new(&mut genes);
        before.iter().for_each(|step| world.change(step));
        for _ in 0..1 + genes.below(3) {
            world.add_view(&mut genes);
            world.check();
        }
        let mut kept: Vec<TapeSnapshot> = vec![world.tape.snapshot()];
        for (number, step) in after.iter().enumerate() {
            world.change(step);
            world.check();
            if number % 7 == 3 {
                let snapshot = world.tape.snapshot();
                world.tape.restore(&kept[keep.index(kept.len())]);
                kept.push(snapshot);
                world.check();
            }
        }
    }
}

/// `Item(id key, group, price)`, and a view that sums prices.
fn items() -> (Tape, Store, RelationId, RelationId) {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
    let types = [Type::Int, Type::Int, Type::Int];
    let key = vec!["f0".to_owned()];
    let item = Definition {
        name: "Item".to_owned(),
        fields: fields(&types),
        key,
        ..Definition::default()
    };
    let item = store.create_relation(&mut tape, &item).unwrap();
    let sum = Total::Sum(Expr::Field(2), Value::Int(0));
    let query = Query::Group(Box::new(Query::Relation(item)), vec![Expr::Field(1)], vec![sum]);
    let view = ViewDefinition { name: "Sums".to_owned(), fields: fields(&types[..2]), query };
    let view = store.create_view(&mut tape, &view).unwrap();
    (tape, store, item, view)
}

#[test]
fn a_view_cannot_be_changed_and_what_it_needs_cannot_go() {
    let (mut tape, mut store, item, view) = items();
    let one = [Value::Int(1), Value::Int(1)];
    let refused = StoreError::from(DefinitionError::IsView { relation: "Sums".to_owned() });
    assert_eq!(store.insert(&mut tape, view, &one).unwrap_err(), refused);
    assert_eq!(store.delete(&mut tape, view, &one[..1]).unwrap_err(), refused);
    assert_eq!(store.clear(&mut tape, view).unwrap_err(), refused);
    let (relation, by) = ("Item".to_owned(), "Sums".to_owned());
    let needed = StoreError::from(DefinitionError::InUse { relation, by });
    assert_eq!(store.drop_relation(&mut tape, item).unwrap_err(), needed);
    store.drop_relation(&mut tape, view).unwrap();
    store.drop_relation(&mut tape, item).unwrap();
    store.verify(&tape).unwrap();
}

#[test]
fn a_row_for_which_a_view_cannot_be_computed_is_refused_with_its_name() {
    let (mut tape, mut store, item, _) = items();
    let row = |id: i64, price: i64| [Value::Int(id), Value::Int(1), Value::Int(price)];
    store.insert(&mut tape, item, &row(1, i64::MAX)).unwrap();
    let error = store.insert(&mut tape, item, &row(2, 1)).unwrap_err();
    let expected = Box::new(QueryError::SumOverflow);
    assert_eq!(error, StoreError::View { view: "Sums".to_owned(), error: expected });
}

#[test]
fn what_cannot_be_kept_up_to_date_is_no_view() {
    let (mut tape, mut store, item, _) = items();
    let grouped = || {
        let input = Box::new(Query::Relation(item));
        Box::new(Query::Group(input, Vec::new(), vec![Total::Count]))
    };
    for query in [
        Query::Limit(Box::new(Query::Relation(item)), 0, 1),
        Query::Group(grouped(), Vec::new(), vec![Total::Count]),
        Query::Join(JoinKind::Inner, grouped(), grouped(), Vec::new()),
    ] {
        let fields = fields(&vec![Type::Int; 3]);
        let view = ViewDefinition { name: "V".to_owned(), fields, query };
        let error = store.create_view(&mut tape, &view).unwrap_err().to_string();
        assert!(error.contains("\"V\" cannot be a view"), "{error}");
    }
}
