//! Addresses of the web with values in them.

use std::fmt::Write as _;

/// An address with these names and values added to its query. What could mean something else is
/// written as `%` and its bytes in hexadecimal (RFC 3986).
#[must_use]
pub fn with_query(url: &str, pairs: &[(String, String)]) -> String {
    let (front, fragment) = match url.find('#') {
        Some(at) => url.split_at(at),
        None => (url, ""),
    };
    let mut address = front.to_owned();
    for (name, value) in pairs {
        let is_first = !address.contains('?');
        if is_first {
            address.push('?');
        } else if !address.ends_with(['?', '&']) {
            address.push('&');
        }
        escape(&mut address, name);
        address.push('=');
        escape(&mut address, value);
    }
    address + fragment
}

fn escape(address: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_added_before_the_fragment() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let pairs = [pair("q", "a b&é"), pair("n", "1")];
        assert_eq!(with_query("http://x/y#z", &pairs), "http://x/y?q=a%20b%26%C3%A9&n=1#z");
        assert_eq!(with_query("http://x/?a=1", &pairs[1..]), "http://x/?a=1&n=1");
        assert_eq!(with_query("http://x/", &[]), "http://x/");
    }
}
