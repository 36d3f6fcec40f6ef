//! What is said of services and accounts.

use super::tests::{compared, next, small, told, unit};
use crate::package::{Comparison, Dependency, Draft, PackageName, Scriptlets};

const FOLDER: &str = "/usr/lib/systemd/system/";
const TEXT: &str = "[Service]\nExecStart=/usr/bin/hello\n[Install]\nWantedBy=multi-user.target\n";

/// The services and accounts alone.
fn services(old: Draft, new: Draft) -> String {
    let told = told(&compared(old, new));
    let lines = told.lines();
    let lines = lines.filter(|line| line.contains(" Services: ") || line.contains(" Accounts: "));
    lines.collect::<Vec<_>>().join("\n")
}

fn with(mut draft: Draft, files: &[(&str, &str)], scripts: &Scriptlets) -> Draft {
    for (path, text) in files {
        unit(&mut draft, path, text);
    }
    draft.scriptlets = scripts.alone();
    draft
}

fn service(name: &str) -> String {
    format!("{FOLDER}{name}")
}

/// Those of systemd's macros.
fn macros() -> Scriptlets {
    Scriptlets {
        preun: Some("if [ $1 -eq 0 ] ; then\nsystemctl --no-reload disable --now hello.service &>/dev/null || :\nfi\n".into()),
        postun: Some("if [ $1 -ge 1 ] ; then\nsystemctl try-restart hello.service &>/dev/null || :\nfi\n".into()),
        ..Scriptlets::default()
    }
}

/// The lists of ours.
fn ours(units: &str, starts: &str, restarts: &str) -> Scriptlets {
    Scriptlets {
        post: Some(format!("units='{units}'\nenable_units='{units}'\n")),
        posttrans: Some(format!(
            "units='{units}'\nstart_units='{starts}'\nrestart_units='{restarts}'\nreload_units=''\n"
        )),
        preun: Some(format!("units='{units}'\n")),
        ..Scriptlets::default()
    }
}

fn replacing(mut draft: Draft) -> Draft {
    draft.nevra.name = PackageName::new("ciao").unwrap();
    let obsolete = Dependency::versioned("hello", Comparison::Less, "1.3", "a test");
    draft.dependencies.obsoletes.push(obsolete);
    draft
}

#[test]
fn a_replaced_package_stops_its_units_unless_ours_bring_them_back() {
    let unit = service("hello.service");
    let files = [(unit.as_str(), TEXT)];
    let old = || with(small(), &files, &macros());
    let by_macros = replacing(with(next(|_| {}), &files, &macros()));
    insta::assert_snapshot!(services(old(), by_macros), @"Attention Services: hello.service is stopped and disabled, by the %preun of the package that is replaced, and nothing that is known undoes that");
    let by_ours = replacing(with(next(|_| {}), &files, &ours("hello.service", "", "")));
    insta::assert_snapshot!(services(old(), by_ours), @"Note Services: restarted where running: hello.service");
    let upgraded = with(next(|_| {}), &files, &macros());
    insta::assert_snapshot!(services(old(), upgraded), @"Note Services: restarted where running: hello.service");
}

