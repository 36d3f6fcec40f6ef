//! XML that anyone may have written, read piece by piece.
//!
//! No document type is taken, so that there is no entity but XML's own five and numbers, and nothing
//! expands. Only one piece is ever held in memory, and a piece has its limit.

use super::unpack::Bounded;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer, XmlVersion};
use std::collections::BTreeMap;
use std::io::Read;

/// The most elements that lie within each other: repodata has five.
const MAX_DEPTH: usize = 64;

/// What is wrong with a file, in words that follow its name.
pub(super) type Problem = String;

/// A child of the root, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The name of its element.
    pub(super) name: String,
    /// Its element with all that is in it, byte for byte.
    pub(super) text: String,
}

/// The children of a document's root, one after the other.
pub(super) struct Pieces<R: Read> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    root: &'static str,
    namespaces: BTreeMap<String, String>,
    is_open: bool,
    is_done: bool,
}

impl<R: Read> Pieces<R> {
    /// Of a document whose root has this name.
    pub(super) fn new(input: R, root: &'static str) -> Self {
        Pieces {
            reader: Reader::from_reader(Bounded::new(input)),
            buffer: Vec::new(),
            root,
            namespaces: BTreeMap::new(),
            is_open: false,
            is_done: false,
        }
    }

    /// The prefixes of names that the root declares, known after the first piece.
    pub(super) fn namespaces(&self) -> &BTreeMap<String, String> {
        &self.namespaces
    }

    /// The next one; none after the end of the root.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Problem> {
        let mut copied = Writer::new(Vec::new());
        let mut name = String::new();
        let mut depth = usize::from(self.is_open);
        self.reader.get_mut().next_piece();
        while !self.is_done {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            let event = event.map_err(|error| error.to_string())?;
            let is_inside = depth > 1;
            match &event {
                Event::DocType(_) => return Err("it has a document type".to_owned()),
                Event::Eof => return Err("it ends too early".to_owned()),
                Event::Start(start) if depth == 0 => {
                    self.namespaces = root(start, self.root)?;
                    self.is_open = true;
                }
                Event::Empty(start) if depth == 0 => {
                    self.namespaces = root(start, self.root)?;
                    self.is_done = true;
                }
                Event::Start(start) | Event::Empty(start) if depth == 1 => {
                    name = start.name().as_ref().to_owned();
                }
                Event::End(_) if depth == 1 => self.is_done = true,
                _ => {}
            }
            let is_start = matches!(event, Event::Start(_));
            let is_element = is_start || matches!(event, Event::Empty(_));
            let is_last = matches!(event, Event::End(_)) && depth == 2
                || matches!(event, Event::Empty(_)) && depth == 1;
            if is_inside || is_element && depth == 1 {
                let written = copied.write_event(event.borrow());
                written.map_err(|error| error.to_string())?;
            }
            depth += usize::from(is_start);
            depth -= usize::from(matches!(event, Event::End(_)));
            if depth > MAX_DEPTH {
                return Err("its elements lie too deep within each other".to_owned());
            }
            if is_last {
                let text = String::from_utf8(copied.into_inner());
                let text = text.map_err(|_| "it is not UTF-8".to_owned())?;
                return Ok(Some(Piece { name, text }));
            }
        }
        Ok(None)
    }
}

/// Checks the name of a root, and gives the prefixes that it declares.
fn root(start: &BytesStart<'_>, wanted: &str) -> Result<BTreeMap<String, String>, Problem> {
    let name = start.local_name();
    if name.as_ref() != wanted {
        return Err(format!(
            "it is a `{}` where a `{wanted}` should be",
            crate::rpm::visible(name.as_ref())
        ));
    }
    let attributes = attributes(start.attributes())?;
    let prefixes = attributes.into_iter().filter_map(|(name, value)| {
        let prefix = name.strip_prefix("xmlns:")?;
        Some((prefix.to_owned(), value))
    });
    Ok(prefixes.collect())
}

fn attributes(all: Attributes<'_>) -> Result<BTreeMap<String, String>, Problem> {
    all.map(|attribute| {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| error.to_string())?;
        Ok((attribute.key.as_ref().to_owned(), unescaped_twice(&value)))
    })
    .collect()
}

