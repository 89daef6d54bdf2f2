//! The chunk that takes samples one by one: Gorilla's bit stream (Pelkonen et
//! al., "Gorilla: a fast, scalable, in-memory time series database", VLDB
//! 2015), with widths for times in milliseconds.
//!
//! The first sample is 64 + 64 bits. After it, each time is the change of the
//! step, `0` for none or a prefix of ones and 7, 12, 20 or 64 bits; each value
//! is `0` for the same bits, `10` and the changed bits where they lie within
//! the window of the change before, or `11`, 5 bits of leading zeros, 6 bits
//! of length less one, and the changed bits.

/// How much the stream grows at once: doubling would waste a third.
const GROWTH_BYTES: usize = 48;

/// The widths of a change of the step, each announced by one more `1`.
const STEP_WIDTHS: [u32; 4] = [7, 12, 20, 64];

/// No leading-zeros count before the first change.
const NO_WINDOW: u8 = u8::MAX;

/// Samples in ascending order of time, at most a chunk's worth.
#[derive(Debug, Default)]
pub(crate) struct GrowingChunk {
    /// Whole words of the stream, big endian.
    bytes: Vec<u8>,
    /// The stream's last bits, at the top.
    word: u64,
    /// How many they are: less than 64.
    word_bits: u8,
    leading: u8,
    trailing: u8,
    count: u16,
    first_ms: i64,
    last_ms: i64,
    step_ms: i64,
    value_bits: u64,
}

impl GrowingChunk {
    pub fn count(&self) -> usize {
        usize::from(self.count)
    }

    /// The times of the first and the last sample.
    pub fn range(&self) -> Option<series::TimeRange> {
        (self.count > 0).then_some(series::TimeRange {
            start_ms: self.first_ms,
            end_ms: self.last_ms,
        })
    }

    /// The bits of the newest value, as the times of [`Self::range`].
    pub fn last_value_bits(&self) -> u64 {
        self.value_bits
    }

    /// Adds a sample that is newer than all before.
    pub fn push(&mut self, timestamp_ms: i64, value: f64) {
        let bits = value.to_bits();
        if self.count == 0 {
            self.write(timestamp_ms as u64, 64);
            self.write(bits, 64);
            self.first_ms = timestamp_ms;
            self.leading = NO_WINDOW;
        } else {
            let step_ms = timestamp_ms.wrapping_sub(self.last_ms);
            self.write_step_change(step_ms.wrapping_sub(self.step_ms));
            self.write_value_change(bits ^ self.value_bits);
            self.step_ms = step_ms;
        }
        self.last_ms = timestamp_ms;
        self.value_bits = bits;
        self.count += 1;
    }

    /// A copy that is read while this one grows.
    pub fn frozen(&self) -> FrozenChunk {
        let mut bytes = Vec::with_capacity(self.bytes.len() + 2 * size_of::<u64>());
        bytes.extend_from_slice(&self.bytes);
        bytes.extend_from_slice(&self.word.to_be_bytes());
        // Reading looks at eight bytes at once.
        bytes.extend_from_slice(&[0; size_of::<u64>()]);
        FrozenChunk {
            bytes,
            count: self.count,
        }
    }

    /// Bytes of memory behind the struct.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    fn write_step_change(&mut self, change: i64) {
        if change == 0 {
            return self.write(0, 1);
        }
        for (ones, width) in (1..).zip(STEP_WIDTHS) {
            let fits = (change << (64 - width)) >> (64 - width) == change;
            if !fits {
                continue;
            }
            // The widest needs no zero to end its prefix.
            if width == 64 {
                self.write(0b1111, 4);
                return self.write(change as u64, 64);
            }
            let prefix = (1_u64 << (ones + 1)) - 2;
            let low = change as u64 & ((1 << width) - 1);
            return self.write(prefix << width | low, ones + 1 + width);
        }
    }

    fn write_value_change(&mut self, changed: u64) {
        if changed == 0 {
            return self.write(0, 1);
        }
        let leading = changed.leading_zeros().min(31) as u8;
        let trailing = changed.trailing_zeros() as u8;
        let in_window =
            self.leading != NO_WINDOW && leading >= self.leading && trailing >= self.trailing;
        if in_window {
            self.write(0b10, 2);
        } else {
            let length = 64 - leading - trailing;
            let header = 0b11 << 11 | u64::from(leading) << 6 | u64::from(length - 1);
            self.write(header, 13);
            (self.leading, self.trailing) = (leading, trailing);
        }
        let length = 64 - self.leading - self.trailing;
        self.write(changed >> self.trailing, u32::from(length));
    }

    /// Appends the low `count` bits of `value`, 1 to 64, whose others are zero.
    fn write(&mut self, value: u64, count: u32) {
        let free = 64 - u32::from(self.word_bits);
        if count < free {
            self.word |= value << (free - count);
            self.word_bits += count as u8;
            return;
        }
        let left = count - free;
        if self.bytes.len() == self.bytes.capacity() {
            self.bytes.reserve_exact(GROWTH_BYTES);
        }
        let full = self.word | value >> left;
        self.bytes.extend_from_slice(&full.to_be_bytes());
        self.word = if left == 0 { 0 } else { value << (64 - left) };
        self.word_bits = left as u8;
    }
}

