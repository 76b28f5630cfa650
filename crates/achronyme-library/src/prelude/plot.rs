//! Plots: the functions that make figures.

use super::row::rows;

rows! {
    "Plots";
    /// A figure with a line through points. Without `y`, the numbers are the heights, over 0, 1, 2
    /// and so on. A matrix as `y` gives one line for each row; `label` and `color` may then be
    /// vectors. NaN breaks a line.
    ///
    /// Options of every figure: `title`, `xlabel`, `ylabel`; `width` and `height` in pixels; `xlim`
    /// and `ylim`, two numbers; `xscale` and `yscale`, `"linear"` or `"log"`; `legend` and `grid`,
    /// true or false; `hline` and `vline`, numbers at which lines go across; `notes`,
    /// records `{x, y, text}` of texts over the data, above their places, or with `align: "left"` or
    /// `"right"` beside them; `file`, to which the
    /// figure is written at once, by its ending as SVG or PNG.
    ///
    /// Options of lines and points: `label` for the legend; `color`, a name or `"#rrggbb"`; `marker`:
    /// `"circle"`, `"square"`, `"triangle"`, `"diamond"`, `"plus"`, `"cross"`, `"point"` or `"none"`;
    /// `marker_size` and `line_width` in pixels; `line_style`: `"solid"`, `"dashed"`, `"dotted"` or
    /// `"dashdot"`; `yerr`, how far error bars reach: a number, or one for each point.
    ///
    /// The value is a record `{kind, series, options}`. As the value of a program, or printed, a
    /// figure is shown as text.
    ///
    /// `plot([0, 1, 2], [0, 1, 4]).kind` → `"plot"`
    plot("x, y = null, {title, xlabel, ylabel, width = 800, height = 500, xlim, ylim, xscale, yscale, legend = true, grid = true, hline, vline, notes, file, label, color, marker, marker_size = 6, line_width = 2, line_style, yerr}") "plot";
    /// A figure of points. The options are those of `plot`; the marker is a circle and the line has
    /// no width, if nothing else is said.
    ///
    /// `len(scatter([1, 2], [3, 4]).series)` → `1`
    scatter("x, y = null, {title, …, marker = \"circle\", marker_size = 6, yerr}") "plot";
    /// A figure with a bar for each label. A matrix of values gives groups of bars, one series for
    /// each row. Options as for `plot`, of those of series `label`, `color` and `yerr`.
    ///
    /// `bar(["a", "b"], [1, 2]).kind` → `"bar"`
    bar("labels, values, {title, …, label, color, yerr}") "plot";
    /// A figure of how many numbers fall into each of some bins of equal width, or between given
    /// edges. With `density: true`, the area of all bars is 1; `range` gives the first and the last
    /// edge. NaN is left out.
    ///
    /// `hist([1, 2, 2, 3], 2).series[0].counts` → `[1, 3]`
    hist("a, bins = 10, {title, …, range, density = false, label, color}") "plot";
    /// A figure with a box for each group of numbers: from the lower to the upper quartile with a
    /// line at the median, whiskers to the furthest numbers within 1.5 times the height of the box,
    /// and the numbers beyond as points. `data` is a vector of numbers, or a vector of such; `labels`
    /// names the groups.
    ///
    /// `boxplot([[1, 2, 3], [2, 3]], {labels: ["a", "b"]}).kind` → `"boxplot"`
    boxplot("data, {title, …, labels, label, color}") "plot";
    /// A figure of a matrix as colours, its first row above. `colormap` is `"viridis"`, `"magma"`,
    /// `"inferno"`, `"plasma"`, `"coolwarm"`, `"redblue"` or `"gray"`; `min` and `max` are the numbers
    /// with the first and the last colour; `row_labels` and `column_labels` stand beside the matrix;
    /// `extent` gives its left, right, lower and upper end on axes of numbers; with `annotate: true`
    /// every cell says its number; `colorbar_label` stands beside the bar of colours. NaN is left white.
    ///
    /// `heatmap([[1, 2], [3, 4]]).kind` → `"heatmap"`
    heatmap("m, {title, …, colormap = \"viridis\", min, max, colorbar = true, colorbar_label, row_labels, column_labels, extent, annotate = false}") "plot";
    /// A figure of the area between two lines, through which what is behind it is seen: over each
    /// number of `x` from `low` to `high`, which may also be one number for all.
    ///
    /// `fill_between([0, 1, 2], 0, [1, 4, 9]).kind` → `"fill_between"`
    fill_between("x, low, high, {title, …, label, color}") "plot";
    /// A figure of bars that lie, one for each label, from a number to another: the tasks of a plan
    /// over time. Several of them in `plot_series` share the lines of equal labels.
    ///
    /// `gantt(["dig", "build"], [0, 3], [3, 7]).kind` → `"gantt"`
    gantt("labels, starts, ends, {title, …, label, color}") "plot";
    /// A figure without data, with the options of every figure.
    ///
    /// `figure({title: "Nothing"}).series` → `[]`
    figure("{title, …}") "plot";
    /// A figure of several series between the same axes: a vector of figures, whose series are
    /// taken, and of records `{kind, x, y, label, color, …}` with the options of series. A kind that
    /// is not given is `"plot"`.
    ///
    /// `len(plot_series([plot([1, 2]), scatter([2, 1]), {x: [0, 1], y: [3, 3]}]).series)` → `3`
    plot_series("series, {title, …}") "plot";
    /// A figure of several figures side by side and below each other, row by row. Without `rows` and
    /// `columns` there are about as many of both.
    ///
    /// `subplot([plot([1, 2]), hist([1, 2])], {columns: 2}).kind` → `"subplot"`
    subplot("figures, {rows, columns, title, width, height, file}") "plot";
}
