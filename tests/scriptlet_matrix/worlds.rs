//! The worlds: which versions there are, and what the administrator may touch.

use super::foreign::foreign;
use super::model::{Rules, Systemd, World};
use super::package::{Author, Behaviour, Generation, Kind, Package, Unit, Upgrade, ours, unit};

const HELLO: Unit = unit("hello.service", Kind::Service);
const MORE: Unit = unit("more.service", Kind::Service);

/// All of them.
pub(crate) const ALL: [fn(Generation) -> World; 16] = [
    one_service,
    hand_over,
    misbehaving,
    coming_and_going,
    timer,
    socket,
    template,
    instances,
    leaving,
    together,
    operator,
    disabling_fleet,
    enabling_fleet,
    container,
    chroot,
    without_systemctl,
];

/// A world with these versions of ours, and nothing special.
fn world(
    generation: Generation,
    name: &'static str,
    touched: &[&'static str],
    versions: &[(&str, &[Unit])],
) -> World {
    let package = |(at, (label, units)): (usize, &(&str, &[Unit]))| {
        ours(generation, at, &format!("{}.0 ({label})", at + 1), units)
    };
    World {
        name,
        generation,
        systemd: Systemd::Runs,
        fleet: None,
        packages: versions.iter().enumerate().map(package).collect(),
        touched: touched.to_vec(),
        depth: 4,
        rules: None,
        second: 1000,
    }
}

const POLICIES: &[(&str, &[Unit])] = &[
    ("restart", &[HELLO]),
    (
        "none, start",
        &[HELLO.on_upgrade(Upgrade::Nothing).starting()],
    ),
    ("reload", &[HELLO.on_upgrade(Upgrade::Reload)]),
    ("not enabled, start", &[HELLO.not_enabled().starting()]),
];

/// One service under every policy.
pub(crate) fn one_service(generation: Generation) -> World {
    world(generation, "one service", &["hello.service"], POLICIES)
}

/// One service that belonged to a package of another tool: of another name, or of the same.
pub(crate) fn hand_over(generation: Generation) -> World {
    let mut world = world(generation, "hand-over", &["hello.service"], &POLICIES[..2]);
    let units = &[HELLO];
    let packages: Vec<Package> = [Author::El7Macros, Author::El8Macros, Author::Fpm]
        .into_iter()
        .flat_map(|author| ["oldhello", "hello"].map(|name| foreign(name, author, units)))
        .collect();
    world.packages.extend(packages);
    world
}

/// A service that does not start, ends at once, starts for ever or stops for ever.
pub(crate) fn misbehaving(generation: Generation) -> World {
    let versions: &[(&str, &[Unit])] = &[
        ("runs", &[HELLO.starting()]),
        ("fails", &[HELLO.starting().that(Behaviour::Fails)]),
        ("loops", &[HELLO.starting().that(Behaviour::Loops)]),
        ("hangs", &[HELLO.starting().that(Behaviour::Hangs)]),
        (
            "stops slowly",
            &[HELLO.starting().that(Behaviour::StopsSlowly)],
        ),
    ];
    let mut world = world(
        generation,
        "misbehaving services",
        &["hello.service"],
        versions,
    );
    // A machine that has much to do.
    world.second = 2500;
    world
}

/// Two services, one of which is not in every version.
pub(crate) fn coming_and_going(generation: Generation) -> World {
    let versions: &[(&str, &[Unit])] = &[
        ("hello", &[HELLO]),
        ("both", &[HELLO, MORE.starting()]),
        ("more", &[MORE.on_upgrade(Upgrade::Nothing)]),
    ];
    let touched = &["hello.service", "more.service"];
    let mut world = world(generation, "units that come and go", touched, versions);
    world.depth = 3;
    world
}

/// A timer and the oneshot behind it.
pub(crate) fn timer(generation: Generation) -> World {
    const TICK: Unit = unit("tick.service", Kind::Oneshot);
    const TIMER: Unit = unit("tick.timer", Kind::Timer);
    let versions: &[(&str, &[Unit])] = &[
        ("timer", &[TICK, TIMER]),
        ("timer, start", &[TICK, TIMER.starting()]),
    ];
    let touched = &["tick.timer", "tick.service"];
    let mut world = world(generation, "a timer", touched, versions);
    world.depth = 3;
    world
}

/// A socket and the service behind it.
pub(crate) fn socket(generation: Generation) -> World {
    const SOCKET: Unit = unit("web.socket", Kind::Socket);
    const WEB: Unit = unit("web.service", Kind::Behind);
    let versions: &[(&str, &[Unit])] = &[
        ("socket", &[WEB, SOCKET]),
        ("socket, start", &[WEB, SOCKET.starting()]),
    ];
    let touched = &["web.socket", "web.service"];
    let mut world = world(generation, "a socket", touched, versions);
    let old = foreign("oldweb", Author::El7Macros, &[SOCKET, WEB]);
    world.packages.push(old);
    world.depth = 3;
    world
}

/// A template and instances that the administrator makes.
pub(crate) fn template(generation: Generation) -> World {
    const TEMPLATE: Unit = unit("work@.service", Kind::Template);
    let versions: &[(&str, &[Unit])] = &[
        ("template", &[TEMPLATE]),
        ("template, none", &[TEMPLATE.on_upgrade(Upgrade::Nothing)]),
        ("service", &[HELLO]),
    ];
    let touched = &["work@one.service", "work@two.service"];
    let mut world = world(generation, "a template", touched, versions);
    world.depth = 3;
    world
}

/// A template without a default instance, some of whose instances are declared.
pub(crate) fn instances(generation: Generation) -> World {
    const TEMPLATE: Unit = unit("work@.service", Kind::Bare);
    const ONE: &str = "work@one.service";
    const TWO: &str = "work@two.service";
    let versions: &[(&str, &[Unit])] = &[
        ("none", &[TEMPLATE]),
        ("one", &[TEMPLATE.with(&[ONE])]),
        (
            "one and two, start",
            &[TEMPLATE.with(&[ONE, TWO]).starting()],
        ),
        (
            "one, not enabled, none, leave",
            &[TEMPLATE
                .with(&[ONE])
                .not_enabled()
                .on_upgrade(Upgrade::Nothing)
                .leaving()],
        ),
    ];
    let mut world = world(generation, "declared instances", &[ONE], versions);
    let old = foreign("oldwork", Author::El7Macros, &[TEMPLATE]);
    world.packages.push(old);
    world
}

/// A service that runs on when its file goes, in some versions.
pub(crate) fn leaving(generation: Generation) -> World {
    let versions: &[(&str, &[Unit])] = &[
        ("hello, leave", &[HELLO.starting().leaving()]),
        (
            "hello, leave, and more",
            &[HELLO.leaving(), MORE.starting()],
        ),
        ("hello", &[HELLO.starting()]),
        ("more, leave", &[MORE.leaving()]),
    ];
    let touched = &["hello.service"];
    world(generation, "units that are left", touched, versions)
}

/// Two services, the first of which is restarted with the second.
pub(crate) fn together(generation: Generation) -> World {
    const FRONT: Unit = unit("front.service", Kind::Service).part_of("rear.service");
    const REAR: Unit = unit("rear.service", Kind::Service);
    let versions: &[(&str, &[Unit])] = &[
        ("both, start", &[FRONT.starting(), REAR.starting()]),
        ("rear none", &[FRONT, REAR.on_upgrade(Upgrade::Nothing)]),
    ];
    let touched = &["front.service", "rear.service"];
    let mut world = world(generation, "two that belong together", touched, versions);
    world.depth = 3;
    world
}

/// An operator who forbids restarts and does not want to wait.
pub(crate) fn operator(generation: Generation) -> World {
    let versions: &[(&str, &[Unit])] = &[
        ("restart", &[HELLO.starting(), MORE.starting()]),
        ("reload", &[HELLO.on_upgrade(Upgrade::Reload), MORE]),
        (
            "none, more stops slowly",
            &[
                HELLO.on_upgrade(Upgrade::Nothing),
                MORE.starting().that(Behaviour::StopsSlowly),
            ],
        ),
        ("more hangs", &[HELLO, MORE.that(Behaviour::Hangs)]),
    ];
    let touched = &["hello.service"];
    let mut world = world(generation, "an operator", touched, versions);
    let old = foreign("oldhello", Author::El7Macros, &[HELLO]);
    world.packages.push(old);
    world.rules = Some(Rules {
        text: "# Nothing of hello's.\n\n no-restart =  other.service hel*.service \nstart-timeout=5",
        forbidden: &["hello.service"],
        wait: 5,
    });
    world
}

fn with_fleet(generation: Generation, name: &'static str, enable: bool) -> World {
    let mut world = world(generation, name, &["hello.service"], POLICIES);
    world.fleet = Some(enable);
    world
}

/// The administrator's presets say `disable *`.
pub(crate) fn disabling_fleet(generation: Generation) -> World {
    with_fleet(generation, "a fleet that disables", false)
}

/// The administrator's presets say `enable *`.
pub(crate) fn enabling_fleet(generation: Generation) -> World {
    with_fleet(generation, "a fleet that enables", true)
}

fn without_systemd(generation: Generation, name: &'static str, systemd: Systemd) -> World {
    let mut world = coming_and_going(generation);
    world.name = name;
    world.systemd = systemd;
    world
}

/// No systemd at all.
pub(crate) fn container(generation: Generation) -> World {
    without_systemd(generation, "a container", Systemd::Absent)
}

/// `/run/systemd/system` is there and systemctl does nothing but links.
pub(crate) fn chroot(generation: Generation) -> World {
    without_systemd(generation, "a chroot", Systemd::Chroot)
}

/// Not even a systemctl.
pub(crate) fn without_systemctl(generation: Generation) -> World {
    without_systemd(generation, "no systemctl", Systemd::NoProgram)
}

/// A small world, for scriptlets that are made wrong.
pub(crate) fn small(generation: Generation) -> World {
    let versions: &[(&str, &[Unit])] = &[("start", &[HELLO.starting()]), ("again", &[HELLO])];
    let mut world = world(generation, "a small world", &["hello.service"], versions);
    let old = ["hello", "oldhello"].map(|name| foreign(name, Author::El7Macros, &[HELLO]));
    world.packages.extend(old);
    world
}
