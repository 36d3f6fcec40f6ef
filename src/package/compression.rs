//! Which compression a payload gets.

use super::Error;
use crate::project::{Payload, Settings};
use crate::target::{Compression, Profile};

/// The fast ones, best first: both make a payload about as large as gzip at its usual level, in a
/// tenth and a third of the time.
const FAST: [Compression; 2] = [Compression::Zstd(3), Compression::Gzip(4)];

/// What the settings say, or what the target's own packages have.
///
/// # Errors
/// When the target's rpm does not read it.
pub fn compression(settings: &Settings, profile: &Profile) -> Result<Compression, Error> {
    let reads = |compression: &Compression| profile.reads_payload(compression.kind());
    let Some(asked) = &settings.payload else {
        return Ok(profile.payload.value);
    };
    match asked.value {
        // Every rpm reads gzip.
        Payload::Fast => Ok(FAST.into_iter().find(reads).unwrap_or(Compression::GZIP)),
        Payload::Exactly(compression) if reads(&compression) => Ok(compression),
        Payload::Exactly(compression) => {
            let kinds: Vec<&str> = ["gzip", "xz", "zstd"]
                .into_iter()
                .filter(|kind| profile.reads_payload(kind))
                .collect();
            Err(Error::Payload {
                kind: compression.kind(),
                target: profile.name.clone(),
                rpm: profile.rpm.value.clone(),
                kinds: kinds.join(" and "),
                span: asked.span.clone(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Spanned;

    fn chosen(payload: Option<Payload>, target: &str) -> Result<String, String> {
        let settings = Settings {
            payload: payload.map(|value| Spanned { value, span: None }),
            ..Settings::default()
        };
        let target = crate::target::find(target).unwrap();
        compression(&settings, target.profile())
            .map(|compression| compression.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_default_is_that_of_the_distribution() {
        assert_eq!(chosen(None, "centos7").unwrap(), "xz:2");
        assert_eq!(chosen(None, "el9").unwrap(), "zstd:19");
    }

    #[test]
    fn fast_is_what_the_target_reads() {
        assert_eq!(chosen(Some(Payload::Fast), "centos7").unwrap(), "gzip:4");
        assert_eq!(chosen(Some(Payload::Fast), "centos8").unwrap(), "zstd:3");
    }

    #[test]
    fn what_the_target_does_not_read_is_refused() {
        let zstd = Some(Payload::Exactly(Compression::Zstd(19)));
        assert_eq!(chosen(zstd, "el8").unwrap(), "zstd:19");
        insta::assert_snapshot!(chosen(zstd, "centos7").unwrap_err(), @"the rpm of centos7 (4.11.3) does not read payloads of zstd");
    }
}
