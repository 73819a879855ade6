//! The tables that a part has printed, read again.

/// A table.
#[derive(Debug, Default)]
pub struct Printed<'t> {
    /// The names of the columns; what all rows are about is the first.
    pub head: Vec<&'t str>,
    /// As wide as the head.
    pub rows: Vec<Vec<&'t str>>,
}

/// All tables of a text.
#[must_use]
pub fn tables(text: &str) -> Vec<Printed<'_>> {
    let mut all: Vec<Printed<'_>> = vec![];
    let mut previous: Vec<&str> = vec![];
    let mut is_open = false;
    for line in text.lines() {
        let cells = cells(line).unwrap_or_default();
        let is_rule = !cells.is_empty() && cells.iter().all(|cell| is_dashes(cell));
        if is_rule {
            all.push(Printed { head: core::mem::take(&mut previous), rows: vec![] });
        } else if let (true, Some(last), false) = (is_open, all.last_mut(), cells.is_empty()) {
            last.rows.push(cells.clone());
        }
        is_open = is_rule || (is_open && !cells.is_empty());
        previous = cells;
    }
    all
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(inside.split(" | ").map(str::trim).collect())
}

fn is_dashes(cell: &str) -> bool {
    !cell.is_empty() && cell.chars().all(|c| c == '-')
}

/// The cell of a row and a column, in the first table that has both, and that head.
#[must_use]
pub fn find<'t>(text: &'t str, head: Option<&str>, row: &str, column: &str) -> Option<&'t str> {
    tables(text).into_iter().filter(|table| head.is_none_or(|head| table.head[0] == head)).find_map(
        |table| {
            let at = table.head.iter().position(|name| *name == column)?;
            table.rows.iter().find(|cells| cells[0] == row)?.get(at).copied()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "| what | a | b |\n| --- | --- | --- |\n| x | 1 | 2 |\n\n\
                        | what | c |\n| --- | --- |\n| x | 3 |\n| y | 4 |\n";

    #[test]
    fn tables_are_read() {
        let all = tables(TEXT);
        assert_eq!(all.len(), 2);
        assert_eq!((&all[0].head[..], all[0].rows.len()), (&["what", "a", "b"][..], 1));
        assert_eq!(all[1].rows, [["x", "3"], ["y", "4"]]);
    }

    #[test]
    fn cells_are_found() {
        assert_eq!(find(TEXT, None, "x", "b"), Some("2"));
        assert_eq!(find(TEXT, Some("what"), "x", "c"), Some("3"));
        assert_eq!((find(TEXT, None, "y", "a"), find(TEXT, Some("who"), "x", "a")), (None, None));
    }
}
