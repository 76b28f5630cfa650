//! Programs that use libraries: what they mean, what is refused, and what publishing does.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use machine::{Answer, Failure, Machine as _, Probes, Stop, Tick};
use palindrome::hir::LibraryMoment;
use palindrome::{
    Binding, Checked, Libraries, Library, NoLibrary, NotPublished, Options, Pins, Program, Shelf,
    Vm, check_with, compile, format,
};
use proptest::prelude::*;
use source::{Severity, Style};
use testkit::ScriptedWorld;

/// Files by name, without moments.
struct Files(BTreeMap<&'static str, &'static str>);

impl Libraries for Files {
    fn find(
        &self,
        name: &str,
        _at: &LibraryMoment,
        _user: Option<&Library>,
    ) -> Result<Library, NoLibrary> {
        let missing = || NoLibrary { message: format!("no `{name}`"), hint: String::new() };
        let text = self.0.get(name).ok_or_else(missing)?;
        let file = format!("{name}.pal");
        Ok(Library { identity: file.clone(), file, text: (*text).to_owned() })
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().map(|name| (*name).to_owned()).collect()
    }
}

fn checked(text: &str, files: &[(&'static str, &'static str)]) -> Checked {
    check_with("app.pal", text, &Files(files.iter().copied().collect()))
}

fn errors(checked: &Checked) -> String {
    let errors = checked.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.render(&checked.sources, Style::Plain)).collect()
}

/// What a program prints, and its fault; afterwards it is taken back to its start.
fn printed(checked: &Checked, mut world: ScriptedWorld) -> String {
    assert_eq!(errors(checked), "");
    let options = Options { optimise: false, ..Options::default() };
    let compiled = compile(checked, options).unwrap_or_else(|found| panic!("{found:?}"));
    let mut vm = Vm::load(Program::new(compiled).unwrap());
    let start = vm.state_hash();
    vm.keep_trail(1 << 30);
    let fault = loop {
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Asks(question) => {
                if let Err(trap) = vm.answer(&world.answer(&question)) {
                    break format!("! {trap}");
                }
            }
            Stop::Ended(_) => break String::new(),
            Stop::Trapped(trap) => break format!("! {trap}"),
            Stop::Reached | Stop::Probed(_) => {}
        }
    };
    let steps = vm.tick().safepoints;
    assert_eq!((vm.back(steps), vm.state_hash()), (steps, start), "it goes back to its start");
    String::from_utf8_lossy(world.output()).into_owned() + &fault
}

const SHOP: &str = "type Size = Small | Large\n\
                    relation Item(name: String key, price: Decimal)\n\
                    contract Priced { invariant: Item.price >= 0 }\n\
                    view Cheap = Item where price < 10 select name\n\
                    rule dear(n) :- Item(n, p), p >= 10.\n\
                    let currency = \"EUR\"\n\
                    transform add(name: String, price: Decimal) { Item += {name: name, price: price} }\n\
                    transform double(x: Int) -> Int <-> half { forward: x + x  backward: x / 2 }\n\
                    space Inner { transform query count() -> Int { Item.count() } }\n\
                    test \"adds\" { add(\"a\", 1d) }\n";

#[test]
fn all_that_a_library_defines_can_be_used() {
    let text = "use Shop as S\n\
                S.add(\"pen\", 2d)\nS.add(\"book\", 20d)\n\
                print S.currency, S.double(4), S.half(8), S.Inner.count()\n\
                print S.Cheap.count(), S.dear.count()\n\
                let size: S.Size = S.Large\nprint size\n\
                try { S.add(\"bad\", -1d) } else why { print \"refused\" }\n";
    let checked = checked(text, &[("Shop", SHOP)]);
    assert_eq!(printed(&checked, ScriptedWorld::default()), "EUR 8 4 2\n1 1\nLarge\nrefused\n");
    assert!(checked.program.tests.is_empty(), "the library's tests are its own");
}

#[test]
fn a_name_of_a_library_has_its_value_before_it_is_used() {
    let files = [
        ("A", "use B\nlet x = B.y + 1\n"),
        ("B", "use C\nlet y = C.z * 2\n"),
        ("C", "let z = 5\n"),
    ];
    let checked = checked("use A\nuse C\nprint A.x, C.z\n", &files);
    assert_eq!(printed(&checked, ScriptedWorld::default()), "11 5\n");
}

