//! AMB064

use super::super::commands::version;
use super::super::listed;
use super::super::program::programs;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{Directive, means};
use std::net::Ipv4Addr;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    code: "AMB064",
    name: "network-online",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The unit waits for the network in a way that does not wait.",
    explanation: "network.target is reached when the network's own services have been started, long before there is \
        an address; a unit never pulls it in. network-online.target is the moment when there is one. It is started \
        only when some unit wants it: After= alone waits for nothing. A service that listens on all addresses needs \
        neither; one that reaches out when it starts, or listens on one address, needs the second with both Wants= \
        and After= (systemd.special(7)).",
    example: Example {
        bad: "[Unit]\nAfter=network-online.target",
        good: "[Unit]\nWants=network-online.target\nAfter=network-online.target",
    },
    check,
};

const NETWORK: &str = "network.target";
const ONLINE: &str = "network-online.target";
const NEEDS: [&str; 4] = ["Wants", "Requires", "BindsTo", "Upholds"];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let after = named(context, &["After"], ONLINE);
    let wants = named(context, &NEEDS, ONLINE);
    if let Some((directive, range)) = &after
        && wants.is_none()
        && !wanted_elsewhere(context)
    {
        findings.push(
            Finding::new(&RULE, format!("After={ONLINE} without Wants={ONLINE}"))
                .at_value(
                    context.unit,
                    directive,
                    range.clone(),
                    "waits only if another unit wants it",
                )
                .help(format!("add Wants={ONLINE}")),
        );
    }
    if let Some((directive, range)) = named(context, &NEEDS, NETWORK)
        // What makes the network pulls the target in, and comes before it.
        && named(context, &["Before"], NETWORK).is_none()
    {
        let title = format!("{}={NETWORK} starts nothing to wait for", directive.key);
        findings.push(
            Finding::new(&RULE, title)
                .at_value(context.unit, directive, range, "")
                .help(format!(
                    "for a network with addresses, say Wants={ONLINE} and After={ONLINE}"
                ))
                .help(format!(
                    "to stop before the network does, After={NETWORK} is enough"
                )),
        );
    }
    if let Some((directive, range)) = named(context, &["After"], NETWORK)
        && after.is_none()
        && wants.is_none()
        && let Some(address) = address(context)
    {
        findings.push(
            Finding::new(
                &RULE,
                format!("After={NETWORK} does not wait for an address"),
            )
            .severity(Severity::Note)
            .at_value(context.unit, directive, range, "")
            .note(format!(
                "the service is given `{address}`, which it may need when it starts"
            ))
            .help(format!("if so, say Wants={ONLINE} and After={ONLINE}")),
        );
    }
}

/// Where one of these directives names the unit.
fn named<'a>(
    context: &Context<'a>,
    keys: &[&str],
    name: &str,
) -> Option<(&'a Directive, Range<usize>)> {
    let lines = context.directives().iter();
    let of_keys = lines.filter(|line| keys.iter().any(|key| line.is("Unit", key)));
    of_keys
        .flat_map(|line| {
            let words = listed::units(line, version(context)).into_iter();
            words.map(move |word| (line, word))
        })
        .find(|(_, word)| word.name == name)
        .map(|(line, word)| (line, word.range))
}

/// Whether a unit of the package that this one needs wants it, too.
fn wanted_elsewhere(context: &Context<'_>) -> bool {
    context.units.iter().any(|other| {
        let lines = || other.document.directives().iter();
        let names = |line: &&Directive| NEEDS.iter().any(|key| line.is("Unit", key));
        let words = lines()
            .filter(names)
            .flat_map(|line| listed::units(line, version(context)));
        let wants_it = words.into_iter().any(|word| word.name == ONLINE);
        wants_it
            && NEEDS.iter().any(|key| {
                let own = context
                    .directives()
                    .iter()
                    .filter(|line| line.is("Unit", key));
                own.flat_map(|line| listed::units(line, version(context)))
                    .any(|word| means(&word.name, &other.name))
            })
    })
}

/// An address of another machine, or one of this machine's own, that the service is given.
fn address(context: &Context<'_>) -> Option<String> {
    let commands = programs(context, &["ExecStart"]);
    let arguments = commands.iter().flat_map(|program| &program.arguments);
    let environment = context.list("Service", "Environment");
    let values = environment.iter().map(|line| &line.value);
    arguments
        .chain(values)
        .flat_map(|text| text.split([' ', '=', '"', '\'', ',']))
        .find(|word| is_remote_url(word) || is_one_address(word))
        .map(str::to_owned)
}

fn is_remote_url(word: &str) -> bool {
    let Some((scheme, rest)) = word.split_once("://") else {
        return false;
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let end = host.find([':', '/', '?']).unwrap_or(host.len());
    let host = &host[..end];
    let local = ["", "localhost", "[", "0.0.0.0"].contains(&host) || host.starts_with("127.");
    let is_file = ["file", "unix"].contains(&scheme);
    !local && !is_file && host.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// `10.0.0.5` or `10.0.0.5:80`.
fn is_one_address(word: &str) -> bool {
    let host = word.split(':').next().unwrap_or_default();
    host.parse::<Ipv4Addr>()
        .is_ok_and(|address| !address.is_loopback() && !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    fn said(unit: &str, command: &str) -> String {
        let text = format!("[Unit]\n{unit}\n[Service]\nExecStart={command}\n");
        said_by("AMB064", "el8", &text)
    }

    #[test]
    fn to_wait_for_the_network_takes_two_lines() {
        insta::assert_snapshot!(
            said("After=network-online.target", "/bin/x") + &said("Wants=network.target\nAfter=network.target", "/bin/x"),
            @"
        x.service:2:7: warning[AMB064]: After=network-online.target without Wants=network-online.target
        x.service:2:7: warning[AMB064]: Wants=network.target starts nothing to wait for
        "
        );
        for fine in [
            "After=network-online.target\nWants=network-online.target",
            "After=network.target",
            "Wants=network.target\nBefore=network.target",
            "",
        ] {
            assert_eq!(said(fine, "/bin/x"), "", "{fine}");
        }
    }

    #[test]
    fn an_address_that_is_given_is_noted() {
        insta::assert_snapshot!(said("After=network.target", "/bin/x --server=https://example.com/"), @"x.service:2:7: note[AMB064]: After=network.target does not wait for an address");
        let after = "After=network.target";
        assert_ne!(said(after, "/bin/x --listen 10.0.0.5:80"), "");
        for fine in [
            "0.0.0.0:80",
            "127.0.0.1",
            "http://localhost:80",
            "http://[::]:80",
            "file:///x",
            "unix:///x",
            "1.2.3",
        ] {
            assert_eq!(said(after, &format!("/bin/x {fine}")), "", "{fine}");
        }
    }
}
