//! The programs as a user meets them: runs, faults, recordings, pipes and signals.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use common::Place;

const ENDLESS: &str = "main: LI R1, 0\nloop: OUT R1\nIADD R1, R1, 1\nJMP loop\n";

#[test]
fn fibonacci_is_compiled_run_and_walked_backwards() {
    let place = Place::new();
    place.copy("fibonacci.pvm");
    let built = place.run("pvmc fibonacci.pvm -o fibonacci.pvm.bin", "");
    assert_eq!(built.code, Some(0), "{built:?}");
    std::fs::remove_file(place.path("fibonacci.pvm")).unwrap();

    let run = place.run("pvmr fibonacci.pvm.bin", "");
    assert_eq!((run.code, run.output.as_str()), (Some(0), "0\n1\n1\n2\n3\n5\n8\n13\n"));

    let walk = place.run("pvmd fibonacci.pvm.bin", "goto end\nback\nback\nprint R2\nprint R4\n");
    assert_eq!(walk.code, Some(0), "{walk:?}");
    assert!(walk.output.contains("end of time: the program ended with exit code 0"), "{walk:?}");
    assert!(walk.output.contains("fibonacci.pvm:7"), "the source is in the image: {walk:?}");
    assert!(walk.output.ends_with("R2 = 21\nR4 = 1\n"), "{walk:?}");
}

#[test]
fn the_exit_code_is_the_guest_s_own() {
    let place = Place::new();
    place.write("a.pvm", "main: LI R3, 259\nHALT R3\n");
    assert_eq!(place.run("pvmr a.pvm", "").code, Some(3));
    assert_eq!(place.run("palindrome run a.pvm", "").code, Some(3));
}

#[test]
fn a_fault_is_explained_and_can_be_walked_back_from() {
    let place = Place::new();
    place.copy("divide.pvm");
    let run = place.run("pvmr divide.pvm", "");
    assert_eq!((run.code, run.output.as_str()), (Some(70), "33\n50\n100\n"), "{run:?}");
    for part in ["division by zero", "divide.pvm:9", "^^^^", "R1=100", "#1 main", "--last"] {
        assert!(run.error.contains(part), "{part}: {}", run.error);
    }
    assert!(!run.error.contains('\x1b'), "no colours where no terminal is");

    std::fs::remove_file(place.path("divide.pvm")).unwrap();
    let walk = place.run("palindrome debug --last", "last-write R2\n");
    assert!(walk.output.contains("R2: 1 → 0"), "{walk:?}");
}

#[test]
fn a_fault_can_be_had_as_json() {
    let place = Place::new();
    place.copy("divide.pvm");
    let run = place.run("pvmr --json divide.pvm", "");
    let found: serde_json::Value = serde_json::from_str(&run.error).unwrap();
    assert_eq!(found["kind"], "fault");
    assert_eq!(found["registers"]["R1"], "100");
    assert_eq!(found["line"], 9);
}

#[test]
fn a_recording_opens_elsewhere_and_needs_no_outside() {
    let place = Place::new();
    place.write(
        "ask.pvm",
        "main: IN R1\nIN R2\nRANDOM R3\nCLOCK R4\nIADD R5, R1, R2\nOUT R5\nOUT R3\nOUT R4\nHALT\n",
    );
    let run = place.run("pvmr --record ask.rec ask.pvm", "40\n2\n");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.output.starts_with("42\n"));

    let other = Place::new();
    std::fs::copy(place.path("ask.rec"), other.path("ask.rec")).unwrap();
    let replay = other.run("palindrome replay ask.rec", "");
    assert_eq!((replay.code, &replay.output), (Some(0), &run.output));
    let check = other.run("palindrome replay --check ask.rec", "");
    assert_eq!(check.code, Some(0), "{check:?}");
    assert!(check.output.contains("the replay is the run"), "{check:?}");
    let walk = other.run("pvmd --replay ask.rec", "rc\nprint R3\ngoto end\nprint R3\n");
    let random = run.output.lines().nth(1).unwrap();
    assert!(walk.output.ends_with(&format!("R3 = {random}\n")), "{walk:?}");
}