#[test]
fn a_fault_in_a_library_is_in_its_own_lines() {
    let files = [("Lib", "\n\ntransform query part(a: Int) -> Int {\n    10 / a\n}\n")];
    let checked = checked("use Lib\nprint Lib.part(0)\n", &files);
    let compiled = compile(&checked, Options::default()).unwrap();
    let names: Vec<&str> = compiled.image.sources.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["app.pal", "Lib.pal"]);
    assert!(compiled.image.lines.iter().any(|line| (line.source, line.line) == (1, 4)));
    assert!(compiled.image.lines.iter().all(|line| line.source == 1 || line.line <= 2));
}

#[test]
fn what_is_wrong_is_told_where_it_is() {
    let told = |text: &str, files: &[(&'static str, &'static str)]| errors(&checked(text, files));
    let cycle = [("A", "use B\nlet x = 1\n"), ("B", "use C\n"), ("C", "use A\n")];
    let shown = told("use A\n", &cycle);
    assert!(shown.contains("C.pal:1:5"), "{shown}");
    assert!(shown.contains("`A` uses itself: `A` uses `B` uses `C` uses `A`"), "{shown}");
    let shown = told("use A\n", &[("A", "let x = 1\nprint x\n")]);
    assert!(shown.contains("PAL0352") && shown.contains("A.pal:2:1"), "{shown}");
    let shown = told(
        "use A\n",
        &[("A", "relation R(a: Int)\ntransform f() -> Int { R += {a: 1}\n 1 }\nlet x = f()\n")],
    );
    assert!(shown.contains("a `let` of a library may only read state"), "{shown}");
    let shown = told("use A\nprint A.y\n", &[("A", "let x = 1\n")]);
    assert!(shown.contains("`A` has no member `y`"), "{shown}");
    let shown = told("use A as X\nuse B as X\n", &[("A", ""), ("B", "")]);
    assert!(shown.contains("`X` is defined twice"), "{shown}");
    let shown = told("use A\nrevert A to now() - 1\n", &[("A", "")]);
    assert!(shown.contains("PAL0351"), "{shown}");
    let shown = told("use A\nuse Missing\n", &[("A", "let x: Int = \"one\"\n")]);
    assert!(shown.contains("A.pal:1:14") && shown.contains("app.pal:2:5"), "{shown}");
}

#[test]
fn what_could_be_better_about_a_library_is_not_said_to_who_uses_it() {
    let checked = checked(
        "use A\nprint A.f()\n",
        &[("A", "transform f() -> Int {\n    let x = 1\n    2\n}\n")],
    );
    assert_eq!(checked.diagnostics, []);
}

#[test]
fn a_revert_is_undone_with_its_transaction_and_says_what_it_is() {
    let text = "use Lib\n\
                print breaks(App)\n\
                try {\n    revert Lib to compatible(App)\n    print breaks(App)\n    reverse \"no\"\n}\n\
                else why { print why }\n\
                print breaks(App)\nrevert Lib to 3\nprint breaks(App)\n";
    let checked = checked(text, &[("Lib", "let x = 1\n"), ("App", "")]);
    let world = ScriptedWorld::default()
        .with_tool(&["breaks", "App", "Lib", "-1"], Answer::Integer(1))
        .with_tool(&["compatible", "Lib", "App", "Lib", "-1"], Answer::Integer(2))
        .with_tool(&["reverted", "Lib", "Lib", "2"], Answer::Bytes(b"it is 2".to_vec()))
        .with_tool(&["breaks", "App", "Lib", "2"], Answer::Integer(0))
        .with_tool(&["moment", "Lib", "3", "Lib", "-1"], Answer::Integer(3))
        .with_tool(&["reverted", "Lib", "Lib", "3"], Answer::Bytes(b"it is 3".to_vec()));
    let refused = Answer::Refused(Failure::Invalid, "this cannot be said".to_owned());
    let world = world.with_tool(&["breaks", "App", "Lib", "3"], refused);
    assert_eq!(printed(&checked, world), "true\nno\ntrue\nit is 3\n! this cannot be said");
}

