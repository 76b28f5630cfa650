//! Plots: from numbers to pictures and to text.
//!
//! A [`Figure`] says what is shown. It becomes SVG, PNG, or text for a terminal, the same to the bit
//! everywhere: the letters come from a font within this crate, elementary functions from `libm`, and
//! there is neither clock nor file nor anything of the system.

mod axis;
mod boxes;
mod check;
mod color;
mod colormap;
mod draw;
mod error;
mod figure;
mod font;
mod frame;
mod histogram;
mod number;
mod raster;
mod scene;
mod svg;
mod terminal;
mod ticks;

pub use color::Color;
pub use colormap::Colormap;
pub use draw::DOTS_PER_INCH;
pub use error::Error;
pub use figure::{
    Align, Band, Bars, Boxes, Dash, Figure, Heat, Histogram, Line, Mark, Marker, Note, Panel,
    Scale, Series, Spans,
};
pub use terminal::TextOptions;
