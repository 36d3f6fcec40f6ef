//! The text of a spec file.

use super::files::{install, listed};
use super::macros::{self, escaped, prose, word};
use super::{Error, Recipe, VENDOR_DIR, scripts};
use crate::package::{
    Change, Comparison, Dependency, Evr, ManagedUnit, NOARCH, Plan, Relation, render,
};
use crate::project::UpgradePolicy;
use minijinja::{Value, context};
use std::collections::BTreeSet;

/// The macros of a package with units.
const UNIT_MACROS: [&str; 5] = [
    "systemd_requires",
    "systemd_post",
    "systemd_preun",
    "systemd_postun",
    "systemd_postun_with_restart",
];

/// The spec file of a recipe. The sources in it are those of [`Recipe::sources`], in their order.
///
/// # Errors
/// When the template cannot be rendered, which is a defect.
pub fn spec(recipe: &Recipe<'_>) -> Result<String, Error> {
    let main = recipe.main();
    let profile = main.target.profile();
    let nevra = &main.nevra;
    let build_requires = recipe.build_requires();
    let parts: Vec<Value> = recipe.plans.iter().map(part).collect::<Result<_, _>>()?;
    let texts = &main.texts;
    let line = |text: &Option<String>| text.as_deref().map(one_line);
    let context = context! {
        ambot => env!("CARGO_PKG_VERSION"),
        name => nevra.name.as_str(),
        title => escaped(&profile.title),
        target => main.target.as_str(),
        epoch => nevra.evr.epoch,
        version => nevra.evr.version.as_str(),
        release => recipe.release,
        dist => profile.dist_tag.value.as_str(),
        license => one_line(&texts.license),
        url => texts.url.as_deref().map(address),
        vendor => line(&texts.vendor),
        packager => line(&texts.packager),
        excluded => excluded(recipe),
        sources => source_tags(recipe),
        build_requires => build_requires.iter().map(|one| required(one, None)).collect::<Vec<_>>(),
        macros => used_macros(recipe),
        advice => word(&advice(recipe)),
        top => recipe.top(),
        vendored => recipe.vendor_name().is_some(),
        vendor_dir => VENDOR_DIR,
        cargo => cargo(recipe),
        profile_folder => word(&recipe.cargo.profile_folder),
        install => install(recipe),
        main => parts[0].clone(),
        parts,
        changelog => changelog(main),
    };
    let template = include_str!("../../templates/spec/package.spec");
    Ok(render(template, &context)?)
}

fn source_tags(recipe: &Recipe<'_>) -> Vec<String> {
    let sources = recipe.sources();
    let numbered = sources.iter().enumerate();
    numbered
        .map(|(number, name)| format!("{:<15} {name}", format!("Source{number}:")))
        .collect()
}

/// A tag's value: one line, no macro.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    escaped(&words.join(" "))
}

/// What helps where the macros of systemd are missing.
fn advice(recipe: &Recipe<'_>) -> String {
    let title = &recipe.main().target.profile().title;
    let package = recipe.macro_package();
    format!("install {package}, or build in a root of {title} (mock -r)")
}

/// An address: the tag takes one word.
fn address(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    escaped(&words.join("%20"))
}

/// What stands in the sections of one RPM.
fn part(plan: &Plan) -> Result<Value, Error> {
    let names = |wanted: &dyn Fn(&ManagedUnit) -> bool| -> Vec<String> {
        let units = plan.units.iter().filter(|unit| wanted(unit));
        units.map(|unit| word(unit.name.as_str())).collect()
    };
    // An instance has no file of its own, and a template cannot be restarted.
    let restarts =
        |unit: &ManagedUnit| unit.upgrade() == UpgradePolicy::Restart && !unit.name.is_template();
    let reloads =
        |unit: &ManagedUnit| unit.upgrade() == UpgradePolicy::Reload && !unit.name.is_template();
    Ok(context! {
        option => scripts::option(plan),
        noarch => plan.suffix.is_some() && plan.nevra.arch == NOARCH,
        summary => one_line(&plan.texts.summary),
        description => prose(&plan.texts.description),
        dependencies => dependencies(plan),
        has_units => !plan.units.is_empty(),
        units => names(&|_| true),
        preset_units => names(&ManagedUnit::is_preset),
        start_units => start_units(plan),
        restart_units => names(&restarts),
        reload_units => names(&reloads),
        kept_units => names(&|unit| !restarts(unit) && !reloads(unit)),
        scripts => scripts::sections(plan)?,
        files => plan.files.iter().map(listed).collect::<Vec<_>>(),
    })
}

/// The units that a first install starts, in their order, and whether a preset may have something
/// against it.
fn start_units(plan: &Plan) -> Vec<Value> {
    let started = |unit: &&ManagedUnit| unit.policy.start && !unit.name.is_template();
    let mut units: Vec<&ManagedUnit> = plan.units.iter().filter(started).collect();
    units.sort_by_key(|unit| unit.rank);
    let value = |unit: &ManagedUnit| {
        context! { name => word(unit.name.as_str()), preset => unit.is_preset() }
    };
    units.into_iter().map(value).collect()
}

