//! A mail server on loopback, with an authority of its own, that behaves as it is told: well, or not.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use data_encoding::BASE64;
use jellyward::notify::mail_server::{Login, Security, Server};
use jellyward::settings::Certificates;
use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use zeroize::Zeroizing;

/// Somebody whose word counts, or does not.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut about = CertificateParams::new(Vec::new()).unwrap();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(about, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Papers that somebody signed for themselves, and the same as PEM.
    pub fn none(name: &str) -> (Arc<ServerConfig>, String) {
        let about = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = about.self_signed(&key).unwrap();
        (papers(certificate.der().clone(), &key), certificate.pem())
    }

    /// Papers for a server of that name, until that year.
    pub fn papers(&self, name: &str, until: i32) -> Arc<ServerConfig> {
        let (certificate, key) = self.issued(name, until);
        papers(certificate.der().clone(), &key)
    }

    /// The same for a server that is not ours: certificate and key as PEM.
    pub fn pems(&self, name: &str, until: i32) -> (String, String) {
        let (certificate, key) = self.issued(name, until);
        (certificate.pem(), key.serialize_pem())
    }

    fn issued(&self, name: &str, until: i32) -> (Certificate, KeyPair) {
        let mut about = CertificateParams::new(vec![name.to_owned()]).unwrap();
        about.not_before = date_time_ymd(2000, 1, 1);
        about.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        (about.signed_by(&key, &self.0).unwrap(), key)
    }
}

fn papers(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

/// What the server does. The default is a good one, in plain text and without logins.
#[derive(Clone, Default)]
pub struct Manner {
    pub papers: Option<Arc<ServerConfig>>,
    /// TLS from the first byte, rather than STARTTLS.
    pub wrapped: bool,
    /// Papers are there, but nobody says so.
    pub stripped: bool,
    /// Said together with the answer to STARTTLS, in plain text.
    pub slipped_in: &'static str,
    /// Name, password and the ways to log in.
    pub login: Option<(&'static str, &'static str, &'static str)>,
    /// What is answered instead of the usual, by the beginning of a command; empty: hangs up.
    pub instead: Vec<(&'static str, &'static str)>,
    /// Says nothing any more after a command that begins so; ".": after a mail, which it took.
    pub stalls: Option<&'static str>,
    /// The bytes it greets with, again and again, instead of a greeting.
    pub babble: Option<&'static [u8]>,
    /// Takes the connection and says nothing.
    pub silent: bool,
}

/// One mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub encrypted: bool,
    pub login: Option<String>,
    pub from: String,
    pub to: String,
    pub text: String,
}

pub struct MailServer {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (taken, heard) = (Arc::default(), Arc::default());
        let this = Self { port, taken: Arc::clone(&taken), heard: Arc::clone(&heard) };
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (manner, taken, heard) = (manner.clone(), Arc::clone(&taken), Arc::clone(&heard));
                thread::spawn(move || serve(socket, &manner, &taken, &heard));
            }
        });
        this
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Every command that was said, on all connections.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How to reach it.
    pub fn server(&self, security: Security, authority: Option<&Authority>, login: Option<(&str, &str)>) -> Server {
        Server {
            host: "localhost".into(),
            port: self.port,
            security,
            login: login.map(|(user, password)| Login { user: user.into(), password: Zeroizing::new(password.into()) }),
            authorities: Certificates::from_pem(&authority.map(Authority::pem).unwrap_or_default()).unwrap(),
            deadline: Duration::from_secs(60),
        }
    }
}

fn serve(mut socket: TcpStream, manner: &Manner, taken: &Mutex<Vec<Taken>>, heard: &Mutex<Vec<String>>) {
    if manner.silent {
        let _ = socket.read_to_end(&mut Vec::new());
        return;
    }
    if let Some(bytes) = manner.babble {
        while socket.write_all(bytes).is_ok() {
            if bytes.len() < 10 {
                thread::sleep(Duration::from_millis(50));
            }
        }
        return;
    }
    let mut talk = Talk { manner, taken, heard, encrypted: false, login: None };
    // A client that hangs up is none of its business.
    let _ = match &manner.papers {
        Some(papers) if manner.wrapped => {
            talk.encrypted = true;
            let session = ServerConnection::new(Arc::clone(papers)).unwrap();
            talk.talk(StreamOwned::new(session, socket), true).map(|_| ())
        }
        _ => talk.in_plain_text(socket),
    };
}

struct Talk<'a> {
    manner: &'a Manner,
    taken: &'a Mutex<Vec<Taken>>,
    heard: &'a Mutex<Vec<String>>,
    encrypted: bool,
    login: Option<String>,
}

