//! Takes typed values out of a table and, at the end, finds the keys that nobody took.

use super::error::Error;
use super::tree::{Entry, Node, Table, Value};
use crate::report::{Span, Spanned, nearest};

/// A table that is being read. The keys asked for are the keys there are, so an unknown one can be
/// told with its nearest neighbour.
pub(super) struct Reader {
    table: Table,
    /// As messages name it: `[package.metadata.ambot.services.hello]` without the brackets.
    name: String,
    known: Vec<&'static str>,
}

impl Reader {
    pub(super) fn new(table: Table, name: impl Into<String>) -> Self {
        Reader {
            table,
            name: name.into(),
            known: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.known.push(key);
        self.table.take(key)
    }

    /// Where the value of a key that is not taken yet was written.
    pub(super) fn span(&self, key: &str) -> Option<Span> {
        self.table.get(key).map(|entry| entry.node.span.clone())
    }

    pub(super) fn string(&mut self, key: &'static str) -> Result<Option<Spanned<String>>, Error> {
        let entry = self.take(key);
        entry
            .map(|entry| self.string_of(key, entry.node))
            .transpose()
    }

    fn string_of(&self, key: &str, node: Node) -> Result<Spanned<String>, Error> {
        match node.value {
            Value::String(text) => Ok(Spanned::new(text, node.span)),
            other => Err(wrong_kind(key, &other, "a string", &node.span)),
        }
    }

    /// A string that has something in it and is one line, without characters that a terminal obeys.
    pub(super) fn line(&mut self, key: &'static str) -> Result<Option<Spanned<String>>, Error> {
        let text = self.string(key)?;
        if let Some(Spanned {
            value,
            span: Some(span),
        }) = &text
        {
            let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            let what = if value.contains(is_control) {
                "has a control character in it"
            } else if value.trim().is_empty() || value.contains('\n') {
                "must be one line with something in it"
            } else {
                return Ok(text);
            };
            return Err(Error::Value {
                what: format!("`{key}` {what}"),
                span: span.clone(),
                help: format!("write a text, or leave `{key}` out"),
            });
        }
        Ok(text)
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Result<Option<bool>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        match entry.node.value {
            Value::Boolean(truth) => Ok(Some(truth)),
            other => Err(wrong_kind(key, &other, "true or false", &entry.node.span)),
        }
    }

    pub(super) fn number(&mut self, key: &'static str) -> Result<Option<u32>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        let Value::Integer { text, radix } = &entry.node.value else {
            return Err(wrong_kind(
                key,
                &entry.node.value,
                "a number",
                &entry.node.span,
            ));
        };
        u32::from_str_radix(text, *radix)
            .map(Some)
            .map_err(|_| Error::Value {
                what: format!("`{key}` is out of range"),
                span: entry.node.span.clone(),
                help: format!("write a number from 0 to {}", u32::MAX),
            })
    }

    /// A word out of a list.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Error> {
        let entry = self.take(key);
        entry
            .map(|entry| word(key, &entry.node, choices))
            .transpose()
    }

    pub(super) fn strings(
        &mut self,
        key: &'static str,
    ) -> Result<Option<Vec<Spanned<String>>>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        match entry.node.value {
            Value::Array(items) => items
                .into_iter()
                .map(|node| self.string_of(key, node))
                .collect::<Result<_, _>>()
                .map(Some),
            other => Err(wrong_kind(
                key,
                &other,
                "an array of strings",
                &entry.node.span,
            )),
        }
    }

    /// As [`Reader::strings`], and at least one.
    pub(super) fn some_strings(
        &mut self,
        key: &'static str,
    ) -> Result<Option<Vec<Spanned<String>>>, Error> {
        let span = self.table.get(key).map(|entry| entry.node.span.clone());
        let strings = self.strings(key)?;
        match (span, &strings) {
            (Some(span), Some(none)) if none.is_empty() => Err(Error::Value {
                what: format!("`{key}` is empty"),
                span,
                help: format!("name at least one, or leave `{key}` out for all"),
            }),
            _ => Ok(strings),
        }
    }

    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Table>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        into_table(key, entry.node).map(Some)
    }

    pub(super) fn tables(&mut self, key: &'static str) -> Result<Vec<(Table, Span)>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(Vec::new());
        };
        match entry.node.value {
            Value::Array(items) => items
                .into_iter()
                .map(|node| {
                    let span = node.span.clone();
                    into_table(key, node).map(|table| (table, span))
                })
                .collect(),
            other => Err(wrong_kind(
                key,
                &other,
                "an array of tables",
                &entry.node.span,
            )),
        }
    }

    /// The keys that are not known to this table are mistakes.
    pub(super) fn finish(self) -> Result<(), Error> {
        self.finish_without(&[])
    }

    /// As [`Reader::finish`], where some of the keys that were asked for are refused elsewhere and
    /// are no advice.
    pub(super) fn finish_without(self, refused: &[&str]) -> Result<(), Error> {
        #[cfg(test)]
        seen::note(&self.name, &self.known);
        let Some(entry) = self.table.entries.into_iter().next() else {
            return Ok(());
        };
        let mut keys: Vec<&str> = Vec::new();
        for key in self.known {
            if !refused.contains(&key) && !keys.contains(&key) {
                keys.push(key);
            }
        }
        Err(unknown_key(&entry, &self.name, &keys))
    }
}

