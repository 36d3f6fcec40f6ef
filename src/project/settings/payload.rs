//! `payload-compress`: how the payload is compressed.

use crate::project::error::Error;
use crate::report::Spanned;
use crate::target::Compression;

/// How the payload is to be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// As fast as is reasonable.
    Fast,
    /// In this way.
    Exactly(Compression),
}

/// Reads the value of `payload-compress`.
pub(super) fn payload(text: Option<Spanned<String>>) -> Result<Option<Spanned<Payload>>, Error> {
    let Some(Spanned { value, span }) = text else {
        return Ok(None);
    };
    let payload = match value.as_str() {
        "fast" => Ok(Payload::Fast),
        other => other.parse().map(Payload::Exactly),
    };
    match (payload, span) {
        (Ok(payload), span) => Ok(Some(Spanned {
            value: payload,
            span,
        })),
        (Err(what), Some(span)) => Err(Error::Value {
            what: format!("`payload-compress` cannot be \"{value}\": {what}"),
            span,
            help: "write a kind, or a kind and its level: \"gzip:9\", \"xz:2\", \"zstd:19\"; or \"fast\""
                .to_owned(),
        }),
        // Nothing that is written lacks its place.
        (Err(_), None) => Ok(None),
    }
}
