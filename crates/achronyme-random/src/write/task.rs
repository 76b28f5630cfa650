//! Tasks, channels, mutexes, signals.

use crate::author::{Author, Place};
use crate::types::Type;

impl Author {
    /// Things that go on side by side.
    pub(crate) fn tasks(&mut self) -> String {
        self.spend(200);
        match self.dice.below(6) {
            0 => self.channel(),
            1 => self.mutex(),
            2 => self.signal(),
            3 => self.generators(),
            _ => self.side_by_side(),
        }
    }

    /// A few statements of a task, or of whoever has begun it.
    fn task_lines(&mut self, count: usize, is_function: bool) -> String {
        let place = Place { returns: is_function.then_some(Type::Number), ..Place::default() };
        let (lines, _) = self.function(40, place, |author| {
            let mut lines = Vec::new();
            for _ in 0..count {
                lines.push(match author.dice.below(4) {
                    0 => format!("await sleep({})", author.dice.below(5)),
                    1 => author.print(),
                    2 => format!("log = push(log[..9], {})", author.dice.below(90)),
                    _ => author.change(2),
                });
            }
            lines.join("\n")
        });
        lines
    }

    fn side_by_side(&mut self) -> String {
        let mut lines = vec!["mut log = []".to_owned(), "mut all = []".to_owned()];
        let count = self.dice.between(2, 4);
        for index in 0..count {
            let body = self.task_lines(self.dice.clone().between(1, 4), true);
            let fault = if self.dice.chance(20) { "throw \"lost\"\n" } else { "" };
            lines.push(match self.dice.below(4) {
                0 => format!("all.push((async () => do {{\n{body}\n{fault}{index}\n}})())"),
                1 => format!("all.push(async do {{\n{body}\n{fault}{index}\n}})"),
                2 => format!(
                    "all.push(spawn((p, q) => do {{\n{body}\n{fault}[p, q]\n}}, {index}, log))"
                ),
                _ => format!("all.push(spawn(async () => do {{\n{body}\n{fault}{index}\n}}))"),
            });
        }
        lines.push(match self.dice.below(5) {
            0 => "print(try { await join_all(all) } catch (e) { e })".to_owned(),
            1 => "print(try { await race(all) } catch (e) { e })".to_owned(),
            2 => format!(
                "print(try {{ await timeout(all[0], {}) }} catch (e) {{ e }})",
                self.dice.below(6)
            ),
            _ => "for (one in all) { print(try { await one } catch (e) { e }) }".to_owned(),
        });
        lines.push("print(log)".to_owned());
        format!("do {{\n{}\n}}", lines.join("\n"))
    }

    fn channel(&mut self) -> String {
        let kind = self.plain_type(1);
        let (first, second) = (self.expression(&kind, 2), self.expression(&kind, 2));
        let (before, between) = (self.task_lines(1, true), self.task_lines(2, false));
        let count = self.dice.between(1, 3);
        format!(
            "do {{\nmut log = []\nlet [tx, rx] = channel()\nlet [back, done] = channel()\n\
             spawn(async () => do {{\nfor (turn in 0..{count}) {{ let got = await rx.recv(); print(turn, got); {before} }}\nawait back.send(log)\n}})\n\
             await tx.send({first})\n{between}\nawait tx.send({second})\nawait tx.send([log, 1])\nprint(await done.recv(), log)\n}}"
        )
    }

    fn mutex(&mut self) -> String {
        let body = self.task_lines(2, true);
        let start = self.dice.below(5);
        let drop = if self.dice.chance(70) { "g = null\n" } else { "" };
        format!(
            "do {{\nmut log = []\nlet m = AsyncMutex({start})\nlet work = async n => do {{\nmut g = await m.lock()\ng.set(g.get() * 2 + n)\n{body}\nlet seen = g.get()\n{drop}seen\n}}\n\
             let one = work(1)\nlet two = work(2)\nprint(await one, await two, log)\n}}"
        )
    }

    fn signal(&mut self) -> String {
        let (first, second) = (self.dice.below(4), self.dice.below(4));
        let place = Place::default();
        let change = self.function(10, place, |author| author.change(1)).0;
        let read = *self.dice.pick(&["s.value", "s.peek()", "s.value + t.value"]);
        format!(
            "do {{\nlet s = signal({first})\nlet t = signal(1)\nmut seen = []\neffect(() => do {{ seen = push(seen[..9], {read}); {change} }})\n\
             s.set({second})\nt.set(5)\ns.set(s.peek() + 1)\nprint(seen, s.value)\n}}"
        )
    }

    /// Several generators that are asked in turn.
    fn generators(&mut self) -> String {
        let kind = self.plain_type(1);
        let place = Place::default();
        let block = self.function(60, place, |author| {
            author.declare("n", &Type::Number, false);
            author.generating(&kind, 2)
        });
        let block = block.0;
        let mut lines = vec![
            format!("let make = n => generate {block}"),
            "let one = make(1)".to_owned(),
            "let two = make(2)".to_owned(),
            "mut three = one".to_owned(),
        ];
        for _ in 0..self.dice.between(2, 7) {
            let which = *self.dice.pick(&["one", "two", "three", "make(3)"]);
            lines.push(match self.dice.below(6) {
                0 => format!(
                    "for (each in {which}) {{ print(each); if ({}) {{ break }} }}",
                    self.condition(1)
                ),
                1 => format!("for (each in {which}) {{ print(each, one.next().value) }}"),
                2 => format!("three = {which}"),
                3 => "print(one.next(), two.next(), one.next())".to_owned(),
                _ => format!("print({which}.next())"),
            });
        }
        let name = self.new_name("e");
        format!("try {{\n{}\n}} catch ({name}) {{ print({name}) }}", lines.join("\n"))
    }
}