/// Which keys were known to which table, for the test that holds the schema against the readers.
#[cfg(test)]
pub(super) mod seen {
    use std::cell::RefCell;

    type Tables = Vec<(String, Vec<&'static str>)>;

    thread_local! {
        static SEEN: RefCell<Tables> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn note(table: &str, keys: &[&'static str]) {
        SEEN.with_borrow_mut(|seen| seen.push((table.to_owned(), keys.to_vec())));
    }

    /// Those of this thread since the last time.
    pub(in crate::project) fn take() -> Tables {
        SEEN.take()
    }
}

/// The meaning of a value that is a word out of a list.
pub(super) fn word<T: Copy>(key: &str, node: &Node, choices: &[(&str, T)]) -> Result<T, Error> {
    let words = || choices.iter().map(|(word, _)| *word);
    let list = format!("\"{}\"", words().collect::<Vec<_>>().join("\", \""));
    let Value::String(text) = &node.value else {
        return Err(wrong_kind(
            key,
            &node.value,
            &format!("one of {list}"),
            &node.span,
        ));
    };
    if let Some((_, choice)) = choices.iter().find(|(word, _)| word == text) {
        return Ok(*choice);
    }
    let near = nearest(text, words()).map(|near| format!("did you mean \"{near}\"? "));
    Err(Error::Value {
        what: format!("`{key}` cannot be \"{text}\""),
        span: node.span.clone(),
        help: format!("{}write one of {list}", near.unwrap_or_default()),
    })
}

pub(super) fn unknown_key(entry: &Entry, table: &str, known: &[&str]) -> Error {
    let help = match nearest(&entry.key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys are {}", known.join(", ")),
    };
    Error::UnknownKey {
        key: entry.key.clone(),
        table: table.to_owned(),
        span: entry.key_span.clone(),
        help,
    }
}

pub(super) fn into_table(key: &str, node: Node) -> Result<Table, Error> {
    match node.value {
        Value::Table(table) => Ok(table),
        other => Err(wrong_kind(key, &other, "a table", &node.span)),
    }
}

pub(super) fn wrong_kind(key: &str, found: &Value, wanted: &str, span: &Span) -> Error {
    let what = format!("`{key}` is {}, and {wanted} is needed", found.kind());
    let span = span.clone();
    let help = format!("such as {}", example(key, wanted));
    match key {
        "repos" => Error::SecretValue { what, span, help },
        _ => Error::Value { what, span, help },
    }
}

/// A line as one could write it.
fn example(key: &str, wanted: &str) -> String {
    let line = match key {
        "targets" => "targets = [\"centos7\", \"centos8\"]",
        "bins" => "bins = [\"hello\"]",
        "release" => "release = \"2\"",
        "repos" => "repos = [\"https://example.org/yum/el7\"]",
        "required-version" => "required-version = \">=0.1\"",
        "epoch" => "epoch = 1",
        "license" => "license = \"MIT OR Apache-2.0\"",
        "url" => "url = \"https://example.com/hello\"",
        "mode" => "mode = \"0640\"",
        "uid" | "gid" => return format!("{key} = 812"),
        "home" => "home = \"/var/lib/hello\"",
        "shell" => "shell = \"/sbin/nologin\"",
        "groups" if wanted == "a table" => "groups = { hello = {} }",
        "groups" => "groups = [\"adm\"]",
        users if users == "users" || users.starts_with("users.") => "users = { hello = {} }",
        group if group.starts_with("groups.") => "groups = { hello = {} }",
        "tmpfiles" => "tmpfiles = [\"d /run/hello 0750 hello hello -\"]",
        "user" | "group" => return format!("{key} = \"hello\""),
        "dirs" => "dirs = [{ dest = \"/var/lib/hello\", mode = \"0750\" }]",
        "symlinks" => "symlinks = [{ dest = \"/usr/bin/hi\", target = \"hello\" }]",
        "ghosts" => "ghosts = [{ dest = \"/var/log/hello.log\" }]",
        "target" => "target = \"hello\"",
        "caps" => "caps = \"cap_net_bind_service=ep\"",
        "bin-caps" => "bin-caps = { hello = \"cap_net_bind_service=ep\" }",
        "man" => "man = [\"man/hello.1\"]",
        "completions" => "completions = [\"completions/hello.bash\"]",
        "files" => "files = [{ source = \"etc/hello.toml\", dest = \"/etc/hello/\" }]",
        "source" => "source = \"etc/hello.toml\"",
        "dest" => "dest = \"/etc/hello/hello.toml\"",
        "build-requires" => "build-requires = { \"pkgconfig(openssl)\" = \"*\" }",
        "requires" => "requires = { curl = \">= 7.29\" }",
        "provides" | "conflicts" | "obsoletes" | "recommends" | "suggests" | "supplements"
        | "enhances" => return format!("{key} = {{ curl = \"*\" }}"),
        "when" => "when = [\"post\", \"preun\"]",
        "exclude" => "exclude = [\"libfoo.so*\"]",
        "version" => "version = \">= 7.29\"",
        "script" => "script = \"echo installed\"",
        "file" => "file = \"rpm/post.sh\"",
        "interpreter" => "interpreter = \"/bin/bash\"",
        "on" => "on = \"in\"",
        "paths" => "paths = [\"/usr/lib/x\"]",
        "priority" => "priority = 100",
        "triggers" => "[[package.metadata.ambot.triggers]]",
        "on-upgrade" => "on-upgrade = \"restart\"",
        "on-remove" => "on-remove = \"leave\"",
        "instances" => "instances = [\"a\", \"b\"]",
        "start-timeout" => "start-timeout = 30",
        "payload-compress" => "payload-compress = \"zstd:19\"",
        "adapt" => "adapt = \"off\"",
        "hardening" => "hardening = \"require\"",
        "services" if wanted.contains("`false`") => "services = false",
        "services" if wanted == "an array of strings" => "services = [\"hello-agent\"]",
        "package" => "package = \"tools\"",
        "changelog" if wanted == "a table" => {
            "changelog = [{ version = \"1.2.0\", date = \"2026-01-31\", changes = [\"…\"] }]"
        }
        "changelog" => "changelog = \"CHANGELOG.md\"",
        "date" => "date = \"2026-01-31\"",
        "changes" => "changes = [\"A faster start\"]",
        "lints" => "lints = { AMB011 = \"warn\" }",
        "services" => "[package.metadata.ambot.services.hello]",
        section if wanted == "a table" && section.starts_with(char::is_uppercase) => {
            return format!("[package.metadata.ambot.services.hello.{section}]");
        }
        table if wanted == "a table" => {
            return format!("[package.metadata.ambot.{table}] and the keys below it");
        }
        flag if wanted == "true or false" => return format!("{flag} = true"),
        code if code.starts_with("AMB") => return format!("{code} = \"warn\""),
        directive => return format!("{directive} = \"…\""),
    };
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use crate::report::{Diagnose, SourceFile};

    fn said(text: &str) -> String {
        let table = super::super::tree::parse(&SourceFile::new("x", text)).unwrap();
        let said = Settings::read(table).unwrap_err().diagnostic();
        format!("{}\n{}", said.title, said.help.join("\n"))
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told_with_a_line_as_it_should_be() {
        insta::assert_snapshot!(said("release = 2"), @r#"
        `release` is an integer, and a string is needed
        such as release = "2"
        "#);
        insta::assert_snapshot!(said("targets = \"el7\""), @r#"
        `targets` is a string, and an array of strings is needed
        such as targets = ["centos7", "centos8"]
        "#);
        insta::assert_snapshot!(said("[services.a]\nstart = \"no\""), @"
        `start` is a string, and true or false is needed
        such as start = true
        ");
        insta::assert_snapshot!(said("[services.a]\nService = 1"), @"
        `Service` is an integer, and a table is needed
        such as [package.metadata.ambot.services.hello.Service]
        ");
    }

    #[test]
    fn a_table_is_no_value_of_a_directive() {
        insta::assert_snapshot!(said("[services.a.Service.Environment]\nA = \"1\"\nB = 2"), @r#"
        `Environment` is a table where a directive's value is needed
        write Environment = ["A=1", "B=2"]
        "#);
    }

    #[test]
    fn no_binary_at_all_is_a_mistake() {
        insta::assert_snapshot!(said("bins = []"), @"
        `bins` is empty
        name at least one, or leave `bins` out
        ");
    }

    #[test]
    fn the_key_that_is_taken_before_all_others_is_known() {
        insta::assert_snapshot!(said("required-verison = \">=0.1\""), @"
        unknown key `required-verison` in metadata.ambot
        did you mean `required-version`?
        ");
    }

    #[test]
    fn a_misspelt_key_of_a_file_is_told_before_the_one_that_it_leaves_missing() {
        insta::assert_snapshot!(said("files = [{ source = \"a\", dst = \"/a\" }]"), @"
        unknown key `dst` in metadata.ambot.files
        did you mean `dest`?
        ");
    }
}
