//! The writing end of the WAL: many writers, one write at a time.
//!
//! A writer adds its record to a buffer and waits until that part of the
//! buffer is written; whoever finds no write under way writes all that is
//! there for everybody. What the disk refuses stays in the buffer, those who
//! wait for it are told, and nobody adds to it until it could be written: so
//! the WAL never lacks what the head holds.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex, MutexGuard};
use series::Labels;
use tsdb::SeriesRef;

use super::frame::{PAYLOAD_LIMIT_BYTES, push_frame};
use super::record::{SERIES, push_series};
use super::segment::{self, Segment};
use crate::error::{DiskContext, StorageError};

/// A segment that has grown to this is followed by the next one: reading one
/// back takes as much memory.
const SEGMENT_BYTES: u64 = 32 << 20;

/// A buffer that has grown beyond this is given back after the write.
const BUFFER_KEPT_BYTES: usize = 4 << 20;

/// A record of new series that has grown to this is followed by another.
const DEFINITIONS_BYTES: usize = 1 << 20;

/// Log sequence number: the number of records up to and including one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lsn(u64);

/// What the WAL has done since it was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WalCounters {
    pub bytes: u64,
    pub records: u64,
    pub failures: u64,
    pub segments_bytes: u64,
}

pub(crate) struct Wal {
    folder: PathBuf,
    state: Mutex<State>,
    written: Condvar,
}

struct State {
    /// Payloads of the series that were created since the last write.
    definitions: Vec<Vec<u8>>,
    /// Frames that were added since the last write.
    frames: Vec<u8>,
    newest_ms: Option<i64>,
    added: u64,
    written: u64,
    is_writing: bool,
    /// What the disk said when it last refused, until it takes again.
    refusal: Option<String>,
    file: Option<Arc<File>>,
    /// Files and folders that were written since the last sync.
    unsynced: Vec<Arc<File>>,
    /// All segments, the last of which is being written.
    segments: Vec<Segment>,
    next_number: u64,
    counters: WalCounters,
}

impl Wal {
    /// A WAL that continues after `segments` in a file of its own.
    pub fn new(folder: PathBuf, segments: Vec<Segment>) -> Self {
        let next_number = segments.last().map_or(1, |segment| segment.number + 1);
        Self {
            folder,
            state: Mutex::new(State {
                definitions: Vec::new(),
                frames: Vec::new(),
                newest_ms: None,
                added: 0,
                written: 0,
                is_writing: false,
                refusal: None,
                file: None,
                unsynced: Vec::new(),
                segments,
                next_number,
                counters: WalCounters::default(),
            }),
            written: Condvar::new(),
        }
    }

    /// Adds a new series; it is written before every record added later.
    pub fn add_series(&self, series: SeriesRef, labels: &Labels) {
        let definitions = &mut self.state.lock().definitions;
        match definitions.last_mut() {
            Some(payload) if payload.len() < DEFINITIONS_BYTES => {
                push_series(payload, series, labels);
            }
            _ => {
                let mut payload = vec![SERIES];
                push_series(&mut payload, series, labels);
                definitions.push(payload);
            }
        }
    }

    /// Adds a record, whose newest sample is of `newest_ms`.
    pub fn add(&self, payload: &[u8], newest_ms: Option<i64>) -> Result<Lsn, StorageError> {
        if payload.len() > PAYLOAD_LIMIT_BYTES {
            let bytes = payload.len();
            return Err(StorageError::LargeRecord { bytes });
        }
        let mut state = self.state.lock();
        push_frame(&mut state.frames, payload);
        state.newest_ms = state.newest_ms.max(newest_ms);
        state.added += 1;
        state.counters.records += 1;
        Ok(Lsn(state.added))
    }

    /// Up to which record there is anything to be written.
    pub fn added(&self) -> Lsn {
        Lsn(self.state.lock().added)
    }

    /// Fails where the disk has refused a write and still does.
    pub fn check(&self) -> Result<(), StorageError> {
        let state = self.state.lock();
        if state.refusal.is_none() {
            return Ok(());
        }
        let everything = Lsn(state.added);
        drop(state);
        self.commit(everything)
    }

