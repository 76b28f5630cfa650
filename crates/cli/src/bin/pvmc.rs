//! `pvmc`.

fn main() -> std::process::ExitCode {
    cli::pvmc()
}