#[test]
fn a_session_is_saved_with_its_marks_and_notes() {
    let place = Place::new();
    place.copy("fibonacci.pvm");
    let commands =
        "stepi 9\nmark nine\nnote look here\ngoto end\nsave kept.rec\nsave /nowhere/x.rec\n";
    let said = place.run("pvmd fibonacci.pvm", commands);
    assert!(said.output.contains("saved to kept.rec"), "{said:?}");
    assert!(said.output.contains("error: /nowhere/x.rec"), "{said:?}");
    let walk = place.run("pvmd kept.rec", "marks\ngoto nine\n");
    assert!(walk.output.contains("look here"), "{walk:?}");
    assert!(walk.output.contains("tick 9 of"), "{walk:?}");
    let info = place.run("palindrome info --json kept.rec", "");
    let found: serde_json::Value = serde_json::from_str(&info.output).unwrap();
    assert_eq!(found["marks"][0], "nine (tick 9)");
}

#[test]
fn a_recording_cut_off_anywhere_still_opens_or_says_why_not() {
    let place = Place::new();
    place.copy("fibonacci.pvm");
    assert_eq!(place.run("pvmr --record all.rec fibonacci.pvm", "").code, Some(0));
    let bytes = std::fs::read(place.path("all.rec")).unwrap();
    for length in (0..bytes.len()).step_by(bytes.len() / 12 + 1) {
        place.write("cut.rec", &bytes[..length]);
        let said = place.run("palindrome info cut.rec", "");
        assert!(matches!(said.code, Some(0 | 65)), "{length}: {said:?}");
        assert!(!said.error.contains("panicked"), "{length}: {said:?}");
    }
}

#[test]
fn the_program_s_input_in_the_debugger_is_a_file() {
    let place = Place::new();
    place.write("add.pvm", "main: IN R1\nIN R2\nIADD R3, R1, R2\nOUT R3\nHALT\n");
    place.write("numbers", "40\n2\n");
    let said = place.run("pvmd --input numbers add.pvm", "goto end\noutput\nback\nprint R3\n");
    assert!(said.output.contains("42\nend of time"), "{said:?}");
    assert!(said.output.ends_with("R3 = 42\n"), "{said:?}");
}

#[test]
fn arguments_reach_the_program() {
    let place = Place::new();
    place.write("arguments.pvm", "main: ARGC R1\nOUT R1\nARG R2, 1\nOUT R2\nHALT\n");
    let said = place.run("pvmr arguments.pvm 7 -9", "");
    assert_eq!(said.output, "2\n-9\n", "{said:?}");
}

#[test]
fn every_way_to_keep_history_gives_the_same_run() {
    let place = Place::new();
    place.copy("fibonacci.pvm");
    let expected = place.run("pvmr fibonacci.pvm", "").output;
    for history in ["off", "checkpoints", "full"] {
        let run = place.run(&format!("pvmr --history {history} fibonacci.pvm"), "");
        assert_eq!((run.code, &run.output), (Some(0), &expected), "{history}");
        let walk = "goto end\nbacki 30\nwhere\nrc\nwhere\n";
        let said = place.run(&format!("pvmd --history {history} fibonacci.pvm"), walk);
        assert!(said.output.contains("tick 37 of 67"), "{history}: {said:?}");
    }
}

