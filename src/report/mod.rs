//! What is said to people: sources with spans, diagnostics, progress, and how they are shown.
//!
//! In come values that every room makes ([`Diagnostic`], progress through a [`Sink`]); out goes
//! text on stderr or JSON lines on stdout, but only from [`Terminal`], which the command line
//! owns. The rooms see the trait alone. This module knows none of them.

mod diagnostic;
mod failure;
mod fix;
mod held;
mod human;
mod json;
mod sarif;
mod short;
mod shown;
mod sink;
mod size;
mod source;
mod trace;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use failure::{Diagnose, Failure, ended_by, nearest};
pub use fix::{Edit, Fix, apply};
pub use held::{Held, Plain};
pub use human::{render, width as terminal_width, wrap};
pub use json::{FORMAT_VERSION, FindingLine, JsonLine, ProgressLine};
pub use sarif::{RuleInfo, sarif};
pub use short::{github, short};
pub use shown::{shown_address, visible, visible_line, without_credentials, without_user_info};
pub use sink::{Advance, Quiet, Sink, Terminal, TerminalOptions, Verbosity, last_step};
pub use size::size;
pub use source::{SourceFile, Span, Spanned};
pub use trace::{NotTold, tell_end, tell_trace, trail};