/// The bits of a [`GrowingChunk`] at one moment.
#[derive(Clone, Debug)]
pub(crate) struct FrozenChunk {
    bytes: Vec<u8>,
    count: u16,
}

impl FrozenChunk {
    /// Hands every sample to `take`, in ascending order of time.
    pub fn decode(&self, mut take: impl FnMut(i64, f64)) {
        if self.count == 0 {
            return;
        }
        let mut reader = BitReader::new(&self.bytes);
        let mut time_ms = reader.take(64) as i64;
        let mut bits = reader.take(64);
        let mut step_ms = 0_i64;
        let (mut length, mut trailing) = (0, 0);
        take(time_ms, f64::from_bits(bits));
        for _ in 1..self.count {
            step_ms = step_ms.wrapping_add(reader.take_step_change());
            time_ms = time_ms.wrapping_add(step_ms);
            let prefix = reader.peek() >> 62;
            if prefix < 0b10 {
                reader.skip(1);
            } else {
                reader.skip(2);
                if prefix == 0b11 {
                    let leading = reader.take(5) as u32;
                    length = reader.take(6) as u32 + 1;
                    trailing = 64 - leading - length;
                }
                bits ^= reader.take(length) << trailing;
            }
            take(time_ms, f64::from_bits(bits));
        }
    }
}

struct BitReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> BitReader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// At least the next 57 bits, at the top; zeros beyond the end.
    fn peek(&self) -> u64 {
        let start = self.position / 8;
        let word = self.bytes.get(start..).and_then(|rest| rest.first_chunk());
        word.map_or(0, |bytes| u64::from_be_bytes(*bytes)) << (self.position % 8)
    }

    fn skip(&mut self, bits: u32) {
        self.position += bits as usize;
    }

    fn take(&mut self, bits: u32) -> u64 {
        if bits > 56 {
            let high = self.take(bits - 32);
            return high << 32 | self.take(32);
        }
        if bits == 0 {
            return 0;
        }
        let value = self.peek() >> (64 - bits);
        self.skip(bits);
        value
    }

    fn take_step_change(&mut self) -> i64 {
        let ones = (!self.peek()).leading_zeros() as usize;
        if ones == 0 {
            self.skip(1);
            return 0;
        }
        let index = ones.min(STEP_WIDTHS.len()) - 1;
        // The widest prefix is not ended by a zero.
        self.skip((index as u32 + 2).min(4));
        let width = STEP_WIDTHS[index];
        let low = self.take(width);
        ((low << (64 - width)) as i64) >> (64 - width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(samples: &[(i64, f64)]) {
        let mut chunk = GrowingChunk::default();
        for &(time, value) in samples {
            chunk.push(time, value);
        }
        let mut found = Vec::new();
        chunk
            .frozen()
            .decode(|time, value| found.push((time, value.to_bits())));
        let expected: Vec<_> = samples.iter().map(|&(t, v)| (t, v.to_bits())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn returns_the_same_bits() {
        check(&[]);
        check(&[(5, 1.0)]);
        check(&[(0, 0.0), (1, -0.0), (2, f64::NAN), (3, series::stale_nan())]);
        check(&[(i64::MIN, 1.0), (0, 1.0), (i64::MAX, f64::MAX)]);
    }

    #[test]
    fn every_width_of_a_step_is_read_back() {
        let mut time = 0;
        let mut samples = vec![(0, 1.0)];
        for bits in 0..44 {
            for near in [-1, 0, 1] {
                time += (1_i64 << bits) + near + 1;
                samples.push((time, 1.0 / (bits + 2) as f64));
                time += 1;
                samples.push((time, 3.0));
            }
        }
        check(&samples);
    }

    #[test]
    fn random_bits_are_read_back() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..200 {
            let mut time = random.i64(..) / 2;
            let samples: Vec<_> = (0..120)
                .map(|_| {
                    let shift = random.u32(0..63);
                    time = time.saturating_add(random.i64(1..=1 << (shift / 2)));
                    (time, f64::from_bits(random.u64(..) >> shift))
                })
                .collect();
            check(&samples);
        }
    }
}
