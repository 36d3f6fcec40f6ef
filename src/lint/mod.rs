//! Findings: what will not work on a target, or is probably not what was meant.
//!
//! In come the units and the decisions about them; out go [`Diagnostic`](crate::report::Diagnostic)
//! values. This room knows neither how units are adapted nor the network, and changes nothing.

mod install;
mod names;

pub use install::exempt_units;
pub use names::unusual_names;
