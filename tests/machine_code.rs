//! What the compiler makes of the hot paths: `get` is one load of the state and
//! one test; hooks cost it nothing; locked instructions are counted.
#![cfg(not(miri))]

use std::sync::LazyLock;

#[path = "support/fixture.rs"]
mod fixture;

static ASSEMBLY: LazyLock<String> = LazyLock::new(|| {
    let flags = ["rustc", "--release", "--lib", "--", "--emit=asm"];
    fixture::assembly(&fixture::build("machine_code", &flags, "release"), "machine_code")
});

/// Functions with the same code may be one, under two names: the other name.
fn alias(function: &str) -> Option<&'static str> {
    ASSEMBLY.lines().find_map(|line| {
        let line = line.trim().trim_start_matches(".set").trim_start();
        let target = line.strip_prefix(function)?.trim_start().strip_prefix(['=', ','])?;
        Some(target.trim())
    })
}

/// The instructions of a function: mnemonic and operands; no labels, no directives.
fn instructions(function: &str) -> Vec<&'static str> {
    let function = alias(function).unwrap_or(function);
    let ends = [".Lfunc_end", ".cfi_endproc", ".seh_endproc"];
    let code: Vec<_> = ASSEMBLY
        .lines()
        .skip_while(|line| *line != format!("{function}:") && *line != format!("_{function}:"))
        .map(str::trim)
        .take_while(|line| !ends.iter().any(|end| line.starts_with(end)))
        .filter(|line| !line.is_empty() && !line.starts_with(['.', '#', '/']))
        .filter(|line| !line.ends_with(':'))
        .collect();
    assert!(!code.is_empty(), "{function} is not in the assembly");
    code
}

fn mnemonic(instruction: &str) -> &str {
    instruction.split_whitespace().next().unwrap_or_default()
}

fn count(code: &[&str], is: impl Fn(&str) -> bool) -> usize {
    code.iter().filter(|line| is(line)).count()
}

fn any_of(line: &str, mnemonics: &[&str]) -> bool {
    mnemonics.iter().any(|start| mnemonic(line).starts_with(start))
}

/// Holds on every architecture: the shape of the code, line by line.
fn shape(function: &str) -> Vec<&'static str> {
    instructions(function).into_iter().map(mnemonic).collect()
}

#[test]
fn hooks_cost_get_nothing() {
    let [plain, hooked] = ["probe_get", "probe_get_with_hooks"].map(shape);
    assert_eq!(plain, hooked);
    assert_eq!(plain.len(), shape("probe_get_string").len());
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use super::{any_of, count, instructions, mnemonic};

    /// Instructions that lock the bus or fence, by prefix or by nature.
    fn locked(code: &[&str]) -> usize {
        count(code, |line| {
            let exchanges = mnemonic(line).starts_with("xchg") && line.contains('(');
            exchanges || any_of(line, &["lock", "mfence", "lfence", "sfence"])
        })
    }

    #[test]
    fn get_is_one_load_and_one_test() {
        for function in ["probe_get", "probe_get_with_hooks", "probe_get_string"] {
            let code = instructions(function);
            let listing = code.join("\n");
            let loads = count(&code, |line| line.contains('(') && !any_of(line, &["lea"]));
            assert_eq!(loads, 1, "{function}: loads\n{listing}");
            // With a mask instead of a branch there is no test left.
            let tests = count(&code, |line| any_of(line, &["test", "cmp", "bt"]));
            assert!(tests <= 1, "{function}: tests\n{listing}");
            let branches = count(&code, |line| any_of(line, &["j", "cmov", "set"]));
            assert!(branches <= 1, "{function}: branches\n{listing}");
            assert_eq!(locked(&code), 0, "{function}: locked\n{listing}");
            let calls = count(&code, |line| any_of(line, &["call", "push", "loop"]));
            assert_eq!(calls, 0, "{function}: calls\n{listing}");
            assert!(code.len() <= 8, "{function}: instructions\n{listing}");
        }
    }

    #[test]
    fn exclusive_access_locks_nothing() {
        for function in ["probe_get_mut", "probe_take"] {
            let code = instructions(function);
            assert_eq!(locked(&code), 0, "{function}\n{}", code.join("\n"));
        }
    }

    #[test]
    fn set_is_two_compare_exchanges() {
        let code = instructions("probe_set");
        assert_eq!(locked(&code), 2, "{}", code.join("\n"));
        assert_eq!(count(&code, |line| line.contains("cmpxchg")), 2, "{}", code.join("\n"));
    }

    /// The rest, which leads and waits, may be part of the function or not.
    #[test]
    fn a_blocking_call_first_loads_the_state_once_and_tests_it() {
        let code = instructions("probe_init_blocking");
        let listing = code.join("\n");
        let until_test = code.iter().position(|line| any_of(line, &["test", "bt"]));
        let before = &code[..until_test.expect("the state is tested")];
        let loads = count(before, |line| line.contains('(') && !any_of(line, &["lea"]));
        assert_eq!((loads, locked(before)), (1, 0), "{listing}");
        assert_eq!(count(before, |line| any_of(line, &["call"])), 0, "{listing}");
    }
}

#[cfg(target_arch = "aarch64")]
mod aarch64 {
    use super::{any_of, count, instructions};

    #[test]
    fn get_is_one_load_and_one_test() {
        for function in ["probe_get", "probe_get_with_hooks", "probe_get_string"] {
            let code = instructions(function);
            let listing = code.join("\n");
            let acquires = count(&code, |line| any_of(line, &["ldar", "ldapr", "ldapur"]));
            let loads = count(&code, |line| any_of(line, &["ld"]));
            assert_eq!((acquires, loads), (1, 1), "{function}: loads\n{listing}");
            let tests = count(&code, |line| any_of(line, &["tb", "tst", "cb", "cmp", "ands"]));
            assert!(tests <= 1, "{function}: tests\n{listing}");
            let others = ["bl", "dmb", "dsb", "isb", "st", "cas", "swp"];
            assert_eq!(count(&code, |line| any_of(line, &others)), 0, "{function}\n{listing}");
            assert!(code.len() <= 8, "{function}: instructions\n{listing}");
        }
    }

    #[test]
    fn exclusive_access_needs_no_atomics() {
        for function in ["probe_get_mut", "probe_take"] {
            let code = instructions(function);
            let atomics =
                ["ldar", "ldap", "ldax", "ldx", "stlr", "stx", "stlx", "cas", "swp", "dmb"];
            let found = count(&code, |line| any_of(line, &atomics));
            assert_eq!(found, 0, "{function}\n{}", code.join("\n"));
        }
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn the_code_is_compiled_and_not_counted_on_this_architecture() {
    let lines = instructions("probe_get").len();
    println!("not counted on this architecture: {lines} instructions");
    assert_eq!(count(&instructions("probe_get"), |line| any_of(line, &["call"])), 0);
}

/// A static as it is made is all zeroes, so that it lies in `.bss`: in firmware, it takes
/// no flash.
#[cfg(target_os = "linux")]
#[test]
fn new_statics_are_zeroes() {
    let names = ["PROBE_ARRAY", "PROBE_PLAIN_ARRAY", "PROBE_SNAPSHOT", "PROBE_HISTOGRAM"];
    for name in names {
        let before = ASSEMBLY.lines().take_while(|line| *line != format!("{name}:"));
        let section = before.filter(|line| line.trim().starts_with(".section")).last();
        assert!(section.is_some_and(|section| section.contains(".bss")), "{name}: {section:?}");
    }
}
