//! What the figures were measured on.

use super::program::Program;
use super::tools::Tools;
use std::fs;

/// The machine and the programs, as the lines above a table.
pub(super) struct Host {
    /// Processor, memory and kernel, and how busy it was.
    pub(super) machine: String,
    /// Our program first.
    pub(super) programs: Vec<String>,
}

impl Host {
    /// Looks at this machine.
    pub(super) fn here(program: &Program, tools: &Tools) -> Self {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut programs = vec![program.version()];
        programs.extend(tools.versions());
        Host {
            machine: format!(
                "{}, {cores} {}, {:.0} GiB of memory, Linux {}, load {} at the start",
                cpu(&read("/proc/cpuinfo")).unwrap_or("unknown processor"),
                if cores == 1 { "core" } else { "cores" },
                memory(&read("/proc/meminfo")).unwrap_or_default(),
                read("/proc/sys/kernel/osrelease").trim_end(),
                read("/proc/loadavg").split(' ').next().unwrap_or_default(),
            ),
            programs,
        }
    }
}

/// The name of the processor.
fn cpu(cpuinfo: &str) -> Option<&str> {
    let mut fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let name = fields.find(|(name, _)| name.trim() == "model name");
    name.map(|(_, value)| value.trim())
}

/// All memory in GiB.
fn memory(meminfo: &str) -> Option<f64> {
    let total = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: f64 = total.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::{cpu, memory};

    #[test]
    fn the_machine_is_read_from_the_kernel() {
        let cpuinfo = "processor\t: 0\nmodel name\t: A (R) CPU\n\nmodel name\t: other\n";
        assert_eq!(cpu(cpuinfo), Some("A (R) CPU"));
        assert_eq!(cpu(""), None);
        assert_eq!(
            memory("MemFree: 1 kB\nMemTotal:       25165824 kB\n"),
            Some(24.0)
        );
    }
}
