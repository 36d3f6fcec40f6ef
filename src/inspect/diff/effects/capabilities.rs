//! The capabilities of a file (capabilities(7)), in the form of `cap_to_text(3)`.

use super::{About, Effects, listed};
use crate::inspect::DescribedFile;
use crate::rpm::visible;
use std::collections::BTreeSet;

/// What a file may do that it could not before, and what it may do no more.
pub(super) fn tell(old: Option<&DescribedFile>, new: &DescribedFile, effects: &mut Effects) {
    let before = old.map_or("", |old| &old.caps);
    if before == new.caps {
        return;
    }
    let path = visible(&new.path);
    let text = match (before, new.caps.as_str()) {
        ("", caps) => format!("{path} gets the capabilities {}", visible(caps)),
        (before, "") => format!("{path} loses its capabilities, {}", visible(before)),
        (before, caps) => {
            let known = names(caps);
            let lost: Vec<&str> = names(before).difference(&known).copied().collect();
            let lost = match (has_all(before), has_all(caps), lost.as_slice()) {
                (_, true, _) | (false, _, []) => String::new(),
                (true, false, _) => ": it loses all others".to_owned(),
                (false, false, lost) => format!(": it loses {}", listed(lost)),
            };
            let (before, caps) = (visible(before), visible(caps));
            format!("{path} has the capabilities {caps} instead of {before}{lost}")
        }
    };
    effects.attention(About::Files, text);
}

/// The names in `cap_a,cap_b=ep cap_c+i`; builders before libcap 2.33 write `= cap_a,cap_b+ep`.
fn names(text: &str) -> BTreeSet<&str> {
    let clauses = text.split_ascii_whitespace();
    let lists = clauses.filter_map(|clause| clause.split(['=', '+', '-']).next());
    let names = lists.flat_map(|list| list.split(','));
    names.filter(|name| !name.is_empty()).collect()
}

/// Whether it is `=ep`, which gives every capability; a `=` alone begins the older form.
fn has_all(text: &str) -> bool {
    let mut clauses = text.split_ascii_whitespace();
    clauses.any(|clause| clause.len() > 1 && clause.starts_with(['=', '+']))
}

#[cfg(test)]
mod tests {
    use super::{has_all, names};

    #[test]
    fn names_are_those_of_both_forms() {
        let expected = ["cap_chown", "cap_net_raw"].into();
        assert_eq!(names("cap_chown,cap_net_raw=ep"), expected);
        assert_eq!(names("= cap_net_raw+ep cap_chown+i"), expected);
        assert!(has_all("=ep") && !has_all("= cap_net_raw+ep"));
    }
}
