//! Packages that are not ours: what other tools made, which ours replaces, and stubs of the system's.
//!
//! rpmbuild makes them from specs. What macros would put into them is written out, because the machine
//! that builds has other macros than the target, or none.

use super::packages::Style;
use crate::step::{Failure, Step};
use std::fs;
use std::path::Path;

/// What a package of another tool does in its scriptlets with its `$units`, by the target's macros
/// %systemd_post, %systemd_preun and %systemd_postun_with_restart: of systemd 219 and 239 (Red Hat's trees,
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
    post: "systemctl preset $units",
    preun: "systemctl --no-reload disable $units; systemctl stop $units",
    postun: "systemctl daemon-reload",
    postun_of_upgrade: "systemctl try-restart $units",
    triggers: "",
};

const EL8: Macros = Macros {
    post: "systemctl --no-reload preset $units",
    preun: "systemctl --no-reload disable --now $units",
    postun: ":",
    postun_of_upgrade: "systemctl try-restart $units",
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

/// The reload after an erasure is a trigger of the transaction on the target
/// (`%transfiletriggerpostun`), which Debian's rpm 4.18 was seen not to run; that of a package does the
/// same.
const EL9: Macros = Macros {
    post: "systemctl --no-reload preset $units",
    preun: "systemctl --no-reload disable --now $units",
    postun: ":",
    postun_of_upgrade: "for unit in $units; do systemctl set-property $unit Markers=+needs-restart & done; wait",
    triggers: r"
%transfiletriggerin -P 900900 -- /usr/lib/systemd/system /etc/systemd/system
test ! -d /run/systemd/system || { systemctl daemon-reload; systemctl reload-or-restart --marked; } >/dev/null 2>&1 || :

%filetriggerpostun -P 1000100 -- /usr/lib/systemd/system /etc/systemd/system
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

/// A package of another tool: the plain case that its macros are made for.
struct Plain {
    /// What rows call it.
    word: &'static str,
    name: &'static str,
    version: &'static str,
    /// Its services: the name, the description, and what else stands in `[Service]`.
    services: &'static [(&'static str, &'static str, &'static str)],
    /// Whether it has %systemd_postun_with_restart, or only %systemd_postun.
    restarts: bool,
    /// Whether it has a preset that enables its services, as that of a distribution does for its own.
    has_preset: bool,
    /// A line of the head.
    head: &'static str,
}

const fn plain(
    word: &'static str,
    version: &'static str,
    services: &'static [(&'static str, &'static str, &'static str)],
) -> Plain {
    Plain {
        word,
        name: "hello",
        version,
        services,
        restarts: true,
        has_preset: true,
        head: "",
    }
}

const RUNS: &str = "ExecStart=/usr/bin/hello";
const READS: &str = "ExecStart=/usr/bin/hello /run/hello.conf\\nRestart=no";
const DEAF: &str = "ExecStart=/usr/bin/hello deaf\\nTimeoutStopSec=10";
const OTHER: (&str, &str, &str) = ("other", "Other", RUNS);

/// The package that a word of a row means where the macros made it.
pub(super) fn of_macros(word: &str) -> String {
    format!("macros-{word}")
}

/// Whether there is such a package.
pub(super) fn is_word(word: &str) -> bool {
    PLAIN.iter().any(|one| one.word == word)
}

