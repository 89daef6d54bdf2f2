//! Quoted text of a query -> the text it means.

/// Takes the quotes off and resolves Go's escapes; backquoted text is taken
/// as it stands.
pub(super) fn unquote(quoted: &str) -> Result<String, String> {
    let body = &quoted[1..quoted.len() - 1];
    if quoted.starts_with('`') || !body.contains('\\') {
        return Ok(body.to_owned());
    }
    let quote = quoted.chars().next().unwrap_or('"');
    let mut out = Vec::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            escape(&mut chars, quote, &mut out)?;
        } else {
            push_char(&mut out, c);
        }
    }
    String::from_utf8(out).map_err(|_| "invalid UTF-8 rune".to_owned())
}

fn push_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn escape(chars: &mut std::str::Chars<'_>, quote: char, out: &mut Vec<u8>) -> Result<(), String> {
    let kind = chars.next().ok_or("escape sequence not terminated")?;
    match kind {
        'a' => out.push(0x07),
        'b' => out.push(0x08),
        'f' => out.push(0x0c),
        'n' => out.push(b'\n'),
        'r' => out.push(b'\r'),
        't' => out.push(b'\t'),
        'v' => out.push(0x0b),
        '\\' => out.push(b'\\'),
        _ if kind == quote => push_char(out, kind),
        '0'..='7' => out.push(byte(digits(chars, Some(kind), 3, 8)?)?),
        'x' => out.push(byte(digits(chars, None, 2, 16)?)?),
        'u' => push_char(out, rune(digits(chars, None, 4, 16)?)?),
        'U' => push_char(out, rune(digits(chars, None, 8, 16)?)?),
        _ => return Err(format!("unknown escape sequence {}", code_point(kind))),
    }
    Ok(())
}

fn digits(
    chars: &mut std::str::Chars<'_>,
    first: Option<char>,
    count: usize,
    radix: u32,
) -> Result<u32, String> {
    let mut value: u32 = 0;
    for c in first
        .into_iter()
        .map(Some)
        .chain(std::iter::repeat_with(|| chars.next()))
        .take(count)
    {
        let c = c.ok_or("escape sequence not terminated")?;
        let digit = c
            .to_digit(radix)
            .ok_or_else(|| format!("illegal character {} in escape sequence", code_point(c)))?;
        value = value.wrapping_mul(radix).wrapping_add(digit);
    }
    Ok(value)
}

const INVALID_CODE_POINT: &str = "escape sequence is an invalid Unicode code point";

fn byte(value: u32) -> Result<u8, String> {
    u8::try_from(value).map_err(|_| INVALID_CODE_POINT.to_owned())
}

fn rune(value: u32) -> Result<char, String> {
    char::from_u32(value).ok_or_else(|| INVALID_CODE_POINT.to_owned())
}

/// As Go's `%#U` writes a character.
fn code_point(c: char) -> String {
    format!("U+{:04X} '{c}'", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(quoted: &str, expected: Result<&str, &str>) {
        assert_eq!(
            unquote(quoted),
            expected.map(str::to_owned).map_err(str::to_owned),
            "{quoted}"
        );
    }

    #[test]
    fn resolves_escapes() {
        check(r#""a\n\"\\""#, Ok("a\n\"\\"));
        check(r"'\''", Ok("'"));
        check(r"`\n`", Ok("\\n"));
        check(r#""\x41\101\u00e4\U0001F600""#, Ok("AAä😀"));
    }

    #[test]
    fn says_what_is_wrong_with_an_escape() {
        check(r#""\q""#, Err("unknown escape sequence U+0071 'q'"));
        check(
            r#""\xg0""#,
            Err("illegal character U+0067 'g' in escape sequence"),
        );
        check(r#""\ud800""#, Err(INVALID_CODE_POINT));
        check(r#""\400""#, Err(INVALID_CODE_POINT));
        check(r#""\xff""#, Err("invalid UTF-8 rune"));
    }
}
