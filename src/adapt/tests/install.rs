//! `[Install]`, and units that stay as they are.

use super::{adapted, said};
use crate::adapt::{Options, adapt};
use crate::target;
use crate::unit::{BootTarget, Decision};

const HELLO: &str = "[Service]\r\nExecStart=/usr/bin/hello\r\n";

#[test]
fn centos7_gets_install_in_the_file_and_no_other_byte_changes() {
    let adapted = adapted("hello.service", HELLO, "centos7");
    let expected = format!("{HELLO}\r\n[Install]\r\nWantedBy=multi-user.target\r\n");
    assert_eq!(String::from_utf8(adapted.bytes).unwrap(), expected);
    assert!(adapted.drop_ins.is_empty());
    insta::assert_snapshot!(adapted.changes[0], @"WantedBy=multi-user.target in the file");
}

#[test]
fn centos8_gets_a_drop_in_and_the_file_as_it_was() {
    let adapted = adapted("hello.service", HELLO, "centos8");
    assert_eq!(adapted.bytes, HELLO.as_bytes());
    assert_eq!(
        adapted.drop_ins[0].path(),
        "hello.service.d/10-ambot-install.conf"
    );
    insta::assert_snapshot!(String::from_utf8(adapted.drop_ins[0].bytes.clone()).unwrap(), @r"
    # Added by cargo-ambot: without it, hello.service could not be enabled.
    [Install]
    WantedBy=multi-user.target
    ");
    insta::assert_snapshot!(adapted.changes[0], @"WantedBy=multi-user.target in a drop-in");
}

#[test]
fn a_section_that_a_comment_swallows_on_the_target_is_read_there_after_all() {
    let text = "[Service]\nExecStart=/bin/a\n# C:\\\n[Install]\nWantedBy=multi-user.target\n";
    insta::assert_snapshot!(said("hello.service", text, "centos7"), @r"
    -# C:\
    +# C:\ 
    same: line 3: a blank after the `\` of the comment: to systemd 219 the comment swallows the next line
    ");
}

#[test]
fn nothing_happens_to_a_unit_with_install_information() {
    let text = format!("{HELLO}[Install]\r\nAlias=hi.service");
    for target in ["centos7", "centos8"] {
        let adapted = adapted("hello.service", &text, target);
        assert_eq!(adapted.bytes, text.as_bytes());
        assert!(adapted.drop_ins.is_empty() && adapted.changes.is_empty());
    }
}

#[test]
fn turned_off_it_puts_in_install_and_nothing_else() {
    let profile = target::find("centos7").unwrap().profile().clone();
    let text = "[Service]\nExecStart=/bin/a\nMemoryMax=1G\n";
    let options = Options {
        profile: &profile,
        programs: &|_| None,
        rewrite: false,
        require_hardening: true,
    };
    let wanted_by = BootTarget::MultiUser;
    let adapted = adapt(
        &super::unit("hello.service", text),
        &Decision::Inject { wanted_by },
        &options,
    );
    let expected = format!("{text}\n[Install]\nWantedBy=multi-user.target\n");
    assert_eq!(adapted.unwrap().bytes, expected.into_bytes());
}