/// All of them.
const PLAIN: &[Plain] = &[
    Plain {
        has_preset: false,
        ..plain("legacy", "0.9.0", &[("hello", "Not ours", RUNS)])
    },
    Plain {
        name: "oldhello",
        has_preset: false,
        ..plain("oldhello", "0.9.0", &[("hello", "Not ours", RUNS)])
    },
    plain("macros-v1", "1.0.0", &[("hello", "Hello 1", RUNS)]),
    Plain {
        restarts: false,
        ..plain("macros-none1", "1.0.0", &[("hello", "Hello 1", RUNS)])
    },
    plain("macros-reads1", "1.0.0", &[("hello", "Hello 1", READS)]),
    plain("macros-deafslow1", "1.0.0", &[("hello", "Hello 1", DEAF)]),
    plain("macros-two1", "1.0.0", &[("hello", "Hello 1", RUNS), OTHER]),
    plain("macros-v2", "1.1.0", &[("hello", "Hello 2", RUNS)]),
    plain("macros-reads2", "1.1.0", &[("hello", "Hello 2", READS)]),
    plain(
        "macros-more2",
        "1.1.0",
        &[("hello", "Hello 2", RUNS), OTHER],
    ),
    plain("macros-two2", "1.1.0", &[("hello", "Hello 2", RUNS), OTHER]),
    plain("macros-gone2", "1.1.0", &[OTHER]),
    Plain {
        head: "Obsoletes: oldhello < 1\n",
        ..plain("macros-replaces2", "1.1.0", &[("hello", "Hello 2", RUNS)])
    },
];

/// The program of these packages: with an argument it needs that file, and `deaf` does not end when
/// it is told to.
const PROGRAM: &str = "#!/bin/sh\n\
    case $1 in\n\
    '') ;;\n\
    deaf) trap '' TERM; while :; do sleep 1; done ;;\n\
    *) [ -e \"$1\" ] || exit 1 ;;\n\
    esac\n\
    exec sleep infinity\n";

fn service(style: Style, package: &Plain) -> String {
    let Macros {
        post,
        preun,
        postun,
        postun_of_upgrade,
        ..
    } = macros(style);
    let postun_of_upgrade = if package.restarts {
        postun_of_upgrade
    } else {
        ":"
    };
    let mut files = String::new();
    let mut made = String::new();
    let mut units = String::new();
    let mut preset = String::new();
    for (unit, description, more) in package.services {
        units += &format!("{unit}.service ");
        preset += &format!("enable {unit}.service\\n");
        files += &format!("/usr/lib/systemd/system/{unit}.service\n");
        made += &format!(
            "printf '[Unit]\\nDescription={description}\\n[Service]\\n{more}\\n\
             [Install]\\nWantedBy=multi-user.target\\n' \
             >%{{buildroot}}/usr/lib/systemd/system/{unit}.service\n"
        );
    }
    if package.has_preset {
        let file = "/usr/lib/systemd/system-preset/50-plain.preset";
        files += &format!("{file}\n");
        made += &format!("printf '{preset}' >%{{buildroot}}{file}\n");
    }
    let (name, version, head) = (package.name, package.version, package.head);
    format!(
        r"Name: {name}
Version: {version}
Release: 1
Summary: A service that another tool packaged
License: MIT
BuildArch: noarch
AutoReqProv: no
{head}%description
See the summary.
%install
mkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/usr/lib/systemd/system \
    %{{buildroot}}/usr/lib/systemd/system-preset
cat >%{{buildroot}}/usr/bin/hello <<'END'
{PROGRAM}END
chmod 755 %{{buildroot}}/usr/bin/hello
{made}%files
/usr/bin/hello
{files}%post
units='{units}'
if [ $1 -eq 1 ]; then
    {{ {post}; }} >/dev/null 2>&1 || :
fi
%preun
units='{units}'
if [ $1 -eq 0 ]; then
    {{ {preun}; }} >/dev/null 2>&1 || :
fi
%postun
units='{units}'
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
    let services: String = PLAIN.iter().map(|one| service(style, one)).collect();
    services + &systemd(style) + &base(style, &[])
}

/// Makes the packages of a style in `FOLDER/STYLE/NAME/`.
pub(super) fn make(style: Style, folder: &Path, requirements: &[String]) -> Result<(), Failure> {
    let services = PLAIN.iter().map(|one| (one.word, service(style, one)));
    let stubs = [
        ("stub-systemd", systemd(style)),
        ("stub-base", base(style, requirements)),
    ];
    for (name, spec) in services.chain(stubs) {
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