    /// Returns once all records up to `lsn` are handed to the system.
    pub fn commit(&self, lsn: Lsn) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        let failures = state.counters.failures;
        while state.written < lsn.0 {
            if !state.is_writing {
                self.write(&mut state)?;
            } else {
                self.written.wait(&mut state);
                if let Some(reason) = &state.refusal
                    && state.counters.failures > failures
                {
                    let reason = reason.clone();
                    return Err(StorageError::WalUnavailable { reason });
                }
            }
        }
        Ok(())
    }

    /// Hands everything to the system, and what the system has to the disk.
    pub fn sync(&self) -> Result<(), StorageError> {
        self.flush()?;
        let (mut unsynced, current) = {
            let mut state = self.state.lock();
            (std::mem::take(&mut state.unsynced), state.file.clone())
        };
        while let Some(file) = unsynced.last() {
            if let Err(error) = self.sync_file(file) {
                self.state.lock().unsynced.append(&mut unsynced);
                return Err(error);
            }
            unsynced.pop();
        }
        match current {
            Some(file) => self.sync_file(&file),
            None => Ok(()),
        }
    }

    fn sync_file(&self, file: &File) -> Result<(), StorageError> {
        file.sync_data().on("sync", &self.folder)
    }

    /// Ends the segment, so that what comes later can outlive it; returns its
    /// number.
    pub fn rotate(&self) -> Result<u64, StorageError> {
        self.flush()?;
        let mut state = self.state.lock();
        state.end_segment();
        Ok(state.next_number - 1)
    }

    /// Removes the segments, up to number `last`, whose samples are all older
    /// than `before_ms`; the one that is being written stays.
    pub fn remove_before(&self, before_ms: i64, last: u64) -> Result<(), StorageError> {
        let old: Vec<Segment> = {
            let mut state = self.state.lock();
            let current = state.file.as_ref().and(state.segments.last());
            let current = current.map_or(u64::MAX, |segment| segment.number);
            let is_old = |segment: &Segment| {
                segment.number < current
                    && segment.number <= last
                    && segment
                        .newest_ms
                        .is_none_or(|newest_ms| newest_ms < before_ms)
            };
            let (old, kept) = state.segments.drain(..).partition(is_old);
            state.segments = kept;
            old
        };
        old.iter()
            .try_for_each(|segment| std::fs::remove_file(&segment.path).on("remove", &segment.path))
    }

    pub fn counters(&self) -> WalCounters {
        let state = self.state.lock();
        let segments = state.segments.iter().map(|segment| segment.size_bytes);
        WalCounters {
            segments_bytes: segments.sum(),
            ..state.counters
        }
    }

    fn flush(&self) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        while state.is_writing {
            self.written.wait(&mut state);
        }
        if state.frames.is_empty() && state.definitions.is_empty() {
            return Ok(());
        }
        self.write(&mut state)
    }

    /// Writes what there is; the lock is free meanwhile.
    fn write(&self, state: &mut MutexGuard<'_, State>) -> Result<(), StorageError> {
        let definitions = std::mem::take(&mut state.definitions);
        let frames = std::mem::take(&mut state.frames);
        let newest_ms = state.newest_ms.take();
        let until = state.added;
        state.is_writing = true;
        let outcome = self.current_file(state).and_then(|(file, path)| {
            let append = || append(&file, &definitions, &frames).on("write", &path);
            MutexGuard::unlocked(state, append)
        });
        state.is_writing = false;
        self.written.notify_all();
        match outcome {
            Ok(bytes) => {
                state.grow(bytes, newest_ms, frames);
                state.written = until;
                Ok(())
            }
            Err(error) => {
                state.refuse(&error);
                state.definitions.splice(0..0, definitions);
                state.frames.splice(0..0, frames);
                state.newest_ms = state.newest_ms.max(newest_ms);
                Err(error)
            }
        }
    }

    /// The file to append to, and its path.
    fn current_file(&self, state: &mut State) -> Result<(Arc<File>, PathBuf), StorageError> {
        let path = segment::path(&self.folder, state.next_number - 1);
        if let Some(file) = &state.file {
            return Ok((Arc::clone(file), path));
        }
        // Nothing may fail once the file is there: its number is taken then.
        let folder = File::open(&self.folder).on("open", &self.folder)?;
        let path = segment::path(&self.folder, state.next_number);
        // Appending goes on at the end also after a torn write was cut back.
        let mut options = OpenOptions::new();
        let file = options.append(true).create_new(true).open(&path);
        let file = Arc::new(file.on("create", &path)?);
        state.file = Some(Arc::clone(&file));
        state.unsynced.push(Arc::new(folder));
        state.segments.push(Segment {
            number: state.next_number,
            path: path.clone(),
            size_bytes: 0,
            newest_ms: None,
        });
        state.next_number += 1;
        Ok((file, path))
    }
}

impl State {
    /// Notes what was written; `frames` becomes the next buffer.
    fn grow(&mut self, bytes: u64, newest_ms: Option<i64>, mut frames: Vec<u8>) {
        self.refusal = None;
        self.counters.bytes += bytes;
        if self.frames.is_empty() && frames.capacity() <= BUFFER_KEPT_BYTES {
            frames.clear();
            self.frames = frames;
        }
        let Some(segment) = self.segments.last_mut() else {
            return;
        };
        segment.size_bytes += bytes;
        segment.newest_ms = segment.newest_ms.max(newest_ms);
        if segment.size_bytes >= SEGMENT_BYTES {
            self.end_segment();
        }
    }

    /// Notes that the disk refused. A file that could not be cut back to its
    /// last whole record is left alone.
    fn refuse(&mut self, error: &StorageError) {
        self.refusal = Some(error.to_string());
        self.counters.failures += 1;
        let expected = self.segments.last().map(|segment| segment.size_bytes);
        let actual = self.file.as_ref().and_then(|file| file.metadata().ok());
        if actual.map(|metadata| metadata.len()) != expected {
            self.end_segment();
        }
    }

    fn end_segment(&mut self) {
        self.unsynced.extend(self.file.take());
    }
}

/// Appends new series, then frames; all of it, or nothing as far as the disk
/// lets it. Returns how many bytes.
///
/// Definitions are written twice: a damaged record would otherwise lose a
/// series' every sample, not only its own.
fn append(mut file: &File, definitions: &[Vec<u8>], frames: &[u8]) -> std::io::Result<u64> {
    let mut series = Vec::new();
    for payload in definitions.iter().chain(definitions) {
        push_frame(&mut series, payload);
    }
    let before = file.metadata()?.len();
    let written = file
        .write_all(&series)
        .and_then(|()| file.write_all(frames));
    written.inspect_err(|_| {
        // What stays of a torn frame is skipped when it is read back.
        let _ = file.set_len(before);
    })?;
    Ok((series.len() + frames.len()) as u64)
}
