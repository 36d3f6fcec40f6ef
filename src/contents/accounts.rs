//! The users and groups that the package creates.

use super::{Entry, FileKind, TmpfilesLine, system};
use crate::project::{Settings, UserAccount};
use crate::report::{Diagnostic, Span, Spanned};
use crate::target::base_system::has_path;

/// The shell of an account that nobody logs in to, on every target.
pub const NO_LOGIN: &str = "/sbin/nologin";

/// The home of a user that has none.
pub const NO_HOME: &str = "/";

/// A user that exists before the files of the package are unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its name, which is good on every target.
    pub name: String,
    /// Its number, if a certain one is asked for.
    pub uid: Option<u32>,
    /// The name of its primary group.
    pub group: String,
    /// The groups that it is a member of besides.
    pub groups: Vec<String>,
    /// Its home; nothing creates it because it is one.
    pub home: String,
    /// Its shell.
    pub shell: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Where the user asked for it.
    pub span: Option<Span>,
    /// Where its home was written.
    pub home_span: Option<Span>,
}

/// A group that exists before the files of the package are unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, which is good on every target.
    pub name: String,
    /// Its number, if a certain one is asked for.
    pub gid: Option<u32>,
}

/// The users and groups that the package creates, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// The users.
    pub users: Vec<User>,
    /// The groups that are declared; a user without another primary group has one of its own name
    /// besides.
    pub groups: Vec<Group>,
}

impl Accounts {
    /// What the settings declare; `rpm_name` describes users that have no description.
    pub fn declared(settings: &Settings, rpm_name: &str) -> Self {
        let user = |user: &UserAccount| {
            let text = |set: &Option<Spanned<String>>, default: &str| {
                set.as_ref()
                    .map_or_else(|| default.to_owned(), |set| set.value.clone())
            };
            User {
                name: user.name.value.clone(),
                uid: user.uid.as_ref().map(|uid| uid.value),
                group: text(&user.group, &user.name.value),
                groups: user.groups.iter().map(|name| name.value.clone()).collect(),
                home: text(&user.home, NO_HOME),
                shell: text(&user.shell, NO_LOGIN),
                description: text(&user.description, rpm_name),
                span: user.name.span.clone(),
                home_span: user.home.as_ref().and_then(|home| home.span.clone()),
            }
        };
        let groups = settings.groups.iter().map(|group| Group {
            name: group.name.value.clone(),
            gid: group.gid.as_ref().map(|gid| gid.value),
        });
        Accounts {
            users: settings.users.iter().map(user).collect(),
            groups: groups.collect(),
        }
    }

    /// Adds a user that a service of the package needs; one that is declared is as it was declared.
    pub fn add_service_user(&mut self, name: &str, rpm_name: &str) {
        if self.has_user(name) {
            return;
        }
        self.users.push(User {
            name: name.to_owned(),
            uid: None,
            group: name.to_owned(),
            groups: Vec::new(),
            home: NO_HOME.to_owned(),
            shell: NO_LOGIN.to_owned(),
            description: rpm_name.to_owned(),
            span: None,
            home_span: None,
        });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty()
    }

    /// Whether the package creates this user.
    pub fn has_user(&self, name: &str) -> bool {
        self.users.iter().any(|user| user.name == name)
    }

    /// Whether the package creates this group.
    pub fn has_group(&self, name: &str) -> bool {
        self.group_names().any(|group| group == name)
    }

    /// The users that it creates.
    pub fn user_names(&self) -> impl Iterator<Item = &str> {
        self.users.iter().map(|user| user.name.as_str())
    }

    /// The groups that it creates, those of the users among them.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        let own = self.users.iter().filter(|user| user.group == user.name);
        let declared = self.groups.iter().map(|group| group.name.as_str());
        declared.chain(own.map(|user| user.name.as_str()))
    }
}

/// How to have a user or a group created, as a line of the manifest.
pub fn recipe(kind: &str, name: &str) -> String {
    format!("create it with the package: {kind}s = {{ {name} = {{}} }} in [package.metadata.ambot]")
}

/// About owners that nothing creates, and homes that nothing makes; `made` says which folders the
/// units have made for them.
pub fn account_warnings(
    accounts: &Accounts,
    entries: &[Entry],
    tmpfiles: &[TmpfilesLine],
    made: &[String],
) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    // What a unit asks for has no place of its own, and is told with the unit.
    for entry in entries.iter().filter(|entry| entry.span.is_some()) {
        let unknown = unknown_owners(accounts, Some(&entry.user), Some(&entry.group));
        for (kind, name) in unknown {
            let note = format!(
                "rpm gives it to root unless the {kind} exists before the package is installed"
            );
            let of = entry.path.as_str();
            warnings.push(owner(of, kind, name, entry.span.as_ref()).with_note(note));
        }
    }
    for line in tmpfiles {
        let unknown = unknown_owners(accounts, line.user.as_deref(), line.group.as_deref());
        for (kind, name) in unknown {
            let note = format!("systemd-tmpfiles ignores the line where there is no such {kind}");
            warnings.push(owner(&line.path, kind, name, line.span.as_ref()).with_note(note));
        }
    }
    for user in &accounts.users {
        warnings.extend(user_warnings(accounts, user));
        if let Some(span) = user.home_span.as_ref()
            && !is_made(&user.home, entries, tmpfiles, made)
        {
            let User { name, home, .. } = user;
            warnings.push(
                Diagnostic::warning(format!(
                    "the home of `{name}`, {home}, is created by nobody"
                ))
                .at(Some(span), "")
                .with_help(home_recipe(name, home)),
            );
        }
    }
    warnings
}

