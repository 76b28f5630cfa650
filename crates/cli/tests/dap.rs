//! The debug adapter as editors use it: sessions as data in `corpus/dap/*.session`, the same states
//! both ways, and messages that are none.
//!
//! In a session, lines that begin with `$ ` are commands that are run first (or `rm FILE`), `-> ` is a request with
//! what it carries, and `<- ` what comes back: the answer under the request's name, `refused` with
//! the reason, or `event`. `UPDATE=1` rewrites the files.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use common::{Place, is_update, root};
use serde_json::{Value, json};

/// Requests that end with an event after the answer, if they are carried out.
const MOVES: [&str; 12] = [
    "configurationDone",
    "continue",
    "goto",
    "launch",
    "next",
    "palindrome/stepBackIn",
    "palindrome/stepBackOut",
    "pause",
    "reverseContinue",
    "stepBack",
    "stepIn",
    "stepOut",
];

/// An editor.
struct Client {
    child: Child,
    requests: Option<ChildStdin>,
    messages: BufReader<ChildStdout>,
    seq: i64,
}

impl Client {
    fn start(place: &Place) -> Self {
        let mut child =
            place.command("palindrome", &["dap"]).stderr(Stdio::piped()).spawn().unwrap();
        let requests = child.stdin.take();
        let messages = BufReader::new(child.stdout.take().unwrap());
        Self { child, requests, messages, seq: 0 }
    }

    /// One that has launched something and stands where that begins.
    fn launched(place: &Place, launch: &Value) -> Self {
        let mut client = Self::start(place);
        client.done("initialize", &json!({ "adapterID": "test" }));
        client.done("launch", launch);
        client.done("configurationDone", &json!({}));
        client
    }

    /// Sends a request; gives the answer and the events that belong to it, in order.
    fn ask(&mut self, command: &str, arguments: &Value) -> Vec<Value> {
        self.seq += 1;
        let request = json!({
            "seq": self.seq, "type": "request", "command": command, "arguments": arguments,
        });
        let requests = self.requests.as_mut().unwrap();
        dap::write_message(requests, request.to_string().as_bytes()).unwrap();
        let mut told = Vec::new();
        loop {
            let message = self.next().unwrap();
            let is_answer = message["request_seq"] == self.seq;
            let is_last = match message["event"].as_str() {
                Some("stopped" | "initialized") => {
                    told.iter().any(|it: &Value| it["command"] == command)
                }
                Some("terminated") => true,
                _ => is_answer && (message["success"] == false || !MOVES.contains(&command)),
            };
            let waits = is_answer && command == "terminate";
            told.push(message);
            if is_last && !waits {
                return told;
            }
        }
    }

    /// What a request gives that has to be carried out.
    fn done(&mut self, command: &str, arguments: &Value) -> Value {
        let told = self.ask(command, arguments);
        let answer = told.iter().find(|message| message["type"] == "response").unwrap();
        assert_eq!(answer["success"], true, "{command} {arguments}: {answer}");
        answer["body"].clone()
    }

    fn next(&mut self) -> Option<Value> {
        let message = dap::read_message(&mut self.messages).unwrap()?;
        Some(serde_json::from_slice(&message).unwrap())
    }

    /// Everything that is to be seen where time stands.
    fn state(&mut self) -> Value {
        let stack = self.done("stackTrace", &json!({ "threadId": 1 }));
        let scopes = self.done("scopes", &json!({ "frameId": 1 }));
        let mut all = vec![stack];
        for scope in scopes["scopes"].as_array().unwrap() {
            let reference = &scope["variablesReference"];
            let mut open = vec![(reference.clone(), 0)];
            while let Some((reference, depth)) = open.pop() {
                let list = self.done("variables", &json!({ "variablesReference": reference }));
                for variable in list["variables"].as_array().unwrap() {
                    all.push(json!([variable["name"], variable["value"], variable["type"]]));
                    if variable["variablesReference"] != 0 && depth < 3 {
                        open.push((variable["variablesReference"].clone(), depth + 1));
                    }
                }
            }
        }
        json!(all)
    }

    /// Goes, and says with which code the adapter ended, and what it said besides.
    fn leave(mut self) -> (Option<i32>, String, Vec<Value>) {
        drop(self.requests.take());
        let mut rest = Vec::new();
        while let Some(message) = self.next() {
            rest.push(message);
        }
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (self.child.wait().unwrap().code(), error, rest)
    }
}

/// A folder with a program of each language.
fn place() -> Place {
    let place = Place::new();
    for (guest, ending) in
        [("pvm", "pvm"), ("tacit", "tacit"), ("achronyme", "soc"), ("palindrome", "pal")]
    {
        for name in ["till", "dearer"] {
            let name = format!("{name}.{ending}");
            let text = fs::read(root().join(format!("corpus/{guest}/sessions/{name}"))).unwrap();
            place.write(&name, text);
        }
    }
    place
}

