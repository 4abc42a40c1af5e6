//! The token as sent by the client.
//!
//! Both products' parameter texts say the same: at most 64 characters, ASCII only (T-010). PolarDB's adds that case
//! counts (T-020). Neither says what an empty value means, or whether spaces and control characters are allowed. Here
//! an empty value is an absent one (T-040), since SDKs send empty optional parameters, and all of ASCII is accepted
//! (T-050); [`ClientToken::parse_strict`] accepts visible characters only. Nothing is trimmed or case-folded.

use crate::checked::from_text;
use crate::rule::cite;
use crate::token::rules::{T_010, T_020, T_040, T_050};
use core::fmt;
use core::hash::{Hash, Hasher};
use core::num::NonZeroU8;

/// An idempotency token: 1 to 64 bytes of ASCII, compared byte by byte.
///
/// Its text is inline: neither parsing nor cloning allocates, and comparing follows no pointer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientToken {
    /// The text, padded with zeros. If the padded bytes of two texts are equal, the length decides, so the derived
    /// order is that of the texts.
    bytes: [u8; Self::MAX_LENGTH],
    length: NonZeroU8,
}

/// Why a text is not a valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// The byte at this position is not ASCII. Checked first, so that length is the same in bytes and in characters.
    #[error("a client token is ASCII, but byte {0} is not")]
    NotAscii(usize),
    /// The text is too long; carries its length.
    #[error("a client token has at most 64 characters, not {0}")]
    TooLong(usize),
    /// The byte at this position is a space or a control character. Rejected by the strict profile only.
    #[error("a client token has visible characters only, but byte {0} is a space or a control character")]
    NotGraphic(usize),
    /// There is no text, which [`ClientToken::parse`] takes for no token (T-040).
    #[error("a client token must not be empty")]
    Empty,
}

impl ClientToken {
    /// The greatest length of a token, in bytes or characters.
    pub const MAX_LENGTH: usize = 64;

    /// Parses a token; an empty text is no token.
    ///
    /// # Errors
    ///
    /// [`BadToken::NotAscii`], then [`BadToken::TooLong`].
    pub fn parse(text: &str) -> Result<Option<Self>, BadToken> {
        cite!(T_010, T_040, T_050);
        if let Some(at) = text.bytes().position(|byte| !byte.is_ascii()) {
            return Err(BadToken::NotAscii(at));
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(BadToken::TooLong(text.len()));
        }
        let mut bytes = [0; Self::MAX_LENGTH];
        for (byte, given) in bytes.iter_mut().zip(text.bytes()) {
            *byte = given;
        }
        Ok(u8::try_from(text.len()).ok().and_then(NonZeroU8::new).map(|length| Self { bytes, length }))
    }

    /// Parses a token under the strict profile, which accepts only visible ASCII, 0x21 to 0x7E.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), then [`BadToken::NotGraphic`].
    pub fn parse_strict(text: &str) -> Result<Option<Self>, BadToken> {
        let token = Self::parse(text)?;
        match text.bytes().position(|byte| !byte.is_ascii_graphic()) {
            Some(at) => Err(BadToken::NotGraphic(at)),
            None => Ok(token),
        }
    }

    /// The token as the client sent it.
    pub fn as_str(&self) -> &str {
        // ASCII is UTF-8, so this cannot fail.
        self.text().and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }

    fn text(&self) -> Option<&[u8]> {
        self.bytes.get(..usize::from(self.length.get()))
    }
}

cite!(T_020);

from_text!(ClientToken, BadToken, |text| Self::parse(text)?.ok_or(BadToken::Empty));

impl Hash for ClientToken {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The padding carries no information.
        state.write(self.text().unwrap_or_default());
        state.write_u8(self.length.get());
    }
}

impl fmt::Display for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ClientToken {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ClientToken {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
