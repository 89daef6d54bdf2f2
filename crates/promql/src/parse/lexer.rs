//! Query text -> tokens.
//!
//! Contract: never fails; text that is no token ends the tokens with
//! [`TokenKind::Invalid`], so that the parser reports what comes first. The
//! last token is `Invalid` or `End`.

use super::token::{Token, TokenKind};
use super::{MAX_DEPTH, number, too_deep_message};
use crate::ast::{BinaryOp, Span};

/// The tokens of `text`.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer::new(text);
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space_and_comments();
        lexer.mark();
        let kind = match lexer.next_kind() {
            Ok(kind) => kind,
            Err(message) => TokenKind::Invalid(message),
        };
        let last = matches!(kind, TokenKind::End | TokenKind::Invalid(_));
        tokens.push(lexer.token(kind));
        if last {
            return tokens;
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    position: usize,
    start: usize,
    line: u32,
    line_start: usize,
    start_column: u32,
    start_line: u32,
    open_parens: usize,
    in_braces: bool,
    in_brackets: bool,
    colon_seen: bool,
}

type Lexed = Result<TokenKind, String>;

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            position: 0,
            start: 0,
            line: 1,
            line_start: 0,
            start_column: 1,
            start_line: 1,
            open_parens: 0,
            in_braces: false,
            in_brackets: false,
            colon_seen: false,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.position..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += next.len_utf8();
        if next == '\n' {
            self.line += 1;
            self.line_start = self.position;
        }
        Some(next)
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.next();
        }
    }

    fn mark(&mut self) {
        self.start = self.position;
        self.start_line = self.line;
        self.start_column =
            u32::try_from(self.position - self.line_start).unwrap_or(u32::MAX - 1) + 1;
    }

    fn token(&self, kind: TokenKind) -> Token<'a> {
        Token {
            kind,
            text: &self.text[self.start..self.position],
            span: Span {
                start: self.start,
                end: self.position,
                line: self.start_line,
                column: self.start_column,
            },
        }
    }

    fn skip_space_and_comments(&mut self) {
        loop {
            self.take_while(is_space);
            if self.peek() != Some('#') {
                return;
            }
            self.take_while(|c| c != '\n' && c != '\r');
        }
    }

    fn next_kind(&mut self) -> Lexed {
        let Some(first) = self.next() else {
            return self.end();
        };
        if self.in_braces {
            return self.inside_braces(first);
        }
        match first {
            '"' | '\'' | '`' => self.quoted(first),
            '(' | ')' | '{' | '}' | '[' | ']' => self.bracket(first),
            '0'..='9' => self.number_or_duration(),
            '.' if self.peek().is_some_and(|c| c.is_ascii_digit()) => self.number_or_duration(),
            _ if is_word_start(first) || first == ':' => self.word(first),
            _ => self.sign(first),
        }
    }

    fn end(&self) -> Lexed {
        if self.in_braces {
            Err("unexpected end of input inside braces".to_owned())
        } else if self.open_parens > 0 {
            Err("unclosed left parenthesis".to_owned())
        } else if self.in_brackets {
            Err("unclosed left bracket".to_owned())
        } else {
            Ok(TokenKind::End)
        }
    }

    fn bracket(&mut self, first: char) -> Lexed {
        match first {
            // No need to read on: nothing that follows could be right.
            '(' if self.open_parens == MAX_DEPTH => Err(too_deep_message()),
            '(' => {
                self.open_parens += 1;
                Ok(TokenKind::LeftParen)
            }
            ')' if self.open_parens > 0 => {
                self.open_parens -= 1;
                Ok(TokenKind::RightParen)
            }
            ')' => Err("unexpected right parenthesis ')'".to_owned()),
            '{' => {
                self.in_braces = true;
                Ok(TokenKind::LeftBrace)
            }
            '[' if !self.in_brackets => {
                self.in_brackets = true;
                self.colon_seen = false;
                Ok(TokenKind::LeftBracket)
            }
            '[' => Err("unexpected left bracket '['".to_owned()),
            ']' if self.in_brackets => {
                self.in_brackets = false;
                Ok(TokenKind::RightBracket)
            }
            ']' => Err("unexpected right bracket ']'".to_owned()),
            _ => Err(format!("unexpected character: {first:?}")),
        }
    }

    fn sign(&mut self, first: char) -> Lexed {
        let plain = |op| Ok(TokenKind::Operator(op));
        let or_equal =
            |lexer: &mut Self, alone, equal| plain(if lexer.take('=') { equal } else { alone });
        match first {
            ',' => Ok(TokenKind::Comma),
            '@' => Ok(TokenKind::At),
            '+' => plain(BinaryOp::Add),
            '-' => plain(BinaryOp::Sub),
            '*' => plain(BinaryOp::Mul),
            '/' => plain(BinaryOp::Div),
            '%' => plain(BinaryOp::Mod),
            '^' => plain(BinaryOp::Pow),
            '<' => or_equal(self, BinaryOp::Less, BinaryOp::LessEqual),
            '>' => or_equal(self, BinaryOp::Greater, BinaryOp::GreaterEqual),
            '=' if self.take('=') => plain(BinaryOp::Equal),
            '=' if self.peek() == Some('~') => {
                Err("unexpected character after '=': '~'".to_owned())
            }
            '=' => Ok(TokenKind::Assign),
            '!' if self.take('=') => plain(BinaryOp::NotEqual),
            '!' => Err(self.unexpected_after_bang("")),
            _ => Err(format!("unexpected character: {first:?}")),
        }
    }

    fn unexpected_after_bang(&self, place: &str) -> String {
        match self.peek() {
            Some(next) => format!("unexpected character after '!'{place}: {next:?}"),
            None => format!("unexpected end of input after '!'{place}"),
        }
    }

    fn inside_braces(&mut self, first: char) -> Lexed {
        match first {
            ',' => Ok(TokenKind::Comma),
            '"' | '\'' | '`' => self.quoted(first),
            '=' if self.take('~') => Ok(TokenKind::EqualRegex),
            '=' => Ok(TokenKind::Assign),
            '!' if self.take('~') => Ok(TokenKind::NotRegex),
            '!' if self.take('=') => Ok(TokenKind::Operator(BinaryOp::NotEqual)),
            '!' => Err(self.unexpected_after_bang(" inside braces")),
            '{' => Err("unexpected left brace '{'".to_owned()),
            '}' => {
                self.in_braces = false;
                Ok(TokenKind::RightBrace)
            }
            _ if is_word_start(first) => {
                self.take_while(is_word);
                Ok(TokenKind::Word)
            }
            _ => Err(format!("unexpected character inside braces: {first:?}")),
        }
    }

    fn word(&mut self, first: char) -> Lexed {
        if self.in_brackets && first == ':' {
            if self.colon_seen {
                return Err("unexpected colon ':'".to_owned());
            }
            self.colon_seen = true;
            return Ok(TokenKind::Colon);
        }
        if self.in_brackets {
            return Err(format!("unexpected character: {first:?}, expected ':'"));
        }
        self.take_while(|c| is_word(c) || c == ':');
        let text = &self.text[self.start..self.position];
        if text.eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case("nan") {
            return Ok(TokenKind::Number);
        }
        Ok(if text.contains(':') {
            TokenKind::MetricWord
        } else {
            TokenKind::Word
        })
    }

    fn number_or_duration(&mut self) -> Lexed {
        let rest = &self.text[self.start..];
        let (kind, length) = number::scan(rest);
        // Scanned text is ASCII without newlines, so only the position moves.
        self.position = self.start + length;
        kind.ok_or_else(|| {
            let bad = &self.text[self.start..self.position];
            format!("bad number or duration syntax: {bad:?}")
        })
    }

    fn quoted(&mut self, quote: char) -> Lexed {
        loop {
            match self.next() {
                None if quote == '`' => return Err("unterminated raw string".to_owned()),
                None => return Err("unterminated quoted string".to_owned()),
                Some('\n') if quote != '`' => return Err("unterminated quoted string".to_owned()),
                Some('\\') if quote != '`' => {
                    if self.next().is_none() {
                        return Err("escape sequence not terminated".to_owned());
                    }
                }
                Some(c) if c == quote => return Ok(TokenKind::Quoted),
                Some(_) => {}
            }
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_word(c: char) -> bool {
    is_word_start(c) || c.is_ascii_digit()
}
