//! The debug adapter: any bytes are answered or refused, and every request is answered once.

use std::io;
use std::thread;

use dap::{Client, Connection, Host, Launch, Launcher, Session};
use debugger::{Debugger, Then, World};
use machine::{Answer, Question, SourceText};
use palindrome_vm::{Program, Vm};
use serde_json::{Value, json};
use timeline::{Options, Timeline};

/// What is debugged: it calls, branches, writes and ends.
const PROGRAM: &str = "main: LI R2, 3\nnext: CALL enter\nOUT R2\nISUB R2, R2, 1\nBNZ R2, next\n\
                       IDIV R1, R2, R2\nHALT\nenter: IADD R3, R3, R2\nSTORE [R15+64], R3\nRET\n";

/// Requests, chosen by a byte each.
const COMMANDS: [&str; 36] = [
    "breakpointLocations",
    "completions",
    "configurationDone",
    "continue",
    "dataBreakpointInfo",
    "evaluate",
    "exceptionInfo",
    "goto",
    "gotoTargets",
    "initialize",
    "launch",
    "loadedSources",
    "next",
    "palindrome/compare",
    "palindrome/history",
    "palindrome/lastWrite",
    "palindrome/origin",
    "palindrome/stepBackIn",
    "palindrome/stepBackOut",
    "pause",
    "readMemory",
    "reverseContinue",
    "scopes",
    "setBreakpoints",
    "setDataBreakpoints",
    "setExpression",
    "setFunctionBreakpoints",
    "setVariable",
    "source",
    "stackTrace",
    "stepBack",
    "stepIn",
    "stepOut",
    "threads",
    "unknown",
    "variables",
];

/// Texts that stand for something in one request or the other.
const TEXTS: [&str; 16] = [
    "",
    "R2",
    "[R15+64]",
    "R2 > 1",
    "enter",
    "repl",
    "instruction",
    "set R2 = 9",
    "goto 50%",
    "history R2 --plot",
    "break 3 if R2 > 1",
    "undo",
    "0x200000",
    "x.pvm",
    "quit",
    "𝄞 \" {reason} \n",
];

const NUMBERS: [i64; 8] = [0, 1, 2, 3, 8, -1, i64::MAX, i64::MIN];

struct Programs;

impl Launcher for Programs {
    fn launch(&mut self, launch: &Launch) -> Result<Box<dyn Session>, String> {
        let image = crate::program::assembled(PROGRAM, false).ok_or("the program is wrong")?;
        let program = Program::new(image).map_err(|error| error.to_string())?;
        let timeline = Timeline::new(Vm::load(program), Options::default());
        Ok(dap::session(Debugger::new(timeline), Nowhere, launch))
    }
}

/// An outside that has nothing.
struct Nowhere;

impl World for Nowhere {
    fn ask(&mut self, _question: &Question) -> Answer {
        Answer::Nothing
    }
}

impl Host<Vm> for Nowhere {
    fn follow_up(&mut self, _debugger: &mut Debugger<Vm>, _then: Then) -> Result<String, String> {
        Err("there are no files here".to_owned())
    }

    fn path_of(&self, _source: &SourceText) -> Option<String> {
        None
    }
}

/// Serves a client whose bytes these are, and one who asks what they stand for.
pub fn dap_bytes(input: &[u8]) {
    let (mut connection, feed) = Connection::over(io::sink());
    thread::scope(|scope| {
        scope.spawn(|| feed.read(input));
        let _ended = dap::serve(&mut connection, &mut Programs);
        // Who reads may still wait to hand something over.
        drop(connection);
    });
    let (mut connection, mut client) = Connection::memory();
    thread::scope(|scope| {
        scope.spawn(move || {
            let served = dap::serve(&mut connection, &mut Programs);
            assert!(served.is_ok(), "requests in memory are whole");
        });
        ask(&mut client, "initialize", json!({}));
        ask(&mut client, "launch", json!({ "stopOnEntry": true }));
        for piece in input.chunks(6).take(64) {
            let byte = |index: usize| usize::from(piece.get(index).copied().unwrap_or(0));
            ask(&mut client, COMMANDS[byte(0) % COMMANDS.len()], arguments(byte));
        }
        ask(&mut client, "disconnect", json!({}));
        drop(client);
    });
}

/// What any of the requests takes, with values as the bytes say.
fn arguments(byte: impl Fn(usize) -> usize) -> Value {
    let text = |index: usize| TEXTS[byte(index) % TEXTS.len()];
    let number = |index: usize| NUMBERS[byte(index) % NUMBERS.len()];
    let one = json!({
        "line": number(1), "name": text(2), "dataId": text(2), "condition": text(3),
    });
    let plain = json!({ "line": number(1), "name": text(2), "dataId": text(2) });
    json!({
        "source": { "sourceReference": number(5) },
        "breakpoints": [one, plain],
        "line": number(1),
        "endLine": number(2),
        "frameId": number(3) % 3,
        "variablesReference": number(4),
        "sourceReference": number(5),
        "targetId": number(1),
        "startFrame": number(2),
        "levels": number(3),
        "start": number(1),
        "count": number(2).clamp(-1, 1 << 10),
        "column": number(3),
        "offset": number(4),
        "memoryReference": text(1),
        "text": text(2),
        "name": text(2),
        "value": text(3),
        "expression": text(2),
        "context": text(5),
        "granularity": text(4),
        "arguments": text(3),
        "deep": byte(4) > 127,
    })
}

/// Asks, and reads until the answer; there is one.
fn ask(client: &mut Client, command: &str, arguments: Value) {
    let seq = client.send(command, arguments);
    loop {
        let Some(message) = client.receive() else {
            panic!("`{command}` was never answered");
        };
        if message["type"] == "response" {
            assert_eq!(message["request_seq"], seq, "{message}");
            return;
        }
    }
}
