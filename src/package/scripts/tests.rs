use super::*;
use crate::report::Spanned;
use crate::target::find;
use std::process::Command;

fn users(phase: Phase, order: Order, text: &str) -> UserScriptlet {
    UserScriptlet {
        phase,
        interpreter: vec![SHELL.to_owned()],
        text: text.to_owned(),
        order,
        span: None,
    }
}

fn ours(text: &str) -> Scriptlets {
    Scriptlets {
        pre: Some(text.to_owned()),
        post: Some(text.to_owned()),
        ..Scriptlets::default()
    }
}

fn put_together(ours: &Scriptlets, users: UserScriptlet) -> Result<Vec<Scriptlet>, Error> {
    let package = PackageName::new("hello").unwrap();
    let scripts = Scripts {
        scriptlets: vec![users],
        ..Scripts::default()
    };
    let profile = find("centos7").unwrap().profile();
    let caretaker = Caretaker::Scriptlets;
    merge(&package, ours, &scripts, caretaker, profile).map(|merged| merged.scriptlets)
}

/// What both parts print, and how they end, in every shell of this machine.
fn run(phase: Phase, order: Order, our_text: &str, text: &str) -> (String, i32) {
    let all = put_together(&ours(our_text), users(phase, order, text)).unwrap();
    let script = &all.iter().find(|one| one.phase == phase).unwrap().text;
    let mut said = Vec::new();
    for shell in ["/bin/sh", "/bin/bash", "/bin/dash"] {
        if !std::path::Path::new(shell).exists() {
            continue;
        }
        let mut command = Command::new(shell);
        if shell == "/bin/bash" {
            // As CentOS has it for /bin/sh.
            command.arg("--posix");
        }
        let output = command.args(["-c", script, "hello", "1"]).output().unwrap();
        said.push((
            String::from_utf8(output.stdout).unwrap().replace('\n', " "),
            output.status.code().unwrap(),
        ));
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
    said.remove(0)
}

const OURS: &str = "package=hello\nset -f\necho ours $1\nexit 0\n";

#[test]
fn neither_part_keeps_the_other_from_running() {
    use Order::{After, Before};
    for (order, text, said, code) in [
        (After, "echo 'yours' $1", "ours 1 yours 1 ", 0),
        (Before, "echo yours $1", "yours 1 ours 1 ", 0),
        (Before, "echo yours\nexit 0\necho never", "yours ours 1 ", 0),
        (Before, "echo yours; exit 3", "yours ours 1 ", 3),
        (After, "echo yours; exit 3", "ours 1 yours ", 3),
        (Before, "set -e\nfalse\necho never", "ours 1 ", 1),
        (After, "set -e\nfalse\necho never", "ours 1 ", 1),
        (
            Before,
            "set -u -- a b; cd /; umask 777; trap 'echo end' EXIT",
            "end ours 1 ",
            0,
        ),
        (
            After,
            "echo \"[$package]\" *bin/sh*",
            "ours 1 [] *bin/sh* ",
            0,
        ),
        (Before, "cat <<'END'\n$1 it's\nEND", "$1 it's ours 1 ", 0),
        (Before, "exec echo yours", "yours ours 1 ", 0),
        (Before, "", "ours 1 ", 0),
    ] {
        let run = run(Phase::Post, order, OURS, text);
        assert_eq!(run, (said.to_owned(), code), "{order:?} {text}");
    }
    // A mistake in its grammar is the project's own, and keeps nothing from being enabled.
    for text in ["echo hi )", "if true", "echo \"open"] {
        let (said, code) = run(Phase::Post, Order::Before, OURS, text);
        assert!(
            said.ends_with("ours 1 ") && code != 0,
            "{text}: {said} {code}"
        );
    }
}

#[test]
fn a_refusal_before_files_come_or_go_stops_what_follows() {
    let refuses = "echo no; exit 1";
    assert_eq!(
        run(Phase::Pre, Order::Before, OURS, refuses),
        ("no ".to_owned(), 1)
    );
    assert_eq!(
        run(Phase::Pre, Order::After, OURS, refuses),
        ("ours 1 no ".to_owned(), 1)
    );
    assert_eq!(
        run(Phase::Pre, Order::After, "echo ours; exit 4", "echo yours"),
        ("ours ".to_owned(), 4)
    );
}

#[test]
fn what_both_have_is_one_script_that_can_be_read() {
    let all = put_together(
        &ours(OURS),
        users(Phase::Pre, Order::After, "echo \"it's\""),
    )
    .unwrap();
    insta::assert_snapshot!(all[0].text, @r#"
        # Two parts of hello, each in a shell of its own: whatever one does, and however it ends, the
        # other runs unless the first one failed, which stops rpm here. This one is cargo ambot's.
        (
        package=hello
        set -f
        echo ours $1
        exit 0
        )
        status=$?
        [ "$status" -eq 0 ] || exit "$status"

        # This one is the project's own.
        (
        eval 'echo "it'\''s"
        '
        )
        second=$?
        [ "$status" -eq 0 ] || exit "$status"
        exit "$second"
        "#);
}

#[test]
fn a_script_alone_is_as_it_was_written() {
    let mut lua = users(Phase::Pretrans, Order::Before, "print('hi')");
    lua.interpreter = vec!["<lua>".to_owned()];
    let all = put_together(&Scriptlets::default(), lua).unwrap();
    assert_eq!((all.len(), all[0].text.as_str()), (1, "print('hi')"));
    // rpm 4.11 has no such phase.
    let late = users(Phase::Postuntrans, Order::Before, "echo");
    assert_eq!(put_together(&Scriptlets::default(), late).unwrap(), []);
}

#[test]
fn another_interpreter_than_ours_is_an_error_with_a_way_out() {
    let mut bash = users(Phase::Post, Order::Before, "echo");
    bash.interpreter = vec!["/bin/bash".to_owned()];
    let error = put_together(&ours(OURS), bash).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"%post of this package is a script for /bin/sh already, which looks after its units and users, and `/bin/bash` cannot run it");
}

fn trigger(event: TriggerEvent, name: &str, version: Option<&str>) -> UserTrigger {
    UserTrigger {
        event,
        names: vec![Spanned::unwritten(name.to_owned())],
        version: version.map(|version| Spanned::unwritten(version.to_owned())),
        interpreter: SHELL.to_owned(),
        text: "echo".to_owned(),
        priority: None,
        span: None,
    }
}

fn two(one: UserTrigger, other: UserTrigger) -> Result<Vec<Trigger>, Error> {
    let scripts = Scripts {
        triggers: vec![one, other],
        ..Scripts::default()
    };
    triggers(&scripts, find("centos8").unwrap().profile())
}

#[test]
fn two_triggers_of_one_package_are_taken_where_their_versions_exclude_each_other() {
    let on = |version| trigger(TriggerEvent::In, "nginx", version);
    for (one, other, taken) in [
        (None, None, false),
        (Some(">= 1"), None, false),
        (Some(">= 2"), Some("< 2"), true),
        (Some(">= 2"), Some("<= 2"), false),
        (Some("< 1"), Some("> 3"), true),
        (Some("> 1"), Some("> 3"), false),
        (Some("= 1"), Some("= 2"), true),
    ] {
        assert_eq!(two(on(one), on(other)).is_ok(), taken, "{one:?} {other:?}");
    }
    assert!(two(on(None), trigger(TriggerEvent::Un, "nginx", None)).is_ok());
    let file = || trigger(TriggerEvent::FileIn, "/usr/lib/x", None);
    assert!(two(file(), file()).is_ok());
}

#[test]
fn what_the_target_does_not_run_and_what_nothing_expands_is_told() {
    let scripts = Scripts {
        scriptlets: vec![
            users(
                Phase::Post,
                Order::Before,
                "date +%s\n%systemd_post a.service",
            ),
            users(Phase::Preun, Order::Before, "printf '%s %d' a 1"),
        ],
        triggers: vec![trigger(TriggerEvent::FileIn, "/usr/lib/x", None)],
    };
    let said = |target: &str| {
        let said = warnings(&scripts, find(target).unwrap().profile());
        let said: Vec<String> = said
            .into_iter()
            .map(|one| format!("{}: {}", one.title, one.notes.join(" ")))
            .collect();
        said.join("\n")
    };
    insta::assert_snapshot!(said("centos7"), @"
        %post has a macro in it, which nothing expands: it runs as it is written: %systemd_post a.service
        the `file-in` trigger is left out for CentOS 7: its rpm 4.11.3 knows none, and would never run it
        ");
    assert!(!said("centos8").contains("left out"));
    assert!(
        triggers(&scripts, find("centos7").unwrap().profile())
            .unwrap()
            .is_empty()
    );
}
