//! What a stranger wrote, as it may be shown.

use std::borrow::Cow;

/// Whether a character is shown as what it is: it neither speaks to a terminal nor changes the order
/// in which others are read (the bidirectional controls of UAX #9).
fn is_plain(character: char) -> bool {
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !character.is_control() && !turns
}

/// A text in which every control character but line breaks and tabs is an escape.
pub fn visible(text: &str) -> String {
    let is_shown = |character: char| is_plain(character) || matches!(character, '\n' | '\t');
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match is_shown(character) {
            true => shown.push(character),
            false => shown.extend(character.escape_unicode()),
        }
    }
    shown
}

/// As [`visible`], on one line: line breaks and tabs are escapes too.
pub fn visible_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' | '\r' => shown.extend(character.escape_default()),
            character if is_plain(character) => shown.push(character),
            character => shown.extend(character.escape_unicode()),
        }
    }
    shown
}

/// The parameters of an address that cargo itself writes into it.
const OF_CARGO: [&str; 3] = ["branch", "tag", "rev"];

/// An address as cargo writes it, without what stands before its host and without what somebody gave
/// it in its query.
pub fn without_credentials(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, format!("#{fragment}")),
        None => (rest, String::new()),
    };
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (rest, None),
    };
    let end = place.find('/').unwrap_or(place.len());
    let from = place[..end].rfind('@').map_or(0, |at| at + 1);
    let query = query.map_or(String::new(), |query| {
        let parameters = query.split('&').map(|parameter| {
            let name = parameter.split('=').next().unwrap_or_default();
            match OF_CARGO.contains(&name) {
                true => parameter,
                false => HIDDEN,
            }
        });
        format!("?{}", parameters.collect::<Vec<_>>().join("&"))
    });
    format!("{scheme}://{}{query}{fragment}", &place[from..])
}

/// A line of a file, or words of a command line, of the same length in bytes, with an asterisk for each
/// byte between the scheme of an address and the `@` before its host: a name, and often a password.
pub fn without_user_info(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    for (at, scheme_end) in text.match_indices("://") {
        let from = at + scheme_end.len();
        let ends = |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '`') || c.is_whitespace();
        let authority = text[from..].split(ends).next().unwrap_or_default();
        let length = authority.rfind('@');
        // What says already that something is not shown, says it still.
        if let Some(length) = length.filter(|length| authority[..*length] != *HIDDEN) {
            let all = from..from + length;
            shown.to_mut().replace_range(all, &"*".repeat(length));
        }
    }
    shown
}

/// What stands for what is not shown.
const HIDDEN: &str = "…";

/// An address as a person wrote it, without what may be a name, a password or a token in it: what
/// stands before the last `@` and behind the first `?` or `#`. A password may hold those and slashes,
/// where somebody forgot to write them as `%2F`.
pub fn shown_address(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..host_end].rfind('@').map_or(0, |at| at + 1);
    let (cut, from) = match rest.rfind('@') {
        Some(last) if last >= host_end && !is_group(&rest[host..]) => (HIDDEN, last),
        _ => ("", host),
    };
    let place = &rest[from..];
    let (place, query) = match place.find(['?', '#']) {
        Some(at) => (&place[..at], format!("{}{HIDDEN}", &place[at..=at])),
        None => (place, String::new()),
    };
    format!("{scheme}://{cut}{place}{query}")
}

/// Whether each `@` of an address begins a name in its path, behind a host without a port: those of
/// groups do in a forge's (`https://copr.example.org/results/@group/`), and no password does.
fn is_group(rest: &str) -> bool {
    let (place, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let is_name = |(at, _): (usize, &str)| path[..at].ends_with('/');
    host.contains('.')
        && !host.contains([':', '@'])
        && !query.contains('@')
        && path.match_indices('@').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_speaks_to_a_terminal_or_turns_text_around_is_an_escape() {
        let hostile = "a\tb\u{1b}]0;x\u{7}\u{9b}31m\r\u{202e}c\nd é";
        assert_eq!(
            visible(hostile),
            "a\tb\\u{1b}]0;x\\u{7}\\u{9b}31m\\u{d}\\u{202e}c\nd é"
        );
        assert_eq!(visible_line("a\nb\tc"), "a\\nb\\tc");
    }

    #[test]
    fn an_address_loses_its_credentials_and_nothing_else() {
        for (address, shown) in [
            (
                "https://me:secret@example.org/a@b",
                "https://example.org/a@b",
            ),
            (
                "git+https://token@example.org?rev=1@2",
                "git+https://example.org?rev=1@2",
            ),
            ("https://a@b:c@example.org", "https://example.org"),
            ("https://example.org/a", "https://example.org/a"),
            ("me@example.org:a.git", "me@example.org:a.git"),
            (
                "git+https://example.org/a?token=canary&branch=a@b#0123",
                "git+https://example.org/a?…&branch=a@b#0123",
            ),
        ] {
            assert_eq!(without_credentials(address), shown);
        }
    }

    #[test]
    fn nothing_is_shown_of_an_address_that_may_be_a_secret() {
        for (address, shown) in [
            ("http://me:canary@h/x", "http://h/x"),
            ("http://me:can?ary@h/x", "http://…@h/x"),
            ("http://me:ca/nary@h/x", "http://…@h/x"),
            ("http://me:canary#@h/x", "http://…@h/x"),
            ("http://me:12/canary@h/x", "http://…@h/x"),
            ("http://canary/@h/x", "http://…@h/x"),
            ("http://me:canary@h/a@b", "http://…@b"),
            ("http://h/yum?token=canary", "http://h/yum?…"),
            ("http://h/yum?a=canary@b", "http://…@b"),
            ("http://h.org/@a?canary@b", "http://…@b"),
            ("http://h.org/@a/b?canary", "http://h.org/@a/b?…"),
            ("http://h/yum#canary", "http://h/yum#…"),
            ("http://[::1]:80/yum", "http://[::1]:80/yum"),
            (
                "https://me:canary@copr.example.org/results/@group/el8",
                "https://copr.example.org/results/@group/el8",
            ),
            ("/srv/a@b", "/srv/a@b"),
        ] {
            assert_eq!(shown_address(address), shown);
            assert!(!shown.contains("canary"));
        }
    }

    #[test]
    fn a_line_with_an_address_keeps_its_length_and_loses_who_logs_in() {
        for (line, shown) in [
            (
                "repos = ['http://me:canary@h/x', \"https://canary@h\"]",
                "repos = ['http://*********@h/x', \"https://******@h\"]",
            ),
            ("https://é:canary@h", "https://*********@h"),
            ("https://a@canary@h/b@c", "https://********@h/b@c"),
            ("https://h/a@b https://h?a@b", "https://h/a@b https://h?a@b"),
            ("https:// me@h", "https:// me@h"),
        ] {
            assert_eq!(without_user_info(line), shown);
            assert_eq!(line.len(), shown.len());
        }
    }

    proptest! {
        #[test]
        fn no_control_character_is_left(text in "\\PC*[\\p{Cc}\\p{Cf}]{0,9}\\PC*") {
            let left = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
            prop_assert_eq!(visible(&text).chars().find(left), None);
            prop_assert!(!visible_line(&text).chars().any(char::is_control));
        }
    }
}
