//! What is printed, and what is kept: tables for readers, one line per figure for the record.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Failure;

/// The figures so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    figures: Vec<Figure>,
}

#[derive(Debug)]
struct Figure {
    name: String,
    program: String,
    value: f64,
    unit: &'static str,
}

impl Report {
    pub(crate) fn add(&mut self, name: &str, program: &str, value: f64, unit: &'static str) {
        let (name, program) = (name.to_owned(), program.to_owned());
        self.figures.push(Figure { name, program, value, unit });
    }

    /// Appends the figures to the record of `date` and the present commit.
    pub(crate) fn record(&self, date: &str, machine: &str) -> Result<(), Failure> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("record");
        fs::create_dir_all(&folder).map_err(Failure::from_display)?;
        let git = Command::new("git")
            .args(["rev-parse", "--short", "HEAD"])
            .current_dir(&folder)
            .output()
            .map_err(Failure::from_display)?;
        let commit = String::from_utf8_lossy(&git.stdout).trim().to_owned();
        let path = folder.join(format!("{date}_{commit}.csv"));
        let is_new = !path.exists();
        let mut text = String::new();
        if is_new {
            text.push_str("machine,figure,program,value,unit\n");
        }
        for Figure { name, program, value, unit } in &self.figures {
            text.push_str(&format!("\"{machine}\",{name},{program},{value:.6},{unit}\n"));
        }
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let mut file = file.map_err(Failure::from_display)?;
        file.write_all(text.as_bytes()).map_err(Failure::from_display)
    }
}

/// Prints a Markdown table: the first column to the left, the others to the right.
pub(crate) fn table(title: &str, columns: &[&str], rows: &[Vec<String>]) {
    let mut text = format!("## {title}\n\n| {} |\n|---|", columns.join(" | "));
    text.push_str(&"---:|".repeat(columns.len() - 1));
    for row in rows {
        text.push_str(&format!("\n| {} |", row.join(" | ")));
    }
    println!("{text}\n");
}

/// Today, year first.
#[expect(clippy::disallowed_methods, reason = "a record is named after the day it was made")]
pub(crate) fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // Days to a date, in eras of 400 years that begin in March.
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day_of_month:02}", era * 400 + year + later)
}