#[test]
fn a_closed_pipe_stops_it_quietly() {
    let place = Place::new();
    place.write("endless.pvm", ENDLESS);
    let mut child = place.command("pvmr", &["endless.pvm"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(line, "0\n");
    assert_eq!(ended.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_stops_the_recording_and_not_the_run() {
    let place = Place::new();
    place.write("a.pvm", "main: OUT 7\nHALT\n");
    let run = place.run("pvmr --record /dev/full a.pvm", "");
    assert_eq!(run.code, Some(74), "{run:?}");
    assert!(run.error.contains("/dev/full"), "{run:?}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_keeps_the_run_and_says_so() {
    let place = Place::new();
    place.write("endless.pvm", ENDLESS);
    place.interrupt("pvmr", &["endless.pvm"], "");
    let walk = place.run("pvmd --last", "back\nprint R1\n");
    assert_eq!(walk.code, Some(0), "{walk:?}");
    assert!(walk.output.contains("end of the recording"), "{walk:?}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_is_heard_while_the_program_waits_for_input() {
    let place = Place::new();
    place.write("wait.pvm", "main: OUTS \"name? \"\nIN R1\nHALT\n");
    let mut child = place.command("pvmr", &["wait.pvm"]).spawn().unwrap();
    // The question is there before the answer: output is flushed before reading.
    let mut asked = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"name? ");
    let id = child.id().to_string();
    // Nothing is typed, and nothing is over.
    let input = child.stdin.take();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(input);
}

#[test]
fn listings_are_shown_by_both_names() {
    let place = Place::new();
    place.copy("fibonacci.pvm");
    let said = place.run("palindrome disasm fibonacci.pvm", "");
    assert!(said.output.contains("IADD R5, R2, R3"), "{said:?}");
    let same = place.run("pvmc --disasm -O0 fibonacci.pvm", "");
    assert!(same.output.contains("IADD R5, R2, R3"), "{same:?}");
}

#[test]
fn a_program_without_its_text_can_still_be_debugged() {
    let place = Place::new();
    place.copy("fibonacci.pvm");
    assert_eq!(place.run("pvmc --no-source fibonacci.pvm -o f.pvm.bin", "").code, Some(0));
    let said = place.run("pvmd f.pvm.bin", "step\nsource\ndisasm 3\nbreak next\nc\nback\n");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.output.contains("carries no source text"), "{said:?}");
    assert!(said.output.contains("breakpoint 1 at next"), "{said:?}");
}

#[test]
fn commands_without_end_or_sense_do_no_harm() {
    let place = Place::new();
    place.copy("fibonacci.pvm");
    let mut command = place.command("pvmd", &["fibonacci.pvm"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&[0xff; 5000]).unwrap();
    input.write_all(b"\nprnt R1\nwhere").unwrap();
    drop(input);
    let said = common::Said::from(child.wait_with_output().unwrap());
    assert_eq!(said.code, Some(0));
    assert!(said.output.contains("did you mean `print`?"), "{said:?}");
}

#[test]
fn parts_are_compiled_apart_and_linked() {
    let place = Place::new();
    place.write(
        "a.pvm",
        ".extern double\n.global main\nmain: LI R1, 21\nCALL double\nOUT R0\nHALT\n",
    );
    place.write("b.pvm", ".global double\ndouble: IADD R0, R1, R1\nRET\n");
    let compiled = place.run("pvmc -c a.pvm b.pvm", "");
    assert_eq!(compiled.code, Some(0), "{compiled:?}");
    let linked = place.run("pvmc a.pvm.obj b.pvm.obj -o all.pvm.bin", "");
    assert_eq!(linked.code, Some(0), "{linked:?}");
    assert_eq!(place.run("pvmr all.pvm.bin", "").output, "42\n");
    let mixed = place.run("pvmc a.pvm b.pvm.obj -o mixed.pvm.bin", "");
    assert_eq!(mixed.code, Some(0), "{mixed:?}");
    assert_eq!(place.run("pvmr mixed.pvm.bin", "").output, "42\n");
    let alone = place.run("pvmc a.pvm.obj -o alone.pvm.bin", "");
    assert_eq!(alone.code, Some(65), "{alone:?}");
    assert!(alone.error.contains("double"), "{alone:?}");
}

#[test]
fn a_recording_survives_a_kill_between_two_lines_of_input() {
    let place = Place::new();
    place.write("a.pvm", "main: LI R2, 0\nagain: IN R1\nIADD R2, R2, R1\nOUT R2\nJUMP again\n");
    let mut command = place.command("palindrome", &["run", "--record", "a.rec", "a.pvm"]);
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in 1..=600 {
        writeln!(input, "1").unwrap();
        assert_eq!(output.next().unwrap().unwrap(), line.to_string());
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let info = place.run("palindrome info --json a.rec", "");
    let found: serde_json::Value = serde_json::from_str(&info.output).unwrap();
    assert!(found["answers"].as_u64().unwrap() >= 500, "{info:?}");
    let walk = place.run("pvmd --replay a.rec", "where\nprint R2\n");
    assert_eq!(walk.code, Some(0), "{walk:?}");
}

#[test]
fn a_program_that_takes_all_memory_is_stopped() {
    let place = Place::new();
    place.write(
        "a.pvm",
        "main: LI R1, 4194304\nmore: STORE [R1], R1\nIADD R1, R1, 4096\nJUMP more\n",
    );
    let run = place.run("palindrome run --memory-max 64M a.pvm", "");
    assert_eq!(run.code, Some(70), "{run:?}");
    for part in ["more memory than --memory-max allows", "debug --last"] {
        assert!(run.error.contains(part), "{part}: {}", run.error);
    }
    let walk = place.run("palindrome debug --last --memory-max 64M", "back\ncontinue\n");
    assert_eq!(walk.code, Some(0), "{walk:?}");
    assert!(walk.output.contains("--memory-max allows"), "{walk:?}");
}
