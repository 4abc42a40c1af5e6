//! Pages of EBS lists, and `NextToken`: a position in a list, opaque to clients.
//!
//! Twenty-eight lower-case hexadecimal digits: sixteen of the position, eight of the list, four of a checksum. So a mangled
//! token or one of the vendor's own is refused and not taken for a position, and one of another list is told apart (`E-693`,
//! `P-117`). It is no secret.

use alloc::format;
use alloc::string::String;

use crate::cursor::Cursor;
use crate::ebs::Page;
use crate::rule::cite;
use crate::wire::object::Text;
use crate::wire::rules::{W_034, W_036};

/// The token of a position.
pub(super) fn encode(cursor: Cursor) -> String {
    let Cursor { at, list } = cursor;
    format!("{at:016x}{list:08x}{:04x}", checksum(cursor))
}

cite!(W_034);

/// `NextToken` of an answer, empty on the last page (`W-034`). Pages by number have one too, so that either style goes on
/// from the other (`W-036`).
pub(super) fn next_token(next: Option<Cursor>) -> Text {
    Some(next.map(encode).unwrap_or_default())
}

/// `PageNumber` of an answer. A page by token does not know its number and shows the default of the parameter (`W-036`).
pub(super) const fn page_number(page: Page) -> u32 {
    cite!(W_036);
    if let Page::Number { number, .. } = page { number } else { 1 }
}

/// `PageSize` of an answer: the most records that the page may have.
pub(super) const fn page_size(page: Page) -> u16 {
    match page {
        Page::Number { size, .. } => size,
        Page::Token { max_results, .. } => max_results,
    }
}

/// The position of a token.
pub(super) fn decode(token: &str) -> Result<Cursor, &'static str> {
    let why = "not a token that a page ended with";
    let digits = |range| token.get(range).ok_or(why);
    let at = u64::from_str_radix(digits(0..16)?, 16).map_err(|_| why)?;
    let list = u32::from_str_radix(digits(16..24)?, 16).map_err(|_| why)?;
    // Written back, so that there is one spelling of each position: no capitals, no sign, no other checksum.
    let cursor = Cursor { at, list };
    if encode(cursor) == token { Ok(cursor) } else { Err(why) }
}

/// A token, or a number of results, asks for pages by token; then number and size are ignored.
pub(super) fn page(
    max_results: Option<u16>,
    after: Option<Cursor>,
    number: Option<u32>,
    size: Option<u16>,
) -> Page {
    if after.is_some() || max_results.is_some() || (number.is_none() && size.is_none()) {
        Page::Token { max_results: max_results.unwrap_or(10), after }
    } else {
        Page::Number { number: number.unwrap_or(1), size: size.unwrap_or(10) }
    }
}

const fn checksum(cursor: Cursor) -> u16 {
    // An odd factor spreads every bit upwards; the top bits are taken.
    let Cursor { at, list } = cursor;
    let mixed = (at ^ (list as u64).rotate_left(17)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let [.., low, high] = mixed.wrapping_add(0x5bd1).to_le_bytes();
    u16::from_le_bytes([low, high])
}
