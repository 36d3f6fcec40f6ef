//! Which directives each rule is about.
//!
//! In one place, so that `explain` can say it of every directive and a test can hold it against what
//! the rules find.

use super::Rule;
use super::rules::has_specifier_of_manager;
use super::value::resolves_specifiers;
use crate::target::systemd::{Directive, ValueKind, sandboxing};

/// What a rule is about.
enum About {
    /// These directives, in whatever section.
    Keys(&'static [&'static str]),
    /// Every command line of a service.
    Commands,
    /// Everything that takes words out of a list.
    Words,
    /// Every value that is read by a parser.
    Values,
    /// Every value with specifiers.
    Specifiers,
    /// Every value with specifiers that may be about a user.
    UserSpecifiers,
    /// Every list of units.
    Units,
    /// `Environment=`.
    Environment,
    /// Sandboxing.
    Sandboxing,
    /// Files, sections and lines rather than directives.
    Nothing,
}

use About::{
    Commands, Environment, Keys, Nothing, Sandboxing, Specifiers, Units, UserSpecifiers, Values,
    Words,
};

fn about(code: &str) -> About {
    match code {
        "AMB020" => Values,
        "AMB019" => Keys(&[
            "BlockIODeviceWeight",
            "BlockIOReadBandwidth",
            "BlockIOWriteBandwidth",
            "CPUShares",
            "MemoryLimit",
            "StartupCPUShares",
        ]),
        "AMB021" | "AMB022" => Words,
        "AMB023" => Specifiers,
        "AMB024" => Keys(&[
            "KillMode",
            "ListenDatagram",
            "ListenFIFO",
            "ListenSequentialPacket",
            "ListenSpecial",
            "ListenStream",
            "PIDFile",
            "StandardError",
            "StandardOutput",
        ]),
        "AMB025" => Keys(&["SystemCallFilter"]),
        "AMB026" => Keys(&[
            "JobTimeoutSec",
            "RestartSec",
            "TimeoutSec",
            "TimeoutStartSec",
            "TimeoutStopSec",
            "WatchdogSec",
        ]),
        "AMB027" | "AMB029" => Environment,
        "AMB028" => UserSpecifiers,
        "AMB030" => Keys(&["Description", "SyslogIdentifier"]),
        "AMB040" | "AMB041" | "AMB042" | "AMB043" | "AMB044" | "AMB047" | "AMB048" | "AMB049"
        | "AMB080" | "AMB081" | "AMB085" | "AMB086" => Commands,
        "AMB069" => Units,
        "AMB090" => Sandboxing,
        code => about_service(code),
    }
}

/// The rules about what a service or another unit is as a whole.
fn about_service(code: &str) -> About {
    Keys(match code {
        "AMB045" => &["ExecStart", "ExecStop", "RemainAfterExit", "SuccessAction"],
        "AMB046" => &["ExecStart", "Type"],
        "AMB050" => &["ExecStart", "User", "DynamicUser"],
        "AMB051" => &["Type", "PIDFile", "GuessMainPID"],
        "AMB052" => &["Type", "BusName"],
        "AMB053" => &["Type", "NotifyAccess"],
        "AMB054" => &["Type", "Restart", "RestartForceExitStatus"],
        "AMB055" => &["WatchdogSec", "Restart", "Type", "NotifyAccess"],
        "AMB056" => &[
            "Restart",
            "RestartSec",
            "StartLimitAction",
            "StartLimitBurst",
            "StartLimitIntervalSec",
        ],
        "AMB057" => &[
            "Restart",
            "RestartSec",
            "StartLimitAction",
            "StartLimitBurst",
            "StartLimitInterval",
            "StartLimitIntervalSec",
        ],
        "AMB058" => &["PAMName", "KillMode"],
        "AMB060" => &[
            "After",
            "Before",
            "BindTo",
            "BindsTo",
            "Requires",
            "RequiresOverridable",
            "Requisite",
            "RequisiteOverridable",
            "Wants",
        ],
        "AMB061" => &["After", "Before"],
        "AMB062" => &["OnFailure", "OnFailureIsolate", "OnFailureJobMode"],
        "AMB063" => &["Alias"],
        "AMB064" => &["After", "Requires", "Wants"],
        "AMB065" => &[
            "After",
            "Also",
            "Before",
            "BindsTo",
            "Conflicts",
            "OnFailure",
            "OnSuccess",
            "PartOf",
            "RequiredBy",
            "Requires",
            "Requisite",
            "Service",
            "Slice",
            "Sockets",
            "Unit",
            "UpheldBy",
            "Upholds",
            "WantedBy",
            "Wants",
        ],
        "AMB066" => &["Service", "Unit"],
        "AMB067" => &[
            "DirectoryNotEmpty",
            "ListenDatagram",
            "ListenFIFO",
            "ListenStream",
            "OnBootSec",
            "OnCalendar",
            "OnUnitActiveSec",
            "PathChanged",
            "PathExists",
            "PathModified",
        ],
        "AMB068" => &["Description"],
        "AMB070" | "AMB071" => &["WantedBy", "RequiredBy", "Alias", "Also"],
        "AMB082" => &["User", "Group", "SupplementaryGroups"],
        "AMB083" => &["EnvironmentFile"],
        "AMB084" => &["ReadWritePaths", "WorkingDirectory"],
        _ => return Nothing,
    })
}

