//! Names, descriptions and tags: free text within the vendor's limits.
//!
//! Lengths count characters. Sources: `ebs` request parameters of SDK 5.0.1 for pairs; the same limits are assumed
//! for PolarDB's cluster description, since the metadata gives none.

use crate::checked::checked;

/// Why a text is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// It has fewer or more characters than allowed.
    #[error("the text has {got} characters, allowed are {min} to {max}")]
    Length {
        /// Characters found.
        got: usize,
        /// Fewest allowed.
        min: usize,
        /// Most allowed.
        max: usize,
    },
    /// It begins with, or for tags contains, `http://` or `https://`.
    #[error("the text must not begin with http:// or https://")]
    Link,
    /// Its first character is not allowed, or it begins with a reserved prefix.
    #[error("the text begins with a character or prefix that is not allowed")]
    Start,
    /// The character at this position (counted in characters) is not allowed.
    #[error("character {0} of the text is not allowed")]
    Character(usize),
}

fn length(text: &str, min: usize, max: usize) -> Result<(), BadText> {
    let got = text.chars().count();
    if (min..=max).contains(&got) { Ok(()) } else { Err(BadText::Length { got, min, max }) }
}

fn is_link(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Letters are ASCII letters and the CJK ideographs that the vendor calls Chinese characters.
fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || matches!(character, '\u{3400}'..='\u{9fff}')
}

checked! {
    BadText;

    /// The name of a pair: 2 to 128 characters, first a letter, then letters, digits and `: _ . -`.
    Name: |text| {
        length(text, 2, 128)?;
        if is_link(text) {
            return Err(BadText::Link);
        }
        if !text.starts_with(is_letter) {
            return Err(BadText::Start);
        }
        let allowed = |c: char| is_letter(c) || c.is_ascii_digit() || ":_.-".contains(c);
        text.chars().position(|c| !allowed(c)).map_or(Ok(()), |at| Err(BadText::Character(at)))
    };

    /// The name of a consistent group: like that of a pair, but without `.`.
    GroupName: |text| {
        Name::parse(text)?;
        text.chars().position(|c| c == '.').map_or(Ok(()), |at| Err(BadText::Character(at)))
    };

    /// The description of a global database network: 2 to 126 characters, first a letter, then letters, digits, `_` and `-`.
    NetworkDescription: |text| {
        length(text, 2, 126)?;
        Name::parse(text)?;
        text.chars().position(|c| ":.".contains(c)).map_or(Ok(()), |at| Err(BadText::Character(at)))
    };

    /// A description: 2 to 256 characters that do not begin with `http://` or `https://`.
    Description: |text| {
        length(text, 2, 256)?;
        if is_link(text) { Err(BadText::Link) } else { Ok(()) }
    };

    /// The key of a tag: 1 to 128 characters, without `http://` and `https://`, not beginning with `aliyun` or `acs:`.
    TagKey: |text| {
        length(text, 1, 128)?;
        if text.contains("http://") || text.contains("https://") {
            return Err(BadText::Link);
        }
        if text.starts_with("aliyun") || text.starts_with("acs:") { Err(BadText::Start) } else { Ok(()) }
    };

    /// The value of a tag: up to 128 characters, without `http://` and `https://`.
    TagValue: |text| {
        length(text, 0, 128)?;
        if text.contains("http://") || text.contains("https://") { Err(BadText::Link) } else { Ok(()) }
    };

    /// The text of a pair's `StatusMessage`, such as `DeviceRemoved`: 1 to 256 characters.
    StatusMessage: |text| length(text, 1, 256);
}

/// A tag on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Tag {
    /// Its key.
    pub key: TagKey,
    /// Its value, possibly empty.
    pub value: TagValue,
}

impl Tag {
    /// Its key and its value.
    pub(crate) fn parts(&self) -> (&str, Option<&str>) {
        (self.key.as_str(), Some(self.value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    #[test]
    fn names_and_descriptions_keep_the_published_limits() {
        assert!(Name::parse("ab").is_ok());
        assert!(Name::parse(&"a".repeat(128)).is_ok());
        assert_eq!(Name::parse("a"), Err(BadText::Length { got: 1, min: 2, max: 128 }));
        assert_eq!(Name::parse(&"a".repeat(129)), Err(BadText::Length { got: 129, min: 2, max: 128 }));
        assert_eq!(Name::parse("1ab"), Err(BadText::Start));
        assert_eq!(Name::parse("http://x"), Err(BadText::Link));
        assert_eq!(Name::parse("a b"), Err(BadText::Character(1)));
        assert!(Name::parse("备份:a_b.c-d").is_ok());
        assert_eq!(Description::parse("https://x"), Err(BadText::Link));
        assert!(GroupName::parse("备份:a_b-c").is_ok());
        assert_eq!(GroupName::parse("a.b"), Err(BadText::Character(1)));
        assert_eq!(GroupName::parse("1b"), Err(BadText::Start));
        assert!(NetworkDescription::parse("备份_b-1").is_ok());
        assert_eq!(NetworkDescription::parse("a:b"), Err(BadText::Character(1)));
        assert_eq!(NetworkDescription::parse("_b"), Err(BadText::Start));
        assert_eq!(NetworkDescription::parse("https://x"), Err(BadText::Link));
        assert!(NetworkDescription::parse(&"a".repeat(126)).is_ok());
        assert!(NetworkDescription::parse(&"a".repeat(127)).is_err());
        assert!(Description::parse(&"ü".repeat(256)).is_ok());
        assert!(Description::parse(&"ü".repeat(257)).is_err());
    }

    #[test]
    fn tags_keep_the_published_limits() {
        assert_eq!(TagKey::parse("acs:x"), Err(BadText::Start));
        assert_eq!(TagKey::parse("aliyunx"), Err(BadText::Start));
        assert_eq!(TagKey::parse("a http://b"), Err(BadText::Link));
        assert_eq!(TagValue::parse("").map(|value| value.to_string()), Ok(String::new()));
        assert!(TagValue::parse(&"v".repeat(129)).is_err());
    }
}
