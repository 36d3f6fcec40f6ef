//! What a unit needs of its package, because the target's systemd does not do it.

/// What the package has to do for a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Folders that it owns.
    pub directories: Vec<Directory>,
    /// Symbolic links to folders.
    pub links: Vec<Link>,
    /// Folders below `/run` that are made at every boot (tmpfiles.d(5)).
    pub runtime_directories: Vec<Directory>,
    /// Users that exist before its files are unpacked.
    pub users: Vec<SystemUser>,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Where.
    pub path: String,
    /// The permission bits.
    pub mode: u16,
    /// The owner; `root` where the service runs as root.
    pub user: String,
    /// The group.
    pub group: String,
    /// The directive that asks for it, `StateDirectory=hello`.
    pub reason: String,
}

/// A symbolic link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where.
    pub path: String,
    /// Where it points.
    pub target: String,
    /// The directive that asks for it.
    pub reason: String,
}

/// A user of the system with a group of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemUser {
    /// Its name, which is a valid one.
    pub name: String,
    /// What it is for, for people.
    pub reason: String,
}

impl Needs {
    /// Adds what another unit needs. What both need is there once; two folders that differ are
    /// both there, for who puts the package together to say so.
    pub fn merge(&mut self, other: Needs) {
        add(&mut self.directories, other.directories, Directory::is_same);
        add(&mut self.links, other.links, |a, b| {
            (&a.path, &a.target) == (&b.path, &b.target)
        });
        add(
            &mut self.runtime_directories,
            other.runtime_directories,
            Directory::is_same,
        );
        add(&mut self.users, other.users, |a, b| a.name == b.name);
    }
}

impl Directory {
    /// Whether it is the same folder, whoever asks for it.
    fn is_same(&self, other: &Self) -> bool {
        let attributes = |it: &Self| (it.path.clone(), it.mode, it.user.clone(), it.group.clone());
        attributes(self) == attributes(other)
    }
}

fn add<T>(all: &mut Vec<T>, more: Vec<T>, is_same: impl Fn(&T, &T) -> bool) {
    for item in more {
        if !all.iter().any(|known| is_same(known, &item)) {
            all.push(item);
        }
    }
}
