//! Small languages: cookies, addresses, templates.

use jellyward::defense::network::Network;
use jellyward::defense::origin::Origin;
use jellyward::ffi::jw_cookie_check;
use jellyward::notify::message::Variable;
use jellyward::notify::message::template::{self, Part};
use jellyward::settings::MailAddress;
use jellyward::trust::{cookies, user_agent};

use super::abi::{stored, view};

const MASTER: [u8; 32] = [7; 32];
/// Before the seeds expire.
const NOW: i64 = 1_700_000_000;

/// A signed value, as a header of cookies, and as the name of a browser.
pub fn cookie(data: &[u8]) {
    let payload =
        stored(|dst| jw_cookie_check(view(&MASTER), 1, 3, view(b"fuzz"), view(data), NOW, dst)).unwrap_or_default();
    assert!(payload.is_empty() || payload == b"alice", "a value that was never signed");
    let text = String::from_utf8_lossy(data).into_owned();
    let described = user_agent::describe(&text);
    let (browser, system) = user_agent::parts(&described);
    assert_eq!(format!("{}/{}", browser.unwrap_or_default(), system.unwrap_or_default()), described);
    let origin = Origin { headers: vec![("Cookie".to_owned(), text)], ..Origin::default() };
    let _ = cookies::read(&origin, "jw");
}

/// One mail address, and the address of a client.
pub fn address(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    if let Ok(address) = text.parse::<MailAddress>() {
        let again: MailAddress = address.as_str().parse().unwrap();
        assert_eq!(again.as_str(), address.as_str());
        let folded: MailAddress = address.folded().parse().unwrap();
        assert_eq!(folded.folded(), address.folded());
        assert!(!address.as_str().contains(char::is_control));
    }
    let network = Network::of(&Origin { remote: Some(text), ..Origin::default() });
    assert!(network.as_str().len() < 64, "a stranger chooses how long a key is");
}

/// The owner's words; the first byte says for which part.
pub fn template(data: &[u8]) {
    let Some((part, template)) = data.split_first() else { return };
    let part = [Part::Subject, Part::Text, Part::Html][usize::from(part % 3)];
    let template = String::from_utf8_lossy(template);
    let variables = [Variable::User, Variable::Code, Variable::Link];
    let accepted = template::check(part, &template, &variables).is_ok();
    let values = variables.map(|variable| (variable, "<value>".to_owned().into()));
    let filled = template::fill(part, &template, &values);
    if let (true, Part::Html, Ok(filled)) = (accepted, part, filled) {
        let raw = filled.matches("<value>").count();
        assert!(raw <= template.matches("<value>").count(), "a value stands there unescaped");
    }
}
