//! Inline tables as text.

use super::super::render::key;

/// An inline table that is being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Inline(Vec<String>);

impl Inline {
    pub(super) fn text(mut self, name: &str, value: &str) -> Self {
        self.0.push(format!("{} = {}", key(name), quoted(value)));
        self
    }

    pub(super) fn text_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// `NAME = true`, where it is.
    pub(super) fn flag(mut self, name: &str, is_set: bool) -> Self {
        if is_set {
            self.0.push(format!("{name} = true"));
        }
        self
    }

    /// A value that is TOML already.
    pub(super) fn raw(mut self, name: &str, value: &str) -> Self {
        self.0.push(format!("{} = {value}", key(name)));
        self
    }

    /// Without a part that says what holds anyway.
    pub(super) fn without(mut self, part: &str) -> Self {
        self.0.retain(|known| known != part);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `{ a = "b" }`
    pub(super) fn written(&self) -> String {
        match self.0.is_empty() {
            true => "{}".to_owned(),
            false => format!("{{ {} }}", self.0.join(", ")),
        }
    }
}

/// A string as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// An array of strings.
pub(super) fn array<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("[{}]", texts.join(", "))
}
