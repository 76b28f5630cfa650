//! `palindrome check` and `palindrome fmt` on programs in Achronyme.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::Place;

const LOOSE: &str = "let f=(x)=>do{x+1 // more\n}\nf( 2 )";
const TIDY: &str = "let f = (x) => do {\n  x + 1 // more\n}\nf(2)\n";

fn read(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path(name)).unwrap()
}

#[test]
fn a_file_is_laid_out_in_place() {
    let place = Place::new();
    place.write("a.soc", LOOSE);
    let said = place.run("palindrome fmt --check a.soc", "");
    assert_eq!((said.code, said.output.as_str()), (Some(1), "a.soc\n"));
    assert_eq!(read(&place, "a.soc"), LOOSE);
    assert_eq!(place.run("palindrome fmt a.soc", "").code, Some(0));
    assert_eq!(read(&place, "a.soc"), TIDY);
    let said = place.run("palindrome fmt --check a.soc", "");
    assert_eq!((said.code, said.output.as_str()), (Some(0), ""));
}

#[test]
fn standard_input_is_laid_out_to_standard_output() {
    let place = Place::new();
    let said = place.run("palindrome fmt -", LOOSE);
    assert_eq!((said.code, said.output.as_str()), (Some(0), TIDY));
    let said = place.run("palindrome fmt -", "let");
    assert_eq!(said.code, Some(65));
    assert!(said.error.contains("<stdin>:1"), "{}", said.error);
}

#[test]
fn files_with_mistakes_stay_as_they_are_and_others_are_laid_out() {
    let place = Place::new();
    place.write("bad.soc", "let  = ");
    place.write("worse.soc", "1 +");
    place.write("good.soc", LOOSE);
    let said = place.run("palindrome fmt bad.soc worse.soc good.soc", "");
    assert_eq!(said.code, Some(65));
    assert!(said.error.contains("bad.soc:1") && said.error.contains("worse.soc:1"));
    assert_eq!(read(&place, "bad.soc"), "let  = ");
    assert_eq!(read(&place, "good.soc"), TIDY);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("a.soc", LOOSE);
    let permissions = std::fs::Permissions::from_mode(0o750);
    std::fs::set_permissions(place.path("a.soc"), permissions).unwrap();
    std::os::unix::fs::symlink(place.path("a.soc"), place.path("b.soc")).unwrap();
    assert_eq!(place.run("palindrome fmt b.soc", "").code, Some(0));
    assert!(std::fs::symlink_metadata(place.path("b.soc")).unwrap().is_symlink());
    assert_eq!(read(&place, "a.soc"), TIDY);
    let mode = std::fs::metadata(place.path("a.soc")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
}

#[test]
fn mistakes_are_shown_with_their_places() {
    let place = Place::new();
    place.write("a.soc", "let f = () => do { break }\nlet g = (a, a) => a\n");
    let said = place.run("palindrome check a.soc", "");
    assert_eq!(said.code, Some(65));
    insta::assert_snapshot!(said.error, @r"
    error[SOC0016]: 'break' can only be used inside a loop (while or for)
     --> a.soc:1:20
    1 | let f = () => do { break }
      |                    ^^^^^
      help: the function it stands in is no part of a loop around it
    error[SOC0019]: a second parameter `a`
     --> a.soc:2:13
    2 | let g = (a, a) => a
      |             ^
     --> a.soc:2:10
    2 | let g = (a, a) => a
      |          - the first one
    ");
}

#[test]
fn warnings_do_not_fail() {
    let place = Place::new();
    place.write("a.soc", "match 1 { _ => 1, 2 => 3 }\n");
    let said = place.run("palindrome check a.soc", "");
    assert_eq!((said.code, said.output.as_str()), (Some(0), ""));
    assert!(said.error.contains("warning[SOC0022]"), "{}", said.error);
    let said = place.run("palindrome check --json a.soc", "");
    let found: serde_json::Value = serde_json::from_str(&said.output).unwrap();
    assert_eq!(found["diagnostics"][0]["code"], "SOC0022");
}