/// Groups of a user that are nowhere.
fn user_warnings(accounts: &Accounts, user: &User) -> Vec<Diagnostic> {
    let groups = std::iter::once(&user.group).chain(&user.groups);
    let unknown = groups.filter(|name| !accounts.has_group(name) && !system::has_group(name));
    unknown
        .map(|name| {
            Diagnostic::warning(format!(
                "`{}` is to be in the group `{name}`, which the package does not create",
                user.name
            ))
            .at(user.span.as_ref(), "")
            .with_help(recipe("group", name))
        })
        .collect()
}

/// Owners that are nowhere; a user brings a group of its name.
fn unknown_owners<'a>(
    accounts: &Accounts,
    user: Option<&'a str>,
    group: Option<&'a str>,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let user = user.filter(|name| !system::has_user(name) && !accounts.has_user(name));
    let group = group
        .filter(|name| !system::has_group(name) && !accounts.has_group(name))
        .filter(|name| user != Some(name));
    let (user, group) = (
        user.map(|name| ("user", name)),
        group.map(|name| ("group", name)),
    );
    user.into_iter().chain(group)
}

fn owner(path: &str, kind: &str, name: &str, span: Option<&Span>) -> Diagnostic {
    Diagnostic::warning(format!(
        "{path} belongs to the {kind} `{name}`, which the package does not create"
    ))
    .at(span, "")
    .with_help(recipe(kind, name))
}

/// systemd makes a state folder when the service starts; any other is one of the package.
fn home_recipe(user: &str, home: &str) -> String {
    match home.strip_prefix("/var/lib/") {
        Some(name) => format!(
            "say StateDirectory={name} in its service, or let the package own {home} (`dirs`)"
        ),
        None => format!("let the package own {home} for `{user}` (`dirs`)"),
    }
}

fn is_made(home: &str, entries: &[Entry], tmpfiles: &[TmpfilesLine], made: &[String]) -> bool {
    // The name that says that there is none (base-passwd, and the users of systemd itself).
    const NONE: &str = "/nonexistent";
    let holds = |path: &str| {
        let rest = path.strip_prefix(home);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_entry = |entry: &Entry| {
        let path = entry.path.as_str();
        (entry.kind == FileKind::Directory && path == home) || (holds(path) && path != home)
    };
    home == NONE
        || has_path(home)
        || entries.iter().any(is_entry)
        || tmpfiles
            .iter()
            .any(|line| line.makes_folder() && holds(&line.path))
        || made.iter().any(|path| holds(path))
}

#[cfg(test)]
mod tests {
    use super::super::{InstallPath, Source};
    use super::*;

    fn user(name: &str) -> Accounts {
        let mut accounts = Accounts::default();
        accounts.add_service_user(name, "pkg");
        accounts
    }

    fn said(warnings: &[Diagnostic]) -> String {
        let lines = warnings
            .iter()
            .map(|warning| format!("{}\n  {}\n", warning.title, warning.help.join("\n  ")));
        lines.collect()
    }

    #[test]
    fn a_user_has_a_group_of_its_name_unless_another_is_its_primary_one() {
        let mut accounts = user("hello");
        assert!(accounts.has_user("hello") && accounts.has_group("hello"));
        accounts.users[0].group = "www".to_owned();
        assert!(!accounts.has_group("hello"));
        accounts.add_service_user("hello", "pkg");
        assert_eq!(accounts.users.len(), 1);
    }

    #[test]
    fn what_nobody_creates_is_told_with_the_line_that_does() {
        let mut accounts = user("hello");
        accounts.users[0].groups = vec!["adm".to_owned(), "www".to_owned()];
        let file = |user: &str, group: &str| Entry {
            user: user.to_owned(),
            group: group.to_owned(),
            span: Some(crate::report::SourceFile::new("x", "files").span(0..5)),
            ..Entry::file(
                InstallPath::new("/etc/hello").unwrap(),
                Source::Bytes(Vec::new()),
                0o644,
                "a test",
            )
        };
        let entries = [
            file("hello", "root"),
            file("helo", "hello"),
            file("web", "web"),
            Entry {
                span: None,
                ..file("of-a-unit", "root")
            },
        ];
        insta::assert_snapshot!(said(&account_warnings(&accounts, &entries, &[], &[])), @"
        /etc/hello belongs to the user `helo`, which the package does not create
          create it with the package: users = { helo = {} } in [package.metadata.ambot]
        /etc/hello belongs to the user `web`, which the package does not create
          create it with the package: users = { web = {} } in [package.metadata.ambot]
        `hello` is to be in the group `www`, which the package does not create
          create it with the package: groups = { www = {} } in [package.metadata.ambot]
        ");
    }

    #[test]
    fn a_home_is_made_by_the_package_by_a_unit_or_is_there() {
        let mut accounts = user("hello");
        let span = crate::report::SourceFile::new("x", "home").span(0..4);
        accounts.users[0].home_span = Some(span);
        let mut warned = |home: &str, made: &[String]| {
            accounts.users[0].home = home.to_owned();
            said(&account_warnings(&accounts, &[], &[], made))
        };
        insta::assert_snapshot!(warned("/var/lib/hello", &[]), @"
        the home of `hello`, /var/lib/hello, is created by nobody
          say StateDirectory=hello in its service, or let the package own /var/lib/hello (`dirs`)
        ");
        for (home, made) in [
            ("/", vec![]),
            ("/nonexistent", vec![]),
            ("/var/lib/hello", vec!["/var/lib/hello".to_owned()]),
            ("/var/lib/hello", vec!["/var/lib/hello/db".to_owned()]),
        ] {
            assert_eq!(warned(home, &made), "", "{home}");
        }
        assert_ne!(
            warned("/var/lib/hello", &["/var/lib/hello2".to_owned()]),
            ""
        );
    }
}
