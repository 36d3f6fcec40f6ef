//! The rules, one file each, in the order of their codes.

mod alias_kind;
mod bad_value;
mod before_section;
mod call_filter_cut;
mod command_quoting;
mod comment_in_continuation;
mod dbus_without_bus_name;
mod deaf_watchdog;
mod description_sentence;
mod empty_file;
mod endless_restart;
mod environment_quoting;
mod environment_variable;
mod exec_prefix;
mod exec_start_missing;
mod forking_without_pid_file;
mod hardening_lost;
mod ignored_directive;
mod infinite_timeout;
mod isolate_several;
mod manager_specifier;
mod missing_directory;
mod missing_environment_file;
mod missing_order;
mod mistaken_allow;
mod near_target;
mod network_online;
mod no_equals;
mod not_a_unit_name;
mod not_executable;
mod not_on_target;
mod not_utf8;
mod nothing_enables;
mod nothing_to_start;
mod nothing_to_wait_for;
mod notify_access;
mod old_resource_control;
mod oneshot_restart;
mod ordering_cycle;
mod outdated_value;
mod pam_kill_mode;
mod program_not_shipped;
mod quoted_text;
mod relative_executable;
mod restart_settings;
mod runs_as_root;
mod several_exec_start;
mod shell_syntax;
mod started_by_another;
mod stray_space_option;
mod sudo_or_su;
mod taken_name;
mod too_new;
mod trailing_comment;
mod unbraced_variable;
mod unknown_directive;
mod unknown_section;
mod unknown_specifier;
mod unknown_user;
mod unknown_value;
mod unlabelled_program;
mod unusual_name;
mod value_too_new;
mod variable_executable;
mod void_capabilities;
mod weaker_on_target;
mod wrong_section;

use super::Rule;
use crate::target::systemd::{Directive, ValueKind};

static ALL: [&Rule; 67] = [
    &unusual_name::RULE,
    &taken_name::RULE,
    &mistaken_allow::RULE,
    &empty_file::RULE,
    &not_utf8::RULE,
    &unknown_section::RULE,
    &unknown_directive::RULE,
    &too_new::RULE,
    &wrong_section::RULE,
    &ignored_directive::RULE,
    &no_equals::RULE,
    &before_section::RULE,
    &comment_in_continuation::RULE,
    &trailing_comment::RULE,
    &old_resource_control::RULE,
    &bad_value::RULE,
    &value_too_new::RULE,
    &unknown_value::RULE,
    &unknown_specifier::RULE,
    &outdated_value::RULE,
    &call_filter_cut::RULE,
    &infinite_timeout::RULE,
    &environment_quoting::RULE,
    &manager_specifier::RULE,
    &environment_variable::RULE,
    &quoted_text::RULE,
    &relative_executable::RULE,
    &exec_prefix::RULE,
    &command_quoting::RULE,
    &shell_syntax::RULE,
    &unbraced_variable::RULE,
    &exec_start_missing::RULE,
    &several_exec_start::RULE,
    &sudo_or_su::RULE,
    &stray_space_option::RULE,
    &variable_executable::RULE,
    &runs_as_root::RULE,
    &forking_without_pid_file::RULE,
    &dbus_without_bus_name::RULE,
    &notify_access::RULE,
    &oneshot_restart::RULE,
    &deaf_watchdog::RULE,
    &restart_settings::RULE,
    &endless_restart::RULE,
    &pam_kill_mode::RULE,
    &missing_order::RULE,
    &ordering_cycle::RULE,
    &isolate_several::RULE,
    &alias_kind::RULE,
    &network_online::RULE,
    &not_a_unit_name::RULE,
    &nothing_to_start::RULE,
    &nothing_to_wait_for::RULE,
    &description_sentence::RULE,
    &near_target::RULE,
    &nothing_enables::RULE,
    &started_by_another::RULE,
    &program_not_shipped::RULE,
    &not_executable::RULE,
    &unknown_user::RULE,
    &missing_environment_file::RULE,
    &missing_directory::RULE,
    &unlabelled_program::RULE,
    &void_capabilities::RULE,
    &hardening_lost::RULE,
    &weaker_on_target::RULE,
    &not_on_target::RULE,
];

/// Whether a rule about specifiers that are about root looks at a directive.
pub(super) fn has_specifier_of_manager(row: &Directive) -> bool {
    row.kind() == ValueKind::Command || manager_specifier::is_about(row)
}

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

/// What is meant by a word that looks like a directive and is none, such as `ExecRestart`.
pub fn meant(word: &str) -> Option<&'static str> {
    unknown_directive::meant(word)
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

    #[test]
    fn comments_in_examples_stand_on_lines_of_their_own() {
        for rule in all() {
            let is_trailing = |line: &str| !line.starts_with('#') && line.contains(" #");
            assert!(!rule.example.good.lines().any(is_trailing), "{}", rule.code);
            let is_bad = rule.example.bad.lines().any(is_trailing);
            assert_eq!(
                is_bad,
                rule.code == trailing_comment::RULE.code,
                "{}",
                rule.code
            );
        }
    }
}
