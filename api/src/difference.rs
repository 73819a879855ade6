//! What one snapshot says and the other does not, under the headings of both.

use std::collections::BTreeSet;

/// Nothing if the texts are equal.
pub(crate) fn between(old: &str, new: &str) -> String {
    let (lost, gained) = (parts(old), parts(new));
    let mut shown = String::new();
    for (sign, lines, others) in [('-', &lost, &gained), ('+', &gained, &lost)] {
        let mut heading = "";
        for (section, line) in lines.difference(others) {
            if *section != heading {
                heading = section;
                shown += &format!("{sign} {heading}\n");
            }
            shown += &format!("{sign}   {line}\n");
        }
    }
    if shown.is_empty() && old != new {
        shown += "the same lines in another order\n";
    }
    shown
}

/// Each line with the heading that it is under.
fn parts(text: &str) -> BTreeSet<(&str, &str)> {
    let mut heading = "";
    let mut parts = BTreeSet::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if line.starts_with("# ") {
            heading = line;
        }
        parts.insert((heading, line));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn equal_texts_do_not_differ() {
        assert_eq!(between("# a\n\nx\ny\n", "# a\n\nx\ny\n"), "");
    }

    #[test]
    fn a_line_that_moved_to_another_feature_is_a_difference() {
        let shown = between("# a\nx\n# b\n", "# a\n# b\nx\n");
        assert_eq!(shown, "- # a\n-   x\n+ # b\n+   x\n");
    }

    #[test]
    fn the_order_counts() {
        assert_eq!(between("# a\nx\ny\n", "# a\ny\nx\n"), "the same lines in another order\n");
    }
}
