//! From figures to scenes: where panels, axes, data and texts are in a picture.

mod axes;
mod band;
mod bars;
mod boxes;
mod colorbar;
mod heat;
mod layout;
mod legend;
mod line;
mod note;
mod panel;
mod spans;

pub(crate) use line::clipped;

use crate::font::Font;
use crate::frame::Frame;
use crate::number::real;
use crate::scene::{Anchor, Point, Rect, Scene};
use crate::{Error, Figure, raster, svg};

/// The resolution at which a pixel of a figure is one of its picture.
pub const DOTS_PER_INCH: f64 = 96.0;

impl Figure {
    /// The figure as SVG.
    ///
    /// # Errors
    ///
    /// See [`Figure::check`].
    pub fn svg(&self) -> Result<String, Error> {
        Ok(svg::write(&self.scene()?))
    }

    /// The figure as PNG. At 96 dots per inch, the picture has as many pixels as the figure.
    ///
    /// # Errors
    ///
    /// See [`Figure::check`]; and if the resolution is not a positive number, or the picture would
    /// have more than 100 million pixels.
    pub fn png(&self, dots_per_inch: f64) -> Result<Vec<u8>, Error> {
        raster::write(&self.scene()?, dots_per_inch / DOTS_PER_INCH)
    }

    fn scene(&self) -> Result<Scene, Error> {
        self.check()?;
        let mut scene = Scene { width: self.width, height: self.height, items: Vec::new() };
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let mut area = Rect { left: 0.0, top: 0.0, right: width, bottom: height };
        let font = Font::new();
        if !self.title.is_empty() {
            let size = 17.0 * (width / 500.0).clamp(0.6, 1.0);
            let title = font.fitted(&self.title, size, width - 20.0);
            scene.text(&title, [width / 2.0, size * 1.5], Anchor::Middle, size);
            area.top = size * 1.7;
        }
        let columns = self.columns.min(self.panels.len().max(1));
        let rows = self.panels.len().div_ceil(columns);
        for (index, panel) in self.panels.iter().enumerate() {
            let (row, column) = (real(index / columns), real(index % columns));
            let (width, height) = (area.width() / real(columns), area.height() / real(rows));
            let area = Rect {
                left: area.left + column * width,
                top: area.top + row * height,
                right: area.left + (column + 1.0) * width,
                bottom: area.top + (row + 1.0) * height,
            };
            panel::draw(&mut scene, panel, area, &font);
        }
        Ok(scene)
    }
}

/// Where the data of a panel are drawn.
struct Plot<'a> {
    frame: &'a Frame,
    /// Between the axes.
    rect: Rect,
    scene: &'a mut Scene,
    /// Places that a legend should not cover.
    busy: Vec<Point>,
}

impl Plot<'_> {
    fn x(&self, number: f64) -> f64 {
        self.rect.left + self.frame.x.place(number) * self.rect.width()
    }

    fn y(&self, number: f64) -> f64 {
        self.rect.bottom - self.frame.y.place(number) * self.rect.height()
    }

    /// Notes that an area is covered.
    fn cover(&mut self, rect: Rect) {
        let steps = |size: f64| crate::number::count((size / 10.0).ceil()).max(1);
        let (columns, rows) = (steps(rect.width()), steps(rect.height()));
        for row in 0..=rows {
            for column in 0..=columns {
                let x = rect.left + rect.width() * real(column) / real(columns);
                let y = rect.top + rect.height() * real(row) / real(rows);
                self.busy.push([x, y]);
            }
        }
    }
}
