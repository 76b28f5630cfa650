//! Signals: windows, convolution, filters and their design, spectra, peaks.

mod both_ways;
mod convolution;
mod design;
mod filter;
mod fir;
mod peaks;
mod prototype;
mod resampling;
mod response;
mod sample;
mod sections;
mod segments;
mod short_time;
mod spectrum;
mod trend;
mod window;
mod zeros;

pub use both_ways::{Extension, filter_both_ways};
pub use convolution::{Part, Way, convolve, correlate};
pub use design::{Band, design};
pub use filter::Filter;
pub use fir::windowed_filter;
pub use peaks::{Bounds, Peak, PeakChoice, find_peaks};
pub use prototype::Family;
pub use resampling::resample;
pub use response::{even_frequencies, response, wave};
pub use sample::Sample;
pub use sections::Section;
pub use segments::{Segments, Signal};
pub use short_time::{Synthesis, short_time_transform};
pub use spectrum::{Average, Scaling, average, powers};
pub use trend::{Trend, unwrap};
pub use window::Window;
pub use zeros::ZeroPole;
