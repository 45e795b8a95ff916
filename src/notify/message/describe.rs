//! The messages and their variables as others read of them.

use std::fmt::Write;

use super::kind::{Kind, Variable};
use super::template::LONGEST_TEMPLATE;

/// `docs/messages.md`, made from the declarations and the texts; `text` gives the text of a message id.
pub fn markdown(text: &dyn Fn(&str) -> String) -> String {
    let mut out = String::from(HEAD);
    // Writing to a String cannot fail.
    let _ = writeln!(out, "A template is at most {LONGEST_TEMPLATE} bytes long.\n");
    out.push_str("## Messages\n\n| name | occasion | variables |\n|---|---|---|\n");
    for kind in Kind::ALL {
        let variables: Vec<String> = kind.variables().iter().map(|one| format!("`{}`", one.as_str())).collect();
        let _ = writeln!(out, "| `{}` | {} | {} |", kind.as_str(), text(&of_kind(*kind)), variables.join(", "));
    }
    out.push_str("\n## Variables\n\n| name | what it is | in a subject | for instance |\n|---|---|---|---|\n");
    for variable in Variable::ALL {
        let subject = if variable.opens() { "no" } else { "yes" };
        let meaning = text(&of_variable(*variable));
        let _ = writeln!(out, "| `{}` | {meaning} | {subject} | `{}` |", variable.as_str(), variable.sample());
    }
    out
}

/// Every message id the declarations ask for.
pub fn message_ids() -> Vec<String> {
    let kinds = Kind::ALL.iter().map(|kind| of_kind(*kind));
    kinds.chain(Variable::ALL.iter().map(|variable| of_variable(*variable))).collect()
}

fn of_kind(kind: Kind) -> String {
    format!("message-kind-{}", kind.as_str())
}

fn of_variable(variable: Variable) -> String {
    format!("message-variable-{}", variable.as_str())
}

const HEAD: &str = "\
# Messages

Made from the declarations in `src/notify/message/kind.rs` and `src/web/lang/en.ftl`; do not edit
(`UPDATE=1 cargo test --test docs` writes it anew).

The words of each message are a subject and a text; the HTML beside the text is made of the text, unless the owner writes
it. Our words lie in `src/notify/message/<language>/`; the dashboard replaces them, one message at a time, and gives them
back.

A template holds variables, `{{ user }}`, and conditions, `{% if device %}…{% elif … %}…{% else %}…{% endif %}`, with
`and`, `or`, `not`, `==` and `!=`; nothing else. A variable that is not known is empty. In HTML values are escaped. In a text
an empty line begins a paragraph; a code or a link alone in its paragraph becomes large or a button in the HTML. HTML of the
owner's that is no whole document goes into ours.

A template with a mistake is refused with its line and column. So is one that leaves out a code, PIN or link that people
need, and a subject that shows one: mail servers write subjects down, and phones show them while they are locked. A template
that is broken all the same when a message is sent gives way to our words, and the log says so.

";
