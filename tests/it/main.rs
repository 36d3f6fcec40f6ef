//! The tests that look at the whole: the built program, real rpm, real systemctl.
//!
//! One test binary with a module for each question, so that it is linked once.

// A test may panic and print, in the functions that it shares with others too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod accounts;
mod adapted_units;
mod archive;
mod bad_input;
mod build;
mod changelog;
mod check;
mod contents;
mod debuginfo;
mod dependencies;
mod diff;
mod distribution_units;
mod faults;
mod fresh;
mod hostile;
mod init;
mod init_from;
mod inspect;
mod install;
mod limits;
mod mutated;
mod origin;
mod own_target;
mod packages;
mod parts;
mod payload;
mod pipelines;
mod readme;
mod refusals;
mod repo;
mod schema;
mod scriptlets;
mod signing;
mod source;
mod source_settings;
mod support;
mod trace;
mod units;
mod workspace;
