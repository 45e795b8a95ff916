//! The parsed body of a POST, read field by field so that every complaint names its field.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::problem::{Code, Problem};
use crate::crypto::wiped::Wiped;

/// Things in a list, at most.
const LONGEST_LIST: usize = 1_000;

/// Objects and lists inside each other, at most. Our deepest document needs 3.
const MAX_DEPTH: usize = 8;

/// An object of the body. What is taken leaves it; what remains is wiped when it goes.
#[derive(Default)]
pub struct Fields {
    inside: String,
    values: Wiped,
}

impl Fields {
    /// Parses a body. Anything but a JSON object of modest depth is refused.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        // serde_json itself stops at depth 128, so a hostile body cannot exhaust the stack.
        match serde_json::from_slice(body) {
            Ok(Value::Object(values)) if values.values().all(|value| depth(value) < MAX_DEPTH) => {
                Ok(Self { inside: String::new(), values: values.into() })
            }
            _ => Err(Problem::new(Code::BadJson).field("")),
        }
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &str) -> Result<String, Problem> {
        self.optional_text(name)?.ok_or_else(|| self.complaint(name))
    }

    /// A text that may be missing or null.
    pub fn optional_text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.complaint(name)),
        }
    }

    /// A secret that must be there; its memory is wiped after use.
    pub fn secret(&mut self, name: &str) -> Result<Zeroizing<String>, Problem> {
        self.text(name).map(Zeroizing::new)
    }

    /// A secret that may be missing or null.
    pub fn optional_secret(&mut self, name: &str) -> Result<Option<Zeroizing<String>>, Problem> {
        Ok(self.optional_text(name)?.map(Zeroizing::new))
    }

    /// A whole number that must be there.
    pub fn integer(&mut self, name: &str) -> Result<i64, Problem> {
        self.values.remove(name).as_ref().and_then(Value::as_i64).ok_or_else(|| self.complaint(name))
    }

    /// A whole number that may be missing or null.
    pub fn optional_integer(&mut self, name: &str) -> Result<Option<i64>, Problem> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| self.complaint(name)),
        }
    }

    /// A list of so many things at most; missing or null is none.
    pub fn list<T>(&mut self, name: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Vec<T>, Problem> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) if items.len() <= LONGEST_LIST => {
                items.iter().map(read).collect::<Option<_>>().ok_or_else(|| self.complaint(name))
            }
            Some(_) => Err(self.complaint(name)),
        }
    }

    /// An object that must be there; complaints about its fields read `outer.inner`.
    pub fn object(&mut self, name: &str) -> Result<Self, Problem> {
        match self.values.remove(name) {
            Some(Value::Object(values)) => Ok(Self { inside: self.path(name), values: values.into() }),
            _ => Err(self.complaint(name)),
        }
    }

    /// An object that may be missing or null.
    pub fn optional_object(&mut self, name: &str) -> Result<Option<Self>, Problem> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(values)) => Ok(Some(Self { inside: self.path(name), values: values.into() })),
            Some(_) => Err(self.complaint(name)),
        }
    }

    /// Yes or no; missing is no.
    pub fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(value)) => Ok(value),
            Some(_) => Err(self.complaint(name)),
        }
    }

    /// Everything that is left, for a body whose keys are data.
    pub fn rest(self) -> Map<String, Value> {
        self.values.into_inner()
    }

    /// The problem that names this field.
    pub fn complaint(&self, name: &str) -> Problem {
        Problem::bad_field(&self.path(name))
    }

    fn path(&self, name: &str) -> String {
        match self.inside.as_str() {
            "" => name.to_owned(),
            outer => format!("{outer}.{name}"),
        }
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(result: Result<impl Sized, Problem>) -> Option<String> {
        result.err().and_then(|problem| problem.field)
    }

    #[test]
    fn a_complaint_names_the_field() {
        let mut fields = Fields::parse(br#"{"challenge":"x","code":6,"proof":{"method":1}}"#).unwrap();
        assert_eq!(fields.text("challenge").unwrap(), "x");
        assert_eq!(field_of(fields.text("code")).as_deref(), Some("code"));
        assert_eq!(field_of(fields.text("missing")).as_deref(), Some("missing"));
        let mut proof = fields.object("proof").unwrap();
        assert_eq!(field_of(proof.text("method")).as_deref(), Some("proof.method"));
        let mut flags = Fields::parse(br#"{"yes":true,"no":false,"null":null,"text":"true"}"#).unwrap();
        let told = ["yes", "no", "null", "missing"].map(|name| flags.flag(name).unwrap());
        assert_eq!(told, [true, false, false, false]);
        assert_eq!(field_of(flags.flag("text")).as_deref(), Some("text"));
    }

    #[test]
    fn what_is_not_an_object_is_bad_json() {
        for body in ["", "[]", "1", "{", "{\"a\":}", "\u{feff}{}"] {
            assert_eq!(Fields::parse(body.as_bytes()).err().map(|p| p.code), Some(Code::BadJson), "{body:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(Fields::parse(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert!(Fields::parse(nested(MAX_DEPTH).as_bytes()).is_err());
        // 100,000 levels: refused, and the stack survives.
        assert!(Fields::parse(nested(100_000).as_bytes()).is_err());
    }
}
