//! The declarations as others see them: the dashboard's JSON and the table in the documentation.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::declaration::Declared;
use super::keys;
use super::kinds::Unit;
use super::presets::{PRESETS, Preset};
use super::snapshot::Settings;

impl Settings {
    /// The answer of `GET Admin/Settings`; `text` gives the text of a message id.
    pub fn describe(&self, text: &dyn Fn(&str) -> String) -> Value {
        let groups: Vec<Value> = groups()
            .into_iter()
            .map(|(group, settings)| {
                let settings: Vec<Value> = settings.into_iter().map(|one| self.describe_one(one, text)).collect();
                let presets: Vec<Value> = presets(group).iter().map(|preset| preset.describe(text)).collect();
                json!({"id": group, "label": text(&group_message(group)), "settings": settings, "presets": presets})
            })
            .collect();
        json!({"revision": self.revision(), "groups": groups})
    }

    fn describe_one(&self, setting: &dyn Declared, text: &dyn Fn(&str) -> String) -> Value {
        let message = setting.message();
        let mut out = Map::new();
        out.insert("key".to_owned(), json!(setting.key()));
        out.insert("type".to_owned(), json!(setting.kind()));
        out.insert("value".to_owned(), setting.show(&self.value(setting)));
        out.insert("default".to_owned(), setting.show(&setting.default()));
        out.insert("label".to_owned(), json!(text(&format!("{message}-label"))));
        out.insert("help".to_owned(), json!(text(&format!("{message}-help"))));
        setting.describe(text, &mut out);
        if let Some(by) = self.locked(setting.key()) {
            out.insert("locked".to_owned(), json!(by.as_str()));
        }
        Value::Object(out)
    }
}

/// `docs/settings.md`, made from the declarations and the texts.
pub fn markdown(text: &dyn Fn(&str) -> String) -> String {
    let mut out = String::from(HEAD);
    for (group, settings) in groups() {
        // Writing to a String cannot fail.
        let _ = write!(out, "\n## {}\n\n{TABLE}", text(&group_message(group)));
        for setting in settings {
            let message = setting.message();
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | `{}` | {} |",
                setting.key(),
                cell(&format!("**{}.** {}", text(&format!("{message}-label")), text(&format!("{message}-help")))),
                cell(&setting.allowed(text)),
                setting.default(),
                cell(&text(&format!("setting-who-{}", setting.who().id()))),
            );
        }
    }
    out
}

const HEAD: &str = "\
# Settings

Made from the declarations in `src/settings/keys.rs` and `src/web/lang/en.ftl`; do not edit
(`UPDATE=1 cargo test --test docs` writes it anew).

Each setting can be fixed from outside. The dashboard then shows it locked:

- in the file `settings.json` in the data folder: `{\"policy.required\": \"everybody\"}`,
- by an environment variable, which wins over the file: `JELLYWARD_SET_POLICY_REQUIRED=everybody` (the key in capitals,
  its dot as `_`; lists parted by commas).

A value there that is not accepted stops the engine from opening, and the log names the setting.
";

const TABLE: &str = "| setting | what it does | allowed | default | changed by |\n|---|---|---|---|---|\n";

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Every message id the declarations ask for.
pub fn message_ids() -> Vec<String> {
    let mut ids: Vec<String> = Unit::ALL.iter().map(|unit| unit.message().to_owned()).collect();
    ids.extend(["setting-unit-characters", "setting-unit-origins"].map(str::to_owned));
    for (group, settings) in groups() {
        ids.push(group_message(group));
        ids.extend(presets(group).iter().flat_map(Preset::message_ids));
        for setting in settings {
            let message = setting.message();
            ids.push(format!("setting-who-{}", setting.who().id()));
            ids.push(format!("{message}-label"));
            ids.push(format!("{message}-help"));
            ids.extend(setting.choices().iter().map(|value| format!("{message}-choice-{value}")));
        }
    }
    ids.sort();
    ids.dedup();
    ids
}

/// Ready-made values for a group's settings.
fn presets(group: &str) -> &'static [Preset] {
    if group == "smtp" { PRESETS } else { &[] }
}

fn group_message(group: &str) -> String {
    format!("setting-group-{group}")
}

/// The settings by group, both in the order of their declaration.
fn groups() -> Vec<(&'static str, Vec<&'static dyn Declared>)> {
    let mut groups: Vec<(&'static str, Vec<&'static dyn Declared>)> = Vec::new();
    for setting in keys::ALL.iter().copied() {
        match groups.iter_mut().find(|(group, _)| *group == setting.group()) {
            Some((_, settings)) => settings.push(setting),
            None => groups.push((setting.group(), vec![setting])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::sealing;
    use super::super::{Overrides, Settings, keys};

    fn described() -> Value {
        let environment = |name: &str| (name == "JELLYWARD_SET_GATE_ENABLED").then(|| "false".to_owned());
        let overrides = Overrides::read(std::path::Path::new("/nowhere"), &environment, sealing());
        let rows = [("policy.required".to_owned(), json!("everybody"))];
        Settings::new(rows.into_iter(), 3, overrides.unwrap()).describe(&|id| format!("<{id}>"))
    }

    #[test]
    fn the_dashboard_learns_everything_a_form_needs() {
        let document = described();
        assert_eq!(document["revision"], 3);
        let gate = &document["groups"][0];
        assert_eq!(gate["id"], "gate");
        assert_eq!(gate["label"], "<setting-group-gate>");
        assert_eq!(
            gate["settings"][0],
            json!({"key": "gate.enabled", "type": "bool", "value": false, "default": true, "locked": "environment",
                   "label": "<setting-gate-enabled-label>", "help": "<setting-gate-enabled-help>"})
        );
        let policy = &document["groups"][1]["settings"];
        assert_eq!(policy[0]["value"], "everybody");
        assert_eq!(
            policy[0]["choices"][1],
            json!({"value": "administrators", "label": "<setting-policy-required-choice-administrators>"})
        );
        assert_eq!(policy[1]["unit"], "<setting-unit-days>");
        assert_eq!((&policy[1]["min"], &policy[1]["max"]), (&json!(0), &json!(365)));
    }

    #[test]
    fn every_setting_is_shown_once() {
        let document = described();
        let shown: Vec<&str> = document["groups"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|group| group["settings"].as_array().unwrap())
            .map(|setting| setting["key"].as_str().unwrap())
            .collect();
        let declared: Vec<&str> = keys::ALL.iter().map(|setting| setting.key()).collect();
        assert_eq!(shown, declared);
    }
}
