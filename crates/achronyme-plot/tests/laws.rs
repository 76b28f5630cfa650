//! What holds for any figure: it is drawn or refused, the same every time, and as large as it says.
#![expect(clippy::unwrap_used, reason = "a test")]

use achronyme_plot::{
    Align, Band, Bars, Boxes, Colormap, Dash, Figure, Heat, Histogram, Line, Mark, Marker, Note,
    Panel, Scale, Series, Spans, TextOptions,
};
use proptest::prelude::*;

/// Numbers of all sizes, also those that cannot be drawn.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -100.0..100.0_f64,
        2 => any::<f64>(),
        1 => Just(f64::NAN),
        1 => Just(0.0),
        1 => Just(5e-324),
        1 => Just(1e300),
    ]
}

fn numbers(size: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(number(), size)
}

fn line() -> impl Strategy<Value = Mark> {
    let marker = prop_oneof![
        Just(None),
        Just(Some(Marker::Circle)),
        Just(Some(Marker::Cross)),
        Just(Some(Marker::Diamond)),
    ];
    let dash = prop_oneof![Just(Dash::Solid), Just(Dash::DashDotted)];
    let points = (0_usize..30).prop_flat_map(|size| (numbers(size), numbers(size), numbers(size)));
    (points, marker, dash, any::<bool>(), 0.0..5.0_f64).prop_map(
        |((x, y, yerr), marker, dash, has_errors, line_width)| {
            let yerr =
                if has_errors { yerr.iter().map(|reach| reach.abs()).collect() } else { vec![] };
            Mark::Line(Line { x, y, yerr, marker, marker_size: 6.0, line_width, dash })
        },
    )
}

fn mark() -> impl Strategy<Value = Mark> {
    let bars = (0_usize..8).prop_flat_map(|size| {
        (prop::collection::vec(".{0,12}", size), numbers(size))
            .prop_map(|(labels, values)| Mark::Bars(Bars { labels, values, yerr: Vec::new() }))
    });
    let histogram = numbers(20).prop_filter_map("infinite", |values| {
        Histogram::of(&values, 7, None).ok().map(Mark::Histogram)
    });
    let boxes =
        prop::collection::vec(prop::collection::vec(number(), 0..9), 0..4).prop_map(|groups| {
            let labels = (0..groups.len()).map(|index| format!("group {index}")).collect();
            Mark::Boxes(Boxes { labels, groups })
        });
    let heat = (0_usize..9, 0_usize..9).prop_flat_map(|(rows, columns)| {
        (numbers(rows * columns), any::<bool>()).prop_map(move |(values, annotate)| {
            let colormap = Colormap::named("magma").unwrap();
            Mark::Heat(Heat { annotate, colormap, ..Heat::of(rows, columns, values) })
        })
    });
    let three = |size| (numbers(size), numbers(size), numbers(size));
    let band = (0_usize..20)
        .prop_flat_map(three)
        .prop_map(|(x, low, high)| Mark::Band(Band { x, low, high }));
    let spans = (0_usize..8).prop_flat_map(|size| {
        (prop::collection::vec(".{0,12}", size), numbers(size), numbers(size))
            .prop_map(|(labels, from, to)| Mark::Spans(Spans { labels, from, to }))
    });
    prop_oneof![
        4 => line(),
        1 => bars,
        1 => histogram,
        1 => boxes,
        1 => heat,
        2 => band,
        2 => spans
    ]
}

fn scale() -> impl Strategy<Value = Scale> {
    prop_oneof![Just(Scale::Linear), Just(Scale::Log)]
}

fn panel() -> impl Strategy<Value = Panel> {
    let series = prop::collection::vec((mark(), ".{0,20}"), 0..4).prop_map(|all| {
        let series = all.into_iter();
        series.map(|(mark, label)| Series { label, color: None, mark }).collect::<Vec<_>>()
    });
    let limits = prop::option::of((number(), number()).prop_map(|(from, to)| [from, to]));
    let align = prop_oneof![Just(Align::Left), Just(Align::Center), Just(Align::Right)];
    let note = (number(), number(), ".{0,30}", align).prop_map(|(x, y, text, align)| Note {
        x,
        y,
        text,
        align,
    });
    let notes = prop::collection::vec(note, 0..3);
    (series, scale(), scale(), limits, ".{0,40}", notes).prop_map(
        |(series, xscale, yscale, xlim, title, notes)| Panel {
            notes,
            xlabel: title.clone(),
            title,
            xscale,
            yscale,
            xlim,
            series,
            ..Panel::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_figure_is_drawn_or_refused(
        panels in prop::collection::vec(panel(), 0..3),
        (width, height) in (40_u32..700, 40_u32..500),
        (columns, rows) in (10_usize..120, 5_usize..30),
    ) {
        let figure = Figure { title: String::new(), width, height, columns: 2, panels };
        let options = TextOptions { width: columns, height: rows, ascii: false, color: true };
        if figure.check().is_ok() {
            figure.svg().unwrap();
            figure.png(60.0).unwrap();
            figure.text(&options).unwrap();
            let ascii = TextOptions { ascii: true, color: false, ..options };
            figure.text(&ascii).unwrap();
        } else {
            prop_assert!(figure.svg().is_err());
            prop_assert!(figure.png(60.0).is_err());
            prop_assert!(figure.text(&options).is_err());
        }
    }

    #[test]
    fn no_line_of_text_is_longer_than_the_terminal(panel in panel(), width in 20_usize..100) {
        let figure = Figure::from(panel);
        if let Ok(text) = figure.text(&TextOptions { width, ..TextOptions::default() }) {
            for line in text.lines() {
                prop_assert!(line.chars().count() <= width, "{line}");
            }
        }
    }
}

fn wave() -> Figure {
    let x: Vec<f64> = (0..50).map(f64::from).collect();
    let y = x.iter().map(|x| libm::sin(x / 7.0)).collect();
    Figure::from(Panel {
        title: "A wave".to_owned(),
        xlabel: "time".to_owned(),
        series: vec![Mark::Line(Line::through(x, y)).into()],
        ..Panel::default()
    })
}

#[test]
fn a_picture_has_the_size_of_the_figure_times_the_resolution() {
    for (dots_per_inch, size) in [(96.0, (800, 500)), (192.0, (1600, 1000)), (48.0, (400, 250))] {
        let bytes = wave().png(dots_per_inch).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((frame.width, frame.height), size);
        assert_eq!(&pixels[..3], [255; 3], "the corner is white");
        assert!(pixels.chunks(3).any(|pixel| pixel == [0x00, 0x72, 0xb2]), "the line is blue");
    }
}

#[test]
fn pictures_are_the_same_every_time_and_everywhere() {
    let figure = wave();
    assert_eq!(figure.svg(), figure.svg());
    assert_eq!(figure.png(96.0), figure.png(96.0));
    // A change of these is a change of every picture; look at them before the numbers are renewed.
    let sum = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
    };
    insta::assert_snapshot!(format!(
        "{:x} {:x}",
        sum(figure.svg().unwrap().as_bytes()),
        sum(&figure.png(96.0).unwrap())
    ));
}

#[test]
fn sizes_out_of_proportion_are_refused() {
    for dots_per_inch in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert!(wave().png(dots_per_inch).is_err(), "{dots_per_inch}");
    }
    assert!(Figure { width: 0, ..wave() }.svg().is_err());
    assert!(Figure { height: 1_000_000, ..wave() }.svg().is_err());
}
