//! Every example of the founding document has a tree, and nothing is wrong with it, nor with what it
//! means once the names that it leaves out are supplied.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs;

use common::{corpus, laws, messages, programs};
use palindrome::hir::{LibraryMoment, RelationKind, StatementKind};
use palindrome::{
    Binding, Checked, Libraries, Library, NoLibrary, Pins, Publication, Shelf, check_with,
    used_libraries,
};
use palindrome_vm::runtime::time_of;
use source::{Severity, Style};

#[test]
fn every_example_of_the_founding_document_is_understood() {
    let programs = programs("seed");
    assert_eq!(programs.len(), 10);
    for (name, text) in programs {
        assert_eq!(messages(&name, &text), "");
        assert_eq!(laws(&text), Ok(()), "{name}");
    }
}

/// What the examples of the founding document use.
struct Published(Shelf);

impl Libraries for Published {
    fn find(
        &self,
        name: &str,
        at: &LibraryMoment,
        user: Option<&Library>,
    ) -> Result<Library, NoLibrary> {
        let found = match user {
            Some(user) => self.0.bound(&user.identity, name, at),
            None => self.0.at(name, at, &Pins::new()),
        };
        found.map(Publication::library)
    }

    fn names(&self) -> Vec<String> {
        self.0.names()
    }
}

fn put(shelf: &mut Shelf, name: &str, time: &str, text: &str) {
    let uses = used_libraries(text).into_iter().map(|(library, at)| {
        let content = shelf.at(&library, &at, &Pins::new()).unwrap().content;
        Binding { library, at, content }
    });
    let uses = uses.collect();
    shelf.publish(name, ("a.pal", text), uses, time_of(time).unwrap()).unwrap();
}

fn published() -> Published {
    let server = "use Text at 0\nrelation Served(path: String)\n\
                  transform serve(path: String) { Served += {path: Text.clean(path)} }\n\
                  type Answer = Found(String) | Missing\n";
    let text = "transform query clean(text: String) -> String { text.trim() }\n";
    let mut shelf = Shelf::default();
    put(&mut shelf, "Text", "2020-01-01T00:00:00Z", text);
    put(&mut shelf, "WebServer", "2024-01-01T00:00:00Z", server);
    put(&mut shelf, "WebServer", "2024-02-01T00:00:00Z", &format!("{server}let port = 80\n"));
    put(&mut shelf, "MyApp", "2024-01-01T00:00:00Z", "");
    put(&mut shelf, "Wrong", "2024-01-01T00:00:00Z", "let x: Int = \"one\"\n");
    Published(shelf)
}

fn errors(checked: &Checked) -> String {
    let errors = checked.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.render(&checked.sources, Style::Plain)).collect()
}

#[test]
fn nothing_is_wrong_with_what_they_mean() {
    for (name, text) in programs("seed") {
        let supplied = corpus("supplied").join(&name);
        let supplied =
            if supplied.exists() { fs::read_to_string(supplied).unwrap() } else { String::new() };
        let checked = check_with(&name, &format!("{supplied}{text}"), &published());
        assert_eq!(errors(&checked), "", "{name}");
    }
}

#[test]
fn libraries_are_spaces_of_their_own() {
    let text = "use WebServer at \"2024-01-15T10:30:00Z\" as Web\n\
                use WebServer at latest\n\
                Web.serve(\"a\")\nWebServer.serve(\"b\")\n\
                print Web.Served, match Web.Found(\"a\") { Web.Found(x) => x, Web.Missing => \"\" }\n\
                revert Web to compatible(MyApp)\n";
    let checked = check_with("app.pal", text, &published());
    assert_eq!(errors(&checked), "");
    let relations = checked.program.relations.iter();
    let stored = relations.filter(|one| one.kind == RelationKind::Stored);
    assert_eq!(stored.count(), 2, "each moment has rows of its own");
    assert_eq!(checked.program.uses.len(), 4, "each of them uses `Text`");
    let named = |name: &str| checked.program.functions.iter().any(|one| &*one.name == name);
    assert!(named("Web.serve") && named("WebServer.serve"), "as the program calls them");
    assert!(named("WebServer.Text.clean") || named("Web.Text.clean"));
    assert_eq!(checked.program.functions.len(), 3, "what has the same content is there once");
    let last = checked.program.main.last().map(|last| &last.kind);
    assert!(matches!(last, Some(StatementKind::Revert(name, _)) if &**name == "WebServer"));
}

#[test]
fn what_is_wrong_with_a_library_is_told_at_its_place() {
    let text = "use Wrong at latest\nuse WebServer at \"2023-01-01T00:00:00Z\"\nuse Texts at 0\n";
    let checked = check_with("app.pal", text, &published());
    let shown = errors(&checked);
    assert!(shown.contains("Wrong@0.pal:1:14"), "{shown}");
    assert!(shown.contains("`WebServer` was not published at that moment"), "{shown}");
    assert!(shown.contains("did you mean `Text`?"), "{shown}");
}

