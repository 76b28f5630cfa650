//! Small figures as they are shown, in a terminal and as SVG.
#![expect(clippy::unwrap_used, reason = "a test")]

use achronyme_plot::{
    Align, Band, Bars, Boxes, Figure, Heat, Histogram, Line, Mark, Note, Panel, Scale, Series,
    Spans, TextOptions,
};

const SMALL: TextOptions = TextOptions { width: 50, height: 12, ascii: false, color: false };
const ASCII: TextOptions = TextOptions { ascii: true, ..SMALL };

fn numbers(count: u32, function: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..count).map(|index| function(f64::from(index))).collect()
}

fn panel(marks: Vec<(&str, Mark)>) -> Panel {
    let series = marks.into_iter();
    let series = series.map(|(label, mark)| Series { label: label.to_owned(), color: None, mark });
    Panel { title: "A title".to_owned(), series: series.collect(), ..Panel::default() }
}

fn line(function: impl Fn(f64) -> f64) -> Mark {
    Mark::Line(Line::through(numbers(40, |x| x / 4.0), numbers(40, |x| function(x / 4.0))))
}

fn bars() -> Mark {
    let labels = ["one", "two", "three"].map(str::to_owned).to_vec();
    Mark::Bars(Bars { labels, values: vec![1.0, -2.5, 4.0], yerr: Vec::new() })
}

fn text(panel: Panel, options: &TextOptions) -> String {
    Figure::from(panel).text(options).unwrap()
}

#[test]
fn one_line_is_shown_with_dots() {
    insta::assert_snapshot!(text(panel(vec![("sin", line(libm::sin))]), &SMALL));
}

#[test]
fn several_lines_are_shown_with_symbols() {
    let marks = vec![("sin", line(libm::sin)), ("cos", line(libm::cos))];
    insta::assert_snapshot!(text(panel(marks.clone()), &SMALL));
    insta::assert_snapshot!(text(panel(marks), &ASCII));
}

#[test]
fn logarithmic_axes_have_decades() {
    let panel = Panel { yscale: Scale::Log, ..panel(vec![("", line(|x| libm::exp(3.0 * x)))]) };
    insta::assert_snapshot!(text(panel.clone(), &SMALL));
    insta::assert_snapshot!(text(panel, &ASCII));
}

#[test]
fn bars_lie_beside_their_labels() {
    insta::assert_snapshot!(text(panel(vec![("", bars())]), &SMALL));
    insta::assert_snapshot!(text(panel(vec![("a", bars()), ("b", bars())]), &ASCII));
}

#[test]
fn histograms_stand() {
    let histogram = Histogram::of(&numbers(200, |x| libm::sin(x * x)), 8, None).unwrap();
    insta::assert_snapshot!(text(panel(vec![("", Mark::Histogram(histogram))]), &SMALL));
}

#[test]
fn boxes_lie_over_an_axis() {
    let groups = vec![vec![1.0, 2.0, 3.0, 4.0, 20.0], vec![5.0, 9.0, 12.0]];
    let labels = vec!["first".to_owned(), "second".to_owned()];
    let boxes = Mark::Boxes(Boxes { labels, groups });
    insta::assert_snapshot!(text(panel(vec![("", boxes.clone())]), &SMALL));
    insta::assert_snapshot!(text(panel(vec![("", boxes)]), &ASCII));
}

#[test]
fn matrices_are_shades() {
    let heat = Heat::of(4, 6, numbers(24, |x| if x > 20.0 { f64::NAN } else { x }));
    insta::assert_snapshot!(text(panel(vec![("", Mark::Heat(heat.clone()))]), &SMALL));
    insta::assert_snapshot!(text(panel(vec![("", Mark::Heat(heat))]), &ASCII));
}

