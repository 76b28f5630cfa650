//! The pages of `palindrome export` in a real browser: a copy of each gets a script that moves the
//! scrubber and presses keys, and writes down what the page shows; the debugger says what is right.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::peers::{build, output};

const BROWSER: &str = "chromium";

/// Programs whose runs are shown: of each guest one that ends, and one that fails.
const PROGRAMS: [&str; 5] = [
    "examples/achronyme/cooling.soc",
    "examples/achronyme/fault.soc",
    "examples/pvm/fault.pvm",
    "examples/pvm/tellers.pvm",
    "examples/tacit/bill.tacit",
];

/// A program whose text would end the page's script, if that were possible.
const EVIL: &str = "// </script><script>document.title = 'taken over'</script>\n\
                    let text = \"</script><b id='taken'>\"\nprint(text)\n";

/// What the copy of a page does when it is loaded.
const WITNESS: &str = include_str!("browser/witness.js");

/// Exports, opens and checks every page; says how many.
///
/// # Errors
/// The browser is missing, or a page shows something else than the debugger.
pub fn browser(root: &Path) -> Result<String, String> {
    let [palindrome] = build(root, ["palindrome"])?;
    let folder = std::env::temp_dir().join(format!("palindrome-browser-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let checked = check_all(root, &palindrome, &folder);
    // What is left of a failure in a folder for temporary files does no harm.
    let _removed = fs::remove_dir_all(&folder);
    checked
}

fn check_all(root: &Path, palindrome: &Path, folder: &Path) -> Result<String, String> {
    let evil = folder.join("evil.soc");
    fs::write(&evil, EVIL).map_err(|error| format!("{}: {error}", evil.display()))?;
    let programs = PROGRAMS.iter().map(|program| root.join(program)).chain([evil]);
    let mut moments = 0;
    let mut count = 0;
    for program in programs {
        let page = folder.join(format!("{count}.html"));
        let mut export = Command::new(palindrome);
        output(export.arg("export").arg("--html").arg(&page).arg(&program))?;
        let told = open(&page, &folder.join("browser"))?;
        let wrong = |what: String| format!("the page of {}: {what}", program.display());
        moments += check(palindrome, &program, &told).map_err(wrong)?;
        count += 1;
    }
    Ok(format!("{count} pages show {moments} moments as the debugger does"))
}

/// What the witness says of a page.
fn open(page: &Path, profile: &Path) -> Result<Vec<Value>, String> {
    let text = fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))?;
    let watched = page.with_extension("watched.html");
    fs::write(&watched, text.replace("</body>", &format!("<script>{WITNESS}</script></body>")))
        .map_err(|error| format!("{}: {error}", watched.display()))?;
    let options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--virtual-time-budget=5000",
        "--dump-dom",
    ];
    let mut browser = Command::new(BROWSER);
    browser.args(options).arg(format!("--user-data-dir={}", profile.display()));
    let shown = output(browser.arg(format!("file://{}", watched.display())))?;
    let said =
        shown.split_once("<pre id=\"said\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (said, _) = said.ok_or_else(|| format!("{}: the page said nothing", page.display()))?;
    serde_json::from_str(said).map_err(|error| format!("{}: {error}: {said}", page.display()))
}

/// Holds what a page showed against the debugger; says at how many moments.
fn check(palindrome: &Path, program: &Path, told: &[Value]) -> Result<usize, String> {
    let text = fs::read_to_string(program).map_err(|error| error.to_string())?;
    for moment in told {
        let field = |name: &str| moment[name].as_str().unwrap_or_default().to_owned();
        let tick = field("tick");
        if moment["taken"] != false || field("title") == "taken over" {
            return Err(format!("the program's text is markup at tick {tick}"));
        }
        let line = field("line");
        if !text.lines().any(|it| it == line) {
            return Err(format!("at tick {tick} it shows the line `{line}`, which is not there"));
        }
        let mut commands = format!("goto end\ngoto {tick}\noutput\n");
        let variables = moment["variables"].as_array().cloned().unwrap_or_default();
        let mut expected = Vec::new();
        for variable in &variables {
            let [name, value] = [0, 1].map(|index| variable[index].as_str().unwrap_or_default());
            // What is cut on the page is longer in the debugger, which shows the innermost of a name.
            let is_first = !commands.contains(&format!("print {name}\n"));
            if is_first && !value.ends_with('…') && !name.contains(char::is_whitespace) {
                commands += &format!("print {name}\n");
                expected.push(format!("{name} = {value}"));
            }
        }
        let said = debug(palindrome, program, &commands)?;
        let missing = expected.iter().find(|line| !said.lines().any(|it| it == line.as_str()));
        if let Some(missing) = missing {
            return Err(format!("at tick {tick} it shows {missing}; the debugger says\n{said}"));
        }
        let written = field("output");
        let is_nothing = written.contains("nothing was written yet");
        if !is_nothing && written.lines().any(|line| !said.contains(line)) {
            return Err(format!("at tick {tick} it shows the output {written:?}"));
        }
    }
    let ticks: Vec<&Value> = told.iter().map(|moment| &moment["tick"]).collect();
    let is_right = matches!(ticks[..], [a, .., d, c, e, b] if a == b && d == e && c != d);
    if is_right { Ok(told.len()) } else { Err(format!("the keys lead to the ticks {ticks:?}")) }
}

fn debug(palindrome: &Path, program: &Path, commands: &str) -> Result<String, String> {
    let mut child = Command::new(palindrome)
        .args(["debug", "--no-color"])
        .arg(program)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run the debugger: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        let written = std::io::Write::write_all(&mut input, commands.as_bytes());
        written.map_err(|error| format!("the debugger reads nothing: {error}"))?;
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
