//! Tacit as a user meets it: runs, faults, recordings, images and signals.

#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::io::Read;
use std::process::Command;

use common::{Place, Said};

/// Runs a program of the command line, which may have blanks in it.
fn run(place: &Place, options: &[&str], program: &str) -> Said {
    let mut arguments = vec!["run"];
    arguments.extend(options);
    arguments.extend(["-e", program]);
    Said::from(place.command("palindrome", &arguments).output().unwrap())
}

#[test]
fn a_program_can_stand_in_the_command_line() {
    let place = Place::new();
    let said = run(&place, &["--stack"], "-1 .5 +");
    assert_eq!((said.code, said.output.as_str()), (Some(0), "stack: -0.5\n"), "{said:?}");
    let bare = run(&place, &[], "5 dup .");
    assert_eq!((bare.code, bare.output.as_str()), (Some(0), "5\n"), "{bare:?}");
    let arguments = ["run", "-e", "0 argument print cr 1 argument .", "one", "-2"];
    let said = Said::from(place.command("palindrome", &arguments).output().unwrap());
    assert_eq!(said.output, "one\n\"-2\"\n", "{said:?}");
}

#[test]
fn the_stack_stands_on_a_line_of_its_own() {
    let said = run(&Place::new(), &["--stack"], "\"no line end\" print 7");
    assert_eq!(said.output, "no line end\nstack: 7\n");
}

#[test]
fn a_fault_points_at_the_word() {
    let place = Place::new();
    place.write(
        "a.tacit",
        "// Areas.\n: area ( r -- a )\n  dup * pi * ;\n\n2 area .\n\"2\"   area .\n",
    );
    let said = place.run("palindrome run --stack a.tacit", "");
    assert_eq!(said.code, Some(70), "{said:?}");
    assert_eq!(said.output, "12.566371\nstack: \"2\" \"2\"\n", "{said:?}");
    for part in [
        "fault: Type error: '*' expected number, got string\n",
        " --> a.tacit:3:7, area+1",
        "3 |   dup * pi * ;\n  |       ^\n",
        "stack: \"2\" \"2\"\n",
        "#1 (program)  a.tacit:6",
        "palindrome debug --last",
    ] {
        assert!(said.error.contains(part), "{part}: {}", said.error);
    }
    let walk = place.run("palindrome debug --last", "print s0\nback\nrcontinue\n");
    assert_eq!(walk.code, Some(0), "{walk:?}");
    assert!(walk.output.contains("s0 = \"2\"\n"), "{walk:?}");
    assert!(walk.output.contains("start of time"), "{walk:?}");
}

#[test]
fn what_the_machine_does_on_its_own_is_blamed_on_the_word_that_made_it() {
    let said = run(&Place::new(), &[], ": f (1 2) + ; 3 f");
    for part in ["Arity error", "(command line):1:11, f", "#0 (forced)", "#1 f", "^"] {
        assert!(said.error.contains(part), "{part}: {}", said.error);
    }
}

#[test]
fn a_fault_can_be_had_as_json() {
    let said = run(&Place::new(), &["--json"], ": f -> n n \"x\" + ; 1 7 f");
    let found: serde_json::Value = serde_json::from_str(&said.error).unwrap();
    assert_eq!(found["kind"], "fault");
    assert_eq!(found["stack"], "1 7 \"x\"");
    assert_eq!(found["locals"]["n"], "7");
    assert_eq!(found["line"], 1);
    let wrong = run(&Place::new(), &["--json", "--stack"], "1 bogus");
    let found: serde_json::Value = serde_json::from_str(&wrong.error).unwrap();
    assert_eq!((wrong.code, wrong.output.as_str()), (Some(65), "stack: empty\n"));
    assert_eq!(found["diagnostics"][0]["message"], "Unknown word: bogus");
}

#[test]
fn a_larger_memory_holds_more() {
    let place = Place::new();
    let fill = "1 400 1 range (drop 1 10 1 range to-vector) map to-vector length";
    let small = run(&place, &["--stack"], fill);
    assert_eq!(small.code, Some(70), "{small:?}");
    assert!(small.error.contains("Heap full"), "{small:?}");
    let large = run(&place, &["--stack", "--check", "--memory", "256k"], fill);
    assert_eq!((large.code, large.output.as_str()), (Some(0), "stack: 400\n"), "{large:?}");
    // The size is in the image.
    place.write("a.tacit", fill);
    assert_eq!(place.run("palindrome build --memory 256k a.tacit", "").code, Some(0));
    assert_eq!(place.run("palindrome run --stack a.tacit.bin", "").output, "stack: 400\n");
}