/// A message as sessions show it.
fn shown(message: &Value, place: &Place) -> String {
    let name = message["command"].as_str().unwrap_or_default();
    let body = &message["body"];
    let body = if body.is_null() { String::new() } else { format!(" {body}") };
    let text = match (message["event"].as_str(), message["success"].as_bool()) {
        (Some(event), _) => format!("<- event {event}{body}"),
        (None, Some(true)) => format!("<- {name}{body}"),
        (None, _) => format!("<- refused {name}: {}", message["message"].as_str().unwrap()),
    };
    let folder = place.path("").display().to_string();
    text.replace(folder.trim_end_matches('/'), "FOLDER").replace('\n', "\\n")
}

fn play(script: &str) -> String {
    let place = place();
    let mut client: Option<Client> = None;
    let mut text = String::new();
    for line in script.lines().filter(|line| !line.starts_with("<- ")) {
        let _ = writeln!(text, "{line}");
        if let Some(command) = line.strip_prefix("$ ") {
            match command.strip_prefix("rm ") {
                Some(file) => fs::remove_file(place.path(file)).unwrap(),
                None => assert_eq!(place.run(command, "").error, ""),
            }
        } else if let Some(request) = line.strip_prefix("-> ") {
            let client = client.get_or_insert_with(|| Client::start(&place));
            let (command, arguments) = request.split_once(' ').unwrap_or((request, "null"));
            for message in client.ask(command, &serde_json::from_str(arguments).unwrap()) {
                let _ = writeln!(text, "{}", shown(&message, &place));
            }
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "{line}");
        }
    }
    let (code, error, rest) = client.unwrap().leave();
    assert_eq!((code, error.as_str(), rest.len()), (Some(0), "", 0), "{rest:?}");
    text
}

#[test]
fn every_session_goes_as_it_is_written() {
    let mut count = 0;
    for entry in fs::read_dir(root().join("corpus/dap")).unwrap() {
        let path = entry.unwrap().path();
        let expected = fs::read_to_string(&path).unwrap();
        let found = play(&expected);
        count += 1;
        if is_update() {
            fs::write(&path, found).unwrap();
            continue;
        }
        let lines = expected.lines().zip(found.lines());
        let first = lines.into_iter().find(|(expected, found)| expected != found);
        assert!(found == expected, "{}, UPDATE=1 rewrites it: {first:?}", path.display());
    }
    assert!(count >= 6, "{count}");
}

#[test]
fn what_is_seen_is_the_same_forwards_and_backwards() {
    let place = place();
    for program in ["till.pvm", "till.tacit", "till.soc", "till.pal"] {
        for granularity in ["statement", "instruction"] {
            let launch = json!({ "program": program, "stopOnEntry": true });
            let mut client = Client::launched(&place, &launch);
            let step = json!({ "threadId": 1, "granularity": granularity });
            let mut seen = vec![client.state()];
            for _ in 0..12 {
                let told = client.ask("next", &step);
                if told.last().unwrap()["body"]["reason"] != "step" {
                    break;
                }
                seen.push(client.state());
            }
            assert!(seen.len() > 4, "{program}");
            client.done("next", &step);
            client.done("evaluate", &json!({ "expression": "undo", "context": "repl" }));
            for expected in seen.iter().rev().skip(1) {
                client.done("stepBack", &step);
                assert_eq!(client.state(), *expected, "{program}, {granularity}");
            }
            assert_eq!(client.leave().0, Some(0));
        }
    }
}

#[test]
fn stops_are_the_same_both_ways_and_output_comes_once() {
    let place = place();
    for program in ["till.pvm", "till.tacit", "till.soc", "till.pal"] {
        let straight = place.run(&format!("palindrome run {program}"), "").output;
        let launch = json!({ "program": program, "stopOnEntry": true });
        let mut client = Client::launched(&place, &launch);
        let line = client.done("stackTrace", &json!({ "threadId": 1 }));
        let source = line["stackFrames"][0]["source"].clone();
        let lines: Vec<Value> = (1..40).map(|line| json!({ "line": line })).collect();
        client.done("setBreakpoints", &json!({ "source": source, "breakpoints": lines }));
        let mut ticks = Vec::new();
        let mut printed = String::new();
        let mut go = |client: &mut Client, command: &str| {
            let told = client.ask(command, &json!({ "threadId": 1 }));
            for message in told.iter().filter(|it| it["event"] == "output") {
                printed.push_str(message["body"]["output"].as_str().unwrap());
            }
            told.last().unwrap()["body"].clone()
        };
        loop {
            let body = go(&mut client, "continue");
            if body["reason"] != "breakpoint" {
                // A stop where the program ends is not before its end.
                ticks.retain(|tick| *tick != body["tick"]);
                break;
            }
            ticks.push(body["tick"].clone());
        }
        assert!(ticks.len() > 5, "{program}: {ticks:?}");
        for expected in ticks.iter().rev() {
            assert_eq!(go(&mut client, "reverseContinue")["tick"], *expected, "{program}");
        }
        assert_eq!(go(&mut client, "reverseContinue")["reason"], "start of time", "{program}");
        for expected in &ticks {
            assert_eq!(go(&mut client, "continue")["tick"], *expected, "{program}");
        }
        // What was printed on the way is all that the program prints, and nothing is there twice.
        assert!(!printed.is_empty() && straight.starts_with(&printed), "{program}: {printed}");
        assert_eq!(client.leave().0, Some(0));
    }
}

