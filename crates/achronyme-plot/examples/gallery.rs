//! Writes one picture of every kind and of every difficulty to a folder, to be looked at.
#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "an example")]

use std::path::Path;

use achronyme_plot::{
    Bars, Boxes, Color, Colormap, Dash, Figure, Heat, Histogram, Line, Mark, Marker, Panel, Scale,
    Series, TextOptions,
};

fn numbers(count: usize, from: f64, to: f64) -> Vec<f64> {
    (0..count).map(|index| from + (to - from) * index as f64 / (count.max(2) - 1) as f64).collect()
}

/// Numbers that look random.
fn noise(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count).map(|_| (0..12).map(|_| next()).sum::<f64>() - 6.0).collect()
}

fn map(numbers: &[f64], function: impl Fn(f64) -> f64) -> Vec<f64> {
    numbers.iter().map(|number| function(*number)).collect()
}

fn line(label: &str, x: &[f64], function: impl Fn(f64) -> f64) -> Series {
    let line = Line::through(x.to_vec(), map(x, function));
    Series { label: label.to_owned(), color: None, mark: Mark::Line(line) }
}

fn panel(title: &str, series: Vec<Series>) -> Panel {
    Panel {
        title: title.to_owned(),
        xlabel: "time in s".to_owned(),
        ylabel: "voltage in V".to_owned(),
        series,
        ..Panel::default()
    }
}

fn lines() -> Panel {
    let x = numbers(200, 0.0, 10.0);
    let mut series = vec![
        line("sin(x)", &x, libm::sin),
        line("cos(x)", &x, libm::cos),
        line("damped", &x, |x| libm::exp(-x / 3.0) * libm::sin(3.0 * x)),
    ];
    if let Mark::Line(line) = &mut series[2].mark {
        line.dash = Dash::Dashed;
    }
    panel("Three waves", series)
}

fn many() -> Panel {
    let x = numbers(100, 0.0, 6.0);
    let series = (0..12).map(|index| {
        line(&format!("series {index}"), &x, |x| libm::sin(x + f64::from(index) / 4.0))
    });
    panel("A dozen series", series.collect())
}

fn scatter() -> Panel {
    let markers = [
        Marker::Circle,
        Marker::Square,
        Marker::Triangle,
        Marker::Diamond,
        Marker::Plus,
        Marker::Cross,
    ];
    let series = markers.iter().enumerate().map(|(index, marker)| {
        let shift = index as f64 * 1.3;
        let x = map(&noise(40, index as u64 + 1), |x| x + shift);
        let y = map(&noise(40, index as u64 + 101), |y| y * 0.7 + shift);
        let mark =
            Mark::Line(Line { marker: Some(*marker), marker_size: 7.0, ..Line::scattered(x, y) });
        Series { label: format!("{marker:?}"), color: None, mark }
    });
    panel("Clouds", series.collect())
}

fn errors() -> Panel {
    let x = numbers(12, 0.0, 11.0);
    let y = map(&x, |x| 2.0 * x + 1.0);
    let yerr = map(&x, |x| 1.0 + x / 3.0);
    let measured =
        Line { yerr, marker: Some(Marker::Circle), line_width: 0.0, ..Line::through(x.clone(), y) };
    let mut panel = panel(
        "Measured, with error bars, and the model",
        vec![
            Series { label: "measured".to_owned(), color: None, mark: Mark::Line(measured) },
            line("2x + 1", &x, |x| 2.0 * x + 1.0),
        ],
    );
    panel.hlines = vec![10.0];
    panel.vlines = vec![4.5];
    panel
}

fn logs(xscale: Scale, yscale: Scale) -> Panel {
    let x = map(&numbers(200, -3.0, 6.0), |x| libm::pow(10.0, x));
    let gain = line("low pass", &x, |x| 1.0 / libm::sqrt(1.0 + x * x));
    Panel { xscale, yscale, ..panel("Gain of a low pass", vec![gain]) }
}

fn bars(negative: bool) -> Panel {
    let labels = ["Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main"].map(str::to_owned);
    let shift = if negative { 4.0 } else { 0.0 };
    let bars = |label: &str, values: [f64; 5]| Series {
        label: label.to_owned(),
        color: None,
        mark: Mark::Bars(Bars {
            labels: labels.to_vec(),
            values: values.map(|value| value - shift).to_vec(),
            yerr: if negative { Vec::new() } else { vec![0.3; 5] },
        }),
    };
    let series =
        vec![bars("2024", [3.7, 1.9, 1.5, 1.1, 0.8]), bars("2025", [3.9, 2.0, 1.6, 1.1, 9.0])];
    Panel { xlabel: String::new(), ..panel("Inhabitants in millions", series) }
}

fn categories(count: usize) -> Panel {
    let labels = (0..count).map(|index| format!("A rather long label {index}")).collect();
    let values = numbers(count, 1.0, 3e-7);
    panel("Long labels", vec![Mark::Bars(Bars { labels, values, yerr: Vec::new() }).into()])
}

fn histogram() -> Panel {
    let data = noise(10_000, 7);
    let edges = numbers(41, -4.0, 4.0);
    let counts = edges
        .windows(2)
        .map(|edge| data.iter().filter(|value| (edge[0]..edge[1]).contains(value)).count() as f64);
    let counts = counts.collect();
    panel("Ten thousand numbers", vec![Mark::Histogram(Histogram { edges, counts }).into()])
}

