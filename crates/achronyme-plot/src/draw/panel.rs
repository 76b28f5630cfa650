//! One panel: its room, its axes, its data and its legend.

use super::layout::Layout;
use super::{Plot, axes, band, bars, boxes, colorbar, heat, legend, line, note, spans};
use crate::font::Font;
use crate::frame::Frame;
use crate::scene::{Point, Rect, Scene, Stroke};
use crate::{Color, Dash, Mark, Panel};

/// Draws a panel into an area.
pub(super) fn draw(scene: &mut Scene, panel: &Panel, area: Rect, font: &Font) {
    let frame = Frame::of(panel);
    let layout = Layout::of(panel, &frame, area, font, 0.0);
    let entries = legend::entries(panel);
    let before = scene.items.len();
    let busy = draw_inside(scene, panel, &frame, &layout, font);
    if entries.is_empty() {
        axes::frame(scene, &frame, &layout);
        axes::texts(scene, panel, &frame, &layout, font);
        return;
    }
    let legend = legend::Legend::of(entries, &layout, font);
    let Some(at) = legend.free_place(layout.inner, &busy) else {
        // There is no free place within the axes, so the legend gets one beside them.
        scene.items.truncate(before);
        let layout = Layout::of(panel, &frame, area, font, legend.width + 8.0);
        draw_inside(scene, panel, &frame, &layout, font);
        axes::frame(scene, &frame, &layout);
        axes::texts(scene, panel, &frame, &layout, font);
        let left = area.right - legend.width - 8.0;
        legend.draw(scene, [left, layout.inner.top]);
        return;
    };
    axes::frame(scene, &frame, &layout);
    axes::texts(scene, panel, &frame, &layout, font);
    legend.draw(scene, at);
}

/// Draws what is between the axes; says where something is.
fn draw_inside(
    scene: &mut Scene,
    panel: &Panel,
    frame: &Frame,
    layout: &Layout,
    font: &Font,
) -> Vec<Point> {
    if panel.grid && panel.matrix().is_none() {
        axes::grid(scene, frame, layout);
    }
    let mut plot = Plot { frame, rect: layout.inner, scene, busy: Vec::new() };
    let groups = panel.series.iter().filter(|series| matches!(series.mark, Mark::Bars(_))).count();
    let histograms =
        panel.series.iter().filter(|series| matches!(series.mark, Mark::Histogram(_))).count();
    let mut group = 0;
    for (index, series) in panel.series.iter().enumerate() {
        let color = panel.color(index);
        match &series.mark {
            Mark::Line(line) => line::draw(&mut plot, line, color, panel.dash(index, line.dash)),
            Mark::Bars(data) => {
                bars::draw(&mut plot, data, color, group, groups);
                group += 1;
            }
            Mark::Histogram(data) => bars::draw_histogram(&mut plot, data, color, histograms),
            Mark::Boxes(data) => boxes::draw(&mut plot, data, color),
            Mark::Heat(data) => {
                heat::draw(&mut plot, data, layout.sizes);
                colorbar::draw(plot.scene, data, layout, font);
            }
            Mark::Band(data) => band::draw(&mut plot, data, color),
            Mark::Spans(data) => spans::draw(&mut plot, data, color),
        }
    }
    draw_references(&mut plot, panel);
    panel.notes.iter().for_each(|it| note::draw(&mut plot, it, layout.sizes, font));
    plot.busy
}

/// Draws the lines across the whole panel.
fn draw_references(plot: &mut Plot<'_>, panel: &Panel) {
    let stroke = Stroke { color: Color::new(0x55, 0x55, 0x55), width: 1.2, dash: Dash::Dashed };
    let rect = plot.rect;
    for number in &panel.vlines {
        let x = plot.x(*number);
        if (rect.left..=rect.right).contains(&x) {
            plot.cover(Rect { left: x, right: x, ..rect });
            plot.scene.line([x, rect.top], [x, rect.bottom], stroke);
        }
    }
    for number in &panel.hlines {
        let y = plot.y(*number);
        if (rect.top..=rect.bottom).contains(&y) {
            plot.cover(Rect { top: y, bottom: y, ..rect });
            plot.scene.line([rect.left, y], [rect.right, y], stroke);
        }
    }
}
