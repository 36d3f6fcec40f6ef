//! Packages that are not ours: what other tools made, which ours replaces, and stubs of the system's.
//!
//! rpmbuild makes them from specs. What macros would put into them is written out, because the machine
//! that builds has other macros than the target, or none.

use super::packages::Style;
use crate::step::{Failure, Step};
use std::fs;
use std::path::Path;

/// What a package of another tool does in its scriptlets, by the target's macros %systemd_post,
/// %systemd_preun and %systemd_postun_with_restart: of systemd 219 and 239 (Red Hat's trees,
/// `src/core/macros.systemd.in`) and of 252 (`src/rpm/systemd-update-helper`).
struct Macros {
    post: &'static str,
    preun: &'static str,
    postun: &'static str,
    /// The same for upgrades alone.
    postun_of_upgrade: &'static str,
    /// The file triggers of the systemd package (`triggers.systemd.in`); 219 has none. These are
    /// silent, unlike the target's, so that all that is printed is ours.
    triggers: &'static str,
}

const EL7: Macros = Macros {
    post: "systemctl preset hello.service",
    preun: "systemctl --no-reload disable hello.service; systemctl stop hello.service",
    postun: "systemctl daemon-reload",
    postun_of_upgrade: "systemctl try-restart hello.service",
    triggers: "",
};

const EL8: Macros = Macros {
    post: "systemctl --no-reload preset hello.service",
    preun: "systemctl --no-reload disable --now hello.service",
    postun: ":",
    postun_of_upgrade: "systemctl try-restart hello.service",
    triggers: r"
%transfiletriggerin -P 900900 -- /usr/lib/systemd/system /etc/systemd/system
test ! -d /run/systemd/system || systemctl daemon-reload >/dev/null 2>&1 || :

%transfiletriggerun -- /usr/lib/systemd/system /etc/systemd/system
test ! -d /run/systemd/system || { mkdir -p /var/lib/rpm-state/systemd && : >/var/lib/rpm-state/systemd/needs-reload; }

%filetriggerpostun -P 1000100 -- /usr/lib/systemd/system /etc/systemd/system
if [ -f /var/lib/rpm-state/systemd/needs-reload ]; then
    rm -rf /var/lib/rpm-state/systemd
    systemctl daemon-reload >/dev/null 2>&1 || :
fi

%transfiletriggerin -P 100700 -- /usr/lib/sysusers.d
test ! -d /run/systemd/system || systemd-sysusers || :

%transfiletriggerin -P 100500 -- /usr/lib/tmpfiles.d
test ! -d /run/systemd/system || systemd-tmpfiles --create || :
",
};

const EL9: Macros = Macros {
    post: "systemctl --no-reload preset hello.service",
    preun: "systemctl --no-reload disable --now hello.service",
    postun: ":",
    postun_of_upgrade: "systemctl set-property hello.service Markers=+needs-restart",
    triggers: r"
%transfiletriggerin -P 900900 -- /usr/lib/systemd/system /etc/systemd/system
test ! -d /run/systemd/system || { systemctl daemon-reload; systemctl reload-or-restart --marked; } >/dev/null 2>&1 || :

%transfiletriggerpostun -P 1000100 -- /usr/lib/systemd/system /etc/systemd/system
test ! -d /run/systemd/system || systemctl daemon-reload >/dev/null 2>&1 || :

%transfiletriggerpostun -P 10000 -- /usr/lib/systemd/system /etc/systemd/system
test ! -d /run/systemd/system || systemctl reload-or-restart --marked >/dev/null 2>&1 || :

%transfiletriggerin -P 1000700 -- /usr/lib/sysusers.d
systemd-sysusers || :

%transfiletriggerin -P 1000600 -- /usr/lib/tmpfiles.d
systemd-tmpfiles --create || :
",
};

fn macros(style: Style) -> &'static Macros {
    match style.systemd {
        219 => &EL7,
        239 => &EL8,
        _ => &EL9,
    }
}

