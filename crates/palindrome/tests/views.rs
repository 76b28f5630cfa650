//! The tree by what it means.

use palindrome::ast::{
    self, Expression, Pattern, PatternItem, Quantifier, Root, Statement, Suffix, Type, Value, View,
};
use palindrome::{Token, Tree, parse};
use source::SourceId;

fn tree(text: &str) -> Tree {
    let parsed = parse(text, SourceId::default());
    assert!(parsed.diagnostics.is_empty(), "{text}: {:?}", parsed.diagnostics);
    parsed.tree
}

fn first(tree: &Tree) -> Statement<'_> {
    let root = Root::cast(tree.root()).expect("a root");
    root.statements().next().expect("a statement")
}

fn value(tree: &Tree) -> Expression<'_> {
    let Statement::ExpressionStatement(statement) = first(tree) else { panic!("no value") };
    statement.value().expect("a value")
}

fn text(token: Option<Token<'_>>) -> &str {
    token.map_or("", Token::text)
}

fn shown<'t, V: View<'t, Kind = palindrome::SyntaxKind>>(view: Option<V>) -> &'t str {
    view.map_or("", |view| view.node().text())
}

#[test]
fn literals_have_values() {
    for (source, meant) in [
        ("0xff", Value::Int(255)),
        ("2.5", Value::Float(2.5)),
        ("2.minutes", Value::Duration(120_000_000_000)),
        ("\"a\\n\"", Value::Text("a\n".to_owned())),
        ("b\"\\x00a\"", Value::Bytes(vec![0, b'a'])),
        ("true", Value::Bool(true)),
        ("none", Value::None),
    ] {
        let tree = tree(source);
        let Expression::Literal(literal) = value(&tree) else { panic!("no literal") };
        assert_eq!(literal.value(), Some(meant), "{source}");
    }
}

#[test]
fn relations_tell_their_fields() {
    let tree = tree("relation P(id: Int key, key: Q references R.a unique = 1) <-> H { }");
    let Statement::Relation(relation) = first(&tree) else { panic!("no relation") };
    assert_eq!((text(relation.name()), text(relation.history())), ("P", "H"));
    let fields: Vec<_> = relation.fields().collect();
    assert_eq!((text(fields[0].name()), fields[0].is_key()), ("id", true));
    assert_eq!((text(fields[1].name()), fields[1].is_key()), ("key", false));
    assert!(fields[1].is_unique());
    assert_eq!(shown(fields[1].references().and_then(ast::References::target)), "R.a");
    assert_eq!(shown(fields[1].default()), "1");
}

#[test]
fn transforms_tell_their_directions() {
    let tree = tree("transform query f<A, B>(x: A, y: B) -> [A] <-> g { forward: x backward: y }");
    let Statement::Transform(transform) = first(&tree) else { panic!("no transform") };
    assert!(transform.is_query());
    assert_eq!((text(transform.name()), text(transform.inverse())), ("f", "g"));
    assert_eq!(transform.generics().map(Token::text).collect::<Vec<_>>(), ["A", "B"]);
    let types: Vec<_> = transform.parameters().map(|p| shown(p.annotation())).collect();
    assert_eq!((types, shown(transform.result())), (vec!["A", "B"], "[A]"));
    let directions = transform.directions().expect("directions");
    assert_eq!(shown(directions.forward().and_then(ast::Direction::body)), "x");
    assert_eq!(shown(directions.backward().and_then(ast::Direction::body)), "y");
    assert!(transform.body().is_none());
}

#[test]
fn a_transform_called_query_is_no_query() {
    let tree = tree("transform query() { 1 }");
    let Statement::Transform(transform) = first(&tree) else { panic!("no transform") };
    assert!(!transform.is_query());
    assert_eq!(text(transform.name()), "query");
}

