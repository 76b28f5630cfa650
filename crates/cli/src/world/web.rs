//! Requests over HTTP.

use std::time::Duration;

use machine::{Answer, Failure, Request, Response};
use ureq::http::HeaderValue;
use ureq::{Agent, Error};

use super::failure::failure;

/// How long a connection may take to be made.
const CONNECT_MAX: Duration = Duration::from_secs(30);
/// How long nothing may come.
const SILENCE_MAX: Duration = Duration::from_secs(300);

/// Sends requests as the user's environment says (proxies).
pub(super) fn agent() -> Agent {
    let settings = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT_MAX))
        .timeout_recv_response(Some(SILENCE_MAX));
    settings.build().into()
}

/// Sends a request, and takes a response of at most `max` bytes.
pub(super) fn fetch(agent: &Agent, request: &Request, max: usize) -> Answer {
    send(agent, request, max).map_or_else(|error| refused(&error), Answer::Response)
}

fn send(agent: &Agent, request: &Request, max: usize) -> Result<Response, Error> {
    let mut built =
        ureq::http::Request::builder().method(request.method.as_str()).uri(request.url.as_str());
    for (name, value) in &request.headers {
        built = built.header(
            name,
            HeaderValue::from_bytes(value).map_err(|error| Error::Http(error.into()))?,
        );
    }
    let timeout = request.timeout.map(Duration::from_nanos);
    // Without a body there is no length to be said, and some methods may have none.
    let mut response = if request.body.is_empty() && request.method != "POST" {
        let settings = agent.configure_request(built.body(())?);
        agent.run(settings.timeout_global(timeout).build())?
    } else {
        let settings = agent.configure_request(built.body(&request.body[..])?);
        agent.run(settings.timeout_global(timeout).build())?
    };
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    Ok(Response {
        status: response.status().as_u16(),
        headers: headers.collect(),
        body: {
            let limit = u64::try_from(max).unwrap_or(u64::MAX);
            response.body_mut().with_config().limit(limit).read_to_vec()?
        },
    })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the list of another crate, which grows")]
fn refused(error: &Error) -> Answer {
    let kind = match error {
        Error::Io(error) => failure(error.kind()),
        Error::HostNotFound | Error::ConnectionFailed | Error::Timeout(_) => Failure::Unreachable,
        Error::Http(_) | Error::BadUri(_) => Failure::Invalid,
        Error::BodyExceedsLimit(_) => Failure::Full,
        _ => Failure::Other,
    };
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default();
    Answer::Refused(kind, text.to_owned())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the server has a thread of its own")]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    use super::*;

    /// A server on this machine that answers so many requests with `response`, and gives them back.
    fn server(count: usize, response: &'static str) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/path?a=1", listener.local_addr().unwrap());
        let serve = move || {
            let serve_one = |_| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut request = String::new();
                let mut length = 0;
                while !request.ends_with("\r\n\r\n") {
                    reader.read_line(&mut request).unwrap();
                    let last = request.lines().next_back().unwrap_or_default();
                    if let Some(value) = last.to_lowercase().strip_prefix("content-length: ") {
                        length = value.parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                request.push_str(&String::from_utf8(body).unwrap());
                stream.write_all(response.as_bytes()).unwrap();
                request
            };
            (0..count).map(serve_one).collect()
        };
        (url, std::thread::spawn(serve))
    }

    /// Nothing of the environment in which the test runs.
    fn plain() -> Agent {
        Agent::config_builder().http_status_as_error(false).proxy(None).build().into()
    }

    fn request(method: &str, url: String, body: &str) -> Request {
        let headers = vec![("X-Test".to_owned(), b"yes".to_vec())];
        let body = body.as_bytes().to_vec();
        Request { method: method.to_owned(), url, headers, body, timeout: None }
    }

    const FOUND: &str =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Answer: 42\r\nConnection: close\r\n\r\nhello";

    #[test]
    fn a_request_gets_what_the_server_sends_back() {
        let (url, served) = server(2, FOUND);
        let Answer::Response(response) = fetch(&plain(), &request("GET", url.clone(), ""), 99)
        else {
            unreachable!("the server answers")
        };
        assert_eq!((response.status, &response.body[..]), (200, &b"hello"[..]));
        assert!(response.headers.contains(&("x-answer".to_owned(), b"42".to_vec())));
        fetch(&plain(), &request("POST", url, "body"), 99);
        let requests = served.join().unwrap();
        assert!(requests[0].starts_with("GET /path?a=1 HTTP/1.1\r\n"), "{}", requests[0]);
        assert!(requests[0].contains("x-test: yes\r\n"), "{}", requests[0]);
        assert!(requests[1].starts_with("POST ") && requests[1].ends_with("\r\n\r\nbody"));
    }

    #[test]
    fn a_request_is_given_up_after_its_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let timeout = Some(50_000_000);
        let answer = fetch(&plain(), &Request { timeout, ..request("GET", url, "") }, 99);
        let Answer::Refused(Failure::Unreachable, reason) = answer else {
            unreachable!("nobody answers: {answer:?}")
        };
        assert!(reason.contains("timeout"), "{reason}");
    }

    #[test]
    fn a_status_that_says_no_is_a_response_like_any_other() {
        let none = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let (url, served) = server(1, none);
        let answer = fetch(&plain(), &request("GET", url, ""), 99);
        assert!(matches!(answer, Answer::Response(Response { status: 404, .. })), "{answer:?}");
        served.join().unwrap();
    }

    #[test]
    fn what_gets_no_response_is_refused_with_the_reason() {
        let (url, served) = server(1, FOUND);
        let answer = fetch(&plain(), &request("GET", url.clone(), ""), 4);
        assert!(matches!(answer, Answer::Refused(Failure::Full, _)), "{answer:?}");
        served.join().unwrap();
        let answer = fetch(&plain(), &request("GET", url, ""), 99);
        assert!(matches!(answer, Answer::Refused(Failure::Unreachable, _)), "{answer:?}");
        for url in ["", "no address", "ftp://127.0.0.1/"] {
            let answer = fetch(&plain(), &request("GET", url.to_owned(), ""), 99);
            assert!(matches!(answer, Answer::Refused(Failure::Invalid, _)), "{url}: {answer:?}");
        }
        let mut wrong = request("GET", "http://127.0.0.1/".to_owned(), "");
        wrong.headers = vec![("a".to_owned(), b"b\n".to_vec())];
        let answer = fetch(&plain(), &wrong, 99);
        assert!(matches!(answer, Answer::Refused(Failure::Invalid, _)), "{answer:?}");
    }
}
