//! Copies of the project in cargo's target folder: mutants are made there, in place, so
//! that each build is an incremental one, and the project itself is never touched. An area
//! has a copy for itself while it is tried, also beside another process.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Tree {
    /// The copy.
    pub(crate) root: PathBuf,
    /// Where cargo builds it.
    pub(crate) build: PathBuf,
    /// What cargo-mutants writes.
    pub(crate) out: PathBuf,
    /// Nobody else has the copy as long as this is open.
    _lock: File,
}

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").into()
}

/// Where the copies are.
pub(crate) fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    project().join(target).join("mutants")
}

/// A lock on a file of that name in the folder, which is made if it is not there.
fn open(folder: &Path, name: &str) -> Result<File, String> {
    let why = |why| format!("{}: {why}", folder.display());
    fs::create_dir_all(folder).map_err(why)?;
    File::create(folder.join(name)).map_err(why)
}

/// Held by whoever writes what all areas share.
pub(crate) fn lock() -> Result<File, String> {
    let file = open(&folder(), "lock")?;
    file.lock().map_err(|why| why.to_string())?;
    Ok(file)
}

/// The first copy that nobody has.
fn claim() -> Result<(PathBuf, File), String> {
    for number in 0.. {
        let copy = folder().join(format!("copy-{number}"));
        let file = open(&copy, "lock")?;
        match file.try_lock() {
            Ok(()) => return Ok((copy, file)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(why)) => return Err(why.to_string()),
        }
    }
    unreachable!("there are more numbers than copies")
}

/// A copy that is equal to the project. A file that is equal keeps its time, so that
/// cargo does not build it again.
pub(crate) fn take() -> Result<Tree, String> {
    let project = project();
    let (copy, lock) = claim()?;
    let [root, build, out] = ["tree", "build", "out"].map(|name| copy.join(name));
    let mut files = BTreeSet::new();
    for name in listed(&project)? {
        let (from, to) = (project.join(&name), root.join(&name));
        // What is deleted and not yet committed is still listed.
        let Ok(content) = fs::read(&from) else { continue };
        files.insert(to.clone());
        if fs::read(&to).is_ok_and(|old| old == content) {
            continue;
        }
        let folder = to.parent().expect("it is in the copy");
        fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        fs::write(&to, content).map_err(|why| format!("{}: {why}", to.display()))?;
    }
    remove_others(&root, &files).map_err(|why| format!("{}: {why}", root.display()))?;
    Ok(Tree { root, build, out, _lock: lock })
}

/// The files that git knows, or would add.
fn listed(project: &Path) -> Result<Vec<PathBuf>, String> {
    let mut git = Command::new("git");
    git.current_dir(project).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().map_err(|why| format!("git: {why}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let names = String::from_utf8(output.stdout).map_err(|why| why.to_string())?;
    Ok(names.split_terminator('\0').map(PathBuf::from).collect())
}

fn remove_others(folder: &Path, files: &BTreeSet<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, files)?;
        } else if !files.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
