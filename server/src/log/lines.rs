//! Lines -> a file that may be slow, full or gone, by a thread of its own.
//!
//! Contract: handing a line over never blocks and never fails. A line that
//! cannot be written, or for which there is no room while an earlier one is,
//! is lost and counted; no other is.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

/// What waits to be written takes at most this.
const MAX_WAITING_BYTES: usize = 1 << 20;

/// The lines on their way to a file. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Lines(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
    is_writing: bool,
    lost: u64,
}

impl Lines {
    /// Lines that a thread writes to `file`, each at once.
    pub fn to(file: impl Write + Send + 'static) -> Self {
        let lines = Self(Arc::default());
        let shared = Arc::clone(&lines.0);
        let thread = std::thread::Builder::new().name("log".to_owned());
        // Without a thread all lines are lost, and counted.
        let _ = thread.spawn(move || shared.write_to(file));
        lines
    }

    /// Takes a line, with its end.
    pub fn push(&self, line: &[u8]) {
        let mut state = self.0.state.lock();
        if state.waiting_bytes + line.len() > MAX_WAITING_BYTES {
            state.lost += 1;
            return;
        }
        state.waiting_bytes += line.len();
        state.waiting.push_back(line.to_vec());
        self.0.changed.notify_all();
    }

    /// Waits until all is written, but no longer than `patience`.
    pub fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let mut state = self.0.state.lock();
        while state.is_writing || !state.waiting.is_empty() {
            if self.0.changed.wait_until(&mut state, until).timed_out() {
                return;
            }
        }
    }

    /// How many lines were lost so far.
    pub fn lost(&self) -> u64 {
        self.0.state.lock().lost
    }
}

impl Shared {
    fn write_to(&self, mut file: impl Write) {
        let mut state = self.state.lock();
        loop {
            let Some(line) = state.waiting.pop_front() else {
                self.changed.wait(&mut state);
                continue;
            };
            state.waiting_bytes -= line.len();
            state.is_writing = true;
            drop(state);
            let written = file.write_all(&line).and_then(|()| file.flush());
            state = self.state.lock();
            state.is_writing = false;
            state.lost += u64::from(written.is_err());
            self.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind, Result};
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// A file that fails where a line says so, and takes a line only when told to.
    struct File {
        go: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for File {
        fn write(&mut self, line: &[u8]) -> Result<usize> {
            self.go.recv().map_err(Error::other)?;
            if line == b"fails\n" {
                return Err(Error::from(ErrorKind::StorageFull));
            }
            self.written.send(line.to_vec()).map_err(Error::other)?;
            Ok(line.len())
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    fn file() -> (File, Sender<()>, Receiver<Vec<u8>>) {
        let (to_go, go) = channel();
        let (written, lines) = channel();
        (File { go, written }, to_go, lines)
    }

    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn a_failed_write_costs_its_line_alone() {
        let (file, go, written) = file();
        let lines = Lines::to(file);
        for line in ["first\n", "fails\n", "last\n"] {
            lines.push(line.as_bytes());
            go.send(()).unwrap();
        }
        lines.flush(LONG);
        let written: Vec<Vec<u8>> = written.try_iter().collect();
        assert_eq!(written, [b"first\n".to_vec(), b"last\n".to_vec()]);
        assert_eq!(lines.lost(), 1);
    }

    #[test]
    fn a_file_that_takes_nothing_blocks_nobody_and_what_has_no_room_is_counted() {
        let (file, go, written) = file();
        let lines = Lines::to(file);
        let line = vec![b'x'; MAX_WAITING_BYTES / 4];
        for _ in 0..8 {
            lines.push(&line); // four wait, and a fifth may be on its way
        }
        let lost = lines.lost();
        assert!((3..=4).contains(&lost), "{lost}");
        lines.flush(Duration::ZERO);
        for _ in lost..8 {
            go.send(()).unwrap();
        }
        lines.flush(LONG);
        assert_eq!(written.try_iter().count() as u64 + lost, 8);
        assert_eq!(lines.lost(), lost);
    }
}
