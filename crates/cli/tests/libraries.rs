//! Libraries through the real command line: published on a tape, in files beside, at several moments.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs;

use common::{Place, Said};

const SHOP: &str = "\
relation Item(name: String key, price: Decimal)
transform add(name: String, price: Decimal) {
    Item += {name: name, price: price}
}
transform query total() -> Decimal {
    Item.map(i => i.price).sum()
}
";

/// A library whose number is as old as its moment.
fn version(number: u32) -> String {
    format!("transform version() -> Int {{\n    {number}\n}}\n")
}

const APP: &str = "\
use Lib
test \"the version is one that works\" {
    assert Lib.version() < 3, \"${Lib.version()} is too new\"
}
";

fn ok(said: &Said) -> &str {
    assert_eq!(said.code, Some(0), "{}{}", said.output, said.error);
    &said.output
}

fn publish(place: &Place, name: &str, text: &str, day: u32) -> Said {
    place.write(&format!("{name}.pal"), text);
    place.run(
        &format!("palindrome publish {name}.pal --tape a.tape --at 2026-01-{day:02}T00:00:00Z"),
        "",
    )
}

fn run(place: &Place, text: &str) -> Said {
    place.write("main.pal", text);
    place.run("palindrome run --tape a.tape main.pal", "")
}

/// A tape with five moments of `Lib`, the first three of which `App` works with.
fn versions() -> Place {
    let place = Place::new();
    for number in 0..5 {
        let said = publish(&place, "Lib", &version(number), number + 1);
        assert!(ok(&said).starts_with(&format!("Lib: moment {number}, ")), "{said:?}");
    }
    ok(&publish(&place, "App", APP, 9));
    fs::remove_file(place.path("Lib.pal")).unwrap();
    fs::remove_file(place.path("App.pal")).unwrap();
    place
}

#[test]
fn a_file_beside_the_program_is_a_library() {
    let place = Place::new();
    fs::create_dir(place.path("inner")).unwrap();
    place.write("inner/Shop.pal", SHOP);
    place.write("inner/app.pal", "use Shop\nShop.add(\"pen\", 2.5d)\nprint Shop.total()\n");
    assert_eq!(ok(&place.run("palindrome run inner/app.pal", "")), "2.5d\n");
    assert_eq!(ok(&place.run("palindrome check inner/app.pal", "")), "");
    let said = place.run("palindrome query inner/app.pal Shop.total()", "");
    assert_eq!(ok(&said), "2.5\n");
    place.write("inner/app.pal", "use Shpo\n");
    let said = place.run("palindrome run inner/app.pal", "");
    assert_eq!(said.code, Some(65));
    assert!(said.error.contains("there is no inner/Shpo.pal"), "{}", said.error);
    assert!(said.error.contains("did you mean `Shop`?"), "{}", said.error);
    place.write("inner/app.pal", "use Shop at 1\n");
    let said = place.run("palindrome check inner/app.pal", "");
    assert!(
        said.error.contains("is the file inner/Shop.pal here, which has no moments"),
        "{}",
        said.error
    );
}

#[test]
fn an_error_and_a_fault_in_a_library_are_in_its_own_file() {
    let place = Place::new();
    place.write("Lib.pal", "transform query part(a: Int) -> Int {\n    10 / a\n}\n");
    place.write("app.pal", "use Lib\nprint Lib.part(0)\n");
    let said = place.run("palindrome run --record a.rec app.pal", "");
    assert_eq!(said.code, Some(70));
    assert!(said.error.contains("Lib.pal:2"), "{}", said.error);
    assert!(said.error.contains("10 / a"), "{}", said.error);
    // The recording has the library's text in it.
    fs::remove_file(place.path("Lib.pal")).unwrap();
    fs::remove_file(place.path("app.pal")).unwrap();
    let said = place.run("palindrome debug --replay a.rec", "where\nbreak Lib.pal:2\nlist\n");
    assert!(said.output.contains("Lib.pal:2") && said.output.contains("10 / a"), "{said:?}");
    place.write("Lib.pal", "\nlet x: Int = \"one\"\n");
    place.write("app.pal", "use Lib\nprint Lib.x\n");
    let said = place.run("palindrome check app.pal", "");
    assert_eq!(said.code, Some(65));
    assert!(said.error.contains("Lib.pal:2:14"), "{}", said.error);
}

