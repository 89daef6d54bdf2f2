//! A board to what it is called in lists, where nobody has chosen values for its
//! variables.

use dashboard::{Board, Scope, Target};

/// The title with what its variables hold before anybody chooses.
pub fn listed_as(board: &Board) -> String {
    if !board.title.contains(['$', '[']) {
        return board.title.clone();
    }
    let mut scope = Scope::default();
    for variable in &board.variables {
        let choices = variable.choices(Vec::new());
        scope.set(&variable.name, variable.value(&choices, &[], 0));
    }
    let filled = scope.fill(&board.title, Target::Title);
    let title = filled.trim_matches(|c: char| c.is_whitespace() || ":-–—·/|".contains(c));
    match title {
        "" => board.title.clone(),
        title => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_listed_with_what_its_variables_hold_at_first() {
        let check = |title: &str, expected: &str| {
            let text = format!(
                "title: {title:?}\nvariables: [{{name: kind, from: {{query: kinds}}}}, \
                 {{name: site, from: {{list: [north, south]}}}}]"
            );
            let board = dashboard::file::read(&text).unwrap();
            assert_eq!(listed_as(&board), expected);
        };
        check("Jobs", "Jobs");
        check("Jobs: $kind", "Jobs");
        check("$site / jobs [5m]", "north / jobs [5m]");
        check("$kind", "$kind");
    }
}
