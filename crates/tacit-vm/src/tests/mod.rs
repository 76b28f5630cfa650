//! Tests of the plain engine over all its parts: small programs and what they do.

mod data;
mod random;
mod sequences;
mod tasks;
mod tiny;
mod words;

/// Runs each program and compares what is printed and what it leaves.
fn expect(rows: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (program, expected) in rows {
        let run = tiny::run(program);
        let output = run.output.trim_end().replace('\n', " | ");
        let found =
            if output.is_empty() { run.result() } else { format!("{output} -> {}", run.result()) };
        if found.trim() != *expected {
            wrong += &format!("{program}\n  gives {found}\n  not   {expected}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