#[test]
fn moments_of_a_library_live_in_one_program() {
    let place = versions();
    let text = "use Lib\nuse Lib at 0 as First\nuse Lib at \"2026-01-03T12:00:00Z\" as Third\n\
                print Lib.version(), First.version(), Third.version()\n";
    assert_eq!(ok(&run(&place, text)), "4 0 2\n");
    for (line, wanted) in [
        ("use Lib at 9\n", "`Lib` has no moment 9"),
        ("use Lib at \"2025-01-01\"\n", "was first published at 2026-01-01"),
        ("use Lib at \"yesterday\"\n", "`yesterday` is no time"),
        ("use Libs\n", "did you mean `Lib`?"),
        ("use App\nuse Nothing\n", "it is not published on a.tape, and there is no Nothing.pal"),
    ] {
        let said = run(&place, line);
        assert_eq!(said.code, Some(65), "{line}");
        assert!(said.error.contains(wanted), "{line}{}", said.error);
    }
}

#[test]
fn publishing_says_what_is_new_and_refuses_what_is_wrong() {
    let place = versions();
    let said = publish(&place, "Lib", &format!("\n{}", version(4)), 20);
    assert!(ok(&said).contains("nothing new; this is moment 4"), "{said:?}");
    let said = publish(&place, "Lib", &version(9), 1);
    assert_eq!(said.code, Some(64), "{said:?}");
    assert!(said.error.contains("times do not go back"), "{said:?}");
    let before = fs::read(place.path("a.tape")).unwrap();
    let said = publish(&place, "Bad", "let x: Int = \"one\"\n", 20);
    assert_eq!(said.code, Some(65));
    assert!(said.error.contains("Bad.pal:1:14"), "{said:?}");
    place.write("Near.pal", "let x = 1\n");
    let said = publish(&place, "Bad", "use Near\n", 20);
    assert!(said.error.contains("no library `Near` is published on a.tape"), "{said:?}");
    assert_eq!(fs::read(place.path("a.tape")).unwrap(), before);
    let said = place.run("palindrome publish --list --tape a.tape --json", "");
    let listed: serde_json::Value = serde_json::from_str(ok(&said)).unwrap();
    let listed = listed["publications"].as_array().unwrap();
    assert_eq!(listed.len(), 6);
    assert_eq!(listed[0]["library"], "App");
    assert_eq!(listed[0]["uses"][0]["content"], listed[5]["content"]);
    assert_eq!(
        (&listed[5]["moment"], &listed[5]["time"]),
        (&4.into(), &"2026-01-05T00:00:00Z".into())
    );
    let said = place.run("palindrome publish --list --tape a.tape", "");
    assert_eq!(ok(&said).lines().count(), 6);
}

#[test]
fn what_breaks_is_reverted_for_the_next_run_until_something_newer_is_published() {
    let place = versions();
    let update = "use Lib\nprint breaks(App)\nif breaks(App) {\n    revert Lib to compatible(App)\n}\n\
                  print breaks(App), Lib.version()\n";
    let said = run(&place, update);
    let wanted =
        "true\nLib is at moment 2 of 2026-01-03T00:00:00Z, from the next run on\nfalse 4\n";
    assert_eq!(ok(&said), wanted);
    assert_eq!(ok(&run(&place, "use Lib at latest\nprint Lib.version()\n")), "2\n");
    assert_eq!(ok(&run(&place, update)), "false\nfalse 2\n");
    let said = place.run("palindrome publish --list --tape a.tape", "");
    assert!(ok(&said).lines().nth(3).unwrap().ends_with("pinned"), "{said:?}");
    ok(&publish(&place, "Lib", &version(1), 10));
    assert_eq!(ok(&run(&place, update)), "false\nfalse 1\n");
    ok(&run(&place, "use Lib\nrevert Lib to 3\n"));
    assert_eq!(
        ok(&run(&place, "use Lib\nprint Lib.version()\nrevert Lib to latest\n")).lines().next(),
        Some("3")
    );
    assert_eq!(ok(&run(&place, "use Lib\nprint Lib.version()\n")), "1\n");
}

