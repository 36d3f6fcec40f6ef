//! Capabilities of a file, in the words of cap_from_text(3) (libcap 2.66).

use super::Error;
use crate::report::{Span, Spanned};
use crate::target::{CAPABILITIES, Profile};
use std::fmt;

/// The flags of a capability, as libcap has them.
const EFFECTIVE: usize = 1;
const PERMITTED: usize = 2;
const INHERITABLE: usize = 4;

/// The number of `cap_audit_read`, which came with Linux 3.16; those after it came with 5.8 and
/// 5.9, and Red Hat's 4.18 has them too.
const FIRST_AFTER_LINUX_3_10: usize = 37;

/// The capabilities of a file, in the form that cap_to_text(3) gives and rpmbuild writes.
///
/// rpm gives the text to cap_from_text(3) when it installs and when it verifies, and fails the
/// installation where that or the setting fails (rpm 4.14.3, `fsmSetFCaps` in `lib/fsm.c`). So a
/// text that is none, or that the kernel of the target would refuse, must not get this far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Capabilities(String);

impl Capabilities {
    /// Reads a text such as `cap_net_bind_service=ep` for a target.
    ///
    /// # Errors
    /// When it is no such text, gives nothing, or cannot be set on a file of the target.
    pub fn parse(text: &Spanned<String>, profile: &Profile) -> Result<Self, Error> {
        let problem = |problem: String, help: &str| Error::Capabilities {
            text: text.value.clone(),
            problem,
            help: help.to_owned(),
            span: Option::<Span>::clone(&text.span),
        };
        let form = "write names and flags, such as cap_net_bind_service=ep";
        let sets = read(&text.value).map_err(|what| problem(what, form))?;
        let given = |flag: usize| (0..sets.len()).filter(move |n| sets[*n] & flag != 0);
        let effective: Vec<usize> = given(EFFECTIVE).collect();
        let others: Vec<usize> = given(PERMITTED | INHERITABLE).collect();
        if others.is_empty() {
            let what = "it gives the file nothing";
            return Err(problem(what.to_owned(), form));
        }
        if !effective.is_empty() && effective != others {
            // A file has one effective bit for all (capabilities(7)); seen with setcap(8) 2.66.
            return Err(problem(
                "on a file `e` goes with every capability that it gives, or with none".to_owned(),
                "give all of them `e`, as in cap_chown,cap_kill=ep",
            ));
        }
        let new = others
            .into_iter()
            .find(|number| *number >= FIRST_AFTER_LINUX_3_10 && !is_all(&text.value));
        if let Some(number) = new.filter(|_| is_older_than_3_16(&profile.kernel.value)) {
            return Err(problem(
                format!(
                    "{} has Linux {}, which does not know {}",
                    profile.title,
                    profile.kernel.value,
                    CAPABILITIES[number].to_ascii_lowercase()
                ),
                "leave it out there: write it in [package.metadata.ambot.target.…] of the others",
            ));
        }
        Ok(Capabilities(written(&sets)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text speaks of all capabilities, which means those that the target knows.
fn is_all(text: &str) -> bool {
    text.split_whitespace()
        .any(|clause| clause.starts_with('=') || clause.to_ascii_lowercase().starts_with("all"))
}

fn is_older_than_3_16(kernel: &str) -> bool {
    let mut numbers = kernel.split('.').map_while(|part| part.parse::<u32>().ok());
    (numbers.next(), numbers.next()) < (Some(3), Some(16))
}

type Sets = [usize; CAPABILITIES.len()];

/// Per capability the flags that the text gives it, or what is wrong with the text.
fn read(text: &str) -> Result<Sets, String> {
    let mut sets = [0; CAPABILITIES.len()];
    for clause in text.split_whitespace() {
        let operators = clause.find(['=', '+', '-']);
        let Some(at) = operators else {
            return Err(format!("`{clause}` has no `=`, `+` or `-`"));
        };
        let (names, actions) = clause.split_at(at);
        let numbers = numbers(names, actions.starts_with('='))?;
        let mut rest = actions;
        let mut is_first = true;
        while !rest.is_empty() {
            let (operator, after) = rest.split_at(1);
            let end = after.find(['=', '+', '-']).unwrap_or(after.len());
            let (letters, next) = after.split_at(end);
            let flags = flags(letters)?;
            let adds_nothing = operator != "=" && flags == 0;
            let comes_late = operator == "=" && !is_first;
            // All capabilities at once take one action (`=p+e` is none).
            let is_second_for_all = names.is_empty() && !is_first;
            if adds_nothing || comes_late || is_second_for_all {
                return Err(format!(
                    "`{clause}` cannot be read at `{operator}{letters}`"
                ));
            }
            for number in &numbers {
                sets[*number] = match operator {
                    "=" => flags,
                    "+" => sets[*number] | flags,
                    _ => sets[*number] & !flags,
                };
            }
            is_first = false;
            rest = next;
        }
    }
    Ok(sets)
}

fn numbers(names: &str, is_assignment: bool) -> Result<Vec<usize>, String> {
    if names.is_empty() && !is_assignment {
        return Err("`+` and `-` need the name of a capability".to_owned());
    }
    if names.is_empty() {
        return Ok((0..CAPABILITIES.len()).collect());
    }
    let mut numbers = Vec::new();
    for name in names.split(',') {
        let number: Option<usize> = name.parse().ok();
        let named = |known: &&str| known.eq_ignore_ascii_case(name);
        if name.eq_ignore_ascii_case("all") {
            numbers.extend(0..CAPABILITIES.len());
        } else if let Some(number) = number.filter(|number| *number < CAPABILITIES.len()) {
            numbers.push(number);
        } else if let Some(number) = CAPABILITIES.iter().position(named) {
            numbers.push(number);
        } else {
            let lower: Vec<String> = CAPABILITIES.iter().map(|c| c.to_lowercase()).collect();
            let near =
                crate::report::nearest(&name.to_lowercase(), lower.iter().map(String::as_str));
            let near = near.map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_default();
            return Err(format!("there is no capability `{name}`{near}"));
        }
    }
    Ok(numbers)
}

fn flags(letters: &str) -> Result<usize, String> {
    letters.chars().try_fold(0, |flags, letter| match letter {
        'e' => Ok(flags | EFFECTIVE),
        'p' => Ok(flags | PERMITTED),
        'i' => Ok(flags | INHERITABLE),
        other => Err(format!("`{other}` is no flag: they are `e`, `i` and `p`")),
    })
}

/// As cap_to_text(3) writes it: what most capabilities have first, then the others, those with
/// more flags before those with fewer.
fn written(sets: &Sets) -> String {
    let count = |flags: usize| sets.iter().filter(|set| **set == flags).count();
    let most = (0..8).rev().fold(7, |most, flags| {
        if count(flags) > count(most) {
            flags
        } else {
            most
        }
    });
    let letters = |flags: usize| {
        [(EFFECTIVE, 'e'), (INHERITABLE, 'i'), (PERMITTED, 'p')]
            .into_iter()
            .filter(|(flag, _)| flags & flag != 0)
            .map(|(_, letter)| letter)
            .collect::<String>()
    };
    let mut clauses = Vec::new();
    if most != 0 {
        clauses.push(format!("={}", letters(most)));
    }
    for flags in (0..8)
        .rev()
        .filter(|flags| *flags != most && count(*flags) > 0)
    {
        let all = CAPABILITIES.iter().zip(sets);
        let names = all.filter(|(_, set)| **set == flags);
        let names: Vec<String> = names.map(|(name, _)| name.to_lowercase()).collect();
        let mut clause = names.join(",");
        let (more, fewer) = (flags & !most, most & !flags);
        let plus = if clauses.is_empty() { '=' } else { '+' };
        if more != 0 {
            clause.push(plus);
            clause.push_str(&letters(more));
        }
        if fewer != 0 {
            clause.push('-');
            clause.push_str(&letters(fewer));
        }
        clauses.push(clause);
    }
    clauses.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::find;
    use proptest::prelude::*;

    fn parsed(text: &str, target: &str) -> Result<String, Error> {
        let text = Spanned::unwritten(text.to_owned());
        Capabilities::parse(&text, find(target).unwrap().profile()).map(|caps| caps.0)
    }

    /// What cap_to_text(3) of libcap 2.66 gave for each.
    #[test]
    fn texts_are_written_as_libcap_writes_them() {
        for (text, canonical) in [
            ("cap_net_bind_service=ep", "cap_net_bind_service=ep"),
            ("CAP_NET_RAW=pe", "cap_net_raw=ep"),
            ("10=ep", "cap_net_bind_service=ep"),
            (
                "cap_net_raw,cap_net_bind_service+ep",
                "cap_net_bind_service,cap_net_raw=ep",
            ),
            (
                "cap_net_raw=p cap_sys_admin=p cap_net_raw+i",
                "cap_net_raw=ip cap_sys_admin+p",
            ),
            ("all=ep", "=ep"),
            ("=ep", "=ep"),
            ("all=p cap_chown-p", "=p cap_chown-p"),
            ("\tcap_net_raw=p+i\n", "cap_net_raw=ip"),
            ("cap_net_raw=ep cap_net_raw-e", "cap_net_raw=p"),
            ("=i cap_chown=ip cap_kill=", "=i cap_chown+p cap_kill-i"),
            ("all,cap_chown=p", "=p"),
        ] {
            assert_eq!(parsed(text, "centos7").unwrap(), canonical, "{text}");
        }
    }

    /// As above, of texts that no file can have.
    #[test]
    fn each_set_of_flags_is_a_clause() {
        let sets = read(
            "cap_chown=eip cap_kill=ep cap_fowner=ei cap_bpf=e cap_perfmon=ip cap_syslog=p cap_mknod=i",
        );
        assert_eq!(
            written(&sets.unwrap()),
            "cap_chown=eip cap_perfmon+ip cap_fowner+ei cap_mknod+i cap_kill+ep cap_syslog+p cap_bpf+e"
        );
        let written = |text| written(&read(text).unwrap());
        assert_eq!(written("=ep cap_chown=i"), "=ep cap_chown+i-ep");
        assert_eq!(written("all=eip cap_chown="), "=eip cap_chown-eip");
    }

    /// cap_from_text(3) refuses each of the first group; of the second the kernel, or it is nothing.
    #[test]
    fn what_cannot_be_set_on_a_file_is_refused() {
        for text in [
            "cap_bogus=ep",
            "cap_net_raw",
            "+ep",
            "-ep",
            "cap_net_raw,=ep",
            "net_raw=ep",
            "cap_10=ep",
            "64=p",
            "cap_net_raw=ep,cap_chown=p",
            "cap_net_raw==p",
            "cap_net_raw=e p",
            "cap_net_raw+",
            "cap_chown=EP",
            "cap_chown+-p",
            "cap_chown+e=p",
            "=p+e",
            "cap_chown =p",
        ] {
            assert!(parsed(text, "centos8").is_err(), "{text}");
        }
        for text in [
            "=",
            "",
            "cap_chown=e",
            "cap_chown=ep cap_kill=p",
            "cap_chown=p-p",
        ] {
            assert!(parsed(text, "centos8").is_err(), "{text}");
        }
    }

    #[test]
    fn a_capability_that_the_targets_kernel_does_not_know_is_refused_there() {
        assert!(parsed("cap_bpf=ep", "centos8").is_ok());
        let error = parsed("cap_bpf=ep", "centos7").unwrap_err();
        insta::assert_snapshot!(error, @"`cap_bpf=ep` cannot be given to a file: CentOS 7 has Linux 3.10.0, which does not know cap_bpf");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(sets in prop::array::uniform32(0_usize..8)) {
            let mut all = [0; CAPABILITIES.len()];
            all[..32].copy_from_slice(&sets);
            prop_assert_eq!(read(&written(&all)), Ok(all));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[a-z_=+,ep -]{0,40}") {
            let _ = read(&text);
        }
    }
}
