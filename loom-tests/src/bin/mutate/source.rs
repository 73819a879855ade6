//! What the source has that a mutant can break: orderings stronger than Relaxed,
//! read-modify-writes, `wakes!` and `in_order!`. A site that no model reaches does not announce itself, so
//! its text must be found.
//!
//! Not looked at: tests, the seam itself, and what is for targets without 64-bit
//! atomics (`without_u64!`), which loom does not compile; `counter/pair.rs`, which is
//! the heart of that, has models of its own.

use core::str::FromStr;
use std::path::Path;
use std::{fs, io};

use proc_macro2::{Delimiter, Group, LineColumn, Span, TokenStream, TokenTree};

const ORDERS: [&str; 4] = ["Acquire", "Release", "AcqRel", "SeqCst"];
/// Read-modify-writes, or functions that do one where they are called.
const MODIFIES: [&str; 4] = ["swap", "compare_exchange_weak", "add", "write"];
const MACROS: [&str; 2] = ["wakes", "in_order"];

/// Something that is to be reached: where the call is that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) what: String,
}

struct Function {
    file: String,
    first: u32,
    last: u32,
    name: String,
}

#[derive(Default)]
pub(crate) struct Source {
    pub(crate) named: Vec<Named>,
    functions: Vec<Function>,
}

impl Source {
    /// All of a folder that is called `src`.
    pub(crate) fn read(src: &Path) -> io::Result<Self> {
        let mut source = Self::default();
        source.folder(src, "src")?;
        source.named.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        source.named.dedup();
        Ok(source)
    }

    fn folder(&mut self, folder: &Path, name: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = format!("{name}/{}", path.file_name().unwrap_or_default().display());
            if ["src/sync", "src/sync.rs"].contains(&name.as_str()) || name.ends_with("/tests.rs") {
                continue;
            }
            if path.is_dir() {
                self.folder(&path, &name)?;
            } else {
                self.file(&name, &fs::read_to_string(&path)?);
            }
        }
        Ok(())
    }

    /// # Panics
    ///
    /// If it is not Rust.
    pub(crate) fn file(&mut self, name: &str, text: &str) {
        let tokens = TokenStream::from_str(text);
        self.walk(name, tokens.unwrap_or_else(|why| panic!("{name}: {why}")), None);
    }

    /// `call` is what these tokens are the arguments of.
    fn walk(&mut self, file: &str, tokens: TokenStream, call: Option<&Named>) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let before = &tokens[..at];
            match token {
                TokenTree::Ident(name) if is_order(&name.to_string(), call) => {
                    let what = call.map(|call| Named {
                        what: format!("{} {name}", call.what),
                        ..call.clone()
                    });
                    self.named.extend(what);
                }
                TokenTree::Ident(name)
                    if MACROS.contains(&name.to_string().as_str())
                        && tokens.get(at + 1).is_some_and(|next| is(next, '!')) =>
                {
                    self.named.push(named(file, name.span(), name.to_string()));
                }
                TokenTree::Ident(name) if *name == "fn" => self.function(file, &tokens[at + 1..]),
                TokenTree::Group(group) if !is_skipped(before) => {
                    let parenthesis = group.delimiter() == Delimiter::Parenthesis;
                    let call = callee(before)
                        .filter(|_| parenthesis)
                        .map(|(name, span)| named(file, span, name));
                    self.walk(file, group.stream(), call.as_ref());
                }
                _ => {}
            }
        }
    }

    /// Notes a function whose name and so on these are.
    fn function(&mut self, file: &str, tokens: &[TokenTree]) {
        let Some(TokenTree::Ident(name)) = tokens.first() else { return };
        let body =
            tokens.iter().take_while(|token| !is(token, ';')).find_map(|token| match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
                _ => None,
            });
        if let Some(body) = body {
            let (first, last) = lines(name.span(), body);
            let (file, name) = (file.into(), name.to_string());
            self.functions.push(Function { file, first, last, name });
        }
    }

    /// The innermost function that has this line.
    pub(crate) fn function_at(&self, file: &str, line: u32) -> &str {
        let around = |function: &&Function| {
            function.file == file && (function.first..=function.last).contains(&line)
        };
        let innermost = self.functions.iter().filter(around).max_by_key(|function| function.first);
        innermost.map_or("", |function| &function.name)
    }
}

/// An ordering stronger than Relaxed, or any of a read-modify-write.
fn is_order(name: &str, call: Option<&Named>) -> bool {
    let modifies =
        |call: &Named| call.what.starts_with("fetch_") || MODIFIES.contains(&call.what.as_str());
    ORDERS.contains(&name) || name == "Relaxed" && call.is_some_and(modifies)
}

fn lines(from: Span, to: &Group) -> (u32, u32) {
    (from.start().line as u32, to.span_close().end().line as u32)
}

fn named(file: &str, span: Span, what: String) -> Named {
    let LineColumn { line, column } = span.start();
    Named { file: file.into(), line: line as u32, column: column as u32 + 1, what }
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether what follows these tokens is not for loom.
fn is_skipped(before: &[TokenTree]) -> bool {
    let word = |back: usize| {
        let at = before.len().checked_sub(back)?;
        Some(before[at].to_string())
    };
    let is = |back, text: &str| word(back).is_some_and(|word| word == text);
    (is(2, "mod") && is(1, "tests"))
        || (is(2, "without_u64") && is(1, "!"))
        || (is(3, "macro_rules") && is(2, "!"))
}

/// What is called with the arguments that follow: `name` or `name::<...>`.
fn callee(before: &[TokenTree]) -> Option<(String, Span)> {
    let mut at = before.len().checked_sub(1)?;
    if is(&before[at], '>') {
        let mut depth = 0;
        loop {
            depth += i32::from(is(&before[at], '>')) - i32::from(is(&before[at], '<'));
            at = at.checked_sub(1)?;
            if depth == 0 {
                break;
            }
        }
        // The two colons.
        at = at.checked_sub(2)?;
    }
    match &before[at] {
        TokenTree::Ident(name) => Some((name.to_string(), name.span())),
        _ => None,
    }
}
