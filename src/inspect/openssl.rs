//! An OpenSSL that was linked into a program: it says in a string where it looks for certificates.

/// What `OpenSSL_version(OPENSSL_DIR)` gives, of OpenSSL 1.0 to 3 (`crypto/cversion.c`).
const MARK: &[u8] = b"OPENSSLDIR: \"";
/// The longest folder.
const MAX_FOLDER: usize = 200;

/// Looks for the string in a stream, cut where it may be.
#[derive(Default)]
pub(super) struct Search {
    /// The end of what was seen, in which a string may have begun.
    tail: Vec<u8>,
    found: Option<String>,
}

impl Search {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if self.found.is_some() {
            return;
        }
        self.tail.extend_from_slice(bytes);
        let at = find(&self.tail);
        if let Some(at) = at {
            let folder = &self.tail[at + MARK.len()..];
            let end = folder.iter().position(|byte| *byte == b'"');
            if let Some(end) = end {
                // A format string of OpenSSL's own has `%s` there.
                let folder = String::from_utf8_lossy(&folder[..end.min(MAX_FOLDER)]);
                self.found = folder.starts_with('/').then(|| folder.into_owned());
                self.tail.clear();
                return;
            }
            if folder.len() < MAX_FOLDER {
                self.tail.drain(..at);
                return;
            }
        }
        let kept = self.tail.len().saturating_sub(MARK.len());
        self.tail.drain(..kept);
    }

    pub(super) fn found(self) -> Option<String> {
        self.found
    }
}

fn find(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == MARK[0]) {
        from += at;
        if bytes[from..].starts_with(MARK) {
            return Some(from);
        }
        from += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_folder_is_found_wherever_the_stream_is_cut(before in 0_usize..300, cut in 1_usize..40) {
            let mut bytes = vec![b'O'; before];
            bytes.extend(b"OPENSSLDIR: \"/usr/local/ssl\"\0 and more");
            let mut search = Search::default();
            for chunk in bytes.chunks(cut) {
                search.feed(chunk);
            }
            prop_assert_eq!(search.found(), Some("/usr/local/ssl".to_owned()));
        }

        #[test]
        fn nothing_is_found_where_nothing_is(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut search = Search::default();
            bytes.chunks(50).for_each(|chunk| search.feed(chunk));
            prop_assert_eq!(search.found(), None);
        }
    }
}