fn spans() -> Vec<(&'static str, Mark)> {
    let labels = |all: &[&str]| all.iter().map(|label| (*label).to_owned()).collect();
    let (from, to) = (vec![0.0, 3.0, 3.0], vec![3.0, 7.0, 5.0]);
    let tasks = Spans { labels: labels(&["dig", "build", "pipes"]), from, to };
    let spare = Spans { labels: labels(&["pipes"]), from: vec![5.0], to: vec![7.0] };
    vec![("work", Mark::Spans(tasks)), ("spare", Mark::Spans(spare))]
}

#[test]
fn bars_that_lie_go_from_number_to_number() {
    insta::assert_snapshot!(text(panel(spans()), &SMALL));
    insta::assert_snapshot!(text(panel(spans()), &ASCII));
}

#[test]
fn areas_between_lines_are_filled_and_places_have_notes() {
    let x = numbers(30, |x| x);
    let low = x.iter().map(|x| libm::sin(x / 5.0) - 0.5).collect();
    let high = x.iter().map(|x| libm::sin(x / 5.0) + 0.5).collect();
    let mut panel = panel(vec![("band", Mark::Band(Band { x, low, high }))]);
    let text_of = |text: &str| text.to_owned();
    panel.notes.push(Note { x: 8.0, y: 1.0, text: text_of("top"), align: Align::Center });
    panel.notes.push(Note { x: 24.0, y: -1.0, text: text_of("bottom"), align: Align::Right });
    insta::assert_snapshot!(text(panel.clone(), &SMALL));
    insta::assert_snapshot!(text(panel, &ASCII));
}

#[test]
fn colors_are_there_if_they_are_asked_for() {
    let options = TextOptions { color: true, width: 24, height: 8, ..SMALL };
    let shown = text(panel(vec![("", bars())]), &options);
    insta::assert_snapshot!(shown.replace('\u{1b}', "ESC"));
}

#[test]
fn panels_stand_side_by_side_if_there_is_room() {
    let panels = vec![panel(vec![("", line(libm::sin))]), panel(vec![("", bars())])];
    let figure = Figure { title: "Both".to_owned(), columns: 2, panels, ..Figure::default() };
    insta::assert_snapshot!(figure.text(&TextOptions { width: 80, ..SMALL }).unwrap());
    insta::assert_snapshot!(figure.text(&SMALL).unwrap());
}

#[test]
fn nothing_is_axes_only() {
    insta::assert_snapshot!(text(Panel::default(), &SMALL));
}

#[test]
fn letters_in_labels_cannot_do_harm() {
    let panel = Panel { title: "<&>\u{1b}[31m\n".to_owned(), ..Panel::default() };
    assert!(!text(panel.clone(), &SMALL).contains('\u{1b}'));
    let svg = Figure::from(panel).svg().unwrap();
    assert!(svg.contains("&lt;&amp;&gt;\u{fffd}[31m "));
}

#[test]
fn small_pictures_as_svg() {
    let small = |panel: Panel| Figure { width: 200, height: 120, ..panel.into() }.svg().unwrap();
    let points = Mark::Line(Line::scattered(vec![0.0, 1.0, 2.0], vec![1.0, f64::NAN, 3.0]));
    insta::assert_snapshot!(small(panel(vec![("p", points)])));
    insta::assert_snapshot!(small(panel(vec![("", bars())])));
    insta::assert_snapshot!(small(panel(vec![("", Mark::Heat(Heat::of(1, 2, vec![0.0, 1.0])))])));
    insta::assert_snapshot!(small(panel(spans())));
    let (low, high) = (vec![0.0, 1.0, f64::NAN, 5.0], vec![1.0, 3.0, 2.0, 5.0]);
    let band = Mark::Band(Band { x: vec![0.0, 1.0, 2.0, 3.0], low, high });
    let note = Note { x: 1.0, y: 3.0, text: "<a>".to_owned(), align: Align::Left };
    insta::assert_snapshot!(small(Panel { notes: vec![note], ..panel(vec![("b", band)]) }));
}
