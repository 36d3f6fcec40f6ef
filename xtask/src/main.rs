//! Chores of cargo-ambot: `cargo xtask help` lists them.
fn main() {}
