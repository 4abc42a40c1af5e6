use super::*;

/// T-010, T-040.
#[test]
fn an_empty_token_is_absent_and_lengths_are_bounded() {
    assert_eq!(ClientToken::parse(""), Ok(None));
    assert_eq!(ClientToken::parse_strict(""), Ok(None));
    for length in [1, 64] {
        let text = "x".repeat(length);
        assert_eq!(token(&text).as_str(), text);
        assert_eq!(token(&text).to_string(), text);
    }
    assert_eq!(ClientToken::parse(&"x".repeat(65)), Err(BadToken::TooLong(65)));
}

/// T-010.
#[test]
fn a_text_of_64_characters_that_is_not_ascii_is_refused_for_that() {
    let text = format!("{}é", "x".repeat(63));
    assert_eq!((text.chars().count(), text.len()), (64, 65));
    assert_eq!(ClientToken::parse(&text), Err(BadToken::NotAscii(63)));
    assert_eq!(ClientToken::parse(&"令".repeat(64)), Err(BadToken::NotAscii(0)));
    assert_eq!(ClientToken::parse_strict(" é"), Err(BadToken::NotAscii(1)));
}

/// T-020, T-050.
#[test]
fn case_and_spaces_count_and_only_the_strict_profile_minds_them() {
    assert_ne!(token("abc"), token("ABC"));
    assert_ne!(token("abc"), token(" abc"));
    assert_ne!(token("abc"), token("abc "));
    for (text, at) in [("a b", 1), (" a", 0), ("a\n", 1), ("\0", 0), ("ab\u{7f}", 2)] {
        assert_eq!(token(text).as_str(), text);
        assert_eq!(ClientToken::parse_strict(text), Err(BadToken::NotGraphic(at)));
    }
    let visible: String = ('!'..='~').collect();
    for text in visible.as_bytes().chunks(50).map(|chunk| str::from_utf8(chunk).unwrap()) {
        assert_eq!(ClientToken::parse_strict(text), ClientToken::parse(text));
    }
}

#[test]
fn a_token_is_a_string_in_serde_and_is_validated() {
    assert_eq!(serde_json::to_string(&token("a\"b")).unwrap(), r#""a\"b""#);
    assert_eq!(serde_json::from_str::<ClientToken>(r#""a\"b""#).unwrap(), token("a\"b"));
    assert!(serde_json::from_str::<ClientToken>(r#""""#).is_err());
    assert!(serde_json::from_str::<ClientToken>(r#""é""#).is_err());
    assert!(serde_json::from_str::<ClientToken>("7").is_err());
}
