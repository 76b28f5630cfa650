//! Files, environment variables and the web, as programs see them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme::load;
use achronyme::tree::{self, Ended, Options};
use machine::Response;
use source::SourceMap;
use testkit::ScriptedWorld;

/// What a program comes to in a world.
fn echo(world: ScriptedWorld, text: &str) -> (String, ScriptedWorld) {
    let mut sources = SourceMap::default();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let loaded = load("main.soc", text, &mut files, &mut sources);
    let (program, _) = loaded.unwrap_or_else(|found| unreachable!("{found:?}"));
    let outside = Rc::new(RefCell::new(world));
    let asked = Rc::clone(&outside);
    let answer = Box::new(move |question| asked.borrow_mut().answer(&question));
    let echo = match tree::run(&program, &mut sources, &Options::default(), answer) {
        Ended::Value(echo) => echo.unwrap_or_default(),
        Ended::Uncaught(uncaught) => format!("failed: {}", uncaught.message),
        Ended::Exit(code) => format!("exit {code}"),
        Ended::Stopped => "stopped".to_owned(),
    };
    (echo, outside.take())
}

fn said(text: &str) -> String {
    echo(ScriptedWorld::default(), text).0
}

#[test]
fn what_a_file_refuses_is_an_error_as_a_value() {
    let text = r#"let e = await read_file("none"); [typeof(e), e.kind, e.message]"#;
    let message = "Failed to read file 'none': No such file or directory";
    assert_eq!(said(text), format!(r#"["Error", "IOError", "{message}"]"#));
    assert_eq!(said(r#"typeof(read_file("none"))"#), r#""Future""#);
    assert_eq!(said(r#"(await delete_file("none")).kind"#), r#""IOError""#);
}

#[test]
fn arguments_that_are_no_text_are_refused_at_once() {
    for call in ["read_file(1)", "write_file(\"a\", 1)", "exists(null)", "env_get(1)"] {
        let caught = said(&format!("try {{ {call}; 0 }} catch (e) {{ e.kind }}"));
        assert_eq!(caught, r#""TypeError""#, "{call}");
    }
}

#[test]
fn an_environment_file_sets_variables() {
    let file = "# settings\nA=1\n B = two words \nC=\"x=y\"\nnothing\n\nHOME=elsewhere";
    let world = || ScriptedWorld::default().with_file(".env", file).with_variable("HOME", "here");
    let text = "let ok = env_load()\n[ok, env_get(\"A\"), env_get(\"B\"), env_get(\"C\"), \
                env_get(\"HOME\"), len(keys(env_vars()))]";
    assert_eq!(echo(world(), text).0, r#"[true, "1", "two words", "x=y", "elsewhere", 4]"#);
    assert_eq!(said("env_load(\"none\")"), "false");
}

#[test]
fn pages_are_fetched_and_sent_to() {
    let page = |status, body: &str| Response {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    let world = || {
        ScriptedWorld::default()
            .with_page("http://there/", page(200, "hello"))
            .with_page("http://gone/", page(404, ""))
    };
    let (value, after) = echo(world(), r#"await http_get("http://there/")"#);
    assert_eq!(value, r#""hello""#);
    assert_eq!(after.requests()[0].method, "GET");
    let text = r#"let e = await http_get("http://gone/"); [e.kind, e.message]"#;
    assert_eq!(echo(world(), text).0, r#"["HttpError", "HTTP 404 from http://gone/"]"#);
    let text = r#"(await http_get("http://nobody/")).kind"#;
    assert_eq!(echo(world(), text).0, r#""NetworkError""#);

    let text = r#"await http_post("http://there/", "{}")"#;
    let (_, after) = echo(world(), text);
    let request = &after.requests()[0];
    let json = ("Content-Type".to_owned(), b"application/json".to_vec());
    assert_eq!((&*request.method, &*request.body), ("POST", &b"{}"[..]));
    assert_eq!(request.headers, [json]);
    let text = r#"await http_post("http://there/", "a", {"X-Key": "1"})"#;
    let (_, after) = echo(world(), text);
    assert_eq!(after.requests()[0].headers, [("X-Key".to_owned(), b"1".to_vec())]);
}
