//! The scriptlets, the preset and the unit list, rendered from templates.
//!
//! A value gets into a template only as a valid package name or unit name, whose letters
//! need no quoting in a shell.

use super::plan::Scriptlets;
use super::template::render;
use super::{Error, PackageName};
use crate::project::{Policy, RemovePolicy, UpgradePolicy};
use crate::target::{Profile, ScriptletStyle};
use crate::unit::{UnitKind, UnitName};
use minijinja::context;

/// Seconds that scriptlets wait for jobs at the most; rpm holds its lock meanwhile.
const TIMEOUT: u32 = 30;

/// What the scriptlets need to know of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedUnit {
    /// Its name.
    pub name: UnitName,
    /// What is done with it.
    pub policy: Policy,
    /// The instances of a template that are treated like units with files of their own.
    pub instances: Vec<UnitName>,
    /// Its place in the order in which the units of a package are started.
    pub rank: usize,
    /// Whether `systemctl enable` has anything to do for it.
    pub installable: bool,
    /// Whether it is a template that says which instance `systemctl enable` means.
    pub has_default_instance: bool,
}

impl ManagedUnit {
    /// Whether it is named in the preset, and a preset applied to it: a template without a default
    /// instance is named, because a unit without a line would be enabled, and left alone.
    pub fn is_preset(&self) -> bool {
        self.installable && (!self.name.is_template() || self.has_default_instance)
    }

    /// A socket that is restarted while its service runs fails, and a target has nothing to run. A
    /// timer takes its new times from a reload; restarted, it may run its service at once.
    pub fn upgrade(&self) -> UpgradePolicy {
        match self.name.kind() {
            UnitKind::Socket | UnitKind::Target | UnitKind::Timer => UpgradePolicy::None,
            _ => self.policy.on_upgrade,
        }
    }
}

/// What the scriptlets of a package look after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units<'a> {
    /// The package.
    pub(super) package: &'a PackageName,
    /// Its units.
    pub(super) units: &'a [ManagedUnit],
    /// The other RPMs of the project with units, between which a unit may move from version to
    /// version.
    pub(super) siblings: &'a [PackageName],
    /// How long scriptlets wait, in seconds.
    pub(super) timeout: Option<u32>,
}

/// The scriptlets of a package with units; a package without any has none.
///
/// # Errors
/// When a template cannot be rendered, which is a defect.
pub(super) fn scriptlets(of: &Units<'_>, profile: &Profile) -> Result<Scriptlets, Error> {
    if of.units.is_empty() {
        return Ok(Scriptlets::default());
    }
    let templates = templates(profile.scriptlets.value);
    let names = |wanted: &dyn Fn(&ManagedUnit) -> bool| {
        let units = of.units.iter().filter(|unit| wanted(unit));
        let names: Vec<&str> = units.map(|unit| unit.name.as_str()).collect();
        names.join(" ")
    };
    let mut started = with_instances(of.units, &|unit| unit.policy.start);
    started.retain(|name| !name.is_template());
    let siblings: Vec<&str> = of.siblings.iter().map(PackageName::as_str).collect();
    let context = context! {
        package => of.package.as_str(),
        siblings => siblings.join(" "),
        unit_dir => profile.unit_dir.value.as_str(),
        timeout => of.timeout.unwrap_or(TIMEOUT),
        units => joined(&with_instances(of.units, &|_| true)),
        preset_units => preset_units(of.units, &|_| true),
        enable_units => preset_units(of.units, &|unit| unit.policy.enable),
        start_units => joined(&started),
        restart_units => names(&|unit| unit.upgrade() == UpgradePolicy::Restart),
        reload_units => names(&|unit| unit.upgrade() == UpgradePolicy::Reload),
        leave_units => joined(&with_instances(of.units, &|unit| unit.policy.on_remove == RemovePolicy::Leave)),
    };
    let rendered = |template: &str| Ok::<_, Error>(Some(render(template, &context)?));
    Ok(Scriptlets {
        pre: rendered(templates.pre)?,
        post: rendered(templates.post)?,
        preun: rendered(templates.preun)?,
        postun: rendered(templates.postun)?,
        posttrans: rendered(templates.posttrans)?,
    })
}

