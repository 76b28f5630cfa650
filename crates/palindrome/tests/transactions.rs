//! Transactions: what fails leaves nothing behind, and contracts hold at the end of what stands.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::run::load;
use machine::{Machine as _, Probes, Stop, Tick};
use palindrome::Vm;
use palindrome_vm::Instruction;
use proptest::prelude::*;
use testkit::ScriptedWorld;

/// The sum of all balances at most.
const TOTAL_MAX: i64 = 500;

const HEAD: &str = "relation Account(id: Int key, balance: Int)\n\
    relation Log(line: Int key, text: String)\n\
    transform query total() -> Int { Account.map(a => a.balance).sum() }\n\
    contract Positive { invariant: Account.balance >= 0 }\n\
    contract Bounded { invariant: total() <= 500 }\n\
    let names = [\"a\"]\nlet count = 0\n";

/// A change within a transaction.
#[derive(Clone, Debug)]
enum Change {
    Insert(i64, i64),
    Add(i64, i64),
    AddToAll(i64),
    Delete(i64),
    /// What no contract is about.
    Other,
    /// Divides by 0 where there are no accounts.
    Divide,
}

/// Changes, whether the program reverses them, and a transaction inside of them.
#[derive(Clone, Debug)]
struct Transaction {
    changes: Vec<Change>,
    inner: Option<Box<Self>>,
    is_reversed: bool,
}

type Accounts = BTreeMap<i64, i64>;

fn change() -> impl Strategy<Value = Change> {
    let id = || 0..5_i64;
    prop_oneof![
        4 => (id(), -20..200_i64).prop_map(|(id, balance)| Change::Insert(id, balance)),
        6 => (id(), -120..120_i64).prop_map(|(id, by)| Change::Add(id, by)),
        1 => (-30..60_i64).prop_map(Change::AddToAll),
        2 => id().prop_map(Change::Delete),
        2 => Just(Change::Other),
        1 => Just(Change::Divide),
    ]
}

fn transaction() -> impl Strategy<Value = Transaction> {
    let plain = (prop::collection::vec(change(), 0..4), prop::bool::weighted(0.15))
        .prop_map(|(changes, is_reversed)| Transaction { changes, inner: None, is_reversed });
    plain.prop_recursive(3, 8, 1, |inner| {
        let changes = prop::collection::vec(change(), 0..3);
        (changes, inner, prop::bool::weighted(0.15)).prop_map(|(changes, inner, is_reversed)| {
            Transaction { changes, inner: Some(Box::new(inner)), is_reversed }
        })
    })
}

impl Transaction {
    fn write(&self, text: &mut String) {
        text.push_str("try {\n");
        for change in &self.changes {
            let _ = match change {
                Change::Insert(id, to) => writeln!(text, "Account += {{id: {id}, balance: {to}}}"),
                Change::Add(id, by) => {
                    writeln!(text, "update Account.balance += {by} where id = {id}")
                }
                Change::AddToAll(by) => writeln!(text, "update Account.balance += {by}"),
                Change::Delete(id) => writeln!(text, "Account -= Account where id = {id}"),
                Change::Other => writeln!(
                    text,
                    "Log += {{line: Log.count(), text: \"l\"}}\nnames <- names ++ [\"b\"]\nprint \"p\""
                ),
                Change::Divide => writeln!(text, "count <- 7 / Account.count()"),
            };
        }
        if let Some(inner) = &self.inner {
            inner.write(text);
        }
        if self.is_reversed {
            text.push_str("reverse \"asked\"\n");
        }
        text.push_str("} else reason { count <- count + reason.length() }\n");
    }

    /// The accounts behind it.
    fn apply(&self, before: &Accounts) -> Accounts {
        self.try_apply(before).unwrap_or_else(|| before.clone())
    }

    fn try_apply(&self, before: &Accounts) -> Option<Accounts> {
        let mut accounts = before.clone();
        let (mut rows, mut is_touched) = (Vec::new(), false);
        for change in &self.changes {
            match change {
                Change::Insert(id, to) => {
                    if accounts.insert(*id, *to).is_some() {
                        return None;
                    }
                    rows.push(*id);
                }
                Change::Add(id, by) => {
                    if let Some(balance) = accounts.get_mut(id) {
                        *balance += by;
                        rows.push(*id);
                    }
                }
                Change::AddToAll(by) => {
                    accounts.values_mut().for_each(|balance| *balance += by);
                    rows.extend(accounts.keys());
                }
                Change::Delete(id) => {
                    accounts.remove(id);
                    is_touched = true;
                }
                Change::Other => {}
                Change::Divide if accounts.is_empty() => return None,
                Change::Divide => {}
            }
        }
        if let Some(inner) = &self.inner {
            accounts = inner.apply(&accounts);
        }
        let is_right = |id: &i64| accounts.get(id).is_none_or(|balance| *balance >= 0);
        let is_broken = !rows.iter().all(is_right)
            || (is_touched || !rows.is_empty()) && accounts.values().sum::<i64>() > TOTAL_MAX;
        (!is_broken && !self.is_reversed).then_some(accounts)
    }
}

/// Runs step by step, and looks at each tape that a transaction leaves behind that was undone.
fn run(vm: &mut Vm) -> String {
    let mut world = ScriptedWorld::default();
    let mut open = Vec::new();
    loop {
        let before = vm.tape().tape.content_hash();
        let is_release = vm.tape().instruction() == Some(&Instruction::Release);
        match vm.run(Tick::at(vm.tick().safepoints + 1), &Probes::every_step()) {
            Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it is answered"),
            Stop::Reached | Stop::Probed(_) => {}
            Stop::Ended(_) => return String::from_utf8_lossy(world.output()).into_owned(),
            Stop::Trapped(trap) => panic!("{trap}"),
        }
        let depth = vm.tape().savepoints();
        if depth > open.len() {
            open.push(before);
        } else if depth < open.len() {
            if !is_release {
                assert_eq!(vm.tape().tape.content_hash(), open[depth], "all is as it was");
            }
            open.truncate(depth);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn transactions_happen_whole_or_not_at_all(
        transactions in prop::collection::vec(transaction(), 1..6),
    ) {
        let (mut text, mut accounts, mut wanted) = (HEAD.to_owned(), Accounts::new(), String::new());
        for transaction in &transactions {
            transaction.write(&mut text);
            text.push_str("print \"=\", Account.map(a => [a.id, a.balance])\n");
            accounts = transaction.apply(&accounts);
            let rows: Vec<_> = accounts.iter().map(|(id, to)| format!("[{id}, {to}]")).collect();
            let _ = writeln!(wanted, "= [{}]", rows.join(", "));
        }
        let mut vm = load(&text);
        let start = vm.state_hash();
        vm.keep_trail(1 << 28);
        let written = run(&mut vm);
        let shown: String =
            written.lines().filter(|it| it.starts_with('=')).map(|it| format!("{it}\n")).collect();
        prop_assert_eq!(shown, wanted, "{}", text);
        let (ticks, end) = (vm.tick().safepoints, vm.state_hash());
        prop_assert_eq!(vm.back(ticks), ticks);
        prop_assert_eq!(vm.state_hash(), start);
        run(&mut vm);
        prop_assert_eq!(vm.state_hash(), end);
    }
}
