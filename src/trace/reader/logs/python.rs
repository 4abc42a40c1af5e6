//! Values as Python writes them for a reader: texts and bytes in quotes, with escapes, and dictionaries of them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The names and values of a dictionary such as `{'Action': 'DescribeRegions', 'PageSize': 30}` at the beginning of a text.
pub(super) fn dictionary(text: &str) -> Option<Vec<(String, String)>> {
    let mut rest = text.strip_prefix('{')?;
    let mut pairs = Vec::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if rest.starts_with('}') {
            return Some(pairs);
        }
        let (name, after) = plain(rest)?;
        let (value, after) = plain(after.strip_prefix(": ")?)?;
        pairs.push((name, value));
        rest = after;
    }
}

/// The text of a literal such as `b'{"RequestId":"R"}'`, if it is UTF-8.
pub(super) fn bytes(text: &str) -> Option<String> {
    let (bytes, _) = quoted(text.strip_prefix('b').unwrap_or(text), text.starts_with('b'))?;
    String::from_utf8(bytes).ok()
}

/// A value, as it goes into a query, and what follows it.
fn plain(text: &str) -> Option<(String, &str)> {
    let of_bytes = text.starts_with("b'") || text.starts_with("b\"");
    let inner = if of_bytes { text.get(1..)? } else { text };
    if let Some((bytes, rest)) = quoted(inner, of_bytes) {
        return Some((String::from_utf8(bytes).ok()?, rest));
    }
    let end = text.find([',', '}', ':'])?;
    let (word, rest) = text.split_at_checked(end)?;
    let known = matches!(word, "True" | "False" | "None") || word.parse::<f64>().is_ok();
    known.then(|| (word.to_string(), rest))
}

/// The bytes between quotes, and what follows. In a text an escape stands for a character, in bytes for a byte.
fn quoted(text: &str, of_bytes: bool) -> Option<(Vec<u8>, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (mut out, mut characters) = (Vec::new(), text.char_indices().skip(1));
    let push = |out: &mut Vec<u8>, character: char| {
        let mut buffer = [0; 4];
        out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    };
    while let Some((at, character)) = characters.next() {
        if character == quote {
            return Some((out, text.get(at.checked_add(1)?..)?));
        }
        if character != '\\' {
            push(&mut out, character);
            continue;
        }
        let (_, escaped) = characters.next()?;
        let mut hex = |digits: usize| {
            let mut code = 0_u32;
            for _ in 0..digits {
                code = code.checked_mul(16)?.checked_add(characters.next()?.1.to_digit(16)?)?;
            }
            Some(code)
        };
        match escaped {
            'n' => out.push(b'\n'),
            'r' => out.push(b'\r'),
            't' => out.push(b'\t'),
            'x' if of_bytes => out.push(u8::try_from(hex(2)?).ok()?),
            'x' => push(&mut out, char::from_u32(hex(2)?)?),
            'u' if !of_bytes => push(&mut out, char::from_u32(hex(4)?)?),
            'U' if !of_bytes => push(&mut out, char::from_u32(hex(8)?)?),
            other => push(&mut out, other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn literals_are_read_and_what_is_none_is_not() {
        let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
        let read = dictionary(
            r#"{'a': "it's", 'b\n': 'x\u4e2d\xe9\'', 'c': 3, 'd': True, 'e': b'\xe4\xb8\xad'} more"#,
        );
        let expected =
            vec![pair("a", "it's"), pair("b\n", "x中é'"), pair("c", "3"), pair("d", "True"), pair("e", "中")];
        assert_eq!(read, Some(expected));
        assert_eq!(dictionary("{}"), Some(vec![]));
        for text in
            ["", "{", "{'a'", "{'a': ", "{'a': x}", "{'a': '", "['a']", "{'a': '\\x4'}", "{'a': b'\\xff'}"]
        {
            assert_eq!(dictionary(text), None, "{text}");
        }
        assert_eq!(bytes(r#"b'{"a": "\xe4\xb8\xad"}'"#).as_deref(), Some("{\"a\": \"中\"}"));
        assert_eq!(bytes("'中'").as_deref(), Some("中"));
        assert_eq!((bytes(r"b'\xff'"), bytes("b'"), bytes("b")), (None, None, None));
    }
}