/// A service packaged by another tool, under this name.
fn service(style: Style, name: &str) -> String {
    let Macros {
        post,
        preun,
        postun,
        postun_of_upgrade,
        ..
    } = macros(style);
    format!(
        r"Name: {name}
Version: 0.9.0
Release: 1
Summary: A service that another tool packaged
License: MIT
BuildArch: noarch
AutoReqProv: no
%description
See the summary.
%install
mkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/usr/lib/systemd/system
printf '#!/bin/sh\nexec sleep infinity\n' >%{{buildroot}}/usr/bin/hello
chmod 755 %{{buildroot}}/usr/bin/hello
printf '[Unit]\nDescription=Not ours\n[Service]\nExecStart=/usr/bin/hello\n[Install]\nWantedBy=multi-user.target\n' \
    >%{{buildroot}}/usr/lib/systemd/system/hello.service
%files
/usr/bin/hello
/usr/lib/systemd/system/hello.service
%post
if [ $1 -eq 1 ]; then
    {{ {post}; }} >/dev/null 2>&1 || :
fi
%preun
if [ $1 -eq 0 ]; then
    {{ {preun}; }} >/dev/null 2>&1 || :
fi
%postun
{{ {postun}; }} >/dev/null 2>&1 || :
if [ $1 -ge 1 ]; then
    {{ {postun_of_upgrade}; }} >/dev/null 2>&1 || :
fi
"
    )
}

/// The target's systemd, as far as rpm sees it: its file triggers.
fn systemd(style: Style) -> String {
    format!(
        "Name: systemd\nVersion: {}\nRelease: 1\nSummary: Triggers of systemd\nLicense: MIT\n\
         BuildArch: noarch\nAutoReqProv: no\n%description\nSee the summary.\n%files\n{}",
        style.systemd,
        macros(style).triggers
    )
}

/// All else that packages require, and folders that belong to the package `filesystem` of a target.
/// (`/var/lib/rpm-state` is not made for el7, to see that we clean up after us.)
fn base(style: Style, requirements: &[String]) -> String {
    let folders = [
        "/usr/share/doc",
        "/usr/share/licenses",
        "/var/lib/rpm-state",
    ];
    let folders = if style.systemd == 219 {
        &folders[..2]
    } else {
        &folders
    };
    let provides: Vec<_> = requirements
        .iter()
        .map(|name| format!("Provides: {name}\n"))
        .collect();
    format!(
        "Name: e2e-base\nVersion: 1\nRelease: 1\nSummary: What packages require\nLicense: MIT\n\
         BuildArch: noarch\nAutoReqProv: no\n{}%description\nSee the summary.\n\
         %install\nmkdir -p {}\n%files\n{}",
        provides.concat(),
        folders
            .iter()
            .map(|folder| format!("%{{buildroot}}{folder}"))
            .collect::<Vec<_>>()
            .join(" "),
        folders
            .iter()
            .map(|folder| format!("%dir {folder}\n"))
            .collect::<String>(),
    )
}

/// What the packages of a style depend on.
pub(super) fn recipe(style: Style) -> String {
    service(style, "hello") + &systemd(style) + &base(style, &[])
}

/// Makes the packages of a style in `FOLDER/STYLE/NAME/`.
pub(super) fn make(style: Style, folder: &Path, requirements: &[String]) -> Result<(), Failure> {
    let specs = [
        ("legacy", service(style, "hello")),
        ("oldhello", service(style, "oldhello")),
        ("stub-systemd", systemd(style)),
        ("stub-base", base(style, requirements)),
    ];
    for (name, spec) in specs {
        build(&folder.join(style.name).join(name), name, &spec)?;
    }
    Ok(())
}

fn build(to: &Path, name: &str, spec: &str) -> Result<(), Failure> {
    let top = crate::target_dir().join("e2e/rpmbuild");
    let file = top.join(format!("{name}.spec"));
    let written = fs::create_dir_all(&top)
        .and_then(|()| fs::create_dir_all(to))
        .and_then(|()| fs::write(&file, spec));
    written.map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    let define = |name: &str, value: &str| ["--define".to_owned(), format!("{name} {value}")];
    Step::new("Making", format!("the package {name}"), "rpmbuild")
        .args(["-bb", "--quiet"])
        .args(define("_topdir", &top.display().to_string()))
        .args(define("_rpmdir", &to.display().to_string()))
        .args(define("_build_name_fmt", "%%{NAME}-%%{VERSION}.rpm"))
        // What rpm 4.11 reads.
        .args(define("_binary_payload", "w9.gzdio"))
        .args(define("_binary_filedigest_algorithm", "8"))
        .args(define("_build_id_links", "none"))
        .args(define("__os_install_post", "%{nil}"))
        .args([file])
        .quietly()?;
    Ok(())
}
