//! How many sessions can be played: each needs two sockets, for both of its ends are
//! in this process, and the system limits how many files a process may open.

use crate::report::count;

/// How many sessions are played, and why.
pub(crate) struct Cast {
    pub(crate) sessions: usize,
    pub(crate) why: String,
}

/// Files that `sessions` sessions need. In the storm, the server may learn of a new
/// connection before it learns that the old one is gone: those that neither stall nor
/// wait, one in thirty, may need a third for a moment.
fn files(sessions: usize) -> usize {
    sessions * 2 + sessions / 20 + 64
}

/// As many of the sessions that are asked for as fit.
pub(crate) fn cast(asked: usize) -> Cast {
    let Some(limit) = files_that_may_be_open(files(asked)) else {
        return Cast { sessions: asked, why: format!("{} sessions, as asked for", count(asked)) };
    };
    let fit = (1..=asked).rev().find(|sessions| files(*sessions) <= limit).unwrap_or(0);
    let why = if fit == asked {
        format!("{} sessions, as asked for: {} files may be open", count(fit), count(limit))
    } else {
        format!(
            "{} sessions instead of {}: {} files may be open, and a session needs two",
            count(fit),
            count(asked),
            count(limit),
        )
    };
    Cast { sessions: fit, why }
}

#[cfg(not(unix))]
fn files_that_may_be_open(_: usize) -> Option<usize> {
    None
}

/// The limit, after an attempt to raise it to what is needed. A shell asks and raises
/// it, and becomes this program again: a call from here would be `unsafe`.
#[cfg(unix)]
fn files_that_may_be_open(needed: usize) -> Option<usize> {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    /// Set once it was tried.
    const RAISED: &str = "RECONNECT_STORM_RAISED";

    let shown = Command::new("sh").args(["-c", "ulimit -Sn; ulimit -Hn"]).output().ok()?;
    let shown = String::from_utf8(shown.stdout).ok()?;
    // "unlimited" is no number.
    let mut limits = shown.lines().map(|limit| limit.parse().unwrap_or(usize::MAX));
    let (soft, hard) = (limits.next()?, limits.next()?);
    if soft < needed && soft < hard && std::env::var_os(RAISED).is_none() {
        let raise = format!("ulimit -Sn {}; exec \"$0\" \"$@\"", needed.min(hard));
        let program = std::env::current_exe().ok()?;
        // It returns only if there was no way.
        let _no_way = Command::new("sh")
            .args(["-c", &raise])
            .arg(program)
            .args(std::env::args_os().skip(1))
            .env(RAISED, "1")
            .exec();
    }
    (soft != usize::MAX).then_some(soft)
}
