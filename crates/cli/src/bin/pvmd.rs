//! `pvmd`.

fn main() -> std::process::ExitCode {
    cli::pvmd()
}
