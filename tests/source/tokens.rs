//! Just enough of Rust's grammar to find names in code and not in comments, texts or test modules.

/// A word or a sign, and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// The tokens of a file. Comments are left out; a text or character literal becomes one token starting with `"`.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut scan = Scan { chars: source.chars().collect(), at: 0, line: 1, found: Vec::new() };
    while scan.at < scan.chars.len() {
        scan.step();
    }
    scan.found
}

/// The tokens outside `#[cfg(test)]` items.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]"]) {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Do these texts stand at this place?
pub fn is(tokens: &[Token], at: usize, texts: &[&str]) -> bool {
    tokens.len() >= at + texts.len() && texts.iter().zip(&tokens[at..]).all(|(text, token)| token.text == *text)
}

/// Behind the next `;`, or behind the brace that closes the next `{`.
pub fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            ";" if depth == 0 => return at + 1,
            "{" | "[" | "(" => depth += 1,
            "}" | "]" | ")" => {
                depth -= 1;
                if depth == 0 && tokens[at].text == "}" {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    at
}

struct Scan {
    chars: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Token>,
}

impl Scan {
    fn step(&mut self) {
        let here = self.chars[self.at];
        match here {
            _ if here.is_whitespace() => self.skip(1),
            '/' if self.sees("//") => self.line_comment(),
            '/' if self.sees("/*") => self.block_comment(),
            '"' => self.quoted('"'),
            '\'' => self.tick(),
            'r' | 'b' | 'c' if self.raw_hashes().is_some() => self.raw(),
            'b' | 'c' if self.sees("b\"") || self.sees("c\"") || self.sees("b'") => self.skip(1),
            _ if here.is_alphanumeric() || here == '_' => self.word(),
            ':' if self.sees("::") => self.push_through(self.at + 2),
            _ => self.push_through(self.at + 1),
        }
    }

    fn sees(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.chars.get(self.at + n) == Some(&c))
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            if self.chars.get(self.at) == Some(&'\n') {
                self.line += 1;
            }
            self.at += 1;
        }
    }

    fn push_through(&mut self, end: usize) {
        let end = end.min(self.chars.len());
        let text = self.chars[self.at..end].iter().collect();
        self.found.push(Token { text, line: self.line });
        self.skip(end - self.at);
    }

    fn word(&mut self) {
        let mut end = self.at;
        while self.chars.get(end).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
            end += 1;
        }
        self.push_through(end);
    }

    fn line_comment(&mut self) {
        while self.at < self.chars.len() && self.chars[self.at] != '\n' {
            self.skip(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            if self.sees("/*") {
                depth += 1;
                self.skip(2);
            } else if self.sees("*/") {
                depth -= 1;
                self.skip(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.skip(1);
            }
        }
    }

    fn quoted(&mut self, quote: char) {
        let mut end = self.at + 1;
        while end < self.chars.len() && self.chars[end] != quote {
            end += if self.chars[end] == '\\' { 2 } else { 1 };
        }
        self.literal(end + 1);
    }

    /// A character literal, or else a lifetime.
    fn tick(&mut self) {
        let escaped = self.chars.get(self.at + 1) == Some(&'\\');
        let closed = self.chars.get(self.at + 2) == Some(&'\'');
        if escaped || closed {
            self.quoted('\'');
        } else {
            self.push_through(self.at + 1);
        }
    }

    /// How many `#` stand before the quote of a raw text that starts here.
    fn raw_hashes(&self) -> Option<usize> {
        let prefix = ["r", "br", "cr"]
            .iter()
            .find(|prefix| self.sees(prefix) && matches!(self.chars.get(self.at + prefix.len()), Some('#' | '"')))?;
        let start = self.at + prefix.len();
        let hashes = self.chars[start..].iter().take_while(|c| **c == '#').count();
        (self.chars.get(start + hashes) == Some(&'"')).then_some(hashes)
    }

    fn raw(&mut self) {
        let hashes = self.raw_hashes().unwrap_or(0);
        let mut end = self.at;
        while self.chars[end] != '"' {
            end += 1;
        }
        end += 1;
        let closing =
            |end: usize| self.chars[end] == '"' && self.chars[end + 1..].iter().take(hashes).all(|c| *c == '#');
        while end < self.chars.len() && !closing(end) {
            end += 1;
        }
        self.literal(end + 1 + hashes);
    }

    fn literal(&mut self, end: usize) {
        let end = end.min(self.chars.len());
        let inner: String = self.chars[self.at..end].iter().collect();
        self.found.push(Token { text: format!("\"{inner}"), line: self.line });
        self.skip(end - self.at);
    }
}
