//! Files, folders, tables and the web, by both engines and in recordings.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use common::{Place, root};

/// Runs a program on both engines, in a folder each, with files of the fixtures; what both print.
fn run_both(fixtures: &[&str], program: &str) -> (Option<i32>, String, String) {
    let [vm, tree] = ["vm", "tree"].map(|engine| {
        let place = Place::new();
        for name in fixtures {
            place.write(name, std::fs::read(fixture(name)).expect(name));
        }
        place.write("a.soc", program);
        let said = place.run(&format!("palindrome run --engine {engine} a.soc"), "");
        assert!(!said.error.contains("panicked"), "{said:?}");
        said
    });
    assert_eq!((vm.code, &vm.output), (tree.code, &tree.output), "{vm:?}\n{tree:?}");
    (vm.code, vm.output, vm.error)
}

fn fixture(name: &str) -> std::path::PathBuf {
    root().join("crates/achronyme-data/tests/fixtures").join(name)
}

fn printed(fixtures: &[&str], program: &str) -> String {
    let (code, output, error) = run_both(fixtures, program);
    assert_eq!((code, &*error), (Some(0), ""), "{output}");
    output
}

#[test]
fn arrays_of_numpy_are_read_and_come_back() {
    let program = "\
print(npy_read(\"f8_big.npy\"), npy_read(\"i8_big_fortran.npy\"))
print(npy_read(\"b1.npy\")[0], npy_read(\"c8.npy\")[1], npy_read(\"scalar.npy\"))
print(shape(npy_read(\"cube_fortran.npy\")), npy_read(\"cube_fortran.npy\")[1, 2, 3])
print(npz_read(\"packed.npz\").z[0], keys(npz_read(\"stored.npz\")))
let m = [[1, NaN], [-0.5, Infinity]]
npy_write(\"m.npy\", m)
print(npy_read(\"m.npy\"))
npz_write(\"all.npz\", {m: m, k: m > 0, z: [1i, 2], n: 7}, {compress: true})
let {m: again, k, z, n} = npz_read(\"all.npz\")
print(again, k, z, n, dtype(k))
print(try { npy_read(\"text.npy\") } catch (e) { e.kind })
write_bytes(\"cut.npy\", read_bytes(\"f8_big.npy\")[0..170])
print(try { npy_read(\"cut.npy\") } catch (e) { e.message })
print(try { npy_write(\"x\", \"text\") } catch (e) { e.message })
print(try { write_bytes(\"x\", [256]) } catch (e) { e.message })
";
    let names = [
        "f8_big.npy",
        "i8_big_fortran.npy",
        "b1.npy",
        "c8.npy",
        "scalar.npy",
        "cube_fortran.npy",
        "packed.npz",
        "stored.npz",
        "text.npy",
    ];
    let expected = "\
[[0, 0.25, 0.5],
 [0.75, 1, 1.25]] [[-3, -2, -1],
 [0, 1, 2]]
[true, false, true] [3+1.5i, 4+2i, 5+2.5i] 7.25
[2, 3, 4] 23
[0+0i, 1+0.5i, 2+1i] [a, mask]
[[1, NaN],
 [-0.5, Infinity]]
[[1, NaN],
 [-0.5, Infinity]] [[true, false],
 [false, true]] [0+1i, 2+0i] 7 bool
ValueError
npy_read: 'cut.npy': the shape [2, 3] takes 48 bytes, 42 are there
npy_write: array must be an array of numbers or truth values, got String
write_bytes: a byte is an integer from 0 to 255, got 256
";
    assert_eq!(printed(&names, program), expected);
}

#[test]
fn a_table_in_a_file_is_read_changed_and_written() {
    let program = "\
await write_file(\"a.csv\", \"city,day,rain\\nBonn,1,2.5\\nKiel,1,NA\\nBonn,2,0\\n\")
let t = csv_read(\"a.csv\", {output: \"table\"})
print(t)
let wet = filter_rows(row => row.rain > 0, t)
csv_write(\"b.csv\", wet)
print(await read_file(\"b.csv\"))
let days = group_agg(t, \"city\", {rain: [\"rain\", nansum], n: \"count\", known: [\"rain\", \"count\"]})
print(rows(days))
let people = table({city: [\"Kiel\", \"Ulm\"], people: [247, 128], rain: [1, 1]})
for (how in [\"inner\", \"left\", \"right\", \"outer\"]) {
  print(how, csv_stringify(join_tables(days, people, \"city\", {how: how}), {delimiter: \" \"}))
}
print(col(sort_rows(t, [\"rain\", \"day\"], {descending: true}), \"city\"))
print(try { csv_parse(\"a,b\\n1\\n\") } catch (e) { e.kind + \" \" + e.message })
print(try { csv_read(\"none.csv\") } catch (e) { e.message })
";
    let expected = "\
city  day  rain
Bonn    1   2.5
Kiel    1   NaN
Bonn    2     0
(3 rows)
city,day,rain
Bonn,1,2.5

[{ city: Bonn, known: 2, n: 2, rain: 2.5 }, { city: Kiel, known: 0, n: 1, rain: 0 }]
inner city rain n known people rain_right
Kiel 0 1 0 247 1

left city rain n known people rain_right
Bonn 2.5 2 2 NaN NaN
Kiel 0 1 0 247 1

right city rain n known people rain_right
Kiel 0 1 0 247 1
Ulm NaN NaN NaN 128 1

outer city rain n known people rain_right
Bonn 2.5 2 2 NaN NaN
Kiel 0 1 0 247 1
Ulm NaN NaN NaN 128 1

[Bonn, Bonn, Kiel]
ValueError csv_parse: line 2 has 1 cell, expected 2
csv_read: cannot read 'none.csv': No such file or directory
";
    assert_eq!(printed(&[], program), expected);
}

/// Makes, lists, moves and removes files and folders.
const FILES: &str = "\
mkdir(\"data/deep\")
await write_file(\"data/b.txt\", \"bb\")
copy_file(\"data/b.txt\", \"data/deep/c.csv\")
move_file(\"data/b.txt\", \"data/a.csv\")
print(list_dir(\"data\"), list_dir(\"data\", {recursive: true, pattern: \"*.csv\"}))
print(list_dir(\"data\", {recursive: true, pattern: \"deep/*\"}))
let {size, modified, is_dir} = stat_file(\"data/a.csv\")
print(size, modified > 1600000000, is_dir, stat_file(\"data\").is_dir)
print(try { remove_dir(\"data\") } catch (e) { e.kind })
print(try { mkdir(\"data\", {parents: false}) } catch (e) { e.kind })
await delete_file(\"data/deep/c.csv\")
remove_dir(\"data/deep\")
print(list_dir(\"data\"), await exists(\"data/deep\"))
print(path_base(path_abs(\"data/../x.y\")), path_abs(\"data\") == path_join(cwd(), \"data\"))
print(try { list_dir(\"none\") } catch (e) { e.message })
let begin = clock()
print(clock() >= begin, time() > begin)
";

const FILES_SAID: &str = "\
[a.csv, deep] [a.csv, deep/c.csv]
[deep/c.csv]
2 true false true
IOError
IOError
[a.csv] false
x.y true
list_dir: cannot list 'none': No such file or directory
true true
";

#[test]
fn files_and_folders_are_made_listed_moved_and_removed() {
    assert_eq!(printed(&[], FILES), FILES_SAID);
}

#[test]
fn a_replay_touches_no_file() {
    let place = Place::new();
    place.write("n.npy", std::fs::read(fixture("f8_c.npy")).expect("a fixture"));
    let program =
        format!("{FILES}print(npy_read(\"n.npy\"))\nnpy_write(\"o.npy\", [1])\nexit(7)\n");
    place.write("a.soc", program);
    let said = place.run("palindrome run --record a.rec a.soc", "");
    assert_eq!(said.code, Some(7), "{said:?}");
    std::fs::remove_dir_all(place.path("data")).expect("it was made");
    for name in ["n.npy", "o.npy", "a.soc"] {
        std::fs::remove_file(place.path(name)).expect(name);
    }
    let again = place.run("palindrome replay a.rec", "");
    assert_eq!((again.code, again.output), (Some(7), said.output), "{}", again.error);
    assert_eq!(place.run("palindrome replay --check a.rec", "").code, Some(0));
    assert!(!place.path("data").exists() && !place.path("o.npy").exists());
}

#[test]
fn exit_ends_the_program_wherever_it_stands() {
    for (program, code) in [
        ("exit()", 0),
        ("print(1)\nexit(3)\nprint(2)", 3),
        ("try { map(x => exit(x), [4, 5]) } catch (e) { print(e) }", 4),
        ("let f = async () => do { await sleep(1); exit(255) }\nawait f()\nprint(1)", 255),
        ("let g = () => generate { exit(9); yield 1 }\nfor (x in g()) { print(x) }", 9),
        ("try { exit(256) } catch (e) { exit(6) }", 6),
    ] {
        let (found, output, error) = run_both(&[], program);
        assert_eq!((found, &*error), (Some(code), ""), "{program}");
        assert_eq!(output.matches('\n').count(), usize::from(code == 3), "{program}: {output}");
    }
}

#[test]
fn printed_numbers_are_rounded_as_the_program_wants() {
    let program = "\
set_precision(2)
print(2 / 3, [1.005, -0.001], [[1.239, 2]], 1 / 3 + 0.125i, {a: 0.127}, 1e20, true, NaN)
print(str(2 / 3), table({x: [0.126]}))
set_precision(0)
print(2.5, 1.6)
set_precision(-1)
print(1 / 8)
print(try { set_precision(\"a\") } catch (e) { e.kind })
1 / 8";
    let expected = "\
0.67 [1, 0] [[1.24, 2]] 0.33+0.13i { a: 0.13 } 100000000000000000000 true NaN
0.6666666666666666
   x
0.13
(1 row)
3 2
0.125
TypeError
0.125
";
    assert_eq!(printed(&[], program), expected);
}

/// A server on this machine that answers so many requests; it gives them back.
fn server(responses: Vec<&'static str>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a port");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let serve_one = move |response: &str| -> std::io::Result<String> {
        let (mut stream, _) = listener.accept()?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let (mut request, mut length) = (String::new(), 0);
        while !request.ends_with("\r\n\r\n") {
            reader.read_line(&mut request)?;
            let last = request.lines().next_back().unwrap_or_default().to_lowercase();
            if let Some(value) = last.strip_prefix("content-length: ") {
                length = value.parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        stream.write_all(response.as_bytes())?;
        Ok(request.to_lowercase() + &String::from_utf8_lossy(&body))
    };
    #[expect(clippy::disallowed_methods, reason = "the server has a thread of its own")]
    let served = std::thread::spawn(move || {
        responses.into_iter().map(|it| serve_one(it).unwrap_or_default()).collect()
    });
    (url, served)
}

const FOUND: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-A: 1\r\nX-A: 2\r\n\
                     Connection: close\r\n\r\n{\"a\":[1]}";
const GONE: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";

#[test]
fn requests_have_options_and_answers_all_parts() {
    let program = "\
let url = args()[0]
print((await http_get(url + \"/x?n=1#f\", {query: {q: \"a b\", k: [1, 2]}, json: true})).a)
let full = await http_get(url, {headers: {\"X-Key\": 5}, full: true})
print(full.status, values(full.headers), full.body, full.url == url)
print(await http_post(url, {b: [1, 2]}, {json: true}))
print(await http_post(url, \"t\", {timeout: 5, headers: {\"Content-Type\": \"text/plain\"}}))
print((await http_get(url)).message == 'HTTP 404 from ${url}')
print(await http_get(url, {raise: false}))
print(try { await http_get(url, {raise: true}) } catch (e) { e.kind })
print(try { await http_request({url: url, method: \"put\", body: \"z\"}) } catch (e) { e.kind })
let r = await http_request({url: url, raise: false})
print(r.status, r.body, keys(r))
print(try { http_get(url, {time: 5}) } catch (e) { e.kind })
print(try { await http_get(url, {timeout: 0}) } catch (e) { e.message })
";
    let responses = vec![FOUND, FOUND, FOUND, FOUND, GONE, GONE, GONE, GONE, GONE];
    let (url, served) = server(responses);
    let place = Place::new();
    place.write("a.soc", program);
    let said = place.run(&format!("palindrome run --record a.rec a.soc {url}"), "");
    let expected = "\
[1]
200 [9, 1, 2, close] {\"a\":[1]} true
{ a: [1] }
{\"a\":[1]}
true
no
HttpError
HttpError
404 no [status, headers, body, url]
ValueError
http_get: timeout must be seconds above 0, got 0
";
    assert_eq!((&*said.output, &*said.error), (expected, ""));
    let requests = served.join().expect("it ends");
    assert!(requests[0].starts_with("get /x?n=1&q=a%20b&k=1&k=2 http/1.1\r\n"), "{}", requests[0]);
    assert!(requests[1].contains("x-key: 5\r\n"), "{}", requests[1]);
    assert!(requests[2].contains("content-type: application/json\r\n"), "{}", requests[2]);
    assert!(requests[2].ends_with("{\"b\":[1,2]}"), "{}", requests[2]);
    assert!(requests[3].contains("content-type: text/plain\r\n"), "{}", requests[3]);
    assert!(requests[7].starts_with("put / ") && requests[7].ends_with('z'), "{}", requests[7]);
    let again = place.run("palindrome replay a.rec", "");
    assert_eq!(again.output, said.output);
}