#[test]
fn a_revert_that_is_undone_leaves_nothing() {
    let place = versions();
    let text = "use Lib\n{\n    revert Lib to 0\n    assert false\n}\n";
    assert_eq!(run(&place, text).code, Some(70));
    assert_eq!(ok(&run(&place, "use Lib\nprint Lib.version()\n")), "4\n");
    let said = run(&place, "use Lib\nrevert Lib to \"2020-01-01\"\n");
    assert_eq!(said.code, Some(70));
    assert!(said.error.contains("was not published at that moment"), "{said:?}");
    ok(&publish(&place, "Never", "use Lib\ntest \"fails\" { assert Lib.version() < 0 }\n", 9));
    let said = run(&place, "use Lib\nrevert Lib to compatible(Never)\n");
    assert_eq!(said.code, Some(70));
    assert!(said.error.contains("with none of the 5 moments of `Lib`"), "{said:?}");
}

#[test]
fn a_program_that_asks_about_itself_comes_to_an_end() {
    let place = versions();
    let text = "use Lib\nif breaks(Self) {\n    revert Lib to compatible(Self)\n}\n\
                test \"works\" { assert Lib.version() < 2 }\n";
    ok(&publish(&place, "Self", text, 9));
    let said = run(&place, text);
    assert_eq!(ok(&said), "Lib is at moment 1 of 2026-01-02T00:00:00Z, from the next run on\n");
}

#[test]
fn an_answer_is_recorded_so_a_replay_does_not_ask() {
    let place = versions();
    place.write("main.pal", "use Lib\nprint breaks(App)\n");
    ok(&place.run("palindrome run --tape a.tape --record a.rec main.pal", ""));
    fs::remove_file(place.path("a.tape")).unwrap();
    assert_eq!(ok(&place.run("palindrome replay a.rec", "")), "true\n");
    ok(&place.run("palindrome replay --check a.rec", ""));
}

#[test]
fn check_test_and_debug_take_libraries_from_a_tape() {
    let place = versions();
    place.write("App.pal", APP);
    assert_eq!(ok(&place.run("palindrome check --tape a.tape App.pal", "")), "");
    assert_eq!(place.run("palindrome check App.pal", "").code, Some(65));
    let said = place.run("palindrome test --tape a.tape App.pal", "");
    assert_eq!(said.code, Some(1));
    assert!(said.output.contains("4 is too new"), "{said:?}");
    place.write("main.pal", "use Lib at 1\nprint Lib.version()\n");
    let said =
        place.run("palindrome debug --tape a.tape main.pal", "break Lib@1.pal:2\ncontinue\n");
    assert!(said.output.contains("Lib@1.pal:2"), "{said:?}");
    ok(&place.run("palindrome build --tape a.tape -o main.pal.bin main.pal", ""));
    assert_eq!(ok(&place.run("palindrome run main.pal.bin", "")), "1\n");
}