/// The macros of systemd that the spec uses, which an rpmbuild must know.
fn used_macros(recipe: &Recipe<'_>) -> Vec<&'static str> {
    let mut used = BTreeSet::new();
    for file in recipe.plans.iter().flat_map(|plan| &plan.files) {
        let (_, name) = macros::path(&file.path);
        used.extend(name.filter(|name| macros::SYSTEMD_FOLDERS.contains(name)));
    }
    if recipe.plans.iter().any(|plan| !plan.units.is_empty()) {
        used.extend(UNIT_MACROS);
    }
    used.into_iter().collect()
}

/// The arguments of `cargo build`.
fn cargo(recipe: &Recipe<'_>) -> Vec<String> {
    let cargo = &recipe.cargo;
    let flag = |name: &str, value: &str| word(&format!("{name}={value}"));
    let mut all = vec![flag("--profile", &cargo.profile)];
    all.extend(cargo.packages.iter().map(|name| flag("--package", name)));
    all.extend(cargo.bins.iter().map(|name| flag("--bin", name)));
    all.extend(cargo.features.iter().map(|name| flag("--features", name)));
    for (on, name) in [
        (cargo.all_features, "--all-features"),
        (cargo.no_default_features, "--no-default-features"),
    ] {
        all.extend(on.then(|| name.to_owned()));
    }
    all
}

/// The dependencies that rpmbuild does not find by itself.
fn dependencies(plan: &Plan) -> Vec<String> {
    let all = &plan.dependencies;
    let mut lines = Vec::new();
    for (tag, is_on) in [
        ("AutoReq", all.config_required),
        ("AutoProv", all.config_provided),
    ] {
        lines.extend((!is_on).then(|| tag_line(&format!("{tag}:"), "no")));
    }
    for relation in Relation::ALL {
        let tag = tag_of(relation);
        let list = all.list(relation).iter();
        for dependency in list.filter(|d| !d.found && !d.interpreter) {
            let phases: Vec<&str> = dependency.phases.iter().map(|p| p.as_str()).collect();
            let tag = match phases.is_empty() {
                true => format!("{tag}:"),
                false => format!("{tag}({}):", phases.join(",")),
            };
            let line = tag_line(&tag, &required(dependency, Some(&plan.nevra.evr)));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

fn tag_line(tag: &str, value: &str) -> String {
    format!("{tag:<15} {value}")
}

/// The tag of a list: the key of the manifest with a capital letter.
fn tag_of(relation: Relation) -> String {
    let key = relation.as_str();
    key[..1].to_uppercase() + &key[1..]
}

/// Names that the generators of rpmbuild leave out, as the macros for that want them.
fn excluded(recipe: &Recipe<'_>) -> Vec<String> {
    let all = || recipe.plans.iter().map(|plan| &plan.dependencies);
    let requires: BTreeSet<&String> = all().flat_map(|all| &all.requires_excluded).collect();
    let provides: BTreeSet<&String> = all().flat_map(|all| &all.provides_excluded).collect();
    let mut lines = Vec::new();
    for (kind, expressions) in [("requires", requires), ("provides", provides)] {
        if !expressions.is_empty() {
            let all: Vec<&str> = expressions.into_iter().map(String::as_str).collect();
            // Twice: once for the macro's text, and once for the place where it is used.
            let text = escaped(&escaped(&all.join("|")));
            lines.push(format!("%global __{kind}_exclude {text}"));
        }
    }
    lines
}

/// A dependency; `own` is the version of the package that has it, where it may mean that.
fn required(dependency: &Dependency, own: Option<&Evr>) -> String {
    let name = match dependency.name.starts_with('(') {
        true => macros::rich(&dependency.name, own),
        false => escaped(&dependency.name),
    };
    match &dependency.constraint {
        Some(constraint) => {
            let comparison = Comparison::as_str(constraint.comparison);
            format!(
                "{name} {comparison} {}",
                macros::version(&constraint.version, own)
            )
        }
        None => name,
    }
}

/// The entries of the changelog: those of our own RPM.
fn changelog(main: &Plan) -> Vec<Value> {
    let entry = |change: &Change| {
        // A star at the beginning of a line begins an entry.
        let lines = change.text.lines();
        let lines: Vec<String> = lines
            .map(|line| match line.starts_with('*') {
                true => format!(" {line}"),
                false => line.to_owned(),
            })
            .collect();
        context! {
            date => date(change.time),
            name => one_line(&change.name),
            text => prose(&lines.join("\n")),
        }
    };
    main.changelog.iter().map(entry).collect()
}

/// `Sun Nov 22 2026`, in UTC and in English.
fn date(time: u32) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let days = time / 86_400;
    let is_leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut left) = (1970, days);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= lengths[month] {
        left -= lengths[month];
        month += 1;
    }
    let weekday = WEEKDAYS[(days % 7) as usize];
    format!("{weekday} {} {:02} {year}", MONTHS[month], left + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "Thu Jan 01 1970");
        assert_eq!(date(951_782_400), "Tue Feb 29 2000");
        assert_eq!(date(1_795_311_924), "Sun Nov 22 2026");
        assert_eq!(date(u32::MAX), "Sun Feb 07 2106");
    }
}
