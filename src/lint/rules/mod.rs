//! The rules, one file each, in the order of their codes.

mod before_section;
mod ignored_directive;
mod no_equals;
mod nothing_enables;
mod started_by_another;
mod too_new;
mod unknown_directive;
mod unknown_section;
mod unusual_name;
mod wrong_section;

use super::Rule;

static ALL: [&Rule; 10] = [
    &unusual_name::RULE,
    &unknown_section::RULE,
    &unknown_directive::RULE,
    &too_new::RULE,
    &wrong_section::RULE,
    &ignored_directive::RULE,
    &no_equals::RULE,
    &before_section::RULE,
    &nothing_enables::RULE,
    &started_by_another::RULE,
];

/// All rules.
pub fn all() -> &'static [&'static Rule] {
    &ALL
}

/// The rule of a code or a name; letter case counts for nothing.
pub fn find(word: &str) -> Option<&'static Rule> {
    let is = |text: &str| text.eq_ignore_ascii_case(word);
    all()
        .iter()
        .find(|rule| is(rule.code) || is(rule.name))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_there_once_and_in_order() {
        let codes: Vec<&str> = all().iter().map(|rule| rule.code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
        let mut names: Vec<&str> = all().iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), codes.len());
        for code in codes {
            assert!(code.len() == 6 && code.starts_with("AMB"), "{code}");
        }
    }
}
