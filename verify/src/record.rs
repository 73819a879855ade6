//! What is kept of a run: `docs/verification.json`.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The last result of each step.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) machine: Vec<(String, String)>,
    pub(crate) steps: Vec<Done>,
}

/// What came of a step.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) status: Status,
    pub(crate) failures: Vec<String>,
    pub(crate) seconds: u64,
    pub(crate) date: String,
    /// The commit that it ran on, and a `+` if there were changes besides.
    pub(crate) commit: String,
    /// What `src/` was: two results with the same are about the same library.
    pub(crate) sources: String,
    pub(crate) figures: Vec<Figure>,
    pub(crate) notes: Vec<String>,
    pub(crate) commands: Vec<String>,
    pub(crate) tools: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Passed,
    Failed,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    pub(crate) goal: Option<String>,
    pub(crate) met: bool,
}

impl Record {
    /// What an earlier run wrote. `None` if there is none, or it is of another form.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
    }

    pub(crate) fn write(&self, path: &Path) {
        let text = serde_json::to_string_pretty(self).expect("it is plain data");
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
        fs::write(path, text + "\n").expect("the record can be written");
    }

    /// Takes the place of the step's last result. Steps stay in `order`; one that is no
    /// longer there goes.
    pub(crate) fn put<'a>(&mut self, done: Done, order: impl Iterator<Item = &'a str>) {
        let order: Vec<_> = order.collect();
        let place = |done: &Done| order.iter().position(|name| *name == done.name);
        self.steps.retain(|step| step.name != done.name && place(step).is_some());
        self.steps.push(done);
        self.steps.sort_by_key(place);
    }

    /// Whether the step has passed on these sources.
    pub(crate) fn passed(&self, step: &str, sources: &str) -> bool {
        self.steps.iter().any(|done| {
            done.name == step && done.sources == sources && done.status == Status::Passed
        })
    }

    /// The date of the step's last result.
    pub(crate) fn when(&self, step: &str) -> &str {
        self.steps.iter().find(|done| done.name == step).map_or("never", |done| &done.date)
    }
}

#[test]
fn the_last_result_counts() {
    let done = |name: &str, status, sources: &str| Done {
        name: name.into(),
        what: String::new(),
        status,
        failures: vec![],
        seconds: 1,
        date: "today".into(),
        commit: String::new(),
        sources: sources.into(),
        figures: vec![],
        notes: vec![],
        commands: vec![],
        tools: vec![],
    };
    let mut record = Record::default();
    let order = || ["a", "b"].into_iter();
    record.put(done("b", Status::Failed, "1"), order());
    record.put(done("a", Status::Passed, "1"), order());
    record.put(done("b", Status::Passed, "2"), order());
    let names: Vec<_> = record.steps.iter().map(|done| &*done.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(record.passed("a", "1") && !record.passed("a", "2"));
    assert!(record.passed("b", "2") && !record.passed("b", "1"));
    assert_eq!((record.when("a"), record.when("c")), ("today", "never"));
}
