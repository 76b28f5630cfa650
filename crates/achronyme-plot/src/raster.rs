//! Scenes as PNG: outlines filled with smooth edges, without SIMD, so that the bytes are the same
//! everywhere.

use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, StrokeDash, Transform,
};

use crate::font::{Font, Pen};
use crate::number::{byte, count, real, single};
use crate::scene::{Anchor, Item, Point, Rect, Scene, Stroke, Text, outline};
use crate::{Color, Error, Marker};

/// How many pixels a picture may have.
const PIXELS_MAX: f64 = 1e8;

/// The file, so many times as large as the scene.
pub(crate) fn write(scene: &Scene, scale: f64) -> Result<Vec<u8>, Error> {
    let [width, height] = [scene.width, scene.height].map(|side| (f64::from(side) * scale).round());
    if !(width >= 1.0 && height >= 1.0 && width * height <= PIXELS_MAX) {
        return Err(Error::new(format!("a picture of {width} × {height} pixels is not possible")));
    }
    let side = |pixels: f64| u32::try_from(count(pixels)).unwrap_or(u32::MAX);
    let mut pixels = Pixmap::new(side(width), side(height)).ok_or_else(|| {
        Error::new(format!("a picture of {width} × {height} pixels is not possible"))
    })?;
    pixels.fill(tiny_skia::Color::WHITE);
    let mut canvas = Canvas { pixels, scale, font: Font::new() };
    scene.items.iter().for_each(|item| canvas.draw(item));
    encode(&canvas.pixels, scale)
}

fn encode(pixels: &Pixmap, scale: f64) -> Result<Vec<u8>, Error> {
    // Everything lies on white, so no pixel is transparent.
    let data: Vec<u8> =
        pixels.data().chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
    let per_meter = u32::try_from(count((scale * 96.0 / 0.0254).round())).unwrap_or(u32::MAX);
    let dimensions =
        png::PixelDimensions { xppu: per_meter, yppu: per_meter, unit: png::Unit::Meter };
    let size = [pixels.width(), pixels.height()];
    compress(&data, size, png::ColorType::Rgb, Some(dimensions))
        .map_err(|error| Error::new(format!("no picture: {error}")))
}

fn compress(
    data: &[u8],
    [width, height]: [u32; 2],
    color: png::ColorType,
    dimensions: Option<png::PixelDimensions>,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_pixel_dims(dimensions);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(bytes)
}

/// Rows of cells as a PNG with one pixel for each; nothing if there are none or too many.
pub(crate) fn cells(columns: usize, cells: &[Option<Color>]) -> Option<Vec<u8>> {
    let rows = cells.len().checked_div(columns)?;
    let size = [u32::try_from(columns).ok()?, u32::try_from(rows).ok()?];
    let pixel = |cell: &Option<Color>| match cell {
        Some(color) => [color.red, color.green, color.blue, 255],
        None => [0; 4],
    };
    let data: Vec<u8> = cells.iter().flat_map(pixel).collect();
    compress(&data, size, png::ColorType::Rgba, None).ok()
}

struct Canvas {
    pixels: Pixmap,
    scale: f64,
    font: Font,
}

impl Canvas {
    fn draw(&mut self, item: &Item) {
        match item {
            Item::Lines { lines, stroke } => {
                let mut path = PathBuilder::new();
                lines.iter().for_each(|line| add(&mut path, line, [0.0, 0.0], false));
                let cap = if stroke.dashes().is_none() { LineCap::Square } else { LineCap::Butt };
                self.stroke(path.finish(), *stroke, cap);
            }
            Item::Area { rect, color, opacity } => self.fill(rectangle(*rect), *color, *opacity),
            Item::Shape { points, color, opacity } => {
                let mut path = PathBuilder::new();
                add(&mut path, points, [0.0, 0.0], true);
                self.fill(path.finish(), *color, *opacity);
            }
            Item::Box { rect, stroke } => {
                self.stroke(rectangle(*rect), *stroke, LineCap::Square);
            }
            Item::Markers { marker, size, color, at } => {
                self.draw_markers(*marker, *size, *color, at);
            }
            Item::Cells { rect, columns, cells } => self.draw_cells(*rect, *columns, cells),
            Item::Text(text) => self.draw_text(text),
        }
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(single(self.scale), single(self.scale))
    }

    fn fill(&mut self, path: Option<Path>, color: Color, opacity: f64) {
        if let Some(path) = path {
            let transform = self.transform();
            self.pixels.fill_path(
                &path,
                &paint(color, opacity),
                FillRule::Winding,
                transform,
                None,
            );
        }
    }

