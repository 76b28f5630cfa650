//! Random queries on random relations, held against nested loops over lists.

#![expect(clippy::unwrap_used, reason = "a test")]

mod naive;

use naive::Tables;
use proptest::prelude::*;
use relational::{
    Arithmetic, Comparison, Definition, Direction, Expr, Field, IndexKind, JoinKind, Query,
    QueryError, RelationId, Row, Store, Total, Type, Value,
};
use tape::Tape;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Int,
    Text,
    OptionInt,
    /// A list, which is only handed on.
    Other,
}

/// Numbers that decide what a query is.
struct Genes<'g>(std::slice::Iter<'g, u8>);

impl Genes<'_> {
    fn below(&mut self, max: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % max.max(1)
    }

    fn number(&mut self) -> i64 {
        i64::try_from(self.below(9)).unwrap() - 1
    }
}

struct World {
    tape: Tape,
    store: Store,
    ids: Vec<RelationId>,
    kinds: Vec<Vec<Kind>>,
    tables: Tables,
}

fn kind_type(kind: Kind) -> Type {
    match kind {
        Kind::Int | Kind::Other => Type::Int,
        Kind::Text => Type::String,
        Kind::OptionInt => Type::Option(Box::new(Type::Int)),
    }
}

fn literal(kind: Kind, genes: &mut Genes<'_>) -> Value {
    match kind {
        Kind::Int | Kind::Other => Value::Int(genes.number()),
        Kind::Text => ["", "a b", "ab", "b"][genes.below(4)].into(),
        Kind::OptionInt if genes.below(3) == 0 => Value::None,
        Kind::OptionInt => Value::Int(genes.number()),
    }
}

impl World {
    fn new(genes: &mut Genes<'_>, sizes: &[usize]) -> Self {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
        let shapes = [
            vec![Kind::Int, Kind::Int, Kind::Text],
            vec![Kind::Int, Kind::OptionInt, Kind::Int, Kind::Text],
            vec![Kind::Text, Kind::Int],
        ];
        let indexes = [IndexKind::BTree, IndexKind::Hash, IndexKind::Bitmap];
        let (mut ids, mut tables) = (Vec::new(), Vec::new());
        for (number, kinds) in shapes.iter().enumerate() {
            let name = format!("R{number}");
            let field = |(at, kind): (usize, &Kind)| Field::new(format!("f{at}"), kind_type(*kind));
            let fields = kinds.iter().enumerate().map(field).collect();
            let key = [&[][..], &["f0"], &["f0", "f1"]][genes.below(3)];
            let key = key.iter().map(|name| (*name).to_owned()).collect();
            let made = Definition { name, fields, key, ..Definition::default() };
            let id = store.create_relation(&mut tape, &made).unwrap();
            for (at, kind) in kinds.iter().enumerate() {
                if genes.below(2) == 0 {
                    let pick = genes.below(4);
                    let is_text = pick == 3 && *kind == Kind::Text;
                    let kind = if is_text { IndexKind::FullText } else { indexes[pick % 3] };
                    let index = (format!("i{at}"), kind);
                    let fields = [format!("f{at}")];
                    let index = (index.0.as_str(), index.1, false);
                    store.create_index(&mut tape, id, index, &[fields[0].as_str()]).unwrap();
                }
            }
            for turn in 0..sizes[number] {
                let mut row: Row = kinds.iter().map(|kind| literal(*kind, genes)).collect();
                // Many rows, so that some lookups are worth their while.
                if row[0] == Value::Int(-1) {
                    row[0] = Value::Int(i64::try_from(turn).unwrap());
                }
                store.upsert(&mut tape, id, &row).unwrap();
            }
            let rows = store.scan(&tape, id, Direction::Up).unwrap();
            tables.push((id, kinds.len(), rows.collect::<Result<Vec<_>, _>>().unwrap()));
            ids.push(id);
        }
        Self { tape, store, ids, kinds: shapes.to_vec(), tables }
    }

