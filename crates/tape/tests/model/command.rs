//! What can be done to a tape, and where: near page borders, near the ends, and far away.

use std::ops::Range;

use proptest::prelude::*;
use tape::MergeStrategy;

/// What concerns the running tape alone.
#[derive(Clone, Debug)]
pub(crate) enum Single {
    Store(usize, i64, u64),
    Load(usize, i64),
    Poke(i64, Vec<u8>),
    Protect(Range<i64>),
    Watch(Vec<Range<i64>>),
    Write(Vec<u8>),
    Seek(i64),
    Advance(i64),
    Mark(&'static str),
    RemoveMark(&'static str),
    Create(&'static str, Option<i64>, usize),
    DropSegment(&'static str),
    WriteSegment(&'static str, i64, Vec<u8>),
    Checkpoint(&'static str),
    Rewind(usize),
    RewindTo(&'static str),
    Commit(&'static str),
    Check,
}

/// What concerns several tapes or snapshots.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    One(Single),
    Snapshot,
    Pack(usize),
    Restore(usize),
    Forget(usize),
    Fork,
    Resume(usize),
    Switch(usize),
    Diff(usize, usize),
    Merge(usize, usize, MergeStrategy, Vec<Range<i64>>),
}

pub(crate) fn commands() -> impl Strategy<Value = Command> {
    let index = 0..100usize;
    prop_oneof![
        50 => singles().prop_map(Command::One),
        3 => Just(Command::Snapshot),
        2 => index.clone().prop_map(Command::Pack),
        2 => index.clone().prop_map(Command::Restore),
        1 => index.clone().prop_map(Command::Forget),
        2 => Just(Command::Fork),
        1 => index.clone().prop_map(Command::Resume),
        2 => index.clone().prop_map(Command::Switch),
        1 => (index.clone(), index.clone()).prop_map(|(older, newer)| Command::Diff(older, newer)),
        3 => (index.clone(), index, strategy(), prop::collection::vec(range(), 0..2)).prop_map(
            |(base, theirs, strategy, private)| Command::Merge(base, theirs, strategy, private),
        ),
    ]
}

fn singles() -> impl Strategy<Value = Single> {
    prop_oneof![
        12 => (width(), position(), value()).prop_map(|(width, at, value)| Single::Store(width, at, value)),
        8 => (width(), position()).prop_map(|(width, at)| Single::Load(width, at)),
        3 => (position(), bytes()).prop_map(|(at, bytes)| Single::Poke(at, bytes)),
        1 => range().prop_map(Single::Protect),
        1 => prop::collection::vec(range(), 0..3).prop_map(Single::Watch),
        4 => bytes().prop_map(Single::Write),
        2 => position().prop_map(Single::Seek),
        2 => (-20..20i64).prop_map(Single::Advance),
        1 => any::<i64>().prop_map(Single::Advance),
        2 => name().prop_map(Single::Mark),
        1 => name().prop_map(Single::RemoveMark),
        3 => segments(),
        1 => name().prop_map(Single::DropSegment),
        2 => (name(), -2..30i64, bytes())
            .prop_map(|(name, offset, bytes)| Single::WriteSegment(name, offset, bytes)),
        2 => name().prop_map(Single::Checkpoint),
        2 => (0..5usize).prop_map(Single::Rewind),
        2 => name().prop_map(Single::RewindTo),
        1 => name().prop_map(Single::Commit),
        1 => Just(Single::Check),
    ]
}

fn width() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![1, 2, 4, 8])
}

fn position() -> impl Strategy<Value = i64> {
    let near = prop::sample::select(vec![-4096, 0, 4096]);
    let far = prop::sample::select(vec![
        i64::MIN,
        i64::MAX,
        1 << 20,
        1 << 22,
        1 << 24,
        -(1 << 24),
        1 << 32,
        -(1 << 47),
        1 << 60,
    ]);
    let place = prop_oneof![3 => near, 1 => far];
    let offset = prop_oneof![-20..20i64, (-4..4i64).prop_map(|cell| cell * 8)];
    (place, offset).prop_map(|(place, offset)| place.saturating_add(offset))
}

fn range() -> impl Strategy<Value = Range<i64>> {
    (position(), 0..30i64).prop_map(|(start, len)| start..start.saturating_add(len))
}

fn value() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 1..4u64, any::<u64>()]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::collection::vec(0..3u8, 0..20),
        1 => (0..3u8, 4000..9000usize).prop_map(|(byte, len)| vec![byte; len.min(if byte == 0 { 9000 } else { 4100 })]),
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["one", "two", "three"])
}

fn segments() -> impl Strategy<Value = Single> {
    let start = prop::option::of(position());
    (name(), start, 0..40usize).prop_map(|(name, start, size)| Single::Create(name, start, size))
}

fn strategy() -> impl Strategy<Value = MergeStrategy> {
    prop::sample::select(vec![
        MergeStrategy::Latest,
        MergeStrategy::Earliest,
        MergeStrategy::Combine,
        MergeStrategy::Manual,
    ])
}
