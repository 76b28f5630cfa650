//! Data in texts and files: comma-separated text, NumPy's arrays and archives of them, names of
//! files with wildcards. It takes texts and bytes and gives plain tables and arrays; it knows no
//! value of the language and opens no file.

pub mod csv;
pub mod npy;
pub mod npz;
pub mod path;
pub mod query;

mod error;

pub use error::Error;
