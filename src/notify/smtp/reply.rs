//! What a server answers (RFC 5321, 4.2): a number, and lines for people.

use std::io::{self, ErrorKind, Read};

/// Most octets of one reply: RFC 5321, 4.5.3.1.5 knows lines of 512, and no reply of any use has so many.
const LONGEST_REPLY: usize = 16 * 1024;

/// One reply.
pub(super) struct Reply {
    pub(super) code: u16,
    /// What stands behind the number on each line.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Done, or go on: 2yz, 3yz.
    pub(super) fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }

    /// No, and no again next time: 5yz.
    pub(super) fn is_permanent(&self) -> bool {
        self.code >= 500
    }

    /// For the log.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" / "))
    }

    /// What the server offers under that keyword (RFC 5321, 4.1.1.1), case aside; none: it does not.
    pub(super) fn offers(&self, keyword: &str) -> Option<&str> {
        self.lines.iter().skip(1).find_map(|line| {
            // Some servers write `AUTH=LOGIN` beside `AUTH LOGIN`.
            let (word, rest) = line.split_once([' ', '=']).unwrap_or((line, ""));
            word.eq_ignore_ascii_case(keyword).then_some(rest)
        })
    }
}

/// Reads replies, and knows what came behind one.
#[derive(Default)]
pub(super) struct Ear {
    heard: Vec<u8>,
}

impl Ear {
    /// The next reply.
    pub(super) fn reply(&mut self, from: &mut impl Read) -> io::Result<Reply> {
        let mut lines = Vec::new();
        let mut length = 0;
        loop {
            let line = self.line(from)?;
            length += line.len();
            if length > LONGEST_REPLY {
                return Err(io::Error::new(ErrorKind::InvalidData, "a reply without end"));
            }
            let (code, last, text) = parse(&line).ok_or_else(|| {
                let shown: String = String::from_utf8_lossy(&line).chars().take(100).collect();
                io::Error::new(ErrorKind::InvalidData, format!("not a reply of a mail server: {shown}"))
            })?;
            lines.push(text);
            if last {
                return Ok(Reply { code, lines });
            }
        }
    }

    /// Did more come than was asked for?
    pub(super) fn holds_more(&self) -> bool {
        !self.heard.is_empty()
    }

    fn line(&mut self, from: &mut impl Read) -> io::Result<Vec<u8>> {
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                return Ok(self.heard.drain(..=end).collect());
            }
            if self.heard.len() > LONGEST_REPLY {
                return Err(io::Error::new(ErrorKind::InvalidData, "a line without end"));
            }
            let mut bytes = [0; 2048];
            match from.read(&mut bytes)? {
                0 => return Err(io::Error::new(ErrorKind::UnexpectedEof, "the server hung up")),
                count => self.heard.extend_from_slice(&bytes[..count]),
            }
        }
    }
}

/// Number, last line or not, text.
fn parse(line: &[u8]) -> Option<(u16, bool, String)> {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end_matches(['\r', '\n']);
    let code: u16 = line.get(..3).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let last = match line.as_bytes().get(3) {
        None | Some(b' ') => true,
        Some(b'-') => false,
        Some(_) => return None,
    };
    let known = (200..600).contains(&code);
    known.then(|| (code, last, line.get(4..).unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(said: &[u8]) -> io::Result<Reply> {
        Ear::default().reply(&mut &*said)
    }

    #[test]
    fn a_reply_is_a_number_and_lines() {
        let reply =
            heard(b"250-mail.example.org at your service\r\n250-auth LOGIN PLAIN\r\n250-SIZE 10\r\n250 STARTTLS\r\n")
                .unwrap();
        assert_eq!((reply.code, reply.lines.len()), (250, 4));
        assert_eq!(reply.offers("AUTH"), Some("LOGIN PLAIN"));
        assert_eq!(reply.offers("STARTTLS"), Some(""));
        assert_eq!(reply.offers("MAIL.EXAMPLE.ORG"), None, "the first line is the name");
        assert!(heard(b"220\n").unwrap().is_positive());
        assert!(heard(b"550 5.1.1 no\r\n").unwrap().is_permanent());
        assert!(!heard(b"450 later\r\n").unwrap().is_permanent());
    }

    #[test]
    fn what_is_no_reply_is_not_taken_for_one() {
        for bad in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            b"\r\n",
            b"25",
            b"25\r\n",
            b"250_x\r\n",
            b"+50 x\r\n",
            b"950 x\r\n",
            b"\xff\xfe\r\n",
        ] {
            assert!(heard(bad).is_err(), "{bad:?}");
        }
        assert_eq!(heard(b"250-more\r\n").err().map(|error| error.kind()), Some(ErrorKind::UnexpectedEof));
    }

    #[test]
    fn a_server_cannot_talk_for_ever() {
        assert!(heard(&[b'2'; 10_000_000]).is_err());
        assert!(heard(&b"250-x\r\n".repeat(1_000_000)).is_err());
    }

    #[test]
    fn what_comes_behind_a_reply_is_noticed() {
        let mut ear = Ear::default();
        let mut said = &b"220 go on\r\n250 slipped in\r\n"[..];
        assert_eq!(ear.reply(&mut said).unwrap().code, 220);
        assert!(ear.holds_more());
    }
}
