//! The options of `palindrome publish`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(
    after_help = "The text is checked first, and what it uses has to be published before it. Every \
    publication is a moment of the library, with a number and a time: programs say `use Lib`, `use \
    Lib at 0`, or `use Lib at \"2026-01-15\"`, and are run with the same --tape. Publishing what is \
    there already changes nothing."
)]
pub(crate) struct PublishArguments {
    /// The tape; it is made if it is not there
    #[arg(long, value_name = "FILE")]
    pub(crate) tape: PathBuf,
    /// What the library is called [default: as the file]
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// When it was published, for what comes from elsewhere [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// List what is published
    #[arg(long, conflicts_with_all = ["name", "at", "file"])]
    pub(crate) list: bool,
    /// Report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// The text (.pal)
    #[arg(value_name = "FILE.pal", required_unless_present = "list")]
    pub(crate) file: Option<PathBuf>,
}
