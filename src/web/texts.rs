//! Every text people read, from Fluent files: one language file per language, English behind them all.

mod export;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::tagged::Tagged;

/// The languages we have: tag and file. The first one is what everybody gets who asks for none of them.
const FILES: &[(&str, &str)] = &[("en", include_str!("lang/en.ftl"))];

/// The tag of a language we have, by its name in an address.
pub fn tag(name: &str) -> Option<&'static str> {
    FILES.iter().map(|(tag, _)| *tag).find(|tag| *tag == name)
}

/// The texts of one language.
pub struct Texts {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
    for_scripts: Tagged,
}

impl Texts {
    fn read(tag: &'static str, file: &str) -> Self {
        // A file with a mistake still gives its other messages; the tests let no mistake pass.
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let for_scripts = Tagged::new(export::for_scripts(&resource));
        let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
        // Direction marks around names are the pages' business (`<bdi>`), not the texts'.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { tag, bundle, for_scripts }
    }

    /// The language tag, for `<html lang>`.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// A text that takes no arguments.
    pub fn get(&self, id: &str) -> String {
        self.with(id, &FluentArgs::new())
    }

    /// A text with its arguments. An id that no message has stands for itself.
    pub fn with(&self, id: &str, args: &FluentArgs) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned()
    }

    /// Is there such a text?
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// What the scripts read: a JSON object of id to text. `{name}` in a text is an argument; a text that depends on a
    /// number is `{"by":"name","one":…,"other":…}` by plural category.
    pub fn for_scripts(&self) -> &Tagged {
        &self.for_scripts
    }
}

/// All languages.
pub struct Languages {
    fallback: Texts,
    further: Vec<Texts>,
}

impl Languages {
    /// Reads the language files.
    pub fn load() -> Self {
        Self::of(FILES)
    }

    fn of(files: &[(&'static str, &str)]) -> Self {
        let mut all = files.iter().map(|(tag, file)| Texts::read(tag, file));
        Self { fallback: all.next().unwrap_or_else(|| Texts::read("en", "")), further: all.collect() }
    }

    /// The texts for a reader: the owner's choice of language if it is one we have, else what the browser's
    /// `Accept-Language` likes best, else English.
    pub fn choose(&self, owners: Option<&str>, accepted: Option<&str>) -> &Texts {
        owners
            .and_then(|tag| self.find(tag))
            .or_else(|| preferences(accepted.unwrap_or_default()).iter().find_map(|tag| self.find(tag)))
            .unwrap_or(&self.fallback)
    }

    /// That very language, or the same one of another region.
    fn find(&self, tag: &str) -> Option<&Texts> {
        let wanted: LanguageIdentifier = tag.parse().ok()?;
        let all = || std::iter::once(&self.fallback).chain(&self.further);
        all().find(|texts| texts.tag.parse::<LanguageIdentifier>().is_ok_and(|have| have == wanted)).or_else(|| {
            all().find(|texts| {
                texts.tag.parse::<LanguageIdentifier>().is_ok_and(|have| have.language == wanted.language)
            })
        })
    }
}

/// Languages listed in a header, at most.
const MAX_PREFERENCES: usize = 16;

/// The tags of an `Accept-Language` header (RFC 9110, 12.5.4), best liked first; those with weight 0 are left out.
fn preferences(header: &str) -> Vec<&str> {
    let mut weighted: Vec<(&str, f32)> = header
        .split(',')
        .take(MAX_PREFERENCES)
        .map(|entry| {
            let (tag, parameter) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = parameter.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(1.0);
            (tag.trim(), weight)
        })
        .filter(|(tag, weight)| !tag.is_empty() && *weight > 0.0)
        .collect();
    weighted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    weighted.into_iter().map(|(tag, _)| tag).collect()
}

#[cfg(test)]
mod tests;
