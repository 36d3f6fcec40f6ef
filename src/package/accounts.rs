//! Users and groups: the file for systemd-sysusers, the %pre that creates them before files are
//! unpacked, and the names that make rpm 4.19 and later do it.

use super::template::render;
use super::{Comparison, Dependency, Error, InstallPath, PackageName, Phase, PlannedFile};
use crate::contents::{Accounts, Entry, NO_HOME, NO_LOGIN, Source, User};
use crate::target::Profile;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::context;

/// The oldest systemd-sysusers that is told of a shell (a sixth column in `parse_line()` of
/// src/sysusers/sysusers.c at v235; to 219 it is garbage, for which it ignores the line).
const SHELLS: u16 = 235;

/// The oldest that is told of a file which is not there yet (`--replace=`).
const REPLACE: u16 = 235;

/// The oldest that gives a user a primary group by name, `UID:GROUP` (v245; 239 takes numbers).
const PRIMARY_GROUPS: u16 = 245;

/// The oldest rpm that reads the members of groups out of provided names, as `%add_sysuser` of
/// macros.in has it at rpm-4.20.0-release; 4.19 ignores them.
const MEMBERS: [u32; 2] = [4, 20];

/// The file for systemd-sysusers, if there is something for it to do.
///
/// # Errors
/// When the template cannot be rendered, which is a defect.
pub(super) fn files(
    package: &PackageName,
    accounts: &Accounts,
    profile: &Profile,
) -> Result<Vec<Entry>, Error> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let scripted = accounts.users.iter().filter(|user| !is_told(user, profile));
    let scripted = scripted.map(|user| context! { name => &user.name, group => &user.group });
    let text = render(
        include_str!("../../templates/systemd/sysusers.conf"),
        &context! {
            package => package.as_str(),
            scripted => scripted.collect::<Vec<_>>(),
            lines => lines(accounts, profile),
        },
    )?;
    Ok(vec![Entry::file(
        InstallPath::new(path(package))?,
        Source::Bytes(text.into_bytes()),
        0o644,
        "the users and groups of the package",
    )])
}

/// Where the file lies.
pub fn path(package: &PackageName) -> String {
    format!("/usr/lib/sysusers.d/{package}.conf")
}

/// Whether the target's systemd-sysusers can be told of this user as it shall be. A line that says
/// less would have it create another group beside the right one.
fn is_told(user: &User, profile: &Profile) -> bool {
    user.group == user.name || profile.systemd.value >= PRIMARY_GROUPS
}

/// The lines of sysusers.d(5), groups first.
fn lines(accounts: &Accounts, profile: &Profile) -> Vec<String> {
    let number = |id: Option<u32>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let groups = accounts.groups.iter();
    let mut lines: Vec<String> = groups
        .map(|group| format!("g {} {}", group.name, number(group.gid)))
        .collect();
    let told: Vec<&User> = accounts
        .users
        .iter()
        .filter(|user| is_told(user, profile))
        .collect();
    for user in &told {
        let id = match user.group == user.name {
            true => number(user.uid),
            false => format!("{}:{}", number(user.uid), user.group),
        };
        let text = match user.description.is_empty() {
            true => "-".to_owned(),
            false => format!("\"{}\"", user.description),
        };
        let home = Some(user.home.as_str()).filter(|home| *home != NO_HOME);
        let shell = Some(user.shell.as_str())
            .filter(|shell| *shell != NO_LOGIN && profile.systemd.value >= SHELLS);
        let mut line = format!("u {} {id} {text}", user.name);
        if home.is_some() || shell.is_some() {
            line += &format!(" {}", home.unwrap_or("-"));
        }
        line.extend(shell.map(|shell| format!(" {shell}")));
        lines.push(line);
    }
    for user in told {
        let members = user.groups.iter();
        lines.extend(members.map(|group| format!("m {} {group}", user.name)));
    }
    lines
}

/// What %pre does first; nothing where the target's rpm was seen to do it all by itself.
///
/// # Errors
/// When the template cannot be rendered, which is a defect.
pub(super) fn pre(
    package: &PackageName,
    accounts: &Accounts,
    profile: &Profile,
) -> Result<Option<String>, Error> {
    if accounts.is_empty() || is_done_by_rpm(accounts, profile) {
        return Ok(None);
    }
    let sysusers = match profile.systemd.value >= REPLACE {
        true => lines(accounts, profile).join("\n"),
        false => String::new(),
    };
    let template = include_str!("../../templates/scriptlets/accounts.sh");
    let context = context! {
        package => package.as_str(),
        accounts => quoted(&records(accounts).join("\n")),
        sysusers => quoted(&sysusers),
    };
    Ok(Some(render(template, &context)?))
}