fn boxes() -> Panel {
    let groups = (1..=5).map(|index| map(&noise(80, index), |x| x * index as f64)).collect();
    let labels = ["control", "A", "B", "C", "D"].map(str::to_owned).to_vec();
    Panel {
        xlabel: String::new(),
        ..panel("Groups", vec![Mark::Boxes(Boxes { labels, groups }).into()])
    }
}

fn heat(rows: usize, columns: usize) -> Heat {
    let values = (0..rows * columns).map(|index| {
        let (row, column) =
            ((index / columns) as f64 / rows as f64, (index % columns) as f64 / columns as f64);
        libm::sin(row * 7.0) * libm::cos(column * 9.0) + row
    });
    Heat::of(rows, columns, values.collect())
}

fn correlation() -> Panel {
    let names = ["height", "weight", "age", "income", "shoe size"].map(str::to_owned).to_vec();
    let values = (0..25_i32).map(|index| {
        let (row, column) = (index / 5, index % 5);
        if row == column { 1.0 } else { libm::sin(f64::from((row + 1) * (column + 1))) }
    });
    let heat = Heat {
        row_labels: names.clone(),
        column_labels: names,
        colormap: Colormap::named("coolwarm").unwrap(),
        min: Some(-1.0),
        max: Some(1.0),
        annotate: true,
        ..Heat::of(5, 5, values.collect())
    };
    Panel {
        title: "Correlation".to_owned(),
        series: vec![Mark::Heat(heat).into()],
        ..Panel::default()
    }
}

fn plain(x: &[f64], y: &[f64]) -> Panel {
    let line = Line { marker: Some(Marker::Circle), ..Line::through(x.to_vec(), y.to_vec()) };
    Panel { series: vec![Mark::Line(line).into()], ..Panel::default() }
}

fn difficult() -> Figure {
    let x = numbers(20, 0.0, 19.0);
    let panels = vec![
        Panel { title: "nothing".to_owned(), ..Panel::default() },
        Panel { title: "one point".to_owned(), ..plain(&[3.0], &[4.0]) },
        Panel { title: "constant".to_owned(), ..plain(&x, &[5.0; 20]) },
        Panel { title: "huge".to_owned(), ..plain(&x, &map(&x, |x| x * x * 1e200)) },
        Panel { title: "tiny".to_owned(), ..plain(&x, &map(&x, |x| x * 3e-12)) },
        Panel { title: "close".to_owned(), ..plain(&x, &map(&x, |x| 1e9 + x / 100.0)) },
        Panel {
            title: "gaps".to_owned(),
            ..plain(&x, &map(&x, |x| if x % 4.0 > 2.5 { f64::NAN } else { x }))
        },
        Panel { title: "backwards".to_owned(), xlim: Some([15.0, 2.0]), ..plain(&x, &x) },
        Panel {
            title: "A title that is far too long for a panel as small as this one".to_owned(),
            ylabel: "A label as long as the title, which does not fit".to_owned(),
            ..plain(&map(&x, |x| x * 1e5), &x)
        },
    ];
    Figure { title: "Difficult data".to_owned(), width: 1000, height: 800, columns: 3, panels }
}

fn million() -> Panel {
    let y = noise(1_000_000, 3);
    let mut sum = 0.0;
    let walk: Vec<f64> = y
        .iter()
        .map(|step| {
            sum += step;
            sum
        })
        .collect();
    let x = numbers(1_000_000, 0.0, 1e6);
    let mut panel =
        panel("A walk of a million steps", vec![Mark::Line(Line::through(x, walk)).into()]);
    panel.series[0].color = Some(Color::parse("purple").unwrap());
    panel.series[0].label = "walk".to_owned();
    panel
}

fn main() {
    let folder = std::env::args().nth(1).expect("the folder to write to");
    let figures: Vec<(&str, Figure)> = vec![
        ("lines", lines().into()),
        ("lines_small", Figure { width: 300, height: 200, ..lines().into() }),
        ("lines_large", Figure { width: 1600, height: 900, ..lines().into() }),
        ("many", many().into()),
        ("scatter", scatter().into()),
        ("errors", errors().into()),
        ("loglog", logs(Scale::Log, Scale::Log).into()),
        ("semilogx", logs(Scale::Log, Scale::Linear).into()),
        ("bars", bars(false).into()),
        ("bars_negative", bars(true).into()),
        ("categories", categories(12).into()),
        ("categories_many", categories(150).into()),
        ("histogram", histogram().into()),
        ("boxes", boxes().into()),
        ("heat", panel("A matrix", vec![Mark::Heat(heat(20, 30)).into()]).into()),
        ("heat_large", panel("A wide matrix", vec![Mark::Heat(heat(300, 2000)).into()]).into()),
        ("correlation", correlation().into()),
        ("difficult", difficult()),
        ("million", million().into()),
        (
            "mixed",
            Figure {
                columns: 2,
                width: 1000,
                height: 700,
                title: "Four panels".to_owned(),
                panels: vec![lines(), scatter(), correlation(), histogram()],
            },
        ),
    ];
    for (name, figure) in figures {
        let path = |extension: &str| Path::new(&folder).join(format!("{name}.{extension}"));
        std::fs::write(path("svg"), figure.svg().unwrap()).unwrap();
        std::fs::write(path("png"), figure.png(96.0).unwrap()).unwrap();
        let unicode = figure.text(&TextOptions::default()).unwrap();
        let ascii = TextOptions { ascii: true, width: 60, height: 16, color: false };
        let ascii = figure.text(&ascii).unwrap();
        std::fs::write(path("txt"), format!("{unicode}\n{ascii}")).unwrap();
    }
}
