//! What the process holds, as the system sees it.

/// Resident memory in bytes: now, and at most so far. Only Linux tells.
pub(crate) fn resident() -> Option<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let field = |name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
    };
    Some((field("VmRSS:")? * 1024, field("VmHWM:")? * 1024))
}