    fn query(&self, genes: &mut Genes<'_>, depth: usize) -> (Query, Vec<Kind>) {
        let pick = if depth == 0 { genes.below(2) } else { 2 + genes.below(12) };
        match pick {
            0 | 2 => {
                let at = genes.below(self.ids.len());
                (Query::Relation(self.ids[at]), self.kinds[at].clone())
            }
            1 => {
                let rows = (0..genes.below(4)).map(|_| vec![literal(Kind::Int, genes)]).collect();
                (Query::Rows(1, rows), vec![Kind::Int])
            }
            3..=6 => {
                let (input, kinds) = self.query(genes, depth - 1);
                let condition = condition(genes, &kinds, 2);
                (Query::Filter(Box::new(input), condition), kinds)
            }
            7 => {
                let (input, kinds) = self.query(genes, depth - 1);
                let made: Vec<_> = (0..1 + genes.below(3)).map(|_| expr(genes, &kinds)).collect();
                let (exprs, kinds) = made.into_iter().unzip();
                (Query::Project(Box::new(input), exprs), kinds)
            }
            8..=10 => self.join(genes, depth),
            11 => self.group(genes, depth),
            12 => {
                let (input, kinds) = self.query(genes, depth - 1);
                let flip = genes.below(2) == 0;
                let direction = if flip { Direction::Up } else { Direction::Down };
                let by = (0..kinds.len()).map(|at| (Expr::Field(at), direction)).collect();
                let ordered = Query::Order(Box::new(input), by);
                let (skip, count) = (genes.below(4) as u64, genes.below(30) as u64);
                (Query::Limit(Box::new(ordered), skip, count), kinds)
            }
            _ => {
                let (input, kinds) = self.query(genes, depth - 1);
                if genes.below(2) == 0 {
                    return (Query::Distinct(Box::new(input)), kinds);
                }
                (Query::Union(Box::new(input.clone()), Box::new(input)), kinds)
            }
        }
    }

    fn join(&self, genes: &mut Genes<'_>, depth: usize) -> (Query, Vec<Kind>) {
        let (left, mut kinds) = self.query(genes, depth - 1);
        let (right, others) = self.query(genes, depth.min(2) - 1);
        let is_left = genes.below(3) == 0;
        let mut on = Vec::new();
        for _ in 0..1 + genes.below(2) {
            let (one, other) = (genes.below(kinds.len()), genes.below(others.len()));
            if kinds[one] == others[other] {
                on.push((one, other));
            }
        }
        // All pairs of large inputs would take the twin too long.
        if on.is_empty() {
            return (left, kinds);
        }
        let kind = if is_left { JoinKind::Left } else { JoinKind::Inner };
        let nullable = |kind: Kind| match (is_left, kind) {
            (false, kind) => kind,
            (true, Kind::Int | Kind::OptionInt) => Kind::OptionInt,
            (true, Kind::Text | Kind::Other) => Kind::Other,
        };
        kinds.extend(others.into_iter().map(nullable));
        (Query::Join(kind, Box::new(left), Box::new(right), on), kinds)
    }

    fn group(&self, genes: &mut Genes<'_>, depth: usize) -> (Query, Vec<Kind>) {
        let (input, kinds) = self.query(genes, depth - 1);
        let by: Vec<_> = (0..genes.below(2)).map(|_| genes.below(kinds.len())).collect();
        let mut totals = vec![Total::Count];
        let mut found: Vec<_> = by.iter().map(|at| kinds[*at]).collect();
        found.push(Kind::Int);
        let at = genes.below(kinds.len());
        let field = Expr::Field(at);
        if kinds[at] == Kind::Int {
            totals.extend([Total::Sum(field.clone(), Value::Int(0)), Total::Avg(field.clone())]);
            found.extend([Kind::Int, Kind::Other]);
        }
        totals.extend([
            Total::Min(field.clone()),
            Total::Max(field.clone()),
            Total::Collect(field),
        ]);
        found.extend([Kind::Other, Kind::Other, Kind::Other]);
        let by = by.into_iter().map(Expr::Field).collect();
        (Query::Group(Box::new(input), by, totals), found)
    }
}

fn expr(genes: &mut Genes<'_>, kinds: &[Kind]) -> (Expr, Kind) {
    let at = genes.below(kinds.len());
    let field = Expr::Field(at);
    match (kinds[at], genes.below(3)) {
        (Kind::Int, 0) => {
            let how = if genes.below(2) == 0 { Arithmetic::Add } else { Arithmetic::Multiply };
            let other = Expr::Value(Value::Int(genes.number()));
            (Expr::Arithmetic(how, Box::new(field), Box::new(other)), Kind::Int)
        }
        (Kind::OptionInt, 0) => {
            (Expr::Else(Box::new(field), Box::new(Expr::Value(Value::Int(7)))), Kind::Int)
        }
        (kind, _) => (field, kind),
    }
}

