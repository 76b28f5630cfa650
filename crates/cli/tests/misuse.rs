//! Misuse: each gives its exit code and says what is wrong; nothing panics.

mod common;

use common::Place;

/// Command line, exit code, part of the message.
const MISUSE: &[(&str, i32, &str)] = &[
    // Usage.
    ("palindrome", 64, "Usage"),
    ("palindrome dance", 64, "unrecognized subcommand"),
    ("pvmr", 64, "required"),
    ("pvmd", 64, "required"),
    ("pvmc", 64, "required"),
    ("pvmr --histroy off good.pvm", 64, "--history"),
    ("pvmr --history some good.pvm", 64, "possible values"),
    ("pvmr --history-memory much good.pvm", 64, "64M"),
    ("pvmd --last --replay x.rec", 64, "cannot be used with"),
    ("pvmc -O7 good.pvm", 64, "invalid value"),
    ("pvmr known.txt", 64, ".pvm.bin"),
    ("palindrome run", 64, "required"),
    ("palindrome run --memory 96k good.tacit", 64, "64k, 128k and 256k"),
    ("palindrome run --memory 64k good.tacit.bin", 64, "when building it"),
    ("palindrome run --search-limit 9 good.tacit", 64, "for Palindrome"),
    ("palindrome build --search-limit 9 good.tacit", 64, "for Palindrome"),
    ("palindrome run --search-limit many good.tacit", 64, "many"),
    ("palindrome build -c good.tacit", 64, "no parts"),
    ("palindrome build good.tacit good.tacit", 64, "one text"),
    ("palindrome build good.tacit.bin", 64, "built already"),
    ("palindrome build good.pvm good.tacit", 64, "another language"),
    ("palindrome run --keep 1G good.pal", 64, "--tape"),
    ("palindrome run --tape x.tape --keep much good.pal", 64, "an age such as 30d, or all"),
    ("palindrome query good.pal 1 --at yesterday", 65, "there is no checkpoint `yesterday`"),
    ("palindrome query good.pal 1 --at 2024-13-45", 65, "there is no checkpoint `2024-13-45`"),
    ("palindrome history purge --tape x.tape", 64, "--older-than, --larger-than or --all"),
    ("palindrome history purge --tape nowhere.tape --all", 66, "nowhere.tape"),
    ("palindrome history purge --tape good.tacit --all", 65, "is no tape"),
    ("palindrome history purge --tape x.tape last", 64, "cannot be used with"),
    ("palindrome publish good.pal", 64, "--tape"),
    ("palindrome publish --tape x.tape", 64, "required"),
    ("palindrome publish --tape x.tape --list good.pal", 64, "cannot be used with"),
    ("palindrome publish --tape x.tape good.tacit", 64, "programs in Palindrome"),
    ("palindrome publish --tape x.tape --as 7up good.pal", 64, "this is no name"),
    ("palindrome publish --tape x.tape --as if good.pal", 64, "this is no name"),
    ("palindrome publish --tape x.tape --at noon good.pal", 64, "2024-01-15T10:30:00Z"),
    ("palindrome publish --tape x.tape --at 2199-01-01T00:00:00Z good.pal", 64, "in the future"),
    ("palindrome publish --tape x.tape nowhere.pal", 66, "nowhere.pal"),
    ("palindrome publish --tape x.tape wrong.pal", 65, "wrong.pal:2"),
    ("palindrome publish --tape good.tacit --list", 65, "is no tape"),
    ("palindrome publish --tape nowhere.tape --list", 66, "nowhere.tape"),
    ("palindrome publish --tape good.tacit good.pal", 65, "is no tape"),
    ("palindrome run --tape x.tape good.tacit", 64, "for programs in Palindrome"),
    ("palindrome build --tape x.tape good.tacit", 64, "for programs in Palindrome"),
    ("palindrome debug --tape x.tape good.tacit", 64, "for programs in Palindrome"),
    ("palindrome dap good.pvm", 64, "unexpected argument"),
    ("palindrome dap --port 99999", 64, "invalid value"),
    ("palindrome dap --history some", 64, "possible values"),
    ("palindrome words dance", 64, "no word `dance`"),
    ("palindrome check", 64, "required"),
    ("palindrome check good.pvm", 64, "others not yet"),
    ("palindrome fmt good.tacit", 64, "others not yet"),
    ("palindrome check nowhere.soc", 66, "nowhere.soc"),
    ("palindrome fmt folder.soc", 66, "directory"),
    ("palindrome check wrong.soc", 65, "wrong.soc:2"),
    ("palindrome fmt wrong.soc", 65, "wrong.soc:2"),
    ("palindrome check --json wrong.soc", 65, "SOC0001"),
    ("palindrome check wrong.pal", 65, "wrong.pal:2"),
    ("palindrome check --json wrong.pal", 65, "PAL0001"),
    ("palindrome fmt wrong.pal", 65, "wrong.pal:2"),
    ("palindrome fmt --check loose.pal", 1, "loose.pal"),
    ("palindrome fmt --lang tacit -", 64, "achronyme and palindrome can"),
    ("palindrome run wrong.pal", 65, "wrong.pal:2"),
    ("palindrome debug wrong.pal", 65, "wrong.pal:2"),
    ("palindrome run misplaced.pal", 65, "PAL0331"),
    ("palindrome fmt binary.soc", 65, "not text"),
    ("palindrome fmt --check loose.soc", 1, "loose.soc"),
    ("pvmr --stack good.pvm", 64, "no stack to show"),
    ("pvmr --check good.pvm", 64, "no heap to check"),
    ("pvmr --memory 64k good.pvm", 64, "--memory"),
    ("pvmr empty.pvm.obj", 64, "link"),
    ("pvmr empty.rec", 64, "replay"),
    ("pvmc -c -o x good.pvm good.pvm", 64, "-o names one file"),
    // Files that are not there, or no files.
    ("pvmr nowhere.pvm", 66, "nowhere.pvm"),
    ("pvmr nowhere.txt", 66, "nowhere.txt"),
    ("pvmd nowhere.pvm", 66, "nowhere.pvm"),
    ("pvmc nowhere.pvm", 66, "nowhere.pvm"),
    ("pvmd --replay nowhere.rec", 66, "nowhere.rec"),
    ("pvmd --last", 66, "no failed run"),
    ("palindrome replay nowhere.rec", 66, "nowhere.rec"),
    ("palindrome info nowhere.rec", 66, "nowhere.rec"),
    ("pvmr folder.pvm", 66, "directory"),
    ("pvmr folder.pvm.bin", 66, "directory"),
    ("pvmr --input nowhere good.pvm", 66, "nowhere"),
    ("pvmr --input folder.pvm good.pvm", 66, "directory"),
    // Bad content.
    ("pvmr wrong.pvm", 65, "wrong.pvm:2"),
    ("pvmc wrong.pvm", 65, "wrong.pvm:3"),
    ("pvmd wrong.pvm", 65, "wrong.pvm:2"),
    ("pvmr binary.pvm", 65, "not text"),
    ("palindrome run wrong.tacit", 65, "wrong.tacit:2"),
    ("palindrome build wrong.tacit", 65, "wrong.tacit:3"),
    ("palindrome debug wrong.tacit", 65, "wrong.tacit:2"),
    ("palindrome run binary.tacit", 65, "not text"),
    ("palindrome run empty.tacit.bin", 65, "empty.tacit.bin"),
    ("palindrome run binary.tacit.bin", 65, "not a Tacit image"),
    ("palindrome run huge.tacit", 65, "too large"),
    ("palindrome run -e bogus", 65, "bogus"),
    ("pvmr empty.pvm.bin", 65, "empty.pvm.bin"),
    ("pvmc empty.pvm.obj", 65, "empty.pvm.obj"),
    ("pvmr binary.pvm.bin", 65, "binary.pvm.bin"),
    ("pvmr good.rec.pvm.bin", 65, "good.rec.pvm.bin"),
    ("palindrome replay empty.rec", 65, "not a recording"),
    ("palindrome replay binary.rec", 65, "not a recording"),
    ("pvmd --replay binary.rec", 65, "not a recording"),
    ("pvmr huge.pvm", 65, "too large"),
    // Places that cannot be written.
    ("pvmr --record /nowhere/x.rec good.pvm", 74, "/nowhere/x.rec"),
    ("pvmr --record folder.pvm good.pvm", 74, "folder.pvm"),
    ("pvmc good.pvm -o /nowhere/x.pvm.bin", 74, "/nowhere/x.pvm.bin"),
    ("pvmc good.pvm -o folder.pvm", 74, "folder.pvm"),
    // A failed run is kept from here on.
    ("palindrome run fault.pal", 70, "fault.pal:2"),
];