#[test]
fn migrations_tell_their_lenses() {
    let tree = tree("transform migrate A <-> B { forward: {a: Int} -> {a: D = 1d, b: f(a)} }");
    let Statement::Migrate(migrate) = first(&tree) else { panic!("no migration") };
    assert_eq!((shown(migrate.source()), shown(migrate.target())), ("A", "B"));
    let forward = migrate.directions().and_then(ast::Directions::forward).expect("forward");
    let target = forward.lens().and_then(ast::Lens::target).expect("a target");
    let fields: Vec<_> = target
        .fields()
        .map(|field| (text(field.name()), shown(field.annotation()), shown(field.value())))
        .collect();
    assert_eq!(fields, [("a", "D", "1d"), ("b", "", "f(a)")]);
}

#[test]
fn queries_tell_their_clauses() {
    let tree = tree(
        "A as a, left B as b on b.x = a.x where c group by d order by e desc limit 3 select f as g",
    );
    let Expression::Query(query) = value(&tree) else { panic!("no query") };
    let sources: Vec<_> = query
        .sources()
        .map(|source| {
            (
                shown(source.rows()),
                text(source.alias()),
                source.is_left(),
                shown(source.condition()),
            )
        })
        .collect();
    assert_eq!(sources, [("A", "a", false, ""), ("B", "b", true, "b.x = a.x")]);
    assert_eq!(shown(query.filter().and_then(ast::Where::condition)), "c");
    let key = query.order().and_then(|order| order.keys().next()).expect("a key");
    assert_eq!((shown(key.key()), key.is_descending()), ("e", true));
    assert_eq!(shown(query.limit().and_then(ast::Limit::count)), "3");
    let selected = query.select().and_then(|select| select.items().next()).expect("a field");
    assert_eq!((shown(selected.value()), text(selected.alias())), ("f", "g"));
    assert_eq!(query.group().map(|group| group.keys().count()), Some(1));
}

#[test]
fn quantifiers_tell_what_they_ask() {
    for (source, asked, count, rows) in [
        ("exists(A.b = 1)", Quantifier::Exists, "", "(A.b = 1)"),
        ("first A where b", Quantifier::First, "", "A where b"),
        ("limit n f(x)", Quantifier::Limit, "n", "f(x)"),
    ] {
        let tree = tree(source);
        let Expression::Quantified(quantified) = value(&tree) else { panic!("no quantifier") };
        assert_eq!(quantified.quantifier(), Some(asked));
        assert_eq!((shown(quantified.count()), shown(quantified.rows())), (count, rows));
    }
    for (source, variable) in [("for all x in A: b", "x"), ("b for all A", "")] {
        let tree = tree(source);
        let Expression::ForAll(all) = value(&tree) else { panic!("no quantifier") };
        assert_eq!(
            (text(all.variable()), shown(all.rows()), shown(all.condition())),
            (variable, "A", "b")
        );
    }
}

#[test]
fn control_tells_its_parts() {
    let made = tree("if { a } { 1 } else if b { 2 } else { 3 } ensure d");
    let Expression::If(choice) = value(&made) else { panic!("no choice") };
    let branches: Vec<_> =
        choice.branches().map(|(of, block)| (shown(of), block.node().text())).collect();
    assert_eq!(branches, [("{ a }", "{ 1 }"), ("b", "{ 2 }")]);
    assert_eq!(shown(choice.otherwise()), "{ 3 }");
    assert_eq!(shown(choice.ensure().and_then(ast::Ensure::condition)), "d");
    let made = tree("if a { 1 }");
    let Expression::If(choice) = value(&made) else { panic!("no choice") };
    assert!(choice.otherwise().is_none());
    let made = tree("from a { b } until c");
    let Statement::From(repeat) = first(&made) else { panic!("no loop") };
    assert_eq!(
        (shown(repeat.entry()), shown(repeat.body()), shown(repeat.exit())),
        ("a", "{ b }", "c")
    );
    let made = tree("for x in xs { b }");
    let Statement::For(each) = first(&made) else { panic!("no loop") };
    assert_eq!(
        (text(each.variable()), shown(each.values()), shown(each.body())),
        ("x", "xs", "{ b }")
    );
}

