//! What the public API names of other crates: a new major version of one of these is
//! one of the library too. `core`, `alloc` and `std` come with the compiler.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde_json::{Map, Value};

use crate::Result;

const WITH_THE_COMPILER: [&str; 3] = ["core", "alloc", "std"];

/// Their paths, in order.
pub(crate) fn names(json: &Path) -> Result<BTreeSet<String>> {
    let library: Value = serde_json::from_reader(BufReader::new(File::open(json)?))?;
    let items = library["index"].as_object().ok_or("no index")?;
    let mut ids = BTreeSet::new();
    for item in items.values().filter(|item| item["crate_id"] == 0 && is_written(item)) {
        find_paths(&item["inner"], &mut ids);
    }

    let paths = library["paths"].as_object().ok_or("no paths")?;
    let mut names = BTreeSet::new();
    for id in ids {
        // What is private here has no entry.
        let Some(item) = paths.get(&id) else { continue };
        let path: Vec<String> = serde_json::from_value(item["path"].clone())?;
        if item["crate_id"] != 0 && !WITH_THE_COMPILER.contains(&path[0].as_str()) {
            names.insert(path.join("::"));
        }
    }
    Ok(names)
}

/// Whether the source says it: not an auto trait's implementation, nor a blanket one.
fn is_written(item: &Value) -> bool {
    let block = &item["inner"]["impl"];
    block["is_synthetic"] != true && block["blanket_impl"].is_null()
}

/// Wherever a type or a trait is named, it is an object with these three keys.
fn find_paths(value: &Value, ids: &mut BTreeSet<String>) {
    let is_path =
        |map: &Map<String, Value>| ["path", "id", "args"].iter().all(|key| map.contains_key(*key));
    match value {
        Value::Object(map) => {
            if is_path(map) {
                ids.insert(map["id"].to_string());
            }
            map.values().for_each(|value| find_paths(value, ids));
        }
        Value::Array(values) => values.iter().for_each(|value| find_paths(value, ids)),
        _ => {}
    }
}