/// Units and the declared instances of templates, in the order in which they are started.
fn with_instances<'a>(
    units: &'a [ManagedUnit],
    wanted: &dyn Fn(&ManagedUnit) -> bool,
) -> Vec<&'a UnitName> {
    let mut units: Vec<&ManagedUnit> = units.iter().filter(|unit| wanted(unit)).collect();
    units.sort_by_key(|unit| unit.rank);
    let of_unit = |unit: &'a ManagedUnit| std::iter::once(&unit.name).chain(&unit.instances);
    units.into_iter().flat_map(of_unit).collect()
}

fn joined(names: &[&UnitName]) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    names.join(" ")
}

/// The units that presets are applied to, the declared instances of templates among them.
fn preset_units(units: &[ManagedUnit], wanted: &dyn Fn(&ManagedUnit) -> bool) -> String {
    let mut names = Vec::new();
    for unit in units.iter().filter(|unit| wanted(unit)) {
        names.extend(unit.is_preset().then_some(unit.name.as_str()));
        if unit.installable {
            names.extend(unit.instances.iter().map(UnitName::as_str));
        }
    }
    names.join(" ")
}

struct Templates {
    pre: &'static str,
    post: &'static str,
    preun: &'static str,
    postun: &'static str,
    posttrans: &'static str,
}

/// The texts of a style. All styles have the same for now: they call systemctl themselves, which
/// works everywhere; a reload of our own does no harm where a file trigger reloads again, and where
/// there is a `systemd-update-helper`, calling it is the distribution's habit, not a must.
fn templates(style: ScriptletStyle) -> Templates {
    match style {
        ScriptletStyle::El7 | ScriptletStyle::El8 | ScriptletStyle::UpdateHelper => Templates {
            pre: include_str!("../../templates/scriptlets/pre.sh"),
            post: include_str!("../../templates/scriptlets/post.sh"),
            preun: include_str!("../../templates/scriptlets/preun.sh"),
            postun: include_str!("../../templates/scriptlets/postun.sh"),
            posttrans: include_str!("../../templates/scriptlets/posttrans.sh"),
        },
    }
}

/// The preset of a package; `None` where none of its units can be enabled.
///
/// # Errors
/// When the template cannot be rendered, which is a defect.
pub(super) fn preset(
    package: &PackageName,
    units: &[ManagedUnit],
) -> Result<Option<String>, Error> {
    let mut lines = Vec::new();
    for unit in units.iter().filter(|unit| unit.installable) {
        let enable = unit.policy.enable;
        lines.push(context! { name => unit.name.as_str(), enable => enable && unit.is_preset() });
        // A line each: systemd 219 knows no other way (`enable name@.service a b` came with 242).
        let instances = unit.instances.iter();
        lines.extend(instances.map(|instance| context! { name => instance.as_str(), enable }));
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let template = include_str!("../../templates/systemd/package.preset");
    let context = context! { package => package.as_str(), units => lines };
    Ok(Some(render(template, &context)?))
}

/// The name of the preset: after every number that an administrator uses and before the
/// distribution's `99-default-disable.preset`, because the first match by file name wins.
pub fn preset_file_name(package: &PackageName) -> String {
    format!("98-ambot-{package}.preset")
}

/// The list of units that the next version's %pre reads, in the order in which they are started and
/// stopped, so that no socket starts its service anew: one name a line, and behind it `leave`
/// where it is not stopped when it goes.
pub(super) fn unit_list(units: &[ManagedUnit]) -> String {
    let mut list = String::new();
    let mut units: Vec<&ManagedUnit> = units.iter().collect();
    units.sort_by_key(|unit| unit.rank);
    for unit in units {
        let policy = match unit.policy.on_remove {
            RemovePolicy::Stop => "",
            RemovePolicy::Leave => " leave",
        };
        for name in std::iter::once(&unit.name).chain(&unit.instances) {
            list += &format!("{name}{policy}\n");
        }
    }
    list
}