fn condition(genes: &mut Genes<'_>, kinds: &[Kind], depth: usize) -> Expr {
    let comparisons = [
        Comparison::Equal,
        Comparison::Equal,
        Comparison::Unequal,
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
    ];
    let part = |genes: &mut Genes<'_>| Box::new(condition(genes, kinds, depth - 1));
    match if depth == 0 { 4 } else { genes.below(8) } {
        0 | 1 => Expr::And(part(genes), part(genes)),
        2 => Expr::Or(part(genes), part(genes)),
        3 => Expr::Not(part(genes)),
        _ => {
            let (one, kind) = expr(genes, kinds);
            let how = comparisons[genes.below(comparisons.len())];
            if genes.below(6) == 0 {
                return Expr::IsNone(Box::new(one));
            }
            let other = Expr::Value(literal(kind, genes));
            if kind == Kind::Text && genes.below(3) == 0 {
                return Expr::Words(Box::new(one), Box::new(other));
            }
            if genes.below(4) == 0 { other.compare(how, one) } else { one.compare(how, other) }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_query_finds_what_nested_loops_find(
        data in prop::collection::vec(any::<u8>(), 0..400),
        genes in prop::collection::vec(any::<u8>(), 1..80),
        sizes in prop::collection::vec(0usize..160, 3),
        depth in 1usize..6,
    ) {
        let mut world = World::new(&mut Genes(data.iter()), &sizes);
        let (query, _) = world.query(&mut Genes(genes.iter()), depth);
        let mut expected = naive::rows(&world.tables, &query);
        let (mut found, plan) = world.store.explain(&world.tape, &query).unwrap();
        prop_assert_eq!(found.len() as u64, plan.steps[0].3);
        if !matches!(query, Query::Limit(..)) {
            expected.sort();
            found.sort();
        }
        prop_assert_eq!(found, expected, "{}", plan);
    }
}

fn numbers() -> World {
    World::new(&mut Genes([].iter()), &[0, 0, 0])
}

#[test]
fn a_query_that_cannot_be_answered_says_why() {
    let mut world = numbers();
    let one = || Box::new(Query::Rows(1, vec![vec![Value::Int(i64::MAX)]]));
    let add = |value: Value| {
        let (one, other) = (Expr::Field(0), Expr::Value(value));
        vec![Expr::Arithmetic(Arithmetic::Add, Box::new(one), Box::new(other))]
    };
    let mut fail = |query| world.store.query(&world.tape, &query).unwrap_err();
    assert_eq!(fail(Query::Project(one(), add(Value::Int(1)))), QueryError::Overflow);
    assert!(matches!(
        fail(Query::Project(one(), add(Value::Bool(true)))),
        QueryError::Types { .. }
    ));
    let column = fail(Query::Project(one(), vec![Expr::Field(1)]));
    assert_eq!(column, QueryError::Column { column: 1, width: 1 });
    let mut deep = Query::Rows(0, Vec::new());
    for _ in 0..200 {
        deep = Query::Distinct(Box::new(deep));
    }
    assert_eq!(fail(deep), QueryError::TooDeep);
}

#[test]
fn a_plan_shows_what_was_chosen_and_found() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
    let fields = || vec![Field::new("id", Type::Int), Field::new("n", Type::Int)];
    let key = vec!["id".to_owned()];
    let mut make = |name: &str| {
        let (name, fields, key) = (name.to_owned(), fields(), key.clone());
        let made = Definition { name, fields, key, ..Definition::default() };
        let id = store.create_relation(&mut tape, &made).unwrap();
        for n in 0..2000 {
            store.insert(&mut tape, id, &[Value::Int(n), Value::Int(n % 500)]).unwrap();
        }
        id
    };
    let (one, two) = (make("One"), make("Two"));
    store.create_index(&mut tape, one, ("n", IndexKind::BTree, false), &["n"]).unwrap();
    let joined = Query::Join(
        JoinKind::Inner,
        Box::new(Query::Relation(two)),
        Box::new(Query::Relation(one)),
        vec![(0, 1)],
    );
    let few = Expr::Field(3).compare(Comparison::Equal, Expr::Value(Value::Int(7)));
    let query = Query::Filter(Box::new(joined), few);
    let (rows, plan) = store.explain(&tape, &query).unwrap();
    assert_eq!(rows.len(), 4);
    let shown: Vec<_> = plan.to_string().lines().map(str::to_owned).collect();
    let what: Vec<_> = shown.iter().map(|line| line.split("  (").next().unwrap()).collect();
    let expected = ["project", "  join by key of Two", "    filter"];
    assert_eq!(what, [expected.as_slice(), &["      index \"n\" of One"]].concat());
    assert!(shown[3].ends_with("4 found)"), "{plan}");
}
