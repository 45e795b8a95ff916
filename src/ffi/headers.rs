//! Writes the ABI out in the languages safer-ffi speaks. Only tests ask for it.

use std::collections::HashSet;
use std::io;

use safer_ffi::headers::{Definer, Language, builder};

use super::csharp;

/// The types of the ABI, as C names them.
pub const TYPES: [&str; 8] =
    ["jw_status", "jw_handle", "jw_view", "jw_buffer", "jw_reply", "jw_totp_parameters", "jw_relying_party", "jw_host"];

/// safer-ffi puts this behind the names of types; the public names do without.
const SUFFIX: &str = "_t";

/// Lets through functions, and every type `known` does not already hold.
struct Prototypes<'a> {
    known: HashSet<String>,
    out: &'a mut dyn io::Write,
}

impl Definer for Prototypes<'_> {
    fn insert(&mut self, name: &str) -> bool {
        self.known.insert(name.to_owned())
    }

    fn out(&mut self) -> &mut dyn io::Write {
        &mut *self.out
    }
}

/// The bindings of the plugin.
pub fn csharp() -> io::Result<String> {
    let mut out = csharp::head().into_bytes();
    builder().with_language(Language(&csharp::Shim)).to_writer(&mut out).generate()?;
    text(out)
}

/// Every function and type as JSON, for other languages' generators.
pub fn description() -> io::Result<String> {
    let mut out = Vec::new();
    builder().with_language(Language::Metadata).to_writer(&mut out).generate()?;
    text(out)
}

/// The C prototypes alone, as safer-ffi sees them; the types come from the public header.
pub fn prototypes() -> io::Result<String> {
    let mut out = Vec::new();
    let known = TYPES.iter().map(|name| format!("{name}{SUFFIX}")).collect();
    builder()
        .with_guard("JELLYWARD_PROTOTYPES_H")
        .with_text_after_guard("#include \"jellyward.h\"")
        .generate_with_definer(&mut Prototypes { known, out: &mut out })?;
    text(out)
}

/// The names of every exported function.
pub fn functions() -> io::Result<Vec<String>> {
    let description: serde_json::Value = serde_json::from_str(&description()?)?;
    let named = |entry: &serde_json::Value| {
        (entry["kind"] == "Function").then(|| entry["name"].as_str().map(str::to_owned)).flatten()
    };
    Ok(description.as_array().into_iter().flatten().filter_map(named).collect())
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    let plain = TYPES.iter().fold(text, |text, name| text.replace(&format!("{name}{SUFFIX}"), name));
    let lines: Vec<&str> = plain.trim_end().lines().map(str::trim_end).collect();
    Ok(lines.join("\n") + "\n")
}
