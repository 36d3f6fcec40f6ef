//! Texts from templates, which share functions of the shell: a line `#% include "state.sh"` stands
//! for the text of that file below `templates/functions`. To the shell it is a comment.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Value};

macro_rules! functions {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../templates/functions/", $name)))),*]
    };
}

const FUNCTIONS: [(&str, &str); 11] = functions![
    "change.sh",
    "clock.sh",
    "disable.sh",
    "instances.sh",
    "is_safe.sh",
    "manager.sh",
    "property.sh",
    "recorded.sh",
    "root.sh",
    "state.sh",
    "stop.sh",
];

/// A template with its context, ended by a line break.
///
/// # Errors
/// When the template is wrong, which is a defect.
pub(crate) fn render(template: &str, context: &Value) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .line_statement_prefix("#%")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    environment.set_syntax(syntax);
    for (name, text) in FUNCTIONS {
        environment.add_template(name, text)?;
    }
    environment.render_str(template, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    #[test]
    fn a_function_stands_where_it_is_named_and_nothing_else_changes() {
        let template = "a='{{ a }}'\n\n#% include \"clock.sh\"\n\n# b\nb\n";
        let (_, clock) = FUNCTIONS
            .into_iter()
            .find(|(name, _)| *name == "clock.sh")
            .unwrap();
        let text = render(template, &context! { a => "1" }).unwrap();
        assert_eq!(text, format!("a='1'\n\n{clock}\n# b\nb\n"));
    }
}
