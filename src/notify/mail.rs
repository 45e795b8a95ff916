//! One mail to one person, and its form on the wire (RFC 5322, RFC 2045).

use std::time::{Duration, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::clock::{NoRandomness, Randomness, Seconds};
use crate::defense::name::misleads;
use crate::settings::MailAddress;

/// Most characters of a subject or a name.
pub const LONGEST_SUBJECT: usize = 200;

/// Most octets of a text.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// Bytes of a message id.
pub const ID_BYTES: usize = 16;

/// Who a mail comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The address; bounces go there.
    pub address: MailAddress,
    /// Shown beside it; may be empty.
    pub name: String,
}

/// By what readers know a mail again.
#[derive(Clone, Copy)]
pub struct Stamp {
    /// Of this mail and no other; becomes its `Message-ID` (RFC 5322, 3.6.4).
    pub id: [u8; ID_BYTES],
    /// When it was written.
    pub at: Seconds,
}

impl Stamp {
    /// Of a mail that is written now and sent once.
    pub fn new(at: Seconds, randomness: &dyn Randomness) -> Result<Self, NoRandomness> {
        let mut id = [0; ID_BYTES];
        randomness.fill(&mut id)?;
        Ok(Self { id, at })
    }
}

/// What is said.
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The text; may hold a code or a link that opens something.
    pub text: Zeroizing<String>,
    /// The same as HTML.
    pub html: Option<Zeroizing<String>>,
}

/// Why there is no mail.
#[derive(Debug, Error)]
pub enum MailError {
    /// A second line in a header would be another header.
    #[error("a subject or name must have at most {LONGEST_SUBJECT} characters, all of which can be seen")]
    Header,
    /// Too long.
    #[error("a text of a mail must have at most {LONGEST_TEXT} bytes")]
    TooLong,
    /// See [`NoRandomness`].
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The library refused for a reason of its own.
    #[error("the mail could not be written: {0}")]
    Refused(#[from] lettre::error::Error),
}

/// A mail, ready to be sent: envelope and bytes.
pub struct Mail {
    /// Whom bounces go to.
    pub from: MailAddress,
    /// The one who gets it.
    pub to: MailAddress,
    bytes: Zeroizing<Vec<u8>>,
}

impl Mail {
    /// Writes it. All bytes are ASCII, lines are short and end in CRLF, so that every server takes it.
    pub fn write(from: &Sender, to: &MailAddress, letter: &Letter, stamp: &Stamp) -> Result<Self, MailError> {
        header(&from.name)?;
        header(&letter.subject)?;
        let texts = [Some(&letter.text), letter.html.as_ref()];
        if texts.into_iter().flatten().any(|text| text.len() > LONGEST_TEXT) {
            return Err(MailError::TooLong);
        }
        let name = Some(from.name.trim().to_owned()).filter(|name| !name.is_empty());
        let message = Message::builder()
            .from(Mailbox::new(name, from.address.inner().clone()))
            .to(Mailbox::new(None, to.inner().clone()))
            // Else the library would read its own header again, and it does not know quoted local parts there.
            .envelope(Envelope::new(Some(from.address.inner().clone()), vec![to.inner().clone()])?)
            .subject(letter.subject.trim())
            .date(UNIX_EPOCH + Duration::from_secs(stamp.at.max(0).unsigned_abs()))
            .message_id(Some(format!("<{}@{}>", HEXLOWER.encode(&stamp.id), from.address.domain())))
            .raw_header(automatic());
        let text = part(ContentType::TEXT_PLAIN, &letter.text);
        let message = match &letter.html {
            None => message.singlepart(text)?,
            Some(html) => message
                .multipart(MultiPart::alternative().singlepart(text).singlepart(part(ContentType::TEXT_HTML, html)))?,
        };
        Ok(Self { from: from.address.clone(), to: to.clone(), bytes: Zeroizing::new(message.formatted()) })
    }