fn publish(shelf: &mut Shelf, name: &str, text: &str, time: i64) -> Result<u64, NotPublished> {
    shelf.publish(name, ("a.pal", text), Vec::new(), time).map(|found| found.moment)
}

#[test]
fn publishing_the_same_again_makes_nothing_new() {
    let mut shelf = Shelf::default();
    assert_eq!(publish(&mut shelf, "Lib", "let x = 1\n", 10), Ok(0));
    let same = publish(&mut shelf, "Lib", "let   x =   1", 20);
    assert!(matches!(same, Err(NotPublished::Same(it)) if it.moment == 0), "layout is no content");
    assert_eq!(publish(&mut shelf, "Lib", "let x = 2\n", 20), Ok(1));
    assert_eq!(publish(&mut shelf, "Lib", "let x = 1\n", 20), Ok(2), "back to what was");
    let early = publish(&mut shelf, "Lib", "let x = 3\n", 19);
    assert!(matches!(early, Err(NotPublished::TooEarly(it)) if it.moment == 2));
    let contents: Vec<_> = shelf.moments("Lib").map(|it| it.content).collect();
    assert_eq!(contents[0], contents[2]);
    let content = contents[1];
    let uses = vec![Binding { library: "Lib".to_owned(), at: LibraryMoment::Latest, content }];
    let other = shelf.publish("Other", ("o.pal", "use Lib\n"), uses, 30).unwrap().identity();
    let bound = shelf.bound(&other, "Lib", &LibraryMoment::Latest).unwrap();
    assert_eq!(bound.text, "let x = 2\n", "what it was bound to, not the newest");
    assert!(shelf.bound(&other, "Lib", &LibraryMoment::Number(0)).is_err());
}

#[test]
fn equal_texts_that_use_different_things_are_different() {
    let mut shelf = Shelf::default();
    publish(&mut shelf, "Lib", "let x = 1\n", 1).unwrap();
    let first = shelf.moments("Lib").next().unwrap().content;
    publish(&mut shelf, "Lib", "let x = 2\n", 2).unwrap();
    let second = shelf.moments("Lib").next().unwrap().content;
    let uses =
        |content| vec![Binding { library: "Lib".to_owned(), at: LibraryMoment::Latest, content }];
    let text = ("a.pal", "use Lib\nlet y = Lib.x\n");
    let one = shelf.publish("A", text, uses(first), 3).unwrap().content;
    let other = shelf.publish("A", text, uses(second), 3).unwrap().content;
    assert_ne!(one, other);
}

proptest! {
    #[test]
    fn a_shelf_comes_back_from_its_bytes_and_a_time_finds_the_last_moment_before_it(
        steps in prop::collection::vec((0_i64..5, 0_usize..3, 0_u8..6), 1..40),
        asked in 0_i64..120,
    ) {
        let (mut shelf, mut time) = (Shelf::default(), 0);
        let mut twin: Vec<(String, i64, String)> = Vec::new();
        for (later, name, value) in steps {
            time += later * 1_000_000_000;
            let name = ["A", "B", "C"][name].to_owned();
            let text = format!("let x = {value}\n");
            let last = twin.iter().rev().find(|it| it.0 == name);
            let is_new = last.is_none_or(|it| it.2 != text);
            prop_assert_eq!(publish(&mut shelf, &name, &text, time).is_ok(), is_new);
            if is_new {
                twin.push((name, time, text));
            }
        }
        let at = LibraryMoment::Time(palindrome_vm::runtime::time_text(asked * 1_000_000_000).into());
        for name in ["A", "B", "C"] {
            let wanted = twin.iter().rev().find(|it| it.0 == name && it.1 <= asked * 1_000_000_000);
            let found = shelf.at(name, &at, &Pins::new()).ok();
            prop_assert_eq!(found.map(|it| &it.text), wanted.map(|it| &it.2));
        }
        let bytes = Shelf::to_bytes(shelf.publications());
        let mut again = Shelf::default();
        again.extend(Shelf::from_bytes(&bytes).unwrap()).unwrap();
        prop_assert_eq!(&again, &shelf);
        for cut in 0..bytes.len() {
            prop_assert!(Shelf::from_bytes(&bytes[..cut]).is_err());
        }
        for one in shelf.publications() {
            prop_assert_eq!(format(&one.text), Ok(one.text.clone()));
        }
    }
}