#[test]
fn a_program_that_does_not_end_can_be_paused_and_asked_meanwhile() {
    let place = Place::new();
    place.write("endless.soc", "mut n = 0\nwhile (true) {\n    n = n + 1\n}\n");
    let mut client =
        Client::launched(&place, &json!({ "program": "endless.soc", "stopOnEntry": true }));
    let send = |client: &mut Client, command: &str, arguments: Value| {
        client.seq += 1;
        let request = json!({
            "seq": client.seq, "type": "request", "command": command, "arguments": arguments,
        });
        dap::write_message(client.requests.as_mut().unwrap(), request.to_string().as_bytes())
            .unwrap();
        client.seq
    };
    let answer = |client: &mut Client, seq: i64| loop {
        let message = client.next().unwrap();
        if message["request_seq"] == seq {
            return message;
        }
    };
    let seq = send(&mut client, "continue", json!({ "threadId": 1 }));
    assert_eq!(answer(&mut client, seq)["success"], true);
    let seq = send(&mut client, "threads", json!({}));
    assert_eq!(answer(&mut client, seq)["body"]["threads"][0]["id"], 1);
    let seq = send(&mut client, "variables", json!({ "variablesReference": 1 }));
    let refused = answer(&mut client, seq);
    assert!(refused["message"].as_str().unwrap().contains("`pause` stops it"), "{refused}");
    let source = json!({ "path": "endless.soc" });
    let set = json!({ "source": source, "breakpoints": [{ "line": 3, "condition": "n > 5" }] });
    let seq = send(&mut client, "setBreakpoints", set);
    assert_eq!(answer(&mut client, seq)["body"]["breakpoints"][0]["verified"], true);
    let stopped = client.next().unwrap();
    assert_eq!(stopped["body"]["reason"], "breakpoint", "{stopped}");
    client.done("setBreakpoints", &json!({ "source": source, "breakpoints": [] }));
    send(&mut client, "continue", json!({ "threadId": 1 }));
    send(&mut client, "pause", json!({ "threadId": 1 }));
    loop {
        let message = client.next().unwrap();
        if message["event"] == "stopped" {
            assert_eq!(message["body"]["reason"], "pause");
            break;
        }
    }
    client.done("stepBack", &json!({ "threadId": 1 }));
    send(&mut client, "continue", json!({ "threadId": 1 }));
    let seq = send(&mut client, "disconnect", json!({}));
    assert_eq!(answer(&mut client, seq)["success"], true);
    assert_eq!(client.leave().0, Some(0));
}

#[test]
fn a_stream_that_is_cut_anywhere_ends_with_a_clear_error() {
    let place = place();
    let mut bytes = Vec::new();
    for request in [
        json!({ "seq": 1, "type": "request", "command": "initialize", "arguments": {} }),
        json!({ "seq": 2, "type": "request", "command": "disconnect" }),
    ] {
        dap::write_message(&mut bytes, request.to_string().as_bytes()).unwrap();
    }
    let first = bytes.len() / 2;
    for end in (0..bytes.len()).step_by(7).chain([first, bytes.len() - 1]) {
        let mut child = place.command("palindrome", &["dap"]).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(&bytes[..end]).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        let is_whole = error.is_empty();
        let code = output.status.code();
        assert_eq!(code, Some(if is_whole { 0 } else { 64 }), "{end}: {error}");
        assert!(is_whole || error.contains("ended in the middle of a message"), "{end}: {error}");
    }
}

