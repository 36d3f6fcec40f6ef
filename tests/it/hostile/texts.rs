//! Texts that somebody reads as something else: a shell, rpmbuild, a template, XML, a terminal.
//!
//! Each of those that run something makes a file called [`CANARY`] where it is run, and none may ever
//! be there.

/// The name of the file that is never to be made.
pub(super) const CANARY: &str = "canary";

/// A text longer than any line of a file that people write.
const LONG: usize = 100_000;

/// What is tried, each by a name for messages.
pub(super) fn hostile() -> Vec<(&'static str, String)> {
    let short = [
        ("double quotes", "\"; touch canary; \""),
        ("single quotes", "'; touch canary; '"),
        ("substitution", "$(touch canary)"),
        ("backticks", "`touch canary`"),
        ("operators", "a;touch canary&&touch canary|touch canary&"),
        ("backslash", "a\\"),
        ("continuation", "a\\\n%(touch canary)"),
        ("shell of rpmbuild", "%(touch canary)"),
        ("lua of rpmbuild", "%{lua:io.open(\"canary\", \"w\")}"),
        ("doubled macro", "a%%(touch canary)"),
        ("trebled macro", "%%%(touch canary)"),
        (
            "open macros behind backslashes",
            "a \\%{ \\%( \\%[ \\\\%{ b",
        ),
        ("line", "a\ntouch canary\n"),
        ("section", "a\n%pre\ntouch canary\n"),
        ("condition", "a\n %if 0\nb"),
        ("include", "a\n%include /etc/passwd\nb"),
        ("directive", "a\nExecStartPre=/usr/bin/touch canary"),
        ("option", "-rf"),
        ("long option", "--root=/canary"),
        ("template", "{{ 7*7 }}{% for x in [1] %}"),
        ("xml", "]]></x>&amp;<a \"b'c"),
        ("nul", "a\0b"),
        ("carriage return", "a\r\ntouch canary"),
        ("lone carriage return", "a\rtouch canary"),
        ("escape", "a\x1b]0;title\x07\x1b[31m"),
        ("c1", "a\u{9b}31m\u{85}b"),
        ("bidi", "a\u{202e}b\u{2066}c\u{200f}"),
        ("dots", "../../../canary"),
        ("absolute dots", "/../canary"),
        ("path with substitution", "/usr/share/hello/$(touch canary)"),
        ("path with quotes", "/usr/share/hello/'; touch canary; '"),
        (
            "path with section",
            "/usr/share/hello/a\n%pre\ntouch canary",
        ),
        ("path with macro", "/usr/share/hello/%(touch canary)"),
        ("path with backslash", "/usr/share/hello/a\\"),
        ("path with blank", "/usr/share/hello/a b\tc"),
        ("pattern", "*"),
        ("blanks", " a b\tc "),
        ("workflow command", "::error::a\n::warning::b"),
        ("nothing", ""),
        ("separators", "é\u{2028}b"),
        ("unit", "hello@$(touch canary).service"),
        ("version", ">= 1.0$(touch canary)"),
        ("version with macro", ">= 1%(touch canary)"),
        ("condition of rpm", "(a if b%(touch canary))"),
    ];
    let short = short.map(|(name, text)| (name, text.to_owned()));
    let mut all = Vec::from(short);
    all.push(("long", "x".repeat(LONG)));
    all
}