#[test]
fn the_rows_of_a_library_stay_when_its_moment_changes() {
    let place = Place::new();
    ok(&publish(&place, "Shop", SHOP, 1));
    fs::remove_file(place.path("Shop.pal")).unwrap();
    let text = "use Shop\nShop.add(\"pen\", 2.5d)\nprint Shop.total()\n";
    assert_eq!(ok(&run(&place, text)), "2.5d\n");
    let more = SHOP.replace(
        "price: Decimal)\ntransform add",
        "price: Decimal, note: String = \"-\")\ntransform add",
    );
    assert_ne!(more, SHOP);
    ok(&publish(&place, "Shop", &more, 2));
    assert_eq!(ok(&run(&place, &text.replace("pen", "ink"))), "5d\n");
    let said = place.run("palindrome query a.tape Shop.Item.count()", "");
    assert_eq!(ok(&said), "2\n");
    let lines = "use Shop\nShop.total()\nShop.add(\"cap\", 1d)\nShop.Item.count()\n";
    let said = place.run("palindrome repl --language pal --tape a.tape", lines);
    assert!(ok(&said).contains("5d") && said.output.contains('3'), "{said:?}");
}

/// A tape of version 2: `relation R(a: Int key)`, `let n = 0`, `n <- n + 1` and `R += {a: n}`, run twice.
const OLD: &str = "\
    50414c544150450a0200000029cd9e82015054464d010000010000000000000050a11cc86552193450414c46\
    0100000045000000000000004500000000000000677ef03c05000000612e70616c3800000072656c6174696f\
    6e205228613a20496e74206b6579290a6c6574206e203d20300a6e203c2d206e202b20310a52202b3d207b61\
    3a206e7d0a0101d6000000000000002c40000000000000bb5de1d82204000100930100000002000000030c00\
    001000206e0b0d002001020c000002008250414c5441424c4510002410003c0000020000140080f1f709cb3a\
    c3223b48000f0200ffffffffffffffffffffffffffffffd06601000100dd0fda0f080c000f0200ffffffffff\
    ffffffffffffffffffffbd21041ded1f4052010161e80f020e2000020000122002020000180017ea0010080c\
    000f0200ffffffffffffffffffffffffffffffca300212810310030200040b001b0510000418000f0200ffff\
    ffffffffffffffffffffffffffde6000000000000001505446b1000000020000000000000024e3fc9622372b\
    9b50414c4601000000000000000000000000000000000000004dcf1b6701017f000000000000002420000000\
    000000b79d7ef2400200000004005303000000010400206e0b090020010218000002006001000200d40f0a00\
    02020028ea0f0e000f0200ffffffffffffffffffffffffffffffb24002128102da0f02be0f04ea0f34021281\
    1300000310010600300000050500082600010e000f0200ffffffffffffffffffffffffffffffe06000000000\
    0000";

#[test]
fn tapes_of_the_versions_before_are_read_and_get_a_past() {
    let digits = OLD.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let old: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    for number in [1, 2] {
        let place = Place::new();
        let mut bytes = old.clone();
        bytes[8] = number;
        let checksum = crc(&bytes[..12]);
        bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
        fs::write(place.path("a.tape"), &bytes).unwrap();
        assert_eq!(ok(&place.run("palindrome query a.tape R.count()", "")), "2\n");
        let said = place.run("palindrome query a.tape R --at start", "");
        assert!(said.error.contains("no moment is kept here"), "{said:?}");
        assert_eq!(fs::read(place.path("a.tape")).unwrap(), bytes, "reading changes nothing");
        ok(&publish(&place, "Lib", &version(7), 1));
        let text = "relation R(a: Int key)\nlet n = 0\nn <- n + 1\nR += {a: n}\n\
                    print n, R.count()\n";
        assert_eq!(ok(&run(&place, text)), "3 3\n");
        assert_eq!(fs::read(place.path("a.tape")).unwrap()[8], 3);
        let then = place.run("palindrome query a.tape R.count() --at 1", "");
        assert_eq!(ok(&then), "2\n");
        let text = "use Lib\nrelation R(a: Int key)\nprint Lib.version(), R.count()\n";
        assert_eq!(ok(&run(&place, text)), "7 3\n");
    }
}