/// Some wrote an ampersand escaped twice over, as `&amp;#38;`; it is read as createrepo_c reads it
/// (its issue 286).
fn unescaped_twice(value: &str) -> String {
    value.replace("&#38;", "&")
}

/// One element of a piece.
#[derive(Debug)]
pub(super) struct Element {
    /// Its name, with its prefix.
    pub(super) name: String,
    /// Its attributes.
    pub(super) attributes: BTreeMap<String, String>,
    /// The text in it, that of its own elements left out.
    pub(super) text: String,
}

impl Element {
    /// An attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// An attribute that is a number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }
}

/// The outermost element of a piece, without what is in it.
pub(super) fn first_element(piece: &str) -> Result<Element, Problem> {
    let mut reader = Reader::from_str(piece);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) | Event::Empty(start) => return element(&start),
            Event::Eof => return Err("it ends too early".to_owned()),
            _ => {}
        }
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Problem> {
    Ok(Element {
        name: start.name().as_ref().to_owned(),
        attributes: attributes(start.attributes())?,
        text: String::new(),
    })
}

/// Hands on every element of a piece when it ends, with the names of those that it lies in.
pub(super) fn each_element(
    piece: &str,
    mut seen: impl FnMut(&[Element], Element) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut reader = Reader::from_str(piece);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let text = match &event {
            Event::Eof => return Ok(()),
            Event::Start(start) => {
                open.push(element(start)?);
                continue;
            }
            Event::Empty(start) => {
                seen(&open, element(start)?)?;
                continue;
            }
            Event::End(_) => {
                if let Some(ended) = open.pop() {
                    seen(&open, ended)?;
                }
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::CData(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(reference) => {
                let number = reference.resolve_char_ref();
                match number.map_err(|error| error.to_string())? {
                    Some(character) => character.to_string(),
                    None => {
                        let name = reference.xml10_content();
                        let known = quick_xml::escape::resolve_predefined_entity(&name);
                        known
                            .ok_or("it has an entity that XML does not know")?
                            .to_owned()
                    }
                }
            }
            _ => continue,
        };
        if let Some(inner) = open.last_mut() {
            inner.text.push_str(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pieces, each_element};
    use proptest::prelude::*;

    fn pieces(text: &str) -> Result<Vec<String>, String> {
        let mut pieces = Pieces::new(text.as_bytes(), "metadata");
        let mut all = Vec::new();
        while let Some(piece) = pieces.next()? {
            all.push(piece.text);
        }
        Ok(all)
    }

    #[test]
    fn pieces_are_the_bytes_that_stand_there() {
        let one = "<package type='rpm' >\n <name>a&amp;b &#x41;</name><!-- so --><x:y  z=\"&lt;\"/></package>";
        let text =
            format!("<?xml version=\"1.0\"?>\n<metadata xmlns:x=\"u\">\n{one}\n<b/> </metadata>\n");
        assert_eq!(pieces(&text).unwrap(), [one, "<b/>"]);
        let mut texts = Vec::new();
        each_element(one, |_, element| {
            texts.push((element.name, element.text));
            Ok(())
        })
        .unwrap();
        assert_eq!(texts[0], ("name".to_owned(), "a&b A".to_owned()));
    }

    #[test]
    fn what_is_no_such_document_is_told() {
        for (text, what) in [
            ("", "it ends too early"),
            ("<metadata><package>", "it ends too early"),
            ("<metadata><package/>", "it ends too early"),
            (
                "<html></html>",
                "it is a `html` where a `metadata` should be",
            ),
            (
                "<!DOCTYPE a [<!ENTITY b \"c\">]><metadata/>",
                "it has a document type",
            ),
        ] {
            assert_eq!(pieces(text).unwrap_err(), what, "{text}");
        }
        let deep = format!("<metadata>{}", "<a>".repeat(100));
        assert_eq!(
            pieces(&deep).unwrap_err(),
            "its elements lie too deep within each other"
        );
        let unknown = each_element("<a>&b;</a>", |_, _| Ok(()));
        assert_eq!(
            unknown.unwrap_err(),
            "it has an entity that XML does not know"
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_and_everything_ends(text in "(<|>|/|metadata|package| |a|=|\"|&|;|!|-|\\[|\\])*") {
            let _ = pieces(&text);
            let _ = each_element(&text, |_, _| Ok(()));
        }
    }
}
