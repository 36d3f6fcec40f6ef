//! What kind of value a directive takes, from the function of systemd that reads it.

use super::directive::Directive;

/// The kind of value that a directive takes.
///
/// The ranges are those that systemd itself checks (`load-fragment.c`, `cgroup.h` and
/// `process-util.h` of 252); their ends were tried on the real 219, 239 and 252. A kind says nothing of whether an empty value, which resets most
/// lists, is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// `yes`, `no` and their other spellings.
    Boolean,
    /// Words out of a list: see [`Directive::enumeration`].
    Enum,
    /// A length of time such as `5min 20s`, a bare number being seconds; `infinity` where it fits.
    TimeSpan,
    /// A length of time of which a bare number is nanoseconds.
    Nanoseconds,
    /// A calendar event such as `Mon *-*-* 02:00`.
    Calendar,
    /// A size in bytes with K, M, G, T to the base of 1024.
    Size,
    /// A size, a percentage of the machine's memory, or `infinity`.
    MemoryLimit,
    /// `PATH SIZE` or `PATH NUMBER`, for a device.
    DeviceLimit,
    /// A device and the rights `r`, `w` and `m` to it.
    DeviceAccess,
    /// A percentage such as `20%`.
    Percent,
    /// A number of tasks, a percentage, or `infinity`.
    TasksMax,
    /// An octal access mode.
    Mode,
    /// The name or number of a signal.
    Signal,
    /// An exit status from 0 to 255.
    ExitStatus,
    /// Exit statuses and signals, by name or number.
    ExitStatusList,
    /// An integer within a range, both ends included.
    Integer {
        /// The lowest.
        min: i64,
        /// The highest.
        max: i64,
    },
    /// A weight from 1 to 10000, or `idle` (since 252: systemd.resource-control(5)).
    CpuWeight,
    /// A resource limit: `SOFT:HARD` or one value for both, in the unit of the limit, or
    /// `infinity`.
    ResourceLimit,
    /// An absolute path, perhaps with a `-` or other mark before it.
    Path,
    /// Paths with blanks between them, perhaps with marks before them.
    PathList,
    /// `SOURCE:DESTINATION:OPTIONS` with blanks between them.
    BindPaths,
    /// `PATH:OPTIONS` with blanks between them.
    TemporaryFileSystems,
    /// Names of folders below a root such as `/var/lib`, relative.
    DirectoryNames,
    /// A command line with prefixes.
    Command,
    /// One unit.
    UnitName,
    /// Units with blanks between them.
    UnitList,
    /// A condition on a path: `|` and `!` before it mean that it is one of several, and the
    /// opposite.
    ConditionPath,
    /// A condition on something else; `|` and `!` as for paths.
    Condition,
    /// `NAME=VALUE` with blanks between them, quoted as systemd does it.
    Environment,
    /// Names of environment variables.
    EnvironmentNames,
    /// An absolute path, `-` before it where the file may be missing.
    EnvironmentFile,
    /// A user or group, by name or number.
    User,
    /// Users or groups.
    UserList,
    /// CPU or memory node numbers and ranges.
    CpuSet,
    /// Capabilities by name, `~` before them for all others.
    Capabilities,
    /// System calls and groups of them, `~` before them for all others.
    SystemCalls,
    /// An error by name or number.
    ErrorNumber,
    /// Address families by name, `~` before them for all others.
    AddressFamilies,
    /// IP addresses with prefix lengths, or words such as `any`.
    IpPrefixes,
    /// What a socket listens on: a path, a port or an address and a port.
    Listen,
    /// URIs: `man:`, `http://`, `https://`, `file:`, `info:`.
    Documentation,
    /// Text of which nothing more is checked.
    Text,
    /// A form of its own that is not modelled here.
    Other,
}

impl ValueKind {
    pub(super) fn of(directive: &Directive) -> Self {
        match directive.parser {
            "timer" if directive.name == "OnCalendar" => ValueKind::Calendar,
            "timer" => ValueKind::TimeSpan,
            parser => of_parser(parser)
                .or_else(|| directive.enumeration().map(|_| ValueKind::Enum))
                .unwrap_or(ValueKind::Other),
        }
    }
}

