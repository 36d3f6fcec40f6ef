use super::super::word::quote_word;
use super::*;
use proptest::prelude::*;

const V252: Version = Version::new(252);
const ALL: [Version; 3] = [Version::V219, Version::V239, V252];

/// Each command as systemd takes it: prefixes, program, arguments.
fn taken(value: &str, version: Version) -> Vec<Vec<String>> {
    let line = command_line(value, version);
    let commands = line.commands.iter().filter(|command| command.taken);
    let words = |command: &Command<'_>| {
        let prefixes: String = command.prefixes.iter().map(|p| p.prefix.as_str()).collect();
        let words = command.words().map(|word| word.text.clone());
        std::iter::once(prefixes).chain(words).collect()
    };
    commands.map(words).collect()
}

fn reasons(value: &str, version: Version) -> Vec<(Reason, Consequence)> {
    let problems = command_line(value, version).problems.into_iter();
    problems
        .map(|p| (p.invalid.reason, p.consequence))
        .collect()
}

#[test]
fn what_all_versions_read_alike() {
    for (value, expected) in [
        ("", vec![]),
        ("/bin/true", vec![vec!["", "/bin/true"]]),
        ("/bin/a  b\tc", vec![vec!["", "/bin/a", "b", "c"]]),
        ("-@/bin/a b", vec![vec!["-@", "/bin/a", "b"]]),
        ("@-/bin/a b", vec![vec!["@-", "/bin/a", "b"]]),
        ("\"/bin/a b\" 'c d'", vec![vec!["", "/bin/a b", "c d"]]),
        ("\"-/bin/a\"", vec![vec!["-", "/bin/a"]]),
        (
            "/bin/a ; /bin/b",
            vec![vec!["", "/bin/a"], vec!["", "/bin/b"]],
        ),
        ("/bin/a ;", vec![vec!["", "/bin/a"]]),
        (
            r"/bin/a \; b;c ;d",
            vec![vec!["", "/bin/a", ";", "b;c", ";d"]],
        ),
        (
            r"/bin/a \x41\102\tc\s'",
            vec![vec!["", "/bin/a", "AB\tc '"]],
        ),
        (
            "/bin/a $B ${C} %n | grep > x && y",
            vec![vec![
                "", "/bin/a", "$B", "${C}", "%n", "|", "grep", ">", "x", "&&", "y",
            ]],
        ),
    ] {
        let versions = if value.ends_with('\'') {
            &ALL[..1]
        } else {
            &ALL[..]
        };
        for version in versions {
            assert_eq!(taken(value, *version), expected, "{value} {version}");
        }
    }
    assert!(command_line("", V252).is_reset());
}

/// Each seen on `systemd-analyze verify` of the version.
#[test]
fn where_the_versions_differ() {
    use Consequence::*;
    let prefix = |prefix: ExecPrefix| Reason::PrefixUnknown {
        prefix,
        since: prefix.since(),
    };
    let plus = prefix(ExecPrefix::FullPrivileges);
    let colon = prefix(ExecPrefix::NoVariables);
    for (value, old, middle, new) in [
        ("+/bin/a", Some((plus, Dropped)), None, None),
        (
            "!/bin/a",
            Some((prefix(ExecPrefix::NoSetuid), Dropped)),
            None,
            None,
        ),
        (
            "!!/bin/a",
            Some((prefix(ExecPrefix::AmbientFallback), Dropped)),
            None,
            None,
        ),
        (
            ":/bin/a",
            Some((colon.clone(), Dropped)),
            Some((colon, Refused)),
            None,
        ),
        (
            "true",
            Some((Reason::ExecutableNotAbsolute, Dropped)),
            None,
            None,
        ),
        (
            "a/b",
            Some((Reason::ExecutableNotAbsolute, Dropped)),
            Some((Reason::ExecutableNotAbsolute, Refused)),
            Some((Reason::ExecutableNotAbsolute, Refused)),
        ),
        (
            "${A}/b",
            Some((Reason::ExecutableVariable, Dropped)),
            Some((Reason::ExecutableVariable, Refused)),
            Some((Reason::ExecutableVariable, Refused)),
        ),
        (
            "-a/b",
            Some((Reason::ExecutableNotAbsolute, Dropped)),
            Some((Reason::ExecutableNotAbsolute, Dropped)),
            Some((Reason::ExecutableNotAbsolute, Dropped)),
        ),
        (
            "/bin/",
            Some((Reason::ExecutableDirectory, Dropped)),
            Some((Reason::ExecutableDirectory, Refused)),
            Some((Reason::ExecutableDirectory, Refused)),
        ),
        (
            "@/bin/a",
            Some((Reason::NoArgumentZero, Dropped)),
            Some((Reason::NoArgumentZero, Refused)),
            Some((Reason::NoArgumentZero, Refused)),
        ),
        (
            "/bin/a \"b",
            Some((Reason::UnbalancedQuote, Dropped)),
            Some((Reason::UnbalancedQuote, Refused)),
            Some((Reason::UnbalancedQuote, Refused)),
        ),
        (
            "\"/bin/a b",
            Some((Reason::UnbalancedQuote, Dropped)),
            Some((Reason::UnbalancedQuote, Dropped)),
            Some((Reason::UnbalancedQuote, Dropped)),
        ),
        (
            "/bin/a \"b\"c",
            Some((Reason::TextAfterQuote, Dropped)),
            None,
            None,
        ),
        (
            "/bin/a b=\"c\"",
            Some((Reason::QuoteWithinWord, Tolerated)),
            None,
            None,
        ),
        (
            "/bin/%n",
            Some((Reason::ExecutableSpecifier, Tolerated)),
            None,
            None,
        ),
    ] {
        for (version, expected) in ALL.into_iter().zip([old, middle, new]) {
            let found = reasons(value, version).into_iter().max_by_key(|(_, c)| *c);
            assert_eq!(found, expected, "{value} {version}");
        }
    }
}

