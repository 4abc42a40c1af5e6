//! A JSON document as the vendor would write it in XML.
//!
//! The samples in the metadata show the mapping (`W-031`): the root is named after the action, an element after its
//! field; a list repeats an element of its own name, without one around it; an object whose only field is a list is
//! that list under the outer name, so `Items.DBCluster[]` becomes one `Items` each. An empty list leaves no trace.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::rules::{W_031, W_032};
use crate::rule::cite;

cite!(W_031, W_032);

/// A JSON document whose fields keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tree {
    Nothing,
    Leaf(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// The XML of a JSON object under a root of this name.
pub fn document(root: &str, json: &str) -> Result<String, serde_json::Error> {
    let Tree::Object(fields) = serde_json::from_str(json)? else {
        return Err(serde::de::Error::custom("a document is an object"));
    };
    let mut out = String::new();
    // The root stands, even over a single list.
    within(root, &mut out, |out| fields.iter().for_each(|(name, field)| element(name, field, out)));
    Ok(out)
}

fn element(name: &str, tree: &Tree, out: &mut String) {
    match tree {
        Tree::Nothing => {}
        Tree::Leaf(text) => within(name, out, |out| out.push_str(&escape(text))),
        Tree::List(items) => items.iter().for_each(|item| element(name, item, out)),
        Tree::Object(fields) => match fields.as_slice() {
            [(_, Tree::List(items))] => items.iter().for_each(|item| element(name, item, out)),
            fields => {
                within(name, out, |out| fields.iter().for_each(|(name, field)| element(name, field, out)));
            }
        },
    }
}

fn within(name: &str, out: &mut String, inner: impl FnOnce(&mut String)) {
    out.extend(["<", name, ">"]);
    inner(out);
    out.extend(["</", name, ">"]);
}

/// Text that reads back as it was, but for characters that XML 1.0 cannot carry in any spelling (`W-032`). The library
/// spells a carriage return by number, since readers take a bare one for a line feed.
fn escape(text: &str) -> Cow<'_, str> {
    let carried = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    let text: Cow<'_, str> = if text.chars().all(carried) {
        text.into()
    } else {
        text.chars().map(|c| if carried(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
    };
    quick_xml::escape::escape(text)
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

/// What is spelled in XML as in JSON, but for the quotes.
macro_rules! leaves {
    ($($visit:ident: $type:ty),*) => {$(
        fn $visit<E>(self, value: $type) -> Result<Tree, E> {
            Ok(Tree::Leaf(value.to_string()))
        }
    )*};
}

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    leaves!(visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Tree::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_repeat_their_name_and_wrappers_collapse_below_the_root() {
        let json = r#"{"A":1,"Items":{"DBCluster":[{"X":"a","Tags":{"Tag":[{"K":"k"}]}},{"X":"b"}]},"No":{"Of":[]},"L":[]}"#;
        let xml = "<R><A>1</A><Items><X>a</X><Tags><K>k</K></Tags></Items><Items><X>b</X></Items></R>";
        assert_eq!(document("R", json).ok().as_deref(), Some(xml));
        assert_eq!(
            document("R", r#"{"L":[1,true,null,-2]}"#).ok().as_deref(),
            Some("<R><L>1</L><L>true</L><L>-2</L></R>")
        );
    }

    #[test]
    fn text_is_escaped_and_what_xml_cannot_carry_is_replaced() {
        assert_eq!(escape("a<b>&\"'c"), "a&lt;b&gt;&amp;&quot;&apos;c");
        assert_eq!(escape("\u{0}\u{b}\u{1f}\u{fffe}\u{ffff}"), "\u{fffd}".repeat(5));
        assert_eq!(escape("\t\n\u{7f}\u{85}\u{10ffff}"), "\t\n\u{7f}\u{85}\u{10ffff}");
        assert_eq!(escape("a\r\nb"), "a&#13;\nb");
        assert_eq!(escape("]]>"), "]]&gt;");
    }
}
