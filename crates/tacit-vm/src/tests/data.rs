//! Arithmetic, comparison, containers and strings, at their edges.

use super::expect;

#[test]
fn arithmetic_goes_into_whatever_has_elements() {
    expect(&[
        ("[ 1 2 ] [ 10 20 30 ] +", "[ 11 22 31 ]"),
        ("[ ] 5 + 5 [ ] * [ ] [ 1 ] -", "[  ] [  ] [  ]"),
        ("[ 1 [ 2 3 ] ] [ 10 20 ] *", "[ 10 [ 40 60 ] ]"),
        (":[ \"a\" 1 ]: 5 * 5 :[ \"a\" 1 ]: -", "[ \"a\" 5 ] [ \"a\" 4 ]"),
        (":[ \"a\" 1 ]: :[ \"a\" 2 ]: +", "[ \"a\" 3 ]"),
        ("3 bytes 1 + [ 1 2 3 ] 3 array +", "[ 1 1 1 ] [ 1 2 3 ]"),
        ("3 bytes 1 + type [ 1 ] 1 array + type", "\"array\" \"vector\""),
        ("[ 1 2 ] dup 1 + swap", "[ 2 3 ] [ 1 2 ]"),
        ("[ [ 1 2 ] [ 3 4 ] ] sum :[ \"a\" 2 \"b\" 3 ]: prod [ ] avg", "[ 4 6 ] 6 NaN"),
        ("[ 1 \"a\" ] 1 +", "[ 1 \"a\" ] 1 ERROR: Type error: '+' expected number, got string"),
        ("1 NIL *", "1 NIL ERROR: Type error: '*' expected number, got nil"),
        ("[ \"a\" ] sum", "[ \"a\" ] ERROR: Type error: 'sum' expected number, got string"),
        (
            ":[ \"a\" 1 ]: :[ \"b\" 2 ]: +",
            "[ \"a\" 1 ] [ \"b\" 2 ] ERROR: Type error: '+' expected dictionaries with the same \
             keys, got others",
        ),
    ]);
}

#[test]
fn blocks_and_promises_are_run_by_what_needs_their_values() {
    expect(&[
        ("(2 3 *) 4 + 4 (2 3 *) + (1) (2) -", "10 10 -1"),
        ("(1) not (1) 1 = (1) (2) < (1) (0) xor", "0 1 1 1"),
        ("(5) delay 1 + (4) sqrt (16) delay sqrt", "6 2 4"),
        ("(6) (7) prod ([ 2 3 ]) prod ([ 1 2 ]) sum", "42 6 3"),
        ("(1) dup ~ (1) (1) ~", "1 0"),
        ("(1) quote 1 =", "0"),
    ]);
}

#[test]
fn comparison_is_deep_or_element_by_element() {
    expect(&[
        ("[ 1 [ 2 ] ] dup = [ 1 ] [ 2 ] = [ 1 ] [ 1 1 ] = [ ] :[ ]: =", "1 0 0 0"),
        ("0 0 m- = NIL NIL = \"a\" 97 = 0 0 / dup =", "1 1 0 0"),
        ("[ 1 2 ] 1 array 0 1 put = 2 bytes 2 array =", "0 1"),
        ("[ 1 2 3 ] 2 < \"b\" [ \"a\" \"c\" ] <", "[ 1 0 0 ] [ 0 1 ]"),
        ("[ 0 1 NIL ] not [ 1 0 ] [ 1 1 ] xor", "[ 1 0 1 ] [ 0 1 ]"),
        ("1 \"a\" compare \"b\" \"ab\" compare 2 2 compare", "-1 1 0"),
        (
            "1 \"a\" <",
            "1 \"a\" ERROR: Type error: '<' expected two numbers or two strings, got string",
        ),
    ]);
}

