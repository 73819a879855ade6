//! tmp
#[path = "../../models/list.rs"]
#[allow(missing_docs)]
mod models;
fn main() {
    let pick = std::env::args().nth(1).unwrap_or_default();
    if pick == "--list" { for m in models::ALL { println!("{}", m.name); } return; }
    let bound: Option<usize> = std::env::args().nth(2).map(|b| b.parse().unwrap());
    for m in models::ALL { if m.name == pick { let mut m = *m; if bound.is_some() { m.bound = bound } m.explore(); } }
}