fn place() -> Place {
    let place = Place::new();
    place.write("good.pvm", "main: OUT 7\nHALT\n");
    place.write("wrong.pvm", "main: NOP\n  IAD R1, R2, R3\n  JMP nowhere\n  HALT\n");
    place.write("known.txt", "hello");
    place.write("later.pal", "hello");
    place.write("later.soc", "hello");
    place.write("good.soc", "let a = 1\n");
    place.write("loose.soc", "let a=1\n");
    place.write("loose.pal", "let a=1\n");
    place.write("wrong.pal", "let a = 1\nlet b =\n");
    place.write("good.pal", "let a = 1\n");
    place.write("misplaced.pal", "let a = 1\nif a == 1 {\n    watch a\n}\n");
    place.write("fault.pal", "let a = 0\nprint 1 / a\n");
    place.write("wrong.soc", "let a = 1\nlet b =\n");
    place.write("good.tacit", "7 .\n");
    place.write("wrong.tacit", "1\nbogus\n[ 2\n");
    assert_eq!(place.run("palindrome build good.tacit", "").code, Some(0));
    for name in ["empty.pvm.bin", "empty.pvm.obj", "empty.rec", "empty.tacit.bin"] {
        place.write(name, "");
    }
    let binaries = ["binary.pvm", "binary.pvm.bin", "binary.rec", "good.rec.pvm.bin"];
    for name in binaries.into_iter().chain(["binary.tacit", "binary.tacit.bin", "binary.soc"]) {
        place.write(name, [0x80, 0, 0xff, 7].repeat(100));
    }
    for name in ["folder.pvm", "folder.pvm.bin", "folder.soc"] {
        assert!(std::fs::create_dir(place.path(name)).is_ok());
    }
    for name in ["huge.pvm", "huge.tacit"] {
        let huge = std::fs::File::create(place.path(name)).and_then(|file| file.set_len(1 << 30));
        assert!(huge.is_ok());
    }
    place
}