#[test]
fn a_library_sees_nothing_of_the_program() {
    let mut library = published();
    put(&mut library.0, "Lib", "2024-01-01T00:00:00Z", "let known = secret\n");
    let checked = check_with("app.pal", "use Lib at latest\nlet secret = 1\n", &library);
    assert!(errors(&checked).contains("nothing is called `secret`"));
}

/// What the examples give: the example, what comes before it and behind it, and what is printed.
/// `temporal` is in `moments.rs`; `use` needs publications, which the command line's tests have.
const SHOWN: [(&str, &str, &str, &str); 11] = [
    (
        "bidirectional",
        "",
        "print increment(5), decrement(6), decrement(increment(9)), (~increment)(1)\n\
         Person += {name: \"Ada\", age: 36}\nPerson -= Person where name = \"Ada\"\n\
         print Person.count(), PersonHistory order by moment select op, age\n",
        "6 5 9 0\n0 [{op: \"insert\", age: 36}, {op: \"delete\", age: 36}]\n",
    ),
    (
        "space",
        "",
        "UserAccount.create(\"a@x\")\n\
         print User.map(u => u.email), UserAccount.findByEmail(\"a@x\").map(u => u.email)\n\
         try { UserAccount.create(\"a@x\") } else _why { print \"it is there already\" }\n\
         UserAccount.destroy(\"a@x\")\nprint User.count(), UserAccount.findByEmail(\"a@x\")\n",
        "[\"a@x\"] [\"a@x\"]\nit is there already\n0 []\n",
    ),
    ("solve", "", "path <- Direct(1, 2)\nprint exists PathFinding(1, 2)\n", "true\n"),
    (
        "blocks",
        "Account += [{id: 1, balance: 10}, {id: 2, balance: 150}]\n",
        "print Account\n",
        "[{id: 1, balance: 110}, {id: 2, balance: 50}]\n",
    ),
    (
        "blocks",
        "Account += [{id: 1, balance: 10}, {id: 2, balance: 50}]\n",
        "print Account\n",
        "! assertion failed: Account.balance >= 0 for all Account\n",
    ),
    (
        "contract",
        "",
        "on OverdraftEvent(accounts: [{id: Int, balance: Int}], _attempted: Int?) {\n\
             print \"overdraft\", accounts\n}\n\
         Account += {id: 1, balance: 50}\nupdate Account.balance -= 80 where id = 1\n\
         print Account, OverdraftEvent.count()\n",
        "overdraft [{id: 1, balance: -30}]\n[{id: 1, balance: 50}] 1\n",
    ),
    (
        "contract",
        "",
        "AccountV2 += {id: 7, owner: \"Ada\", balance: 2.25d}\nprint AccountV1, AccountV2\n\
         AccountV1 += {id: 8, owner: \"Eve\", balance: 5}\nprint AccountV2 where id = 8\n",
        "[{id: 7, owner: \"Ada\", balance: 2}] [{id: 7, owner: \"Ada\", balance: 2.25d}]\n\
         [{id: 8, owner: \"Eve\", balance: 5d}]\n",
    ),
    (
        "parallel",
        "Doc += {id: 1, text: \"\"}\n",
        "print Doc, branches() select name\n",
        "[{id: 1, text: \"World\"}] [\"main\"]\n",
    ),
    (
        "travel",
        "Account += {id: \"suspicious\", balance: 5}\nupdate Account.balance -= 9\n\
         update Account.balance += 20\n",
        "print Account\n",
        "Account.balance where id = \"suspicious\": [16] -> [-4]\nmain, line 8\n\
         [{id: \"suspicious\", balance: -4}]\n",
    ),
    (
        "method",
        "users += [{name: \"Ada\", age: 36}, {name: \"Bob\", age: 12}]\nlet grown =\n",
        "print grown\n",
        "[\"Ada\"]\n",
    ),
    ("temporal", "", "print x, y\n", "100 42\n"),
];

#[test]
fn what_the_founding_document_shows_gives_these_values() {
    for (name, before, after, expected) in SHOWN {
        let read = |folder: &str| {
            fs::read_to_string(corpus(folder).join(format!("{name}.pal"))).unwrap_or_default()
        };
        let text = format!("{}{before}{}{after}", read("supplied"), read("seed"));
        assert_eq!(common::run::printed(&text), expected, "{name}");
    }
    let shown = |example: &String| SHOWN.iter().any(|(name, ..)| format!("{name}.pal") == *example);
    let missing: Vec<String> = programs("seed").into_iter().map(|(name, _)| name).collect();
    let missing: Vec<String> = missing.into_iter().filter(|name| !shown(name)).collect();
    assert_eq!(missing, ["use.pal"], "examples without values");
}
