//! A mail as its reader sees it, and what people take out of one: a code, a PIN, a link.

use mail_parser::{MessageParser, MessagePart};

/// Digits of the codes that come by mail: signing in, and proving oneself inside a session.
const CODES: [usize; 2] = [6, 8];

/// One mail, read by another reader of MIME than whoever wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it is about.
    pub subject: String,
    /// When it was written, as in RFC 5322.
    pub date: String,
    /// Its words.
    pub text: String,
    /// The same with a look, where it has one.
    pub html: Option<String>,
}

impl Reading {
    /// Reads a mail: all of it, headers first. What cannot be read is empty.
    pub fn of(mail: &str) -> Self {
        let Some(message) = MessageParser::default().parse(mail) else { return Self::default() };
        let html = message.parts.iter().any(MessagePart::is_text_html);
        Self {
            subject: message.subject().unwrap_or_default().to_owned(),
            date: message.date().map(mail_parser::DateTime::to_rfc822).unwrap_or_default(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).filter(|_| html).map(|body| body.into_owned()),
        }
    }

    /// Do these words stand in the subject or the text?
    pub fn says(&self, words: &str) -> bool {
        self.subject.contains(words) || self.text.contains(words)
    }

    /// The first code that stands alone in the text.
    pub fn code(&self) -> Option<&str> {
        let mut words = self.text.split(|c: char| !c.is_ascii_alphanumeric());
        words.find(|word| CODES.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The first PIN: four groups of four.
    pub fn pin(&self) -> Option<&str> {
        let is_pin = |word: &&str| word.len() >= 19 && word.split('-').all(|group| group.len() == 4);
        self.text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).find(is_pin)
    }

    /// The first link.
    pub fn link(&self) -> Option<&str> {
        self.text.split_whitespace().find(|word| word.starts_with("http://") || word.starts_with("https://"))
    }

    /// What stands behind the `#` of the first link to a page whose address ends so.
    pub fn token(&self, page: &str) -> Option<&str> {
        let tokens = self.text.split_whitespace().filter_map(|word| word.split_once('#'));
        tokens.filter(|(address, _)| address.ends_with(page)).map(|(_, token)| token).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: a@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
        Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n12345 is short, 1234567 odd, 481516 right.\r\n\
        PIN abcd-efgh-0123-4567=2E\r\nhttps://media.example.org/jelly/Jellyward/Re=\r\nset#to=3Dken_1-\r\n\
        --b\r\nContent-Type: text/html\r\n\r\n<p style=\"color:#112233\">\r\n--b--\r\n";

    #[test]
    fn a_person_finds_what_a_mail_holds() {
        let read = Reading::of(MAIL);
        assert_eq!(read.subject, "Grüße");
        assert_eq!((read.code(), read.pin()), (Some("481516"), Some("abcd-efgh-0123-4567")));
        assert_eq!(read.link(), Some("https://media.example.org/jelly/Jellyward/Reset#to=ken_1-"));
        assert_eq!((read.token("/Jellyward/Reset"), read.token("/Jellyward/Undo")), (Some("to=ken_1-"), None));
        assert!(read.says("Grüße") && read.says("is short") && !read.says("color"));
        assert!(read.html.is_some_and(|html| html.contains("color")));
    }

    #[test]
    fn what_is_no_mail_is_empty() {
        assert_eq!(Reading::of(""), Reading::default());
    }
}