#[test]
fn every_misuse_is_told_and_has_its_exit_code() {
    let place = place();
    let mut wrong = Vec::new();
    for (line, code, fragment) in MISUSE {
        let said = place.run(line, "");
        let is_told = said.error.contains(fragment) || said.output.contains(fragment);
        let has_panicked = said.error.contains("panicked");
        if said.code != Some(*code) || !is_told || has_panicked {
            wrong.push(format!("{line}: expected {code} {fragment:?}, found {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn an_empty_source_is_no_panic() {
    let place = Place::new();
    place.write("empty.pvm", "");
    let said = place.run("pvmr empty.pvm", "");
    assert!(matches!(said.code, Some(0 | 65)), "{said:?}");
    assert!(!said.error.contains("panicked"), "{said:?}");
    place.write("empty.tacit", "");
    let said = place.run("palindrome run --stack empty.tacit", "");
    assert_eq!((said.code, said.output.as_str()), (Some(0), "stack: empty\n"), "{said:?}");
}

#[test]
fn errors_can_be_had_as_json() {
    let place = place();
    let said = place.run("pvmc --json wrong.pvm", "");
    let found: serde_json::Value = serde_json::from_str(&said.error).expect("JSON");
    assert_eq!(found["kind"], "data");
    assert_eq!(found["diagnostics"][0]["line"], 2);
    assert!(found["diagnostics"].as_array().is_some_and(|list| list.len() >= 2), "all at once");
}
