//! Bars that lie, as text: one line for each, over an axis.

use super::TextOptions;
use super::canvas::Canvas;
use super::chart::Chart;
use crate::frame::{self, Frame};
use crate::{Color, Mark, Panel, Spans};

pub(super) fn draw(panel: &Panel, options: &TextOptions) -> Canvas {
    let frame = Frame::of(panel);
    let rows = frame.y.categories.as_ref().map_or(1, |labels| labels.len().max(1));
    let mut chart = Chart::new(panel, &frame, options, Some([options.width, rows]));
    let symbol = |index: usize| letter(panel, index, options);
    for (index, series) in panel.series.iter().enumerate() {
        if let Mark::Spans(spans) = &series.mark {
            draw_spans(&mut chart, spans, symbol(index), panel.color(index));
        }
    }
    chart.add_notes(panel);
    chart.add_legend(panel, symbol);
    chart.canvas
}

/// What the bars of a series are made of: where there are no colours, that tells series apart.
pub(super) fn letter(panel: &Panel, index: usize, options: &TextOptions) -> char {
    let is_bar = |mark: &Mark| matches!(mark, Mark::Spans(_));
    let before = panel.series[..index].iter().filter(|series| is_bar(&series.mark)).count();
    let letters = if options.ascii { ['#', '=', '-', '.'] } else { ['█', '▒', '░', '─'] };
    letters[before % letters.len()]
}

pub(super) fn draw_spans(chart: &mut Chart<'_>, spans: &Spans, letter: char, color: Color) {
    let places = frame::places(&chart.frame.y, &spans.labels);
    let axis = &chart.frame.x;
    let (least, most) = (axis.from.min(axis.to), axis.from.max(axis.to));
    for ((place, from), to) in places.iter().zip(&spans.from).zip(&spans.to) {
        let (from, to) = (from.min(*to), from.max(*to));
        let Some(row) = chart.row(*place, 1) else { continue };
        if from > most || to < least {
            continue;
        }
        let ends = [from, to].map(|end| chart.column(end.clamp(least, most), 1));
        let [Some(from), Some(to)] = ends else { continue };
        let (from, to) = (from.min(to), from.max(to));
        (from..to.max(from + 1)).for_each(|column| chart.put(row, column, letter, color));
    }
}