    /// As it goes over the wire, but for the dots that SMTP adds.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Nobody's holiday greeting answers it (RFC 3834, 5).
fn automatic() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(text.to_owned())
}

/// The library would encode a line break; what cannot be seen has no business there at all.
fn header(text: &str) -> Result<(), MailError> {
    let good = text.chars().count() <= LONGEST_SUBJECT && !text.contains(misleads);
    if good { Ok(()) } else { Err(MailError::Header) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    const NOON: Seconds = 1_750_000_020;

    fn letter(subject: &str, text: &str, html: Option<&str>) -> Letter {
        Letter {
            subject: subject.into(),
            text: Zeroizing::new(text.into()),
            html: html.map(|html| Zeroizing::new(html.into())),
        }
    }

    fn written(from: &str, name: &str, to: &str, letter: &Letter) -> Result<String, MailError> {
        let from = Sender { address: from.parse().unwrap(), name: name.into() };
        let mail = Mail::write(&from, &to.parse().unwrap(), letter, &Stamp::new(NOON, &SystemRandomness)?)?;
        Ok(String::from_utf8(mail.bytes().to_vec()).unwrap())
    }

    #[test]
    fn a_mail_has_what_every_mail_needs() {
        let mail = written("tv@example.org", "Our TV", "alice@example.org", &letter("Hello", "Text", None)).unwrap();
        for line in [
            "From: \"Our TV\" <tv@example.org>\r\n",
            "To: alice@example.org\r\n",
            "Subject: Hello\r\n",
            "Date: Sun, 15 Jun 2025 15:07:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(mail.contains(line), "{line:?} is missing:\n{mail}");
        }
        let id = mail.split("Message-ID: <").nth(1).unwrap().split('>').next().unwrap();
        assert!(id.ends_with("@example.org") && id.len() == 2 * ID_BYTES + "@example.org".len(), "{id}");
    }

    #[test]
    fn whatever_is_said_goes_as_short_lines_of_ascii() {
        let long = "ünïcödé ".repeat(500);
        let html = format!("<p>{long}</p>\r\n.\r\n");
        let letter = letter("Grüße: 日本語のテレビ", &format!(".\n{long}\n..\r\n"), Some(&html));
        let mail = written("tv@bücher.example", "Küche", "\"a b\"@bücher.example", &letter).unwrap();
        assert!(mail.is_ascii());
        assert!(mail.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        assert!(mail.contains("To: \"a b\"@xn--bcher-kva.example\r\n"), "{mail}");
        assert!(mail.contains("multipart/alternative"));
    }

    #[test]
    fn nothing_makes_a_second_header() {
        let plain = || letter("Hello", "Text", None);
        for bad in
            ["Bob\r\nBcc: all@example.org", "Bob\nBcc: all@example.org", "Bob\r", "a\0b", "a\u{2028}b", "a\u{202e}b"]
        {
            let named = written("tv@example.org", bad, "alice@example.org", &plain());
            assert!(matches!(named, Err(MailError::Header)), "{bad:?} as a name");
            let about = written("tv@example.org", "TV", "alice@example.org", &letter(bad, "Text", None));
            assert!(matches!(about, Err(MailError::Header)), "{bad:?} as a subject");
        }
        let odd = "\"Bob\" <bob@example.org>, all@example.org";
        let mail = written("tv@example.org", odd, "alice@example.org", &plain()).unwrap();
        assert_eq!(mail.matches("From:").count(), 1);
        assert!(mail.contains("<tv@example.org>") && !mail.contains("Bcc"), "{mail}");
    }

    #[test]
    fn a_text_without_end_is_no_mail() {
        let endless = "x".repeat(LONGEST_TEXT + 1);
        let mail = written("tv@example.org", "TV", "alice@example.org", &letter("Hello", &endless, None));
        assert!(matches!(mail, Err(MailError::TooLong)));
    }
}
