//! How fast it is. Run with `--release -- --ignored --nocapture speed`.

use crate::heap::{Heap, STACK};
use crate::{Program, Value};

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn timed<T>(name: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let result = work();
    let each = start.elapsed() / u32::try_from(count).unwrap_or(1).max(1);
    println!("{name}: {each:?} each, {:?}", start.elapsed());
    result
}

fn tree(heap: &mut Heap, depth: u32) -> Value {
    let children =
        if depth == 0 { [Value::NULL; 2] } else { [tree(heap, depth - 1), tree(heap, depth - 1)] };
    heap.record_of(0, &children).unwrap()
}

#[test]
#[ignore = "it measures"]
fn speed() {
    let shape = crate::Shape {
        fields: [0, 1].map(|name| crate::ShapeField { name, mutable: false }).to_vec(),
    };
    let names = vec!["left".into(), "right".into()];
    let program = Program { names, shapes: vec![shape], ..Program::default() };
    let mut heap = Heap::new(&program, 4 << 30).unwrap();
    let nodes = (1 << 21) - 1;
    let long = timed("new tree", nodes, || tree(&mut heap, 20));
    timed("collection with a tree", nodes, || heap.collect(0..0, &[long]));
    for name in ["short trees", "more short trees", "and more"] {
        timed(name, 1000 * 8191, || {
            for _ in 0..1000 {
                let short = tree(&mut heap, 12);
                if heap.wants_collection() {
                    heap.collect(0..0, &[long, short]);
                }
            }
        });
    }
    timed("collection", nodes, || heap.collect(0..0, &[long]));
    timed("bare allocation", 10_000_000, || {
        for _ in 0..10_000_000 {
            let at = heap.allocate(3).unwrap();
            heap.set(at, Value::NULL);
            if heap.wants_collection() {
                heap.collect(0..0, &[long]);
            }
        }
    });
    for bytes in [10, 100_000] {
        let text = heap.string_of(&"x".repeat(bytes)).unwrap();
        timed(&format!("look at {bytes} bytes of text"), 1000, || {
            (0..1000).map(|_| std::hint::black_box(heap.string_text(text)).len()).sum::<usize>()
        });
    }
    let snapshot = timed("first snapshot", 1, || heap.snapshot(STACK));
    let second = timed("empty snapshot", 100, || {
        for _ in 0..99 {
            heap.snapshot(STACK + 10);
        }
        heap.snapshot(STACK + 10)
    });
    timed("1000 objects and a snapshot", 100, || {
        for _ in 0..100 {
            tree(&mut heap, 9);
            heap.snapshot(STACK);
        }
    });
    timed("hash", 1, || heap.hash(STACK));
    timed("hash again", 1, || heap.hash(STACK));
    timed("restore", 1, || heap.restore(&second));
    timed("restore again", 1, || heap.restore(&snapshot));
    timed("hash of restored", 1, || heap.hash(STACK));
    println!("{} MB", heap.bytes() >> 20);
}
