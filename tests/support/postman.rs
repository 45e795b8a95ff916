//! Somebody who is handed every mail, remembers all about it, and refuses what he is told to refuse.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;
use std::{fs, thread};

use jellyward::notify::mail::Mail;
use jellyward::notify::mail_server::{Security, Server};
use jellyward::notify::mailer::{Cause, Failure, Mailer, Stop};
use jellyward::settings::Certificates;

/// A mail, and how it was to be sent.
#[derive(Clone, Debug)]
pub struct Carried {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<(String, String)>,
    pub authorities: Certificates,
    pub deadline: Duration,
    pub from: String,
    pub to: String,
    pub text: String,
}

#[derive(Default)]
pub struct Postman {
    carried: Mutex<Vec<Carried>>,
    /// What becomes of the next mails; afterwards all are taken.
    answers: Mutex<VecDeque<Answer>>,
    /// What he never takes, by a word in it.
    never: Mutex<Option<(String, Failure)>>,
}

/// What becomes of a mail.
#[derive(Clone)]
pub enum Answer {
    Take,
    Refuse(Failure),
    /// Says nothing until somebody wants to stop.
    Hang,
    /// Takes it; and that folder gets what lies in the other at this very moment.
    Copy {
        from: PathBuf,
        to: PathBuf,
    },
}

impl Postman {
    /// Every mail he was handed, whether he took it or not.
    pub fn carried(&self) -> Vec<Carried> {
        self.carried.lock().unwrap().clone()
    }

    pub fn refuse(&self, failure: &Failure, times: usize) {
        (0..times).for_each(|_| self.next(Answer::Refuse(failure.clone())));
    }

    /// He never takes what has this word in it.
    pub fn refuse_text(&self, word: &str, failure: &Failure) {
        *self.never.lock().unwrap() = Some((word.to_owned(), failure.clone()));
    }

    /// From now on he takes everything.
    pub fn forgive(&self) {
        self.answers.lock().unwrap().clear();
    }

    pub fn next(&self, answer: Answer) {
        self.answers.lock().unwrap().push_back(answer);
    }
}

impl Mailer for Postman {
    fn send(&self, server: &Server, mail: &Mail, stop: &Stop) -> Result<(), Failure> {
        self.carried.lock().unwrap().push(Carried {
            host: server.host.clone(),
            port: server.port,
            security: server.security,
            login: server.login.as_ref().map(|login| (login.user.clone(), login.password.to_string())),
            authorities: server.authorities.clone(),
            deadline: server.deadline,
            from: mail.from.to_string(),
            to: mail.to.to_string(),
            text: String::from_utf8(mail.bytes().to_vec()).unwrap(),
        });
        let text = String::from_utf8_lossy(mail.bytes()).into_owned();
        if let Some((_, failure)) = self.never.lock().unwrap().as_ref().filter(|(word, _)| text.contains(word)) {
            return Err(failure.clone());
        }
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Take);
        match answer {
            Answer::Take => Ok(()),
            Answer::Refuse(failure) => Err(failure),
            Answer::Hang => {
                while !stop.is_asked() {
                    thread::sleep(Duration::from_millis(5));
                }
                Err(Failure::passing(Cause::Other, "closing"))
            }
            Answer::Copy { from, to } => {
                fs::create_dir_all(&to).unwrap();
                for file in fs::read_dir(from).unwrap().flatten() {
                    fs::copy(file.path(), to.join(file.file_name())).unwrap();
                }
                Ok(())
            }
        }
    }
}
