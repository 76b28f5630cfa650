//! What `help` says of each command beyond its line: how it behaves, and an example.

use crate::command::Verb;

/// Some lines about a command; nothing where its summary says it all.
pub(crate) const fn details(verb: Verb) -> &'static str {
    match verb {
        Verb::Step => {
            "A line begins where control comes to another one, or goes back in the same. A call leads into\n\
            the function; the library's own functions are passed over.\n\
            A breakpoint, watch, fault or end on the way stops all that is left of N steps.\n\
            example: `step` in `total = price(x)` stops in the first line of `price`; `step 5`"
        }
        Verb::Back => {
            "What was printed is unprinted, and every variable is what it was.\n\
            example: after a fault, `back` shows the state that led to it; `back 5` goes further."
        }
        Verb::Next => {
            "A breakpoint or watch within a call still stops it.\n\
            example: `next` in `total = price(x)` stops in the line below, with `total` computed;\n\
            `next 3` goes on by three such lines."
        }
        Verb::RNext => {
            "A breakpoint or watch within a call still stops it.\n\
            example: `rnext` below `total = price(x)` stops before the call, as if it had never been made;\n\
            `rnext 3` goes back by three such lines."
        }
        Verb::Finish => {
            "Stops in the caller, with the result; or at a breakpoint before that.\n\
            example: `step`, `step`, `finish` looks into a function and leaves it."
        }
        Verb::RFinish => {
            "Stops in the caller, just before the call.\n\
            example: after `continue` to a breakpoint, `rfinish` shows who called, with which values."
        }
        Verb::StepI => {
            "An instruction is the smallest step; `disasm` shows them.\n\
            example: `stepi 20`"
        }
        Verb::BackI => {
            "Contiguous steps back are cheap, however long the run is.\n\
            example: `backi 20`"
        }
        Verb::Continue => {
            "In a recording it repeats what was; beyond its end the program runs on, live.\n\
            example: `break add if n > 3`, `continue`"
        }
        Verb::RContinue => {
            "The stops are those at which `continue` stops, in the other order.\n\
            example: `watch total`, `rcontinue` finds the latest change of `total`."
        }
        Verb::Goto => {
            "LINE:N is the Nth time that control comes to a line, FILE:LINE:N the same in another text. A tick\n\
            further than is known runs the program on.\n\
            example: `goto 1200`, `goto 50%`, `goto end`, `goto 12:3`"
        }
        Verb::Undo => {
            "Every move can be undone, one after the other, also one to another branch.\n\
            example: `goto start`, `undo`"
        }
        Verb::Break => {
            "A line without code means the next one that has some. The condition is an expression of the\n\
            program's own language.\n\
            example: `break 12`, `break bank.pvm:30 if R3 > 100`, `break average`"
        }
        Verb::Watch => {
            "A location is a variable, a field, an element, a register, or bytes of memory. With -c it stops\n\
            where the condition becomes true, not where it stays so. Of a table, changes of the first rows are\n\
            seen, with --all those of all rows.\n\
            example: `watch total`, `watch -c total > 20` (in Tacit: `watch -c total 20 >`)"
        }
        Verb::Delete => "example: `delete 2`, `delete all`",
        Verb::Breakpoints => "The number of each is for `delete`.",
        Verb::Where => "The tick, the place, and the line that runs next.",
        Verb::Print => {
            "The expression is one of the program's own language, without calls. Looking changes nothing.\n\
            Of a table the first rows are shown, with `--all` all of them.\n\
            example: `print total`, `print total at 50%`, `print R1 at start`, `print Person --all`"
        }
        Verb::Locals => "Of the innermost function, with what it sees of those around it.",
        Verb::Stack => {
            "example: `stack`, then `rfinish` to go to where the innermost call was made"
        }
        Verb::Registers => {
            "For Achronyme those of the function that runs, for Tacit what the machine keeps."
        }
        Verb::Tape => {
            "The address is a number, also in hexadecimal digits, or an expression. Every guest has a memory\n\
            of bytes; 64 of them are shown if LEN is not given.\n\
            example: `tape 0x300000 32`"
        }
        Verb::Source => {
            "Said again, it shows the lines that follow.\n\
            example: `source`, `source 40`, `source average`"
        }
        Verb::Disasm => "example: `disasm 20`",
        Verb::Output => {
            "What was written later is not in it: go back, and there is less.\n\
            example: `goto 50%`, `output`"
        }
        Verb::LastWrite => {
            "Only a change counts: writing what was there already is none.\n\
            example: `last-write total`, and then the `goto` that it says"
        }
        Verb::Origin => {
            "Shows the instruction that made the value, and what it took. With --deep, where those came from,\n\
            too, and so on. Of a NaN it follows what was NaN before, down to where none was.\n\
            example: `origin total`, `origin mean --deep`"
        }
        Verb::History => {
            "With `at LINE`, the value each time control comes to the line, changed or not. Of a table, changes\n\
            of the first rows are seen, with `--all` those of all rows. A chart has numbers; where there are\n\
            none, it has a line for each value; it says what it leaves out.\n\
            example: `history total`, `history total --plot`, `history x at 12 --csv`"
        }
        Verb::Log => {
            "Nothing is run again by hand: the line's past passes are looked at. {{ and }} stand for braces.\n\
            example: `log 12 \"x = {x}, sum = {sum}\"`"
        }
        Verb::Set => {
            "The old future stays on its branch. Elements and fields can be set like variables. The value is\n\
            an expression of the program's own language, in Tacit a literal.\n\
            example: `set total = 0`, `set prices[2] = 1.5`, `set [R4] = 7`, `set prices[ \"tea\" ] = 2`"
        }
        Verb::Branch => {
            "Until something differs there, a branch costs nothing.\n\
            example: `branch try`, `set x = 1`, `continue`, `compare main try`"
        }
        Verb::Branches => "The star stands at the one that time is on.",
        Verb::Switch => "example: `switch main`",
        Verb::Compare => {
            "Of branches, their ends are compared, and where they part; of moments of this branch, the states.\n\
            example: `compare main what-if-1`, `compare start end`"
        }
        Verb::Merge => {
            "Takes over what the branch has changed since it parted from this one: on the tape, or in the\n\
            variables of the program. Where both have changed something, the strategy decides: latest takes\n\
            the branch's, earliest keeps this one's, combine adds what each has added to a number, manual\n\
            merges nothing and names what is in conflict. The program goes on from where it is here.\n\
            example: `merge what-if-1 latest`"
        }
        Verb::Edit => {
            "The changed program runs from its start and reads what the first one read. It shows where the two\n\
            runs first differ, and stands there. `edit back` takes the program before again.\n\
            example: change the text in an editor, then `edit bank.pvm`"
        }
        Verb::Mark => {
            "A name for a moment, also for `goto` and `print … at`; kept in the recording.\n\
            example: `mark before-the-fault`, later `goto before-the-fault`"
        }
        Verb::Marks => "With the ticks and branches that they belong to.",
        Verb::Note => {
            "Kept in the recording.\n\
            example: `note here the list is empty already`"
        }
        Verb::Save => {
            "Holds the program, its input, marks and notes. A branch that begins with a change cannot be saved.\n\
            example: `save fault.rec`; somebody else: `palindrome debug fault.rec`"
        }
        Verb::Export => {
            "One file, for any browser, without a network: the source, a timeline, variables, calls and output\n\
            at every line, or at as many as there is room for.\n\
            example: `export --html run.html`"
        }
        Verb::Info => "Density of what is kept decides what a jump costs; any moment can be had.",
        Verb::Help => "example: `help goto`",
        Verb::Quit => "",
    }
}