    fn stroke(&mut self, path: Option<Path>, stroke: Stroke, line_cap: LineCap) {
        let dashes = stroke.dashes().map(|lengths| lengths.into_iter().map(single).collect());
        let pen = tiny_skia::Stroke {
            width: single(stroke.width),
            line_cap,
            line_join: LineJoin::Round,
            dash: dashes.and_then(|lengths| StrokeDash::new(lengths, 0.0)),
            ..tiny_skia::Stroke::default()
        };
        if let Some(path) = path {
            let transform = self.transform();
            self.pixels.stroke_path(&path, &paint(stroke.color, 1.0), &pen, transform, None);
        }
    }

    fn draw_markers(&mut self, marker: Marker, size: f64, color: Color, at: &[Point]) {
        let lines = outline(marker, size);
        for place in at {
            let mut path = PathBuilder::new();
            match &lines {
                None => path.push_circle(
                    single(place[0]),
                    single(place[1]),
                    single(marker.radius(size)),
                ),
                Some(lines) => {
                    lines
                        .iter()
                        .for_each(|line| add(&mut path, line, *place, !marker.is_stroked()));
                }
            }
            if marker.is_stroked() {
                self.stroke(path.finish(), Stroke::solid(color, 1.5), LineCap::Butt);
            } else {
                self.fill(path.finish(), color, 1.0);
            }
        }
    }

    fn draw_cells(&mut self, rect: Rect, columns: usize, cells: &[Option<Color>]) {
        let columns = columns.max(1);
        let rows = cells.len() / columns;
        // Edges on pixels, so that neither gaps nor mixed colours are between cells.
        let edge = |from: f64, size: f64, part: usize, of: usize| {
            ((from + size * real(part) / real(of)) * self.scale).round() / self.scale
        };
        let mut rects = Vec::new();
        for (index, color) in cells.iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let cell = Rect {
                left: edge(rect.left, rect.width(), column, columns),
                right: edge(rect.left, rect.width(), column + 1, columns),
                top: edge(rect.top, rect.height(), row, rows),
                bottom: edge(rect.top, rect.height(), row + 1, rows),
            };
            rects.extend(color.map(|color| (cell, color)));
        }
        for (rect, color) in rects {
            self.fill(rectangle(rect), color, 1.0);
        }
    }

    fn draw_text(&mut self, text: &Text) {
        let mut outline = Outline(PathBuilder::new());
        self.font.outline(&text.text, text.size, &mut outline);
        let width = self.font.width(&text.text, text.size);
        let shift = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        };
        let Some(path) = outline.0.finish() else { return };
        let transform = Transform::from_translate(single(shift), 0.0)
            .post_concat(turned(text.angle))
            .post_translate(single(text.at[0]), single(text.at[1]))
            .post_concat(self.transform());
        self.pixels.fill_path(&path, &paint(text.color, 1.0), FillRule::Winding, transform, None);
    }
}

/// A turn clockwise, in degrees.
fn turned(angle: f64) -> Transform {
    let (sin, cos) = libm::sincos(angle.to_radians());
    let (sin, cos) = (single(sin), single(cos));
    Transform::from_row(cos, sin, -sin, cos, 0.0, 0.0)
}

fn paint(color: Color, opacity: f64) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(color.red, color.green, color.blue, byte(opacity));
    paint.anti_alias = true;
    paint
}

fn rectangle(rect: Rect) -> Option<Path> {
    tiny_skia::Rect::from_ltrb(
        single(rect.left),
        single(rect.top),
        single(rect.right),
        single(rect.bottom),
    )
    .map(PathBuilder::from_rect)
}

fn add(path: &mut PathBuilder, line: &[Point], [x, y]: Point, is_closed: bool) {
    for (index, point) in line.iter().enumerate() {
        let (x, y) = (single(point[0] + x), single(point[1] + y));
        if index == 0 {
            path.move_to(x, y);
        } else {
            path.line_to(x, y);
        }
    }
    if is_closed {
        path.close();
    }
}

/// The outlines of letters as a path.
struct Outline(PathBuilder);

impl Pen for Outline {
    fn move_to(&mut self, [x, y]: Point) {
        self.0.move_to(single(x), single(y));
    }

    fn line_to(&mut self, [x, y]: Point) {
        self.0.line_to(single(x), single(y));
    }

    fn quad_to(&mut self, control: Point, [x, y]: Point) {
        self.0.quad_to(single(control[0]), single(control[1]), single(x), single(y));
    }

    fn close(&mut self) {
        self.0.close();
    }
}