impl Rule {
    /// Whether the rule looks at this directive. Those about what a target knows, or about names that
    /// nobody does, are about none.
    pub fn is_about(&self, row: &Directive) -> bool {
        match about(self.code) {
            Keys(keys) => keys.contains(&row.name),
            Commands => row.kind() == ValueKind::Command,
            Words => row.enumeration().is_some(),
            Values => {
                !matches!(row.kind(), ValueKind::Command | ValueKind::Text)
                    && row.enumeration().is_none()
            }
            Specifiers => resolves_specifiers(row),
            UserSpecifiers => has_specifier_of_manager(row),
            Units => row.kind() == ValueKind::UnitList,
            Environment => row.kind() == ValueKind::Environment,
            Sandboxing => sandboxing(row.name).is_some(),
            Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, find};
    use super::*;
    use crate::target::systemd::{directive, sections_of};

    #[test]
    fn every_word_is_a_directive() {
        for rule in all() {
            if let Keys(keys) = about(rule.code) {
                for key in keys {
                    assert!(sections_of(key).next().is_some(), "{}: {key}", rule.code);
                }
            }
        }
    }

    /// What stands in the example of a rule that is about directives is one of them.
    #[test]
    fn the_example_of_a_rule_has_a_word_that_it_is_about() {
        let has_one = |rule: &Rule| {
            let lines = rule.example.bad.lines();
            let mut keys = lines.filter_map(|line| Some(line.split_once('=')?.0));
            keys.any(|key| {
                let mut rows = sections_of(key).filter_map(|section| directive(section, key));
                rows.any(|row| rule.is_about(row))
            })
        };
        let rules = all()
            .iter()
            .filter(|rule| !matches!(about(rule.code), Nothing));
        let without: Vec<&str> = rules
            .filter(|rule| !has_one(rule))
            .map(|rule| rule.code)
            .collect();
        // Those of what is missing.
        insta::assert_snapshot!(without.join(" "), @"AMB045 AMB066 AMB067 AMB070 AMB081");
    }

    #[test]
    fn a_directive_has_its_rules() {
        let of = |section: &str, key: &str| -> Vec<&str> {
            let row = directive(section, key).unwrap();
            let rules = all().iter().filter(|rule| rule.is_about(row));
            rules.map(|rule| rule.code).collect()
        };
        for code in [
            "AMB040", "AMB041", "AMB042", "AMB044", "AMB047", "AMB080", "AMB085",
        ] {
            assert!(of("Service", "ExecStart").contains(&code), "{code}");
        }
        assert!(of("Service", "User").contains(&"AMB082"));
        assert!(of("Service", "SystemCallFilter").contains(&"AMB025"));
        assert!(of("Service", "EnvironmentFile").contains(&"AMB083"));
        assert!(of("Install", "Alias").contains(&"AMB063"));
        assert!(find("AMB012").is_some_and(|rule| matches!(about(rule.code), Nothing)));
    }
}