/// The kind by the name of the function; none for those that take words, and for forms that are
/// not modelled.
fn of_parser(parser: &str) -> Option<ValueKind> {
    let integer = |min, max| Some(ValueKind::Integer { min, max });
    Some(match parser {
        "bool" | "tristate" | "job_mode_isolate" => ValueKind::Boolean,
        "sec"
        | "sec_fix_0"
        | "sec_def_infinity"
        | "service_timeout"
        | "service_timeout_abort"
        | "job_timeout_sec"
        | "job_running_timeout_sec"
        | "managed_oom_mem_pressure_duration_sec" => ValueKind::TimeSpan,
        "nsec" => ValueKind::Nanoseconds,
        "iec_size" | "iec_size_long" => ValueKind::Size,
        "memory_limit" => ValueKind::MemoryLimit,
        "io_limit"
        | "blockio_bandwidth"
        | "blockio_device_weight"
        | "io_device_weight"
        | "io_device_latency" => ValueKind::DeviceLimit,
        "cpu_quota" | "managed_oom_mem_pressure_limit" => ValueKind::Percent,
        "tasks_max" => ValueKind::TasksMax,
        "mode" => ValueKind::Mode,
        "signal" => ValueKind::Signal,
        "exit_status" => ValueKind::ExitStatus,
        "set_status" => ValueKind::ExitStatusList,
        "rlimit" => ValueKind::ResourceLimit,
        "exec_nice" => return integer(-20, 19),
        "exec_oom_score_adjust" => return integer(-1000, 1000),
        "oom_adjust" => return integer(-17, 15),
        "exec_cpu_sched_prio" => return integer(1, 99),
        "exec_io_priority" => return integer(0, 7),
        "cpu_shares" => return integer(2, 262_144),
        "blockio_weight" => return integer(10, 1000),
        "cg_weight" => return integer(1, 10_000),
        "cg_cpu_weight" => ValueKind::CpuWeight,
        "sysv_priority" => return integer(0, 99),
        "int" | "long" => return integer(i64::from(i32::MIN), i64::from(i32::MAX)),
        "unsigned" | "tty_size" => return integer(0, i64::from(u32::MAX)),
        _ => return of_word_parser(parser),
    })
}

/// The kinds that are neither numbers nor times.
fn of_word_parser(parser: &str) -> Option<ValueKind> {
    Some(match parser {
        "unit_path_printf" | "pid_file" | "working_directory" | "path_spec" | "mount_node" => {
            ValueKind::Path
        }
        "namespace_path_strv"
        | "unit_path_strv_printf"
        | "unit_mounts_for"
        | "colon_separated_paths" => ValueKind::PathList,
        "bind_paths" => ValueKind::BindPaths,
        "temporary_filesystems" => ValueKind::TemporaryFileSystems,
        "device_allow" => ValueKind::DeviceAccess,
        "exec_directories" => ValueKind::DirectoryNames,
        "exec" => ValueKind::Command,
        "trigger_unit" | "unit_slice" | "socket_service" | "busname_service" => ValueKind::UnitName,
        "unit_deps" | "obsolete_unit_deps" | "unit_names" | "service_sockets" | "strv"
        | "alias" | "also" => ValueKind::UnitList,
        "unit_condition_path" => ValueKind::ConditionPath,
        "unit_condition_string" | "unit_condition_null" => ValueKind::Condition,
        "environ" => ValueKind::Environment,
        "pass_environ" | "unset_environ" => ValueKind::EnvironmentNames,
        "unit_env_file" => ValueKind::EnvironmentFile,
        "user_group_compat" => ValueKind::User,
        "user_group_strv_compat" => ValueKind::UserList,
        "unit_cpu_set" | "exec_cpu_affinity" | "numa_mask" => ValueKind::CpuSet,
        "capability_set" | "bounding_set" => ValueKind::Capabilities,
        "syscall_filter" | "syscall_log" => ValueKind::SystemCalls,
        "syscall_errno" => ValueKind::ErrorNumber,
        "address_families" => ValueKind::AddressFamilies,
        "in_addr_prefixes" => ValueKind::IpPrefixes,
        "socket_listen" => ValueKind::Listen,
        "documentation" => ValueKind::Documentation,
        "unit_string_printf" | "string" | "reboot_parameter" | "bus_name" | "default_instance"
        | "fdname" => ValueKind::Text,
        _ => return None,
    })
}
