//! Texts from templates.

use super::Error;
use minijinja::syntax::{SyntaxConfig, SyntaxConfigBuilder};
use minijinja::{Environment, Value};

/// A template with its context. `| toml` writes a value as TOML does.
pub(super) fn render(template: &str, context: &Value) -> Result<String, Error> {
    with(&mut SyntaxConfig::builder(), template, context)
}

/// A pipeline with its context. Braces are GitHub's own: what is ours stands in `<< >>` and `<% %>`.
pub(super) fn pipeline(template: &str, context: &Value) -> Result<String, Error> {
    let mut syntax = SyntaxConfig::builder();
    syntax
        .block_delimiters("<%", "%>")
        .variable_delimiters("<<", ">>")
        .comment_delimiters("<#", "#>");
    with(&mut syntax, template, context)
}

fn with(
    syntax: &mut SyntaxConfigBuilder,
    template: &str,
    context: &Value,
) -> Result<String, Error> {
    let mut environment = Environment::new();
    let syntax = syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build();
    environment.set_syntax(syntax?);
    environment.add_filter("toml", |text: String| toml::Value::String(text).to_string());
    environment.add_filter("key", |text: String| key(&text));
    Ok(environment.render_str(template, context)?)
}

/// A key as TOML writes it: bare where it can be.
pub(super) fn key(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    match !text.is_empty() && text.chars().all(bare) {
        true => text.to_owned(),
        false => toml::Value::String(text.to_owned()).to_string(),
    }
}