impl Talk<'_> {
    fn in_plain_text(&mut self, socket: TcpStream) -> io::Result<()> {
        let Some(socket) = self.talk(socket, true)? else { return Ok(()) };
        let papers = self.manner.papers.clone().unwrap();
        self.encrypted = true;
        self.talk(StreamOwned::new(ServerConnection::new(papers).unwrap(), socket), false).map(|_| ())
    }

    /// Talks until the end; or gives the stream back for a handshake.
    fn talk<S: Read + Write>(&mut self, stream: S, greets: bool) -> io::Result<Option<S>> {
        let mut line = BufReader::new(stream);
        if greets {
            self.answer(&mut line, "220 localhost ready")?;
        }
        let (mut from, mut to) = (String::new(), String::new());
        loop {
            let command = read(&mut line)?;
            self.heard.lock().unwrap().push(command.clone());
            if self.manner.stalls.is_some_and(|begin| command.starts_with(begin)) {
                return self.stall(line);
            }
            let word = command.split([' ', ':']).next().unwrap().to_ascii_uppercase();
            if let Some((_, answer)) = self.manner.instead.iter().find(|(begin, _)| command.starts_with(begin)) {
                if answer.is_empty() {
                    return Ok(None);
                }
                self.answer(&mut line, answer)?;
                continue;
            }
            match word.as_str() {
                "EHLO" => {
                    let offer = self.offer();
                    self.answer(&mut line, &offer)?;
                }
                "STARTTLS" => {
                    let slipped_in = self.manner.slipped_in;
                    self.answer(&mut line, &format!("220 go on{slipped_in}"))?;
                    return Ok(Some(line.into_inner()));
                }
                "AUTH" => self.log_in(&mut line, &command)?,
                "MAIL" => {
                    from = between(&command);
                    self.answer(&mut line, "250 fine")?;
                }
                "RCPT" => {
                    to = between(&command);
                    self.answer(&mut line, "250 fine")?;
                }
                "DATA" => {
                    self.answer(&mut line, "354 say it")?;
                    let text = self.mail(&mut line)?;
                    let (encrypted, login) = (self.encrypted, self.login.clone());
                    let mail = Taken { encrypted, login, from: from.clone(), to: to.clone(), text };
                    if let Some((_, answer)) = self.manner.instead.iter().find(|(begin, _)| *begin == ".") {
                        if answer.is_empty() {
                            return Ok(None);
                        }
                        self.answer(&mut line, answer)?;
                        continue;
                    }
                    self.taken.lock().unwrap().push(mail);
                    if self.manner.stalls == Some(".") {
                        return self.stall(line);
                    }
                    self.answer(&mut line, "250 taken")?;
                }
                "RSET" => self.answer(&mut line, "250 forgotten")?,
                "QUIT" => return Ok(None),
                _ => self.answer(&mut line, "500 what?")?,
            }
        }
    }

    /// Until the other one hangs up.
    fn stall<S: Read>(&self, mut line: BufReader<S>) -> io::Result<Option<S>> {
        line.read_to_end(&mut Vec::new())?;
        Ok(None)
    }

    fn offer(&self) -> String {
        let mut lines = vec!["localhost".to_owned(), "8BITMIME".to_owned()];
        if self.manner.papers.is_some() && !self.encrypted && !self.manner.stripped {
            lines.push("STARTTLS".into());
        }
        if let Some((_, _, ways)) = self.manner.login {
            lines.push(format!("AUTH {ways}"));
        }
        let last = lines.len() - 1;
        let line = |(at, line): (usize, &String)| format!("250{}{line}", if at == last { ' ' } else { '-' });
        lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
    }

    fn log_in<S: Read + Write>(&mut self, line: &mut BufReader<S>, command: &str) -> io::Result<()> {
        let (user, password, _) = self.manner.login.unwrap();
        let given = match command.strip_prefix("AUTH PLAIN ") {
            Some(said) => decoded(said).trim_start_matches('\0').to_owned(),
            None => {
                self.answer(line, "334 VXNlcm5hbWU6")?;
                let name = decoded(&read(line)?);
                self.answer(line, "334 UGFzc3dvcmQ6")?;
                format!("{name}\0{}", decoded(&read(line)?))
            }
        };
        if given == format!("{user}\0{password}") {
            self.login = Some(user.to_owned());
            self.answer(line, "235 welcome")
        } else {
            // As a careless server would.
            self.answer(line, &format!("535 5.7.8 not {}", given.replace('\0', " with ")))
        }
    }

    fn mail<S: Read + Write>(&self, line: &mut BufReader<S>) -> io::Result<String> {
        let mut text = String::new();
        loop {
            let said = read(line)?;
            if said == "." {
                return Ok(text);
            }
            text.push_str(said.strip_prefix('.').unwrap_or(&said));
            text.push_str("\r\n");
        }
    }

    fn answer<S: Read + Write>(&self, line: &mut BufReader<S>, answer: &str) -> io::Result<()> {
        line.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
        line.get_mut().flush()
    }
}

/// One line without its end.
fn read(line: &mut impl BufRead) -> io::Result<String> {
    let mut said = String::new();
    if line.read_line(&mut said)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(said.trim_end_matches(['\r', '\n']).to_owned())
}

fn between(command: &str) -> String {
    let start = command.find('<').unwrap() + 1;
    command[start..command.rfind('>').unwrap()].to_owned()
}

fn decoded(said: &str) -> String {
    String::from_utf8(BASE64.decode(said.as_bytes()).unwrap()).unwrap()
}
