//! Each public item as a line, under its shortest path; what can be reached by other
//! paths too is a line for each of these.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::Result;

/// Traits that are not stable, nor named outside the compiler.
const INTERNAL: [&str; 2] = ["core::marker::Freeze for", "core::marker::UnsafeUnpin for"];

/// Pages of prose, which are modules only for rustdoc.
const PROSE: &str = "pub mod bellwether::docs";

/// In the order in which they are shown.
pub(crate) fn lines(json: &Path) -> Result<Vec<String>> {
    // Blanket implementations are those of other crates. Those of auto traits stay: they
    // say which bounds a type needs to be `Send`.
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .include_function_parameter_names(true)
        .build()?;
    let items: Vec<_> = api
        .items()
        .map(|item| (item.id(), item.to_string()))
        .filter(|(_, line)| !line.starts_with(PROSE))
        .filter(|(_, line)| !INTERNAL.iter().any(|name| line.contains(name)))
        .collect();

    let mut shortest = HashMap::new();
    for (id, line) in &items {
        let best = shortest.entry(*id).or_insert(line);
        if (line.len(), line) < (best.len(), best) {
            *best = line;
        }
    }
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for (id, line) in &items {
        let best = shortest[id];
        let shown = if line == best {
            line.clone()
        } else {
            match (path(line), path(best)) {
                (Some(other), Some(best)) => format!("pub use {other} = {best}"),
                // Said with the item that it belongs to.
                _ => continue,
            }
        };
        if seen.insert(shown.clone()) {
            lines.push(shown);
        }
    }
    Ok(lines)
}

/// The path of an item that a module has; none for what belongs to a type or trait.
fn path(line: &str) -> Option<&str> {
    let at = line.find("pub ")?;
    let (declaration, rest) = line[at..].split_once("bellwether")?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let path = rest[..end.unwrap_or(rest.len())].trim_end_matches(':');
    let kind = declaration.trim_start_matches("pub ").trim_start_matches("unsafe ").trim();
    let modules = path.rsplit_once("::")?.0;
    let of_module = !modules.contains(char::is_uppercase);
    let declares = ["struct", "enum", "union", "trait", "type"].contains(&kind);
    (of_module && declares).then(|| {
        let start = at + declaration.len();
        &line[start..start + "bellwether".len() + path.len()]
    })
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn paths_are_those_of_items_that_modules_have() {
        let nested = "#[non_exhaustive] pub enum bellwether::replay::Start<'a, T>";
        assert_eq!(path(nested), Some("bellwether::replay::Start"));
        assert_eq!(path("pub trait bellwether::Grid: Layout"), Some("bellwether::Grid"));
        assert_eq!(path("pub type bellwether::Grid::Finest: bellwether::Grid"), None);
        assert_eq!(path("pub fn bellwether::OnceCell<T>::new() -> Self"), None);
    }
}