#[test]
fn messages_that_are_none_are_answered_and_the_session_goes_on() {
    let place = place();
    let mut client = Client::start(&place);
    for (bytes, reason) in [
        (&b"{"[..], "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1, 2]", "not a request"),
        (b"{\"seq\":1,\"type\":\"response\"}", "only requests"),
        (b"{\"seq\":1,\"type\":\"request\",\"command\":[]}", "not a request"),
    ] {
        dap::write_message(client.requests.as_mut().unwrap(), bytes).unwrap();
        let told = client.next().unwrap();
        assert_eq!(told["success"], false);
        assert!(told["message"].as_str().unwrap().contains(reason), "{told}");
    }
    client.done("initialize", &json!({}));
    for (command, arguments, reason) in [
        ("initialize", json!({}), "comes once"),
        ("next", json!({}), "nothing was launched yet"),
        ("attach", json!({}), "use `launch`"),
        ("launch", json!({}), "takes one of"),
        ("launch", json!({ "program": 5 }), "`launch`: invalid type"),
        ("launch", json!({ "program": "none.pvm" }), "none.pvm"),
        ("launch", json!({ "program": "till.pvm", "tape": "x" }), "for programs in Palindrome"),
        ("launch", json!({ "recording": "till.pvm" }), "till.pvm"),
        ("launch", json!({ "last": true }), "no failed run"),
    ] {
        let told = client.ask(command, &arguments);
        let message = told[0]["message"].as_str().unwrap();
        assert!(message.contains(reason), "{command}: {message}");
    }
    client.done("launch", &json!({ "program": "till.pvm", "stopOnEntry": true }));
    client.done("configurationDone", &json!({}));
    for (command, arguments, reason) in [
        ("launch", json!({ "program": "till.pvm" }), "already"),
        ("configurationDone", json!({}), "comes once"),
        ("stepOut", json!({}), "nothing called it"),
        ("goto", json!({ "targetId": 7 }), "no target 7"),
        ("variables", json!({ "variablesReference": 99 }), "time has moved"),
        ("variables", json!({ "variablesReference": -1 }), "time has moved"),
        ("evaluate", json!({ "expression": "R1 +" }), "expected"),
        ("evaluate", json!({ "expression": "R1", "frameId": 9 }), "innermost"),
        ("evaluate", json!({ "expression": "brek 3", "context": "repl" }), ""),
        ("evaluate", json!({ "expression": "break 999", "context": "repl" }), "no line 999"),
        ("readMemory", json!({ "memoryReference": "x", "count": 1 }), "no address"),
        ("readMemory", json!({ "memoryReference": "0", "count": -1 }), "0 or more"),
        ("source", json!({ "sourceReference": 9 }), "sourceReference"),
        ("palindrome/nothing", json!({}), "no `palindrome/nothing`"),
        ("palindrome/lastWrite", json!({}), "usage: last-write"),
        ("stepInTargets", json!({}), "not something that is done here"),
        ("exceptionInfo", json!({}), "has not faulted"),
        ("setBreakpoints", json!({}), "source"),
    ] {
        let told = client.ask(command, &arguments);
        assert_eq!(told[0]["success"], false, "{command} {arguments}: {told:?}");
        let message = told[0]["message"].as_str().unwrap();
        assert!(message.contains(reason), "{command}: {message}");
    }
    assert_eq!(client.leave().0, Some(0));
}

#[test]
fn variables_of_outer_calls_are_shown_and_not_gone_into() {
    let place = Place::new();
    place.write(
        "calls.pal",
        "transform inner(a: Int) -> Int {\n    assert a > 5\n    a\n}\n\
         transform outer(list: [Int]) -> Int {\n    let first = list[0]\n    inner(first)\n}\n\
         print outer([1, 2])\n",
    );
    let launch = json!({ "program": "calls.pal", "stopOnEntry": true });
    let mut client = Client::launched(&place, &launch);
    client.ask("continue", &json!({ "threadId": 1 }));
    let stack = client.done("stackTrace", &json!({ "threadId": 1 }));
    assert_eq!(stack["stackFrames"][1]["name"], "outer");
    let scopes = client.done("scopes", &json!({ "frameId": 2 }));
    assert_eq!(scopes["scopes"][0]["name"], "locals");
    let reference = &scopes["scopes"][0]["variablesReference"];
    let list = client.done("variables", &json!({ "variablesReference": reference }));
    let shown: Vec<String> = list["variables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} = {} {}", one["name"], one["value"], one["variablesReference"]))
        .collect();
    assert_eq!(shown, ["\"list\" = \"[1, 2]\" 0", "\"first\" = \"1\" 0"]);
    let set = json!({ "variablesReference": reference, "name": "first", "value": "9" });
    let told = client.ask("setVariable", &set);
    let refused = told.iter().find(|message| message["type"] == "response").unwrap();
    assert!(refused["message"].as_str().unwrap().contains("innermost call"), "{refused}");
    assert_eq!(client.done("scopes", &json!({ "frameId": 9 }))["scopes"], json!([]));
}