#[test]
fn a_recording_opens_elsewhere_and_needs_no_outside() {
    let place = Place::new();
    place.write("ask.tacit", "\"who? \" print read-line print cr random . now length .\n");
    let said = place.run("palindrome run --record ask.rec ask.tacit", "you\n");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.output.starts_with("who? you\n0."), "{said:?}");

    let other = Place::new();
    std::fs::copy(place.path("ask.rec"), other.path("ask.rec")).unwrap();
    let replay = other.run("palindrome replay ask.rec", "");
    assert_eq!((replay.code, &replay.output), (Some(0), &said.output), "{replay:?}");
    let check = other.run("palindrome replay --check ask.rec", "");
    assert!(check.output.contains("the replay is the run"), "{check:?}");
    let walk = other.run("palindrome debug ask.rec", "goto start\nstep\ngoto end\noutput\n");
    assert!(walk.output.ends_with(&said.output), "{walk:?}");
    let info = other.run("palindrome info --json ask.rec", "");
    let found: serde_json::Value = serde_json::from_str(&info.output).unwrap();
    assert_eq!((&found["guest"], &found["memory"]), (&"tacit".into(), &65536.into()), "{info:?}");
}

#[test]
fn an_image_is_the_program_with_or_without_its_text() {
    let place = Place::new();
    place.write("a.tacit", ": twice 2 * ;\n21 twice .\n");
    assert_eq!(place.run("palindrome build a.tacit", "").code, Some(0));
    assert_eq!(place.run("palindrome build --no-source a.tacit -o b.tacit.bin", "").code, Some(0));
    for image in ["a.tacit.bin", "b.tacit.bin"] {
        let said = place.run(&format!("palindrome run {image}"), "");
        assert_eq!((said.code, said.output.as_str()), (Some(0), "42\n"), "{image}: {said:?}");
        let walk = place.run(&format!("palindrome debug {image}"), "stepi 3\nstack\ngoto end\n");
        assert_eq!(walk.code, Some(0), "{image}: {walk:?}");
        assert!(walk.output.contains("twice"), "{image}: {walk:?}");
    }
    let info = place.run("palindrome info a.tacit.bin", "");
    for part in ["guest:         tacit", "twice", "a.tacit", "65536"] {
        assert!(info.output.contains(part), "{part}: {info:?}");
    }
    let listing = place.run("palindrome disasm a.tacit", "");
    assert!(listing.output.contains("twice:"), "{listing:?}");
    assert_eq!(listing.output, place.run("palindrome disasm a.tacit.bin", "").output);
    assert_eq!(listing.output, place.run("palindrome build --disasm a.tacit", "").output);
}

#[test]
fn an_image_cut_off_anywhere_says_so() {
    let place = Place::new();
    place.write("a.tacit", ": twice 2 * ;\n21 twice .\n");
    assert_eq!(place.run("palindrome build a.tacit", "").code, Some(0));
    let bytes = std::fs::read(place.path("a.tacit.bin")).unwrap();
    for length in (0..bytes.len()).step_by(7) {
        place.write("cut.tacit.bin", &bytes[..length]);
        let said = place.run("palindrome run cut.tacit.bin", "");
        assert_eq!(said.code, Some(65), "{length}: {said:?}");
        assert!(!said.error.contains("panicked"), "{length}: {said:?}");
    }
}

#[test]
fn the_exit_code_is_the_program_s_own() {
    assert_eq!(run(&Place::new(), &[], "3 terminate").code, Some(3));
}

#[test]
fn every_way_to_keep_history_gives_the_same_run() {
    let place = Place::new();
    place.write("a.tacit", "0 value total\n1 50 1 range for-each { total + to total total . }\n");
    let expected = place.run("palindrome run a.tacit", "").output;
    assert_eq!(expected.lines().count(), 50);
    for history in ["off", "checkpoints", "full"] {
        let said = place.run(&format!("palindrome run --history {history} a.tacit"), "");
        assert_eq!((said.code, &said.output), (Some(0), &expected), "{history}");
        let walk = "goto end\nbacki 30\nprint total\nrc\nprint total\n";
        let said = place.run(&format!("palindrome debug --history {history} a.tacit"), walk);
        assert!(said.output.contains("total = 1035\n"), "{history}: {said:?}");
        assert!(said.output.ends_with("total = NIL\n"), "{history}: {said:?}");
    }
}

#[test]
fn a_closed_pipe_stops_it_quietly() {
    let place = Place::new();
    let endless = ["run", "-e", "WHILE { 1 } DO { 7 . }"];
    let mut child = place.command("palindrome", &endless).spawn().unwrap();
    let mut first = [0; 2];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
#[cfg(unix)]
fn ctrl_c_keeps_the_run_and_its_stack() {
    let place = Place::new();
    let endless = ["run", "--stack", "-e", "5 WHILE { 1 } DO { 7 . }"];
    let mut child = place.command("palindrome", &endless).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    output.read_exact(&mut [0]).unwrap();
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{error}");
    assert!(error.contains("palindrome debug --last"), "{error}");
    assert!(rest.lines().last().is_some_and(|line| line.starts_with("stack: 5")), "{error}");
    let walk = place.run("palindrome debug --last", "back\nprint s0\n");
    assert_eq!(walk.code, Some(0), "{walk:?}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_is_heard_while_the_program_waits_for_input() {
    let place = Place::new();
    let wait = ["run", "-e", "\"name? \" print read-line"];
    let mut child = place.command("palindrome", &wait).spawn().unwrap();
    let mut asked = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"name? ");
    let id = child.id().to_string();
    let input = child.stdin.take();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(input);
}
