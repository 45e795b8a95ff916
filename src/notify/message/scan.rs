//! What a template may hold, read before the library reads it: it would repeat a text a million times if told to.

/// Words behind `{%`; whatever else minijinja knows (loops, assignments, includes) has no business in a message.
const TAGS: [&str; 4] = ["if", "elif", "else", "endif"];

/// Words of conditions that are no variables.
const OPERATORS: [&str; 3] = ["and", "or", "not"];

/// Words between one pair of braces, and tags in one template: the library descends a step for each, and whoever calls us
/// may have a small stack.
const MOST_WORDS: usize = 32;
const MOST_TAGS: usize = 128;

/// A place in a template that is wrong, by its byte.
pub(super) struct Wrong {
    pub at: usize,
    pub reason: String,
}

/// Finds the names used, with the byte each stands at, or what must not stand there.
pub(super) fn scan(template: &str) -> Result<Vec<(usize, &str)>, Wrong> {
    let mut names = Vec::new();
    let mut tags = 0;
    let mut at = 0;
    while let Some(start) = template[at..].find('{').map(|found| at + found) {
        let rest = &template[start..];
        at = if rest.starts_with("{#") {
            let end = rest.find("#}").ok_or_else(|| unclosed(start, "#}"))?;
            start + end + 2
        } else if rest.starts_with("{%") {
            tag(template, start)?;
            tags += 1;
            if tags > MOST_TAGS {
                return Err(Wrong { at: start, reason: format!("at most {MOST_TAGS} of these are possible") });
            }
            inside(template, start, "%}", &mut names)?
        } else if rest.starts_with("{{") {
            inside(template, start, "}}", &mut names)?
        } else {
            start + 1
        };
    }
    Ok(names)
}

fn unclosed(at: usize, end: &str) -> Wrong {
    Wrong { at, reason: format!("this is never closed by {end}") }
}

fn tag(template: &str, start: usize) -> Result<(), Wrong> {
    let inner = template[start + 2..].trim_start_matches('-').trim_start();
    let word = &inner[..word_length(inner)];
    if TAGS.contains(&word) {
        return Ok(());
    }
    Err(Wrong { at: template.len() - inner.len(), reason: format!("only {} can stand here", TAGS.join(", ")) })
}

/// Reads what stands between braces; gives the byte behind them.
fn inside<'a>(template: &'a str, start: usize, end: &str, names: &mut Vec<(usize, &'a str)>) -> Result<usize, Wrong> {
    let mut at = start + 2;
    let mut words = 0;
    loop {
        let rest = &template[at..];
        if rest.starts_with(end) {
            return Ok(at + end.len());
        }
        let Some(next) = rest.chars().next() else { return Err(unclosed(start, end)) };
        let refuse =
            || Wrong { at, reason: format!("{next} cannot stand here; only variables and comparisons of texts can") };
        at += match next {
            '"' | '\'' => text(rest, next).ok_or_else(refuse)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                words += 1;
                if words > MOST_WORDS {
                    return Err(Wrong { at, reason: format!("at most {MOST_WORDS} words can stand here") });
                }
                let word = &rest[..word_length(rest)];
                if !TAGS.contains(&word) && !OPERATORS.contains(&word) {
                    names.push((at, word));
                }
                word.len()
            }
            ' ' | '\t' | '\n' | '=' | '!' => 1,
            // Beside the braces it takes blanks away.
            '-' if at == start + 2 || rest[1..].starts_with(end) => 1,
            '}' | '%' => return Err(unclosed(start, end)),
            _ => return Err(refuse()),
        };
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// How long a quoted text is; a backslash would mean something else to the library.
fn text(rest: &str, quote: char) -> Option<usize> {
    let end = rest[1..].find([quote, '\\', '\n'])?;
    rest[1 + end..].starts_with(quote).then_some(end + 2)
}
