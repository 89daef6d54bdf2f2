//! The systems that were recognised -> their boards, and the first page.

use dashboard::annotation::MarksFrom;
use dashboard::{Board, Kind};
use packs::{
    FoundSystem, JobModel, System, Targets, explain, limits_board, overview, restarts,
    systems_board, verdict, with_systems_beside,
};
use query::SourceName;
use wire::id::BoardId;

use super::OVERVIEW_TITLE;

/// Packs of what runs beside a job system: theirs is the board only where
/// there is no other.
const SIDE_SYSTEMS: [&str; 4] = ["span-metrics", "node-exporter", "prometheus", "andon"];
/// The board of all systems.
const SYSTEMS: &str = "systems";

/// A job of the configuration as a system of its own.
pub fn configured(job: &JobModel) -> System {
    System {
        name: job.name.clone(),
        title: job.title.clone(),
        about: String::new(),
        jobs: vec![job.clone()],
        limits: Vec::new(),
        watches: Vec::new(),
        known_issues: Vec::new(),
        board: None,
        targets: Targets::default(),
        signs: job.signs(),
    }
}

/// Job systems before what runs beside them.
pub fn ordered(mut systems: Vec<System>) -> Vec<System> {
    systems.sort_by_key(|system| side(&system.name));
    systems
}

/// The place of a system that runs beside others.
fn side(name: &str) -> Option<usize> {
    SIDE_SYSTEMS.iter().position(|side| *side == name)
}

/// A board, and the system that it is listed under.
pub struct ListedBoard {
    /// The folder that it is listed in.
    pub folder: String,
    /// Its id.
    pub id: BoardId,
    /// The board.
    pub board: Board,
}

/// What was recognised, the most telling first, with its boards.
#[derive(Default)]
pub struct Found {
    systems: Vec<FoundSystem>,
    boards: Vec<ListedBoard>,
}

impl Found {
    /// Takes in a system that was recognised behind `source`. Of boards of one
    /// id the first counts; a system of none but such boards is left out.
    pub fn add_system(&mut self, system: System, source: &SourceName) {
        let jobs = system.jobs.iter().map(|job| {
            let mut board = overview(job);
            explain(&mut board, &system.known_issues);
            (job.name.as_str().into(), board)
        });
        let is_new = |(id, _): &(BoardId, Board)| self.boards.iter().all(|known| known.id != *id);
        let all = jobs.chain(details(&system)).filter(is_new);
        let mut boards: Vec<(BoardId, Board)> = all.collect();
        if let Some(shipped) = system.board.as_ref().filter(|shipped| shipped.is_first) {
            boards.sort_by_key(|(id, _)| *id != shipped.id); // stable: the others stay
        }
        if boards.is_empty() {
            return;
        }
        let title = |(id, board): &(BoardId, Board)| (id.clone(), board.title.clone());
        let titles = boards.iter().map(title).collect();
        let found = FoundSystem {
            boards: titles,
            source: source.clone(),
            system,
        };
        let listed = boards.into_iter().map(|(id, mut board)| {
            board.annotations.extend(restarts(&found.system));
            ListedBoard {
                folder: found.system.title.clone(),
                id,
                board: with_verdict(asked_of(source, board), std::slice::from_ref(&found), false),
            }
        });
        self.boards.extend(listed);
        self.systems.push(found);
    }

    /// Whether the first page is that of all systems: where there are several
    /// job systems, unless the configuration names the one that is meant.
    fn is_shared(&self, configured: usize) -> bool {
        let mains = self.systems.iter();
        let mains = mains.filter(|found| side(&found.system.name).is_none());
        mains.count() > 1 && configured != 1
    }

    /// The first page.
    pub fn overview(&self, configured: usize) -> Option<Board> {
        if self.is_shared(configured) {
            let board = systems_board(&self.systems);
            return Some(Board {
                title: OVERVIEW_TITLE.to_owned(),
                ..with_verdict(board, &self.systems, true)
            });
        }
        let board = self.boards.first()?.board.clone();
        let title = format!("{OVERVIEW_TITLE}: {}", board.title);
        let board = with_systems_beside(board, self.systems.get(1..).unwrap_or_default());
        let board = with_verdict(board, &self.systems, true);
        Some(Board { title, ..board })
    }

    /// Every board in the order of the navigation; that of all systems where
    /// the first page is another.
    pub fn boards(self, configured: usize) -> Vec<ListedBoard> {
        let several = self.systems.len() > 1 && !self.is_shared(configured);
        let systems = several.then(|| ListedBoard {
            folder: String::new(),
            id: SYSTEMS.into(),
            board: with_verdict(systems_board(&self.systems), &self.systems, true),
        });
        systems.into_iter().chain(self.boards).collect()
    }
}

/// The board with the verdict on `systems`, in the place of another. Its panels
/// keep their ids, which frames on other pages name.
fn with_verdict(mut board: Board, systems: &[FoundSystem], is_first_page: bool) -> Board {
    board
        .panels
        .retain(|panel| !matches!(panel.kind, Kind::Verdict(_)));
    board.panels.extend(verdict(systems, is_first_page));
    board.numbered()
}

/// The board with its panels and variables asking `source`.
fn asked_of(source: &SourceName, mut board: Board) -> Board {
    for panel in &mut board.panels {
        panel.source = source.to_string();
    }
    for variable in &mut board.variables {
        variable.source = source.to_string();
    }
    for annotation in &mut board.annotations {
        if let MarksFrom::Query(query) = &mut annotation.from {
            query.source = source.to_string();
        }
    }
    board
}

/// What there is beside the overviews of a system's jobs: the board that ships
/// for it, and that of its limits.
fn details(system: &System) -> Vec<(BoardId, Board)> {
    let shipped = system
        .board
        .clone()
        .map(|shipped| (shipped.id, shipped.board));
    let limits =
        limits_board(system).map(|board| (format!("{}-limits", system.name).into(), board));
    shipped.into_iter().chain(limits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(name: &str) -> System {
        let toml = format!("name = \"{name}\"\ntitle = \"\"\nqueue = \"q\"");
        let job = toml::from_str(&toml);
        System {
            name: name.to_owned(),
            title: name.to_owned(),
            about: String::new(),
            jobs: job.into_iter().collect(),
            limits: Vec::new(),
            watches: Vec::new(),
            known_issues: Vec::new(),
            board: None,
            targets: Targets::default(),
            signs: Vec::new(),
        }
    }

    fn check(configured: usize, names: &[&str], first: &str, boards: &[&str]) {
        let mut found = Found::default();
        for system in ordered(names.iter().map(|name| system(name)).collect()) {
            found.add_system(system, &"prometheus".into());
        }
        let main = found.overview(configured).unwrap();
        assert_eq!(main.panels[0].title, first, "{names:?}");
        let ids: Vec<String> = found
            .boards(configured)
            .into_iter()
            .map(|listed| listed.id.to_string())
            .collect();
        assert_eq!(ids, boards);
    }

    #[test]
    fn job_systems_come_before_what_runs_beside_them() {
        let all = ["systems", "farm", "node-exporter", "andon"];
        check(0, &["andon", "node-exporter", "farm"], "Queue", &all);
        check(0, &["farm", "farm"], "Queue", &["farm"]);
    }

    #[test]
    fn several_job_systems_share_the_first_page_unless_one_is_configured() {
        let all = ["farm", "mill"];
        check(0, &["farm", "mill"], "farm", &all);
        check(1, &["farm", "mill"], "Queue", &["systems", "farm", "mill"]);
        check(2, &["farm", "mill"], "farm", &all);
    }
}