#[test]
fn patterns_tell_their_parts() {
    let tree = tree("match x { S.Case([p, ...r], {a, b: -1, ...}) | y if z => f() }");
    let Expression::Match(choice) = value(&tree) else { panic!("no match") };
    let arm = choice.arms().next().expect("an arm");
    assert_eq!(shown(arm.guard().and_then(ast::Guard::condition)), "z");
    assert_eq!(shown(arm.body()), "f()");
    let Some(Pattern::EitherPattern(either)) = arm.pattern() else { panic!("one pattern") };
    let Some(Pattern::VariantPattern(case)) = either.patterns().next() else { panic!("no case") };
    assert_eq!(case.names().map(Token::text).collect::<Vec<_>>(), ["S", "Case"]);
    let inner: Vec<_> = case.patterns().collect();
    let [Pattern::ListPattern(list), Pattern::RecordPattern(record)] = inner.as_slice() else {
        panic!("other patterns")
    };
    let Some(PatternItem::RestPattern(rest)) = list.items().nth(1) else { panic!("no rest") };
    assert_eq!(text(rest.name()), "r");
    assert_eq!(record.fields().map(|field| text(field.name())).collect::<Vec<_>>(), ["a", "b"]);
    assert!(record.rest().is_some_and(|rest| rest.name().is_none()));
}

#[test]
fn definitions_tell_their_names() {
    let made = tree("use A.B at latest as C");
    let Statement::Use(used) = first(&made) else { panic!("no use") };
    assert_eq!(
        (shown(used.library()), shown(used.moment()), text(used.alias())),
        ("A.B", "latest", "C")
    );
    let made = tree("type T<A> = B(A, c: Int) | D");
    let Statement::TypeDefinition(definition) = first(&made) else { panic!("no type") };
    assert_eq!((text(definition.name()), definition.definition().is_none()), ("T", true));
    let cases: Vec<_> =
        definition.variants().map(|case| (text(case.name()), case.fields().count())).collect();
    assert_eq!(cases, [("B", 2), ("D", 0)]);
    let made = tree("type F = (A, B) -> C?");
    let Statement::TypeDefinition(definition) = first(&made) else { panic!("no type") };
    let Some(Type::FunctionType(function)) = definition.definition() else { panic!("no function") };
    assert_eq!(
        function.parts().map(|part| part.node().text()).collect::<Vec<_>>(),
        ["(A, B)", "C?"]
    );
    let made = tree("index P by a, b using hash");
    let Statement::IndexDefinition(index) = first(&made) else { panic!("no index") };
    assert_eq!(
        (shown(index.relation()), text(index.method()), index.keys().count()),
        ("P", "hash", 2)
    );
    let made = tree("solve s(a: Int) -> Int using breadth, tabled { fail }");
    let Statement::Solve(solve) = first(&made) else { panic!("no search") };
    assert_eq!(solve.strategies().map(Token::text).collect::<Vec<_>>(), ["breadth", "tabled"]);
    let made = tree("rule r(a) :- p(a), not q(a).");
    let Statement::Rule(rule) = first(&made) else { panic!("no rule") };
    assert_eq!((shown(rule.name()), rule.goals().count()), ("r", 2));
    let made = tree("rewind to when a < 0");
    let Statement::Rewind(rewind) = first(&made) else { panic!("no rewind") };
    assert_eq!((rewind.is_when(), shown(rewind.target())), (true, "a < 0"));
    let made = tree("~S.f(x)?.a");
    let Expression::Chain(chain) = value(&made) else { panic!("no chain") };
    assert_eq!(shown(chain.base()), "~S.f");
    let Some(Suffix::Field(field)) = chain.suffixes().nth(1) else { panic!("no field") };
    assert!(field.is_optional());
}
