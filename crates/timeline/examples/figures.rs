//! What time travel costs, measured with the toy: `cargo run --release --example figures`.
//!
//! The first argument is the length of the history in millions of safepoints, the second the number
//! of cells; a cell is 8 bytes, and the toy dirties all of them in every interval.
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock and its arguments")]
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use machine::{Location, Machine, Probes, Space, Tick};
use testkit::toy::{Op, Toy};
use timeline::{History, Options, RecordedProgram, Timeline};

const COUNT: [Op; 5] =
    [Op::Set(0, 1), Op::Add(1, 0), Op::Add(2, 1), Op::Subtract(3, 2), Op::Jump(1)];

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().unwrap_or(1));
    let end = Tick::at(arguments.next().unwrap_or(50) * 1_000_000);
    let cells = usize::try_from(arguments.next().unwrap_or(1 << 14)).unwrap_or(1);
    let forward = |history| {
        let options = Options { history, ..Options::default() };
        let mut timeline = Timeline::new(Toy::new(&COUNT, cells), options);
        let time = clock(|| timeline.forward(end, &Probes::none()));
        (timeline, time)
    };

    let mut ratios: Vec<f64> = (0..5)
        .map(|_| {
            let off = forward(History::Off).1;
            forward(History::Checkpoints).1.as_secs_f64() / off.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("recorded / not recorded, of 5: {ratios:.3?}");

    let (mut timeline, time) = forward(History::Checkpoints);
    println!("forward: {time:?} to {end}; {:?}", timeline.info());

    let mut dice = 1_u64;
    let jumps = (0..300).map(|_| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let target = Tick::at((dice >> 20) % end.safepoints);
        clock(|| timeline.goto(target))
    });
    show("goto", jumps.collect());

    timeline.goto(end);
    let steps = (0..6_000_000).map(|_| clock(|| timeline.back(1)));
    show("step back", steps.collect());
    println!("after stepping: {:?}", timeline.info());

    timeline.goto(end);
    let watch = Location { space: Space(0), address: 200, size: 1 };
    let probes = Probes { watches: vec![watch], ..Probes::none() };
    let backward = clock(|| assert_eq!(timeline.last(&probes, &|_, _| true), None));
    timeline.goto(Tick::ZERO);
    let straight = clock(|| timeline.forward(end, &probes));
    println!("last, never hit: {backward:?}; the same probes forward: {straight:?}");

    let forks = (0..10_000).map(|_| clock(|| timeline.branch("what if")));
    show("fork", forks.collect());

    let mut bytes = Vec::new();
    let (mut timeline, _) = forward(History::Checkpoints);
    let saved = timeline.save(&mut bytes, &RecordedProgram::default());
    println!("recording: {} bytes, {saved:?}", bytes.len());
    black_box(timeline.machine().memory());
}

fn clock<T>(work: impl FnOnce() -> T) -> Duration {
    let before = Instant::now();
    black_box(work());
    before.elapsed()
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap_or(u32::MAX);
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    let (p50, p99, worst) = (at(500), at(990), at(1000));
    println!("{what}: p50 {p50:?}, p99 {p99:?}, worst {worst:?}, mean {mean:?}");
}