#[test]
fn elements_are_got_and_changed_where_they_are() {
    expect(&[
        ("[ 1 2 ] -1 get [ 1 2 ] 2 get [ 1 2 ] 0.5 get", "NIL NIL NIL"),
        ("\"häß\" 1 get \"häß\" 1 \"oo\" put \"ab\" 2 \"c\" put", "\"ä\" \"hooß\" \"abc\""),
        ("[ 1 2 ] 2 3 put [ ] 0 1 put", "[ 1 2 3 ] [ 1 ]"),
        ("[ 1 ] 2 3 put", "[ 1 ] 2 3 ERROR: Index error: 'put' found nothing at 2; there are 1"),
        ("1 array 1 3 put", "[ 0 ] 1 3 ERROR: Index error: 'put' found nothing at 1; there are 1"),
        (
            "1 bytes 0 256 put",
            "[ 0 ] 0 256 ERROR: Number error: 'put' expected a byte, from 0 to 255, got 256",
        ),
        ("[ 1 ] dup 0 [ 2 ] put dup 0 5 put", "[ 1 ] [ [ 2 ] ] [ 5 ]"),
        ("[ 1 ] dup 0 over put", "[ 1 ] [ [ 1 ] ]"),
        (":[ \"b\" 1 ]: \"a\" 2 put dup \"b\" del", "[ \"a\" 2 \"b\" 1 ] [ \"a\" 2 ]"),
        ("[ 1 2 3 ] 9 del \"abc\" 1 del", "[ 1 2 3 ] \"ac\""),
        (":[ \"a\" 1 \"a\" [ 2 ] \"a\" 3 ]:", "[ \"a\" 3 ]"),
        (
            "5 0 get",
            "5 0 ERROR: Type error: 'get' expected vector, dictionary, array or string, got number",
        ),
        (
            "[ 1 ] \"a\" get",
            "[ 1 ] \"a\" ERROR: Type error: 'get' expected number as index, got string",
        ),
    ]);
}

#[test]
fn lists_are_ordered_and_searched() {
    expect(&[
        ("[ \"b\" 2 0 0 / \"a\" -1 ] sort", "[ -1 2 NaN \"a\" \"b\" ]"),
        ("[ 2 1 2 1 ] grade [ 2 0 1 ] where [ ] where", "[ 1 3 0 2 ] [ 0 0 2 ] [  ]"),
        ("[ [ 1 ] [ 2 ] [ 1 ] 0 0 m- ] distinct", "[ [ 1 ] [ 2 ] 0 ]"),
        ("[ 1 \"1\" 1 ] group", "[ \"1\" [ 0 1 2 ] ]"),
        ("[ 1 ] [ [ 1 ] ] in \"bc\" \"abc\" in \"a\" :[ \"a\" 1 ]: in", "1 1 1"),
        ("\"aäb\" \"b\" index-of :[ \"a\" 5 ]: 5 index-of [ ] 1 index-of", "2 \"a\" NIL"),
        ("[ NIL ] sort", "[ NIL ] ERROR: Type error: 'sort' expected numbers or strings, got nil"),
        ("[ 3 1 2 ] sort reverse 2 array 0 1 put sort type", "[ 3 2 1 ] \"array\""),
    ]);
}

#[test]
fn pieces_are_cut_and_joined() {
    expect(&[
        ("[ 1 2 3 ] 1 9 slice [ 1 2 3 ] -5 2 slice [ 1 2 3 ] 2 1 slice", "[ 2 3 ] [ 1 2 ] [  ]"),
        ("\"häß\" 1 2 slice \"häß\" reverse \"häß\" length", "\"ä\" \"ßäh\" 3"),
        (":[ \"a\" 1 \"b\" 2 ]: :[ \"b\" 3 \"c\" 4 ]: concat", "[ \"a\" 1 \"b\" 3 \"c\" 4 ]"),
        ("[ 1 ] dup concat [ 1 ] 1 array concat", "[ 1 1 ] [ 1 0 ]"),
        ("[ 1 [ ] [ 2 [ [ 3 ] ] ] ] flatten", "[ 1 2 3 ]"),
        (
            "\"a,,b\" \",\" split \"äb\" \"\" split \"\" \",\" split",
            "[ \"a\" \"\" \"b\" ] [ \"ä\" \"b\" ] [ \"\" ]",
        ),
        ("[ 1.5 \"b\" [ 2 ] ] \"; \" join-text", "\"1.5; b; [ 2 ]\""),
        ("\"aa\" \"\" \"b\" replace \"1e+3\" number \"1e3\" number", "\"aa\" 1000 NIL"),
        (
            "8364 char \"\" code -1 char",
            "\"€\" NIL -1 ERROR: Number error: 'char' expected the code of a character, got -1",
        ),
    ]);
}

#[test]
fn the_heap_tells_how_it_is() {
    expect(&[
        ("[ 1 ] dup references heap-check", "[ 1 ] 2 1"),
        ("5 references NIL references", "0 0"),
        (
            "2 heap-quota [ 1 ] [ 2 ] [ 3 ]",
            "[ 1 ] [ 2 ] 3 ERROR: Heap quota reached: 2 blocks are allowed; see 'heap-quota'",
        ),
        ("5000 array", "5000 ERROR: Heap full: 313 blocks wanted, 256 of 256 free"),
    ]);
}