#[test]
fn a_unit_that_is_renamed_is_stopped_by_ours_and_runs_on_elsewhere() {
    let (hello, web) = (service("hello.service"), service("hello-web.service"));
    let preset = "/usr/lib/systemd/system-preset/98-ambot-hello.preset";
    let list = "/usr/lib/ambot/hello.units";
    let old = |listed: &str| {
        let files = [(hello.as_str(), TEXT), (list, listed)];
        with(small(), &files, &ours("hello.service", "", "hello.service"))
    };
    let new = |starts: &str| {
        let files = [(web.as_str(), TEXT), (preset, "enable hello-web.service\n")];
        with(
            next(|_| {}),
            &files,
            &ours("hello-web.service", starts, "hello-web.service"),
        )
    };
    insta::assert_snapshot!(services(old("hello.service\n"), new("")), @r"
    Attention Services: hello-web.service is new, enabled and not started
    Attention Services: hello.service is gone: it is stopped and disabled
    ");
    insta::assert_snapshot!(services(old("hello.service leave\n"), new("hello-web.service")), @r"
    Attention Services: hello.service is gone: it is disabled, and what runs of it runs on without a unit
    Note Services: hello-web.service is new, enabled and started
    ");
    let by_macros = with(
        next(|_| {}),
        &[(web.as_str(), TEXT)],
        &Scriptlets::default(),
    );
    insta::assert_snapshot!(services(old("hello.service\n"), by_macros), @r"
    Attention Services: hello-web.service is new and not enabled
    Attention Services: hello.service is gone: what runs of it runs on without a unit, and where it was enabled it starts no more
    ");
}

#[test]
fn a_service_that_goes_on_with_an_old_program_is_grave() {
    let hello = service("hello.service");
    let through_link = TEXT.replace("/usr/bin/hello", "/bin/hi");
    let files = [(hello.as_str(), through_link.as_str())];
    let old = with(small(), &files, &ours("hello.service", "", "hello.service"));
    let new = |is_other: bool| {
        let draft = next(|draft| {
            if is_other {
                super::tests::set(draft, "/usr/bin/hello", "another program");
            }
        });
        with(draft, &files, &ours("hello.service", "", ""))
    };
    insta::assert_snapshot!(services(old.clone(), new(true)), @"Attention Services: not restarted by a scriptlet that is known, and its program or unit is another: what runs goes on with the old one until it is restarted: hello.service");
    insta::assert_snapshot!(services(old, new(false)), @"Attention Services: no longer restarted: what runs goes on with the old files: hello.service");
}

#[test]
fn what_keeps_a_service_from_starting_is_told() {
    let hello = service("hello.service");
    let old = with(small(), &[(hello.as_str(), TEXT)], &macros());
    let text = "[Service]\nType=notify\nEnvironmentFile=-/etc/none\nEnvironmentFile=/etc/default/hello\nEnvironmentFile=/etc/hello/hello.toml\nExecStart=/usr/bin/hello\n[Install]\nWantedBy=multi-user.target\n";
    let new = with(next(|_| {}), &[(hello.as_str(), text)], &macros());
    insta::assert_snapshot!(services(old, new), @r"
    Attention Services: hello.service: EnvironmentFile=/etc/default/hello is not in the package: the service does not start where the file is not there
    Attention Services: hello.service: Type= is notify instead of simple: the service fails to start if its program does not tell systemd that it is ready
    Note Services: restarted where running: hello.service
    ");
}

#[test]
fn the_group_of_a_user_is_not_lost_and_an_account_that_is_made_otherwise_is_told() {
    let list = "/usr/lib/sysusers.d/hello.conf";
    let accounts = |old: &str, new: &str| {
        let old = with(small(), &[(list, old)], &Scriptlets::default());
        services(
            old,
            with(next(|_| {}), &[(list, new)], &Scriptlets::default()),
        )
    };
    insta::assert_snapshot!(accounts("g www -\n", "u www -\n"), @"Note Accounts: the user www is made");
    insta::assert_snapshot!(accounts("g www -\n", "u www -:web\n"), @r"
    Attention Accounts: the group www is no longer made by the package; rpm leaves it where it is
    Note Accounts: the user www is made
    ");
    insta::assert_snapshot!(
        accounts("u www 800 \"A server\"\nm www adm\n", "u www 801 \"A server\" /srv /bin/bash\nm www wheel\n"),
        @r"
    Attention Accounts: the user www is made with uid 801 instead of 800, home /srv instead of /, shell /bin/bash instead of nologin: rpm never changes an account that is there
    Attention Accounts: the user www joins wheel, also where it is there
    Attention Accounts: the user www no longer joins adm: where it has, it stays in
    "
    );
    assert_eq!(
        accounts("u www - - - -\n", "u www - x / /sbin/nologin\n"),
        ""
    );
}
