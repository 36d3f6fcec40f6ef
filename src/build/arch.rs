//! The architectures that a package can be built for, and what each is called where.

use super::Error;
use std::fmt;

/// A processor architecture, with the choices of byte order and float ABI that an RPM
/// architecture implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
    /// 32-bit x86.
    I686,
    /// 32-bit Arm, hard float.
    Armv7hl,
    /// 64-bit POWER, little-endian.
    Ppc64le,
    /// IBM Z.
    S390x,
    /// 64-bit RISC-V, double float.
    Riscv64,
}

/// What one architecture is called.
struct Names {
    arch: Arch,
    /// What rpm says (`rpmrc.in`, `arch_canon`).
    rpm: &'static str,
    /// How Rust triples of it begin.
    triples: &'static [&'static str],
    /// glibc's loader (`sysdeps/*/shlib-versions` and `ldconfig`'s table in glibc 2.28).
    loader: &'static str,
}

const NAMES: [Names; 7] = [
    Names {
        arch: Arch::X86_64,
        rpm: "x86_64",
        triples: &["x86_64"],
        loader: "/lib64/ld-linux-x86-64.so.2",
    },
    Names {
        arch: Arch::Aarch64,
        rpm: "aarch64",
        triples: &["aarch64"],
        loader: "/lib/ld-linux-aarch64.so.1",
    },
    Names {
        arch: Arch::I686,
        rpm: "i686",
        triples: &["i686", "i586"],
        loader: "/lib/ld-linux.so.2",
    },
    Names {
        arch: Arch::Armv7hl,
        rpm: "armv7hl",
        triples: &["armv7"],
        loader: "/lib/ld-linux-armhf.so.3",
    },
    Names {
        arch: Arch::Ppc64le,
        rpm: "ppc64le",
        triples: &["powerpc64le"],
        loader: "/lib64/ld64.so.2",
    },
    Names {
        arch: Arch::S390x,
        rpm: "s390x",
        triples: &["s390x"],
        loader: "/lib/ld64.so.1",
    },
    Names {
        arch: Arch::Riscv64,
        rpm: "riscv64",
        triples: &["riscv64gc"],
        loader: "/lib/ld-linux-riscv64-lp64d.so.1",
    },
];

impl Arch {
    /// The architecture that rpm calls so.
    pub fn from_rpm(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|names| names.rpm == name)
            .map(|names| names.arch)
    }

    /// The architecture of a Rust triple. A 32-bit Arm triple counts only with `hf`, because
    /// rpm's `armv7hl` is hard float.
    pub fn from_triple(triple: &str) -> Option<Self> {
        let first = triple.split('-').next()?;
        let arch = NAMES
            .iter()
            .find(|names| names.triples.contains(&first))
            .map(|names| names.arch)?;
        (arch != Arch::Armv7hl || triple.ends_with("hf")).then_some(arch)
    }

    /// What rpm calls all of them.
    pub fn rpm_names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|names| names.rpm)
    }

    /// The architecture that a run is for: of the triple that is asked for, else the host's.
    ///
    /// # Errors
    /// When no RPM architecture stands for it.
    pub fn of_run(triple: Option<&str>) -> Result<Self, Error> {
        let host = std::env::consts::ARCH;
        match triple {
            Some(triple) => Self::from_triple(triple).ok_or_else(|| Error::Triple {
                triple: triple.to_owned(),
            }),
            None => {
                Self::of_host(host, cfg!(target_endian = "little")).ok_or_else(|| Error::NoTriple {
                    host: host.to_owned(),
                })
            }
        }
    }

    /// The architecture of a machine that runs us, as [`std::env::consts::ARCH`] calls it: unlike
    /// a triple, that name says nothing of the byte order, of extensions and of floats.
    fn of_host(arch: &str, little_endian: bool) -> Option<Self> {
        match (arch, little_endian) {
            ("x86_64", _) => Some(Arch::X86_64),
            ("aarch64", true) => Some(Arch::Aarch64),
            ("x86", _) => Some(Arch::I686),
            ("arm", true) => Some(Arch::Armv7hl),
            ("powerpc64", true) => Some(Arch::Ppc64le),
            ("s390x", _) => Some(Arch::S390x),
            ("riscv64", true) => Some(Arch::Riscv64),
            _ => None,
        }
    }

    /// What somebody means who calls an architecture as Debian, Rust, Go or `uname -m` do.
    pub fn meant_by(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().replace('-', "_").as_str() {
            "amd64" | "x64" | "x86_64" => Some(Arch::X86_64),
            "arm64" | "armv8" | "aarch64" => Some(Arch::Aarch64),
            "i386" | "i586" | "i686" | "x86" | "386" => Some(Arch::I686),
            "arm" | "armhf" | "armv7" | "armv7l" | "armv7hl" => Some(Arch::Armv7hl),
            "ppc64el" | "powerpc64le" | "ppc64le" => Some(Arch::Ppc64le),
            "riscv64gc" | "riscv64" => Some(Arch::Riscv64),
            "s390x" => Some(Arch::S390x),
            _ => None,
        }
    }

    /// What rpm calls it.
    pub fn rpm_name(self) -> &'static str {
        self.names().rpm
    }

    /// The triple that is meant when only the architecture is given.
    pub fn gnu_triple(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64-unknown-linux-gnu",
            Arch::Aarch64 => "aarch64-unknown-linux-gnu",
            Arch::I686 => "i686-unknown-linux-gnu",
            Arch::Armv7hl => "armv7-unknown-linux-gnueabihf",
            Arch::Ppc64le => "powerpc64le-unknown-linux-gnu",
            Arch::S390x => "s390x-unknown-linux-gnu",
            Arch::Riscv64 => "riscv64gc-unknown-linux-gnu",
        }
    }

    /// The path of glibc's program loader on it.
    pub fn glibc_loader(self) -> &'static str {
        self.names().loader
    }

    fn names(self) -> &'static Names {
        match NAMES.iter().find(|names| names.arch == self) {
            Some(names) => names,
            None => unreachable!("every architecture has its names"),
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rpm_name())
    }
}

#[cfg(test)]
mod tests {
    use super::{Arch, NAMES};

    #[test]
    fn names_lead_there_and_back() {
        for names in &NAMES {
            assert_eq!(Arch::from_rpm(names.arch.rpm_name()), Some(names.arch));
            assert_eq!(Arch::from_triple(names.arch.gnu_triple()), Some(names.arch));
        }
    }

    #[test]
    fn every_machine_that_can_build_has_its_architecture() {
        for (name, little, arch) in [
            ("powerpc64", true, Some(Arch::Ppc64le)),
            ("powerpc64", false, None),
            ("riscv64", true, Some(Arch::Riscv64)),
            ("arm", true, Some(Arch::Armv7hl)),
            ("x86", true, Some(Arch::I686)),
            ("loongarch64", true, None),
        ] {
            assert_eq!(Arch::of_host(name, little), arch, "{name}");
        }
        assert!(Arch::of_run(None).is_ok());
        assert!(Arch::of_run(Some("wasm32-unknown-unknown")).is_err());
    }

    #[test]
    fn other_systems_names_are_understood() {
        assert_eq!(Arch::meant_by("arm64"), Some(Arch::Aarch64));
        assert_eq!(Arch::meant_by("AMD64"), Some(Arch::X86_64));
        assert_eq!(Arch::meant_by("vax"), None);
    }

    #[test]
    fn a_soft_float_arm_is_no_armv7hl() {
        assert_eq!(Arch::from_triple("armv7-unknown-linux-gnueabi"), None);
        assert_eq!(Arch::from_triple("wasm32-unknown-unknown"), None);
    }
}