/// CRC-32 (IEEE), bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[test]
fn a_tape_cut_off_anywhere_has_all_publications_before() {
    let place = versions();
    let bytes = fs::read(place.path("a.tape")).unwrap();
    let mut before = 0;
    for cut in (0..=bytes.len()).step_by(bytes.len().div_ceil(40)) {
        fs::write(place.path("a.tape"), &bytes[..cut]).unwrap();
        let said = place.run("palindrome publish --list --tape a.tape --json", "");
        let listed: serde_json::Value = serde_json::from_str(ok(&said)).unwrap();
        let count = listed["publications"].as_array().unwrap().len();
        assert!((before..=6).contains(&count), "{cut}");
        before = count;
    }
}

/// The blocks of the tutorial's chapter on libraries.
fn chapter() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/palindrome/tutorial.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, chapter) = text.split_once("## Libraries\n").unwrap();
    let (chapter, _) = chapter.split_once("\n## ").unwrap();
    let blocks = chapter.split("```").skip(1).step_by(2);
    blocks.map(|block| block.strip_prefix("text\n").unwrap().to_owned()).collect()
}

#[test]
fn the_tutorials_chapter_is_true() {
    let [units, first, published, moments, update] = &chapter()[..] else {
        panic!("the chapter has other blocks")
    };
    let place = Place::new();
    place.write("Units.pal", units);
    place.write("main.pal", first);
    assert_eq!(ok(&place.run("palindrome run main.pal", "")), "3.048\n");
    let (command, told) = published.split_once('\n').unwrap();
    let command = command.strip_prefix("$ ").unwrap();
    let said = place.run(&format!("{command} --at 2026-01-10T09:00:00Z"), "");
    assert_eq!(ok(&said), told);
    place.write("main.pal", format!("{moments}print Old.metres(First.Metres(2.0))\n"));
    let said = place.run("palindrome run --tape shop.tape main.pal", "");
    assert_eq!(ok(&said), "2.0\n", "they are one content");
    let shop = "use Units\ntest \"feet\" { assert Units.metres(Units.Feet(10.0)) > 3.0 }\n";
    let wrong = units.replace("0.3048", "0.2048");
    let newer = format!("{units}let name = \"units\"\n");
    for (name, text, time) in [
        ("Units", &newer, "2026-02-01T08:00:00Z"),
        ("Units", &wrong, "2026-02-02T08:00:00Z"),
        ("Shop", &shop.to_owned(), "2026-02-03T08:00:00Z"),
    ] {
        place.write(&format!("{name}.pal"), text);
        let line = format!("palindrome publish {name}.pal --tape shop.tape --at {time}");
        ok(&place.run(&line, ""));
    }
    place.write("main.pal", update);
    let said = place.run("palindrome run --tape shop.tape main.pal", "");
    assert_eq!(ok(&said), "Units is at moment 1 of 2026-02-01T08:00:00Z, from the next run on\n");
}

#[test]
fn the_founding_documents_example_runs() {
    let place = Place::new();
    let server = |answer: &str| format!("transform answer() -> String {{\n    {answer}\n}}\n");
    let app = "use WebServer\ntest \"it answers\" { assert WebServer.answer() == \"ok\" }\n";
    for (name, text, time) in [
        ("WebServer", server("\"ok\""), "2024-01-01T00:00:00Z"),
        ("WebServer", server("\"ok\" ++ \"\""), "2024-02-01T00:00:00Z"),
        ("WebServer", server("\"broken\""), "2024-03-01T00:00:00Z"),
        ("MyApp", app.to_owned(), "2024-01-02T00:00:00Z"),
    ] {
        place.write(&format!("{name}.pal"), text);
        let line = format!("palindrome publish {name}.pal --tape a.tape --at {time}");
        ok(&place.run(&line, ""));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/palindrome/seed/use.pal");
    let text = fs::read_to_string(path).unwrap();
    let said = run(&place, &text);
    let wanted = "WebServer is at moment 1 of 2024-02-01T00:00:00Z, from the next run on\n";
    assert_eq!(ok(&said), wanted);
    assert_eq!(ok(&run(&place, &text)), "");
}
