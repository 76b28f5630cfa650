//! `pvmr`.

fn main() -> std::process::ExitCode {
    cli::pvmr()
}