/// Whether the target's rpm was seen to create users from [`provides`], and knows all that there is
/// to do.
fn is_done_by_rpm(accounts: &Accounts, profile: &Profile) -> bool {
    let native = &profile.native_sysusers;
    let has_members = accounts.users.iter().any(|user| !user.groups.is_empty());
    let all_told = accounts.users.iter().all(|user| is_told(user, profile));
    native.value && native.verified && all_told && (!has_members || reads_members(profile))
}

fn reads_members(profile: &Profile) -> bool {
    let mut numbers = profile.rpm.value.split('.').map(str::parse::<u32>);
    let mut next = || numbers.next().and_then(Result::ok).unwrap_or(0);
    [next(), next()] >= MEMBERS
}

/// What stands between the single quotes of a shell.
fn quoted(text: &str) -> String {
    text.replace('\'', r"'\''")
}

/// A line for each account, as the template reads them; no field can have a colon in it.
fn records(accounts: &Accounts) -> Vec<String> {
    let number = |id: Option<u32>| id.map(|id| id.to_string()).unwrap_or_default();
    let mut records: Vec<String> = Vec::new();
    for group in &accounts.groups {
        records.push(format!("group:{}:{}", group.name, number(group.gid)));
    }
    for user in &accounts.users {
        let has_own = accounts.groups.iter().any(|group| group.name == user.group);
        if user.group == user.name && !has_own {
            // With the number of the user, as systemd-sysusers does.
            records.push(format!("group:{}:{}", user.name, number(user.uid)));
        }
        records.push(format!(
            "user:{}:{}:{}:{}:{}:{}",
            user.name,
            number(user.uid),
            user.group,
            user.home,
            user.shell,
            user.description
        ));
    }
    for user in &accounts.users {
        let members = user.groups.iter();
        records.extend(members.map(|group| format!("member:{}:{group}", user.name)));
    }
    records
}

/// The package with useradd and groupadd on all that rpm is native to; systemd-sysusers is not
/// asked for, because the %pre does without.
pub(super) fn requires(
    accounts: &Accounts,
    profile: &Profile,
    files: &[PlannedFile],
) -> Vec<Dependency> {
    let mut requires = Vec::new();
    if !accounts.is_empty() && !is_done_by_rpm(accounts, profile) {
        requires.push(Dependency {
            phases: vec![Phase::Pre],
            ..Dependency::any("shadow-utils", "its %pre creates accounts")
        });
    }
    if profile.native_sysusers.value {
        requires.extend(owners(accounts, files));
    }
    requires
}

/// The owners of files as rpmbuild 4.19 and later requires them (`rpmfcGenerateDependsHelper()` and
/// `rpmfcGenerateDepends()` of build/rpmfc.c): those that the package creates itself, because
/// nothing says that another one of the target provides the others.
fn owners<'a>(
    accounts: &'a Accounts,
    files: &'a [PlannedFile],
) -> impl Iterator<Item = Dependency> + 'a {
    let required = |name: String, file: &PlannedFile| Dependency {
        phases: vec![Phase::Pre, Phase::Postun],
        ..Dependency::any(name, format!("the owner of {}", file.path))
    };
    let mut seen = std::collections::BTreeSet::new();
    files
        .iter()
        .flat_map(move |file| {
            let user = accounts.has_user(&file.user);
            let group = accounts.has_group(&file.group);
            let user = user.then(|| required(format!("user({})", file.user), file));
            let group = group.then(|| required(format!("group({})", file.group), file));
            user.into_iter().chain(group)
        })
        .filter(move |required| seen.insert(required.name.clone()))
}

/// The names from which rpm 4.19 and later creates accounts, as its `%add_sysuser -b` writes them
/// for each line of a sysusers.d file (macros.in at rpm-4.19.1.1-release and rpm-4.20.1-release).
pub(super) fn provides(accounts: &Accounts, profile: &Profile) -> Vec<Dependency> {
    if !profile.native_sysusers.value {
        return Vec::new();
    }
    let mut provides = Vec::new();
    for line in lines(accounts, profile) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [kind, name, third, ..] = fields[..] else {
            continue;
        };
        let capability = match kind {
            "u" => format!("user({name})"),
            "g" => format!("group({name})"),
            _ if reads_members(profile) => format!("groupmember({name}/{third})"),
            _ => continue,
        };
        provides.push(Dependency {
            found: true,
            ..Dependency::versioned(
                capability,
                Comparison::Equal,
                encoded(&fields.join(" ")),
                "the users and groups of the package",
            )
        });
        if kind == "u" {
            provides.push(Dependency {
                found: true,
                ..Dependency::any(
                    format!("group({name})"),
                    "the group of a user of the package",
                )
            });
        }
    }
    provides
}

/// Base64 of a line, filled up with NUL to whole groups of three, because rpm takes no `=` in a
/// version.
fn encoded(line: &str) -> String {
    let mut bytes = line.as_bytes().to_vec();
    bytes.resize(bytes.len().next_multiple_of(3), 0);
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests;
