use super::*;
use proptest::prelude::*;

const V252: Version = Version::new(252);

fn read(value: &str, version: Version) -> Option<String> {
    calendar(value, version)
        .ok()
        .map(|calendar| calendar.to_string())
}

#[test]
fn what_all_versions_read_alike() {
    for (value, expected) in [
        ("hourly", "*-*-* *:00:00"),
        ("DAILY", "*-*-* 00:00:00"),
        ("weekly", "Mon *-*-* 00:00:00"),
        ("monthly", "*-*-01 00:00:00"),
        ("quarterly", "*-01,04,07,10-01 00:00:00"),
        ("semi-annually", "*-01,07-01 00:00:00"),
        ("anually", "*-01-01 00:00:00"),
        ("Mon-Fri 10:00", "Mon,Tue,Wed,Thu,Fri *-*-* 10:00:00"),
        ("sat,Sunday 12-05 8:05:40", "Sat,Sun *-12-05 08:05:40"),
        ("Mon-Sun 10:00", "*-*-* 10:00:00"),
        ("Mon-Sun", "*-*-* 00:00:00"),
        ("Wed, 17:48", "Wed *-*-* 17:48:00"),
        ("12-10-15 1:2:3", "2012-10-15 01:02:03"),
        ("89-1-1", "1989-01-01 00:00:00"),
        ("*:0/15", "*-*-* *:00/15:00"),
        ("10,9,9:00", "*-*-* 09,10:00:00"),
        ("*-1/2-1,3 *:30", "*-01/02-01,03 *:30:00"),
    ] {
        for version in [Version::V219, Version::V239, V252] {
            assert_eq!(
                read(value, version).as_deref(),
                Some(expected),
                "{value} {version}"
            );
        }
    }
}

#[test]
fn where_the_versions_differ() {
    for (value, old, new) in [
        ("Mon..Fri", None, Some("Mon,Tue,Wed,Thu,Fri *-*-* 00:00:00")),
        ("8..17:00", None, Some("*-*-* 08..17:00:00")),
        ("0:0..30/7", None, Some("*-*-* 00:00..28/07:00")),
        ("*-02~03", None, Some("*-02~03 00:00:00")),
        ("*-*~7/1", None, Some("*-*~07/01 00:00:00")),
        ("0:0:0.5", None, Some("*-*-* 00:00:00.500000")),
        ("daily UTC", None, Some("*-*-* 00:00:00 UTC")),
        (
            "0:0 Europe/Berlin",
            None,
            Some("*-*-* 00:00:00 Europe/Berlin"),
        ),
        ("@1395716396", None, Some("@1395716396")),
        ("Mon,", None, Some("Mon *-*-* 00:00:00")),
        ("*:*", Some("*-*-* *:*:*"), Some("*-*-* *:*:00")),
        ("*-*-*", Some("*-*-* *:*:*"), Some("*-*-* 00:00:00")),
    ] {
        assert_eq!(read(value, Version::V219).as_deref(), old, "219 {value}");
        assert_eq!(read(value, Version::V239).as_deref(), new, "239 {value}");
    }
    assert!(read("0:0:0..0.5", Version::V239).is_none());
}

#[test]
fn what_none_takes() {
    for value in [
        "",
        "Tues",
        "Sat..Mon",
        "25:00",
        "0:60",
        "0:0:60",
        "*-13-1",
        "*-0-1",
        "1969-1-1",
        "2200-1-1",
        "*:0/60",
        "*:0/0",
        "*:*/15",
        "10",
        "1-2-3-4",
        "10:00 # ten",
        "10:00 CEST",
        "every day",
        "8..7:00",
        "*~2-1",
        "*-*~30",
        "Mon Tue",
        "99999999999999999999:0",
    ] {
        for version in [Version::V219, Version::V239, V252] {
            assert_eq!(read(value, version), None, "{value} {version}");
        }
    }
}

#[test]
fn errors_say_where_and_what_instead() {
    let wrong = |value, version| calendar(value, version).unwrap_err();
    let dots = wrong("Mon..Fri 10:00", Version::V219);
    assert_eq!(
        (dots.range.clone(), dots.instead.as_deref()),
        (3..5, Some("-"))
    );
    assert_eq!(
        dots.to_string(),
        "`..` between weekdays came with systemd 231"
    );
    let over = wrong("Sat..Mon", V252);
    assert_eq!(over.instead.as_deref(), Some("Sat,Sun,Mon"));
    assert_eq!(wrong("Tues 10:00", V252).instead.as_deref(), Some("Tue"));
    let hour = wrong("Mon 25:00", V252);
    assert_eq!(
        (hour.range.clone(), hour.to_string().as_str()),
        (4..6, "hours are 0 to 23")
    );
    let every = wrong("*:*/15", V252);
    assert_eq!((every.range, every.instead.as_deref()), (2..3, Some("0")));
    assert_eq!(wrong("dayly", V252).instead.as_deref(), Some("daily"));
    assert_eq!(wrong("10:00 CEST", V252).range, 6..10);
}

#[test]
fn a_calendar_is_written_for_an_old_version_where_it_can_be() {
    let written = |value| calendar(value, V252).unwrap().to_text(Version::V219);
    let hours = "Mon,Tue *-*-* 08,09,10:00:00";
    assert_eq!(written("Mon..Tue 8..10:00").as_deref(), Ok(hours));
    assert_eq!(written("0:0..30/15").as_deref(), Ok("*-*-* 00:00,15,30:00"));
    assert!(written("0:0:0.5").is_err());
    assert!(written("0:0 UTC").is_err());
    assert!(written("*-*~1").is_err());
}

proptest! {
    #[test]
    fn a_written_calendar_is_read_back(
        value in "((Mon|Tue|Sat)(,|\\.\\.)?(Sun)? )?((20[0-9]{2}|\\*)[-](\\*|[1-9](/2|\\.\\.11)?)[-~](\\*|[1-9],2) )?([0-9]|\\*):[1-5]?[0-9](:[0-9](\\.5)?|:\\*)?( UTC)?",
        number in 233u16..262,
    ) {
        let version = Version::new(number);
        if let Ok(first) = calendar(&value, version) {
            let second = calendar(&first.to_string(), version);
            prop_assert_eq!(second.as_ref(), Ok(&first), "{}", first);
            if let Ok(old) = first.to_text(Version::V219) {
                prop_assert!(calendar(&old, Version::V219).is_ok(), "{}", old);
            }
        }
    }

    #[test]
    fn nothing_panics(value in "[MonFri0-9.,:*/~@ UTCü-]{0,24}", number in 219u16..262) {
        if let Err(invalid) = calendar(&value, Version::new(number)) {
            prop_assert!(value.get(invalid.range).is_some());
        }
    }
}
