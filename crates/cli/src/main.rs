//! `palindrome`.

fn main() -> std::process::ExitCode {
    cli::palindrome()
}