#[test]
fn quotes_within_words() {
    let value = r#"/bin/a --b="c d""#;
    assert_eq!(
        taken(value, Version::V219),
        [["", "/bin/a", "--b=\"c", "d\""]]
    );
    assert_eq!(taken(value, Version::V239), [["", "/bin/a", "--b=c d"]]);
    let problem = &command_line(value, Version::V219).problems[0].invalid;
    assert_eq!(&value[problem.range.clone()], r#"--b="c d""#);
    assert_eq!(problem.instead.as_deref(), Some(r#""--b=c d""#));
}

#[test]
fn separators_in_quotes() {
    let value = "/bin/a \";\" /bin/b";
    assert_eq!(taken(value, Version::V219).len(), 2);
    assert_eq!(taken(value, Version::V239), [["", "/bin/a", ";", "/bin/b"]]);
    assert_eq!(taken("; /bin/a", V252), [["", "/bin/a"]]);
    assert!(taken("; /bin/a", Version::V219).is_empty());
}

#[test]
fn unknown_escapes_stay() {
    for version in ALL {
        assert_eq!(
            taken(r"/bin/a \d\ ", version),
            [["", "/bin/a", r"\d\ "]],
            "{version}"
        );
    }
    assert_eq!(
        taken(r"/bin/a \u00fc", Version::V219),
        [["", "/bin/a", r"\u00fc"]]
    );
    assert_eq!(
        taken(r"/bin/a \u00fc", Version::V239),
        [["", "/bin/a", "ü"]]
    );
    let (reason, consequence) = reasons(r"/bin/a \d", V252).remove(0);
    assert_eq!(reason, Reason::UnknownEscape(r"\d".into()));
    assert_eq!(consequence, Consequence::Tolerated);
    assert!(taken(r"/bin/a b\", Version::V219).is_empty());
    assert_eq!(taken(r"/bin/a b\", V252), [["", "/bin/a", r"b\"]]);
}

#[test]
fn prefixes_go_together_or_not() {
    let prefixes = |value| taken(value, V252).pop().map(|words| words[0].clone());
    assert_eq!(prefixes("!-!/bin/a").as_deref(), Some("-!!"));
    assert_eq!(prefixes(":@+-/bin/a b").as_deref(), Some(":@+-"));
    for (value, reason) in [
        ("+!/bin/a", Reason::PrefixClash('!', '+')),
        ("!!!/bin/a", Reason::PrefixTwice('!')),
        ("++/bin/a", Reason::PrefixTwice('+')),
        ("-", Reason::NoExecutable),
    ] {
        assert_eq!(reasons(value, V252)[0].0, reason, "{value}");
    }
    assert_eq!(taken("|", Version::new(258)), [["|", ""]]);
}

#[test]
fn words_know_where_they_stand() {
    let value = r#"-"/bin/a" "x \x25n ${B}" $C$$"#;
    let line = command_line(value, Version::V239);
    let command = &line.commands[0];
    assert_eq!(command.range, 0..value.len());
    assert_eq!(command.prefixes[0].range, 0..1);
    assert_eq!(command.executable.text, "/bin/a");
    let word = &command.arguments[0];
    assert!(word.is_quoted_at(12));
    assert_eq!(word.specifiers(), [(13, 'n')]);
    let variables = word.variables(Version::V239);
    assert_eq!(&value[variables[0].range.clone()], "${B}");
    assert_eq!(command.arguments[1].raw, "$C$$");
    assert_eq!(command.variables(Version::V239).len(), 2);
}

#[test]
fn what_follows_a_problem_is_read_all_the_same() {
    let line = command_line("/bin/a ; b ; sudo c", Version::V219);
    let taken: Vec<_> = line.commands.iter().map(|command| command.taken).collect();
    assert_eq!(taken, [true, false, false]);
    assert_eq!(line.consequence(), Some(Consequence::Dropped));
}

proptest! {
    #[test]
    fn quoted_words_are_read_back(
        words in proptest::collection::vec("[ -~ü\t\n]{0,8}", 0..4),
        number in 219u16..262,
    ) {
        let version = Version::new(number);
        let quoted: Vec<_> = words.iter().map(|word| quote_word(word)).collect();
        let value = format!("/bin/a {}", quoted.join(" "));
        let line = command_line(&value, version);
        prop_assert_eq!(&line.problems, &[]);
        let texts: Vec<_> = line.commands[0].arguments.iter().map(|w| w.text.clone()).collect();
        prop_assert_eq!(texts, words);
    }

    #[test]
    fn nothing_panics_and_ranges_hold(
        value in "[-@+!:|/ab \"'\\\\x4101u;$\\{\\}%nü]{0,32}",
        number in 219u16..262,
    ) {
        let version = Version::new(number);
        let line = command_line(&value, version);
        for problem in &line.problems {
            prop_assert!(value.get(problem.invalid.range.clone()).is_some(), "{:?}", problem);
        }
        for command in &line.commands {
            prop_assert!(value.get(command.range.clone()).is_some());
            for word in command.words() {
                prop_assert_eq!(&value[word.range.clone()], word.raw);
                for (at, _) in word.specifiers() {
                    prop_assert!(value.is_char_boundary(at));
                }
                for variable in word.variables(version) {
                    prop_assert!(value.get(variable.range).is_some());
                }
            }
        }
    }
}
