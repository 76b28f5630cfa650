//! Functions that call themselves and each other, and always end.

use crate::author::{Author, Place};
use crate::types::Type;

impl Author {
    /// Declares such functions and calls them.
    pub(crate) fn recursion(&mut self) -> String {
        match self.dice.below(7) {
            0 => self.deep(),
            1 => self.tail(),
            2 => self.mutual(),
            3 => self.late(),
            _ => self.branching(),
        }
    }

    /// A function whose calls are few, with work around each of them.
    fn branching(&mut self) -> String {
        let kind = self.plain_type(1);
        let (name, parameter) = (self.new_name("go"), self.name());
        let itself = if self.dice.chance(50) { "rec".to_owned() } else { name.clone() };
        let place = Place { returns: Some(kind.clone()), ..Place::default() };
        let (body, _) = self.function(60, place, |author| {
            author.declare(&parameter, &Type::Number, false);
            let last = author.expression(&kind, 2);
            let before = author.change(2);
            let one = author.new_name("one");
            author.declare(&one, &kind, author.dice.clone().chance(50));
            let after = author.change(2);
            let value = author.expression(&kind, 3);
            let second = if author.dice.chance(40) {
                format!("let two = {itself}({parameter} - 2)\nif (two == {one}) {{ return two }}\n")
            } else {
                String::new()
            };
            format!("if ({parameter} <= 0) {{ return {last} }}\n{before}\nmut {one} = {itself}({parameter} - 1)\n{second}{after}\n{value}")
        });
        let count = self.dice.between(1, 5);
        self.spend(60 << count);
        format!("let {name} = {parameter} => do {{\n{body}\n}}\nprint({name}({count}))")
    }

    /// A recursion that is deep.
    fn deep(&mut self) -> String {
        let name = self.new_name("deep");
        let count = *self.dice.pick(&["50", "300", "1000"]);
        let last = self.dice.pick(&["0", "[][0]", "[]", "\"\""]).to_owned();
        let step = *self.dice.pick(&[
            "1 + rec(n - 1)",
            "rec(n - 1) + 1",
            "(try { rec(n - 1) } catch (e) { e.message + 1 })",
            "max(n, rec(n - 1))",
        ]);
        self.spend(2000);
        format!(
            "let {name} = n => if (n == 0) {{ {last} }} else {{ {step} }}\nprint(len(str(try {{ {name}({count}) }} catch (e) {{ e.message }})))"
        )
    }

    /// A recursion in constant space.
    fn tail(&mut self) -> String {
        let name = self.new_name("tail");
        let place = Place { returns: Some(Type::Number), ..Place::default() };
        let (step, _) = self.function(20, place, |author| {
            author.declare("n", &Type::Number, false);
            author.declare("sofar", &Type::Number, false);
            author.expression(&Type::Number, 2)
        });
        let call = *self.dice.pick(&["rec", name.as_str()]);
        let body = match self.dice.below(4) {
            0 => format!("if (n == 0) {{ sofar }} else {{ {call}(n - 1, {step}) }}"),
            1 => format!("match n {{ 0 => sofar, _ => {call}(n - 1, {step}) }}"),
            2 => format!("do {{ if (n == 0) {{ return sofar }}; return {call}(n - 1, {step}) }}"),
            _ => format!("piecewise([n == 0, sofar], {call}(n - 1, {step}))"),
        };
        self.spend(20 * 300);
        format!("let {name} = (n, sofar) => {body}\nprint({name}(300, 1))")
    }

    /// Two functions, of which the first is written before the second is there.
    fn mutual(&mut self) -> String {
        let (even, odd) = (self.new_name("even"), self.new_name("odd"));
        let (yes, no) = (self.literal(&Type::Text), self.literal(&Type::Text));
        let noise = self.inside(|author| {
            let place = Place::default();
            author.function(10, place, |author| author.change(1)).0
        });
        self.spend(500);
        let text = format!(
            "let {even} = n => if (n == 0) {{ {yes} }} else {{ {odd}(n - 1) }}\n\
             let {odd} = n => do {{\n{noise}\nif (n == 0) {{ {no} }} else {{ {even}(n - 1) }}\n}}\n\
             print({even}({}))",
            self.dice.below(20)
        );
        if self.dice.chance(50) { format!("do {{\n{text}\n}}") } else { text }
    }

    /// A function that uses a variable before and after it is declared.
    fn late(&mut self) -> String {
        let (name, later) = (self.new_name("f"), self.new_name("later"));
        let kind = self.plain_type(1);
        let (one, two) = (self.expression(&kind, 2), self.expression(&kind, 2));
        let word = *self.dice.pick(&["let", "mut"]);
        let change = if word == "mut" {
            format!("{later} = {two}\nprint({name}())\n")
        } else {
            String::new()
        };
        let text = format!(
            "let {name} = () => {later}\nprint(try {{ {name}() }} catch (e) {{ e.message }})\n\
             {word} {later} = {one}\nprint({name}())\n{change}let {later} = {two}\nprint({name}(), {later})"
        );
        if self.dice.chance(60) { format!("do {{\n{text}\n}}") } else { text }
    }
}
