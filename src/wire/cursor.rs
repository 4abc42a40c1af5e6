//! Pages of EBS lists, and `NextToken`: a position in a list, opaque to clients.
//!
//! Twenty lower-case hexadecimal digits, sixteen of the position and four of a checksum, so that a mangled token or one
//! of the vendor's own is refused and not taken for a position. It is no secret.

use alloc::format;
use alloc::string::String;

use crate::ebs::{Cursor, Page};
use crate::rule::cite;
use crate::wire::object::{Number, Text};
use crate::wire::rules::W_034;

/// The token of a position.
pub(super) fn encode(cursor: Cursor) -> String {
    let Cursor(at) = cursor;
    format!("{at:016x}{:04x}", checksum(at))
}

cite!(W_034);

/// `NextToken` of an answer: pages by token have one, empty on the last page (`W-034`), pages by number have none.
pub(super) fn next_token(page: Page, next: Option<Cursor>) -> Text {
    matches!(page, Page::Token { .. }).then(|| next.map(encode).unwrap_or_default())
}

/// `PageNumber` of an answer, of a page by number.
pub(super) fn page_number(page: Page) -> Number {
    if let Page::Number { number, .. } = page { Some(number.into()) } else { None }
}

/// `PageSize` of an answer, of a page by number.
pub(super) fn page_size(page: Page) -> Number {
    if let Page::Number { size, .. } = page { Some(size.into()) } else { None }
}

/// The position of a token.
pub(super) fn decode(token: &str) -> Result<Cursor, &'static str> {
    let why = "not a token that a page ended with";
    let at =
        token.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).map(Cursor).ok_or(why)?;
    // Written back, so that there is one spelling of each position: no capitals, no sign, no other checksum.
    if encode(at) == token { Ok(at) } else { Err(why) }
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

const fn checksum(at: u64) -> u16 {
    // An odd factor spreads every bit of the position upwards; the top bits are taken.
    let [.., low, high] = at.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x5bd1).to_le_bytes();
    u16::from_le_bytes([low, high])
}
