//! In which order variables are to be resolved.

use std::collections::BTreeSet;

use super::{ChoicesFrom, Variable, references};

/// The stages in which variables are to be resolved, as indices: each after
/// those that it names. Variables that name each other come alone, in the
/// board's order.
pub fn resolution_stages(variables: &[Variable]) -> Vec<Vec<usize>> {
    let needs: Vec<BTreeSet<String>> = variables.iter().map(Variable::needs).collect();
    let mut open: Vec<usize> = (0..variables.len()).collect();
    let mut stages = Vec::new();
    while let Some(first) = open.first().copied() {
        let waits = |index: &usize| {
            open.iter()
                .any(|other| other != index && needs[*index].contains(&variables[*other].name))
        };
        let mut stage: Vec<usize> = open.iter().copied().filter(|index| !waits(index)).collect();
        if stage.is_empty() {
            stage.push(first);
        }
        open.retain(|index| !stage.contains(index));
        stages.push(stage);
    }
    stages
}

impl Variable {
    /// The names of the variables that its choices depend on.
    fn needs(&self) -> BTreeSet<String> {
        let mut needs = references(&self.source);
        if let ChoicesFrom::Query(query) = &self.from {
            needs.extend(references(query));
        }
        needs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_follow_those_that_their_queries_name() {
        let named = |name: &str, query: &str| Variable {
            name: name.into(),
            from: ChoicesFrom::Query(query.into()),
            ..Variable::default()
        };
        let check = |variables: &[Variable], expected: &[&[usize]]| {
            assert_eq!(resolution_stages(variables), expected);
        };
        check(
            &[named("a", "x{b=\"$b\"}"), named("b", "y"), named("c", "z")],
            &[&[1, 2], &[0]],
        );
        check(&[named("a", "${b}"), named("b", "[[a]]")], &[&[0], &[1]]);
        check(&[named("a", "$ab $a"), named("ab", "")], &[&[1], &[0]]);
        let elsewhere = Variable {
            source: "$ds".into(),
            ..named("a", "up")
        };
        check(&[elsewhere, named("ds", "")], &[&[1], &[0]]);
    }
}
