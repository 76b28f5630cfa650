//! Steps that destroy nothing: the log stays empty, however long they run, and leads back.

mod common;

use common::run::load;
use machine::{Machine as _, Probes, Stop, Tick};

/// A trail before a loop has settled, and what it holds after many more rounds.
fn assert_nothing_is_logged(text: &str) {
    let mut vm = load(text);
    let start = vm.state_hash();
    vm.keep_trail(1 << 30);
    assert_eq!(vm.run(Tick::at(1_000), &Probes::none()), Stop::Reached);
    let settled = vm.trail_bytes();
    assert!(settled < 1_000, "{settled} bytes before the loop\n{text}");
    for (probes, until) in [(Probes::none(), 300_000), (Probes::every_step(), 320_000)] {
        while vm.tick() < Tick::at(until) {
            let stop = vm.run(Tick::at(until), &probes);
            assert!(matches!(stop, Stop::Reached | Stop::Probed(_)), "{stop:?}\n{text}");
        }
        assert_eq!(vm.trail_bytes(), settled, "{text}");
    }
    let end = vm.state_hash();
    for stride in [1, 7, 1_000, 250_000] {
        let before = vm.tick();
        assert_eq!(vm.back(stride), stride);
        let mut straight = load(text);
        while straight.tick() < vm.tick() {
            assert_eq!(straight.run(vm.tick(), &Probes::none()), Stop::Reached);
        }
        assert_eq!(vm.state_hash(), straight.state_hash(), "from {before:?}\n{text}");
    }
    let left = vm.tick().safepoints;
    assert_eq!(vm.back(left), left);
    assert_eq!((vm.state_hash(), vm.trail_bytes()), (start, 0), "{text}");
    while vm.tick() < Tick::at(320_000) {
        assert_eq!(vm.run(Tick::at(320_000), &Probes::none()), Stop::Reached);
    }
    assert_eq!(vm.state_hash(), end, "{text}");
}

#[test]
fn a_loop_that_counts_and_adds() {
    assert_nothing_is_logged(
        "transform grow(n: Int) -> Int <-> shrink {
            let i = 0
            let x = n
            from i == 0 {
                x <- x - 7
                i <- i + 1
            } until i == 500000
            x
        }
        print grow(1)",
    );
}

#[test]
fn the_inverse_of_a_loop() {
    assert_nothing_is_logged(
        "transform grow(n: Int) -> Int <-> shrink {
            let i = 0
            let x = n
            from i == 0 {
                x <- x + 7
                i <- i + 1
            } until i == 500000
            x
        }
        print shrink(3)",
    );
}

#[test]
fn sums_products_exchanges_and_bits() {
    assert_nothing_is_logged(
        "transform mix(n: Int, k: Int) -> {a: Int, b: Int} <-> unmix {
            let i = 0
            let x = n
            let y = k
            from i == 0 {
                x <- x + 7
                y <- y xor x
                x <- x - 3 * i
                x <-> y
                y <- -y
                i <- i + 1
            } until i == 500000
            {a: x, b: y}
        }
        print mix(1, 2)",
    );
}

#[test]
fn names_of_the_top_level() {
    assert_nothing_is_logged(
        "let x = 1
        let y = 2
        let i = 0
        from i == 0 {
            x <- x xor y
            y <- 12345 - y
            x <-> y
            i <- i + 1
        } until i == 500000
        print x, y",
    );
}

#[test]
fn a_while_loop_that_counts() {
    assert_nothing_is_logged(
        "let x = 0
        let i = 0
        while i < 500000 {
            x <- x + i
            i <- i + 1
        }
        print x",
    );
}

#[test]
fn a_for_loop_over_numbers() {
    assert_nothing_is_logged(
        "transform query whole(rounds: Int) -> Int {
            let x = 0
            for i in 0..rounds {
                x <- x + i
            }
            x
        }
        print whole(500000)",
    );
}

/// Each round of the outer loop notes that the inner one ended, and nothing else.
#[test]
fn a_loop_within_a_loop_logs_where_control_came_from() {
    let mut vm = load(
        "transform turn(n: Int) -> Int <-> unturn {
            let i = 0
            let x = n
            from i == 0 {
                let j = 0
                from j == 0 {
                    x <- x xor j
                    j <- j + 1
                } until j == 10
                x <- x + 1
                i <- i + 1
            } until i == 500000
            x
        }
        print turn(1)",
    );
    let start = vm.state_hash();
    vm.keep_trail(1 << 30);
    assert_eq!(vm.run(Tick::at(300_000), &Probes::none()), Stop::Reached);
    assert!(vm.trail_bytes() < 300_000 / 4, "{} bytes", vm.trail_bytes());
    assert_eq!(vm.back(300_000), 300_000);
    assert_eq!(vm.state_hash(), start);
}
