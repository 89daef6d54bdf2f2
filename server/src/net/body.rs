//! An answer's body, uncompressed and within bounds: its own limit, and what
//! all bodies together may hold.
//!
//! Contract: no body waits for another that waits as well. Where the budget is
//! used up, one body at a time goes on beyond it, up to its own limit, so that
//! there is always one that ends. So all together never hold more than the
//! budget, the largest body, and [`FREE_BYTES`] of each.

use std::io::{self, Write};
use std::sync::Arc;

use flate2::write::MultiGzDecoder;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::{HttpError, innermost};
use crate::byte_budget::{ByteBudget, Share};

/// So much of every body is free: small ones never wait for large ones.
const FREE_BYTES: usize = 256 << 10;

/// No body is larger, whatever its limit.
const MAX_BYTES: usize = 256 << 20;

/// Compressed bytes that are worked on at once: they make at most a thousand
/// times as many before the budget is asked.
const COMPRESSED_BYTES: usize = 1 << 10;

/// What bodies may hold beyond their first [`FREE_BYTES`], all together.
#[derive(Clone, Debug)]
pub struct BodyBudget {
    pieces: ByteBudget,
    /// Held by the one body that goes on where no piece is left.
    overdraft: Arc<Semaphore>,
}

/// A body, and its share of the budget until it is dropped.
#[derive(Debug, Default)]
pub struct Body {
    /// The bytes, uncompressed.
    pub bytes: Vec<u8>,
    share: BodyShare,
}

#[derive(Debug, Default)]
struct BodyShare {
    pieces: Share,
    overdraft: Option<OwnedSemaphorePermit>,
}

impl BodyBudget {
    /// A budget of so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self {
            pieces: ByteBudget::new(bytes),
            overdraft: Arc::new(Semaphore::new(1)),
        }
    }

    /// Reads a body of at most `limit_bytes`, counted after decompression while
    /// it arrives, so that no more than that is ever held.
    ///
    /// # Errors
    /// Where it breaks off, is damaged, or is longer.
    pub async fn read(
        &self,
        mut response: Response,
        limit_bytes: usize,
    ) -> Result<Body, HttpError> {
        let limit_bytes = limit_bytes.min(MAX_BYTES);
        let announced_bytes = response.content_length().unwrap_or(0);
        if announced_bytes > limit_bytes as u64 {
            return Err(HttpError::TooLarge { limit_bytes });
        }
        let mut decoder = Decoder::new(response.headers(), limit_bytes)?;
        let mut share = BodyShare::default();
        let mut is_empty = true;
        while let Some(chunk) = response.chunk().await.map_err(|error| broken_off(&error))? {
            is_empty &= chunk.is_empty();
            for slice in chunk.chunks(decoder.slice_bytes()) {
                self.extend(&mut share, decoder.length() + slice.len())
                    .await;
                decoder.take(slice)?;
                self.extend(&mut share, decoder.length()).await;
            }
        }
        // No answer at all has no member of a gzip either.
        let bytes = if is_empty {
            Vec::new()
        } else {
            decoder.finish()?
        };
        Ok(Body { bytes, share })
    }

    /// Waits until a body may have this length.
    async fn extend(&self, share: &mut BodyShare, length: usize) {
        let wanted = length.saturating_sub(FREE_BYTES);
        if share.overdraft.is_some() || self.pieces.try_grow(&mut share.pieces, wanted) {
            return;
        }
        tokio::select! {
            biased;
            Ok(()) = self.pieces.grow(&mut share.pieces, wanted) => {}
            Ok(turn) = Arc::clone(&self.overdraft).acquire_owned() => {
                share.overdraft = Some(turn);
            }
            // Neither semaphore is ever closed.
            else => {}
        }
    }
}

impl From<Vec<u8>> for Body {
    /// A body that never was under way.
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            share: BodyShare::default(),
        }
    }
}

impl Body {
    /// The bytes alone; they no longer count.
    pub fn into_bytes(self) -> Vec<u8> {
        drop(self.share);
        self.bytes
    }
}

fn broken_off(error: &reqwest::Error) -> HttpError {
    HttpError::Exchange(innermost(error))
}

/// Bytes on the wire to bytes of the body.
enum Decoder {
    Plain(Limited),
    /// Of any number of members, which some servers store pieces as.
    Gzip(Box<MultiGzDecoder<Limited>>),
}

impl Decoder {
    fn new(headers: &HeaderMap, limit_bytes: usize) -> Result<Self, HttpError> {
        let limited = Limited {
            bytes: Vec::new(),
            limit_bytes,
        };
        let encoding = headers.get(CONTENT_ENCODING);
        let encoding = encoding.map_or(b"".as_slice(), |value| value.as_bytes());
        match encoding.to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Ok(Self::Plain(limited)),
            b"gzip" | b"x-gzip" => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(limited)))),
            other => Err(HttpError::Exchange(format!(
                "the answer is compressed with {:?}, which was not asked for",
                String::from_utf8_lossy(other)
            ))),
        }
    }

    fn slice_bytes(&self) -> usize {
        match self {
            Self::Plain(_) => usize::MAX,
            Self::Gzip(_) => COMPRESSED_BYTES,
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Plain(limited) => limited.bytes.len(),
            Self::Gzip(decoder) => decoder.get_ref().bytes.len(),
        }
    }

    fn take(&mut self, slice: &[u8]) -> Result<(), HttpError> {
        let written = match self {
            Self::Plain(limited) => limited.write_all(slice),
            Self::Gzip(decoder) => decoder.write_all(slice),
        };
        written.map_err(|error| self.error(&error))
    }

    fn finish(mut self) -> Result<Vec<u8>, HttpError> {
        if let Self::Gzip(decoder) = &mut self
            && let Err(error) = decoder.try_finish()
        {
            return Err(self.error(&error));
        }
        Ok(match self {
            Self::Plain(limited) => limited.bytes,
            Self::Gzip(mut decoder) => std::mem::take(&mut decoder.get_mut().bytes),
        })
    }

    fn error(&self, error: &io::Error) -> HttpError {
        let limit_bytes = match self {
            Self::Plain(limited) => limited.limit_bytes,
            Self::Gzip(decoder) => decoder.get_ref().limit_bytes,
        };
        if error.kind() == io::ErrorKind::QuotaExceeded {
            return HttpError::TooLarge { limit_bytes };
        }
        HttpError::Exchange(format!("the answer's gzip is damaged: {error}"))
    }
}

/// Bytes up to a limit.
struct Limited {
    bytes: Vec<u8>,
    limit_bytes: usize,
}

impl Write for Limited {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.limit_bytes {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Poll;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use futures_util::future::{join_all, poll_immediate};
    use futures_util::{poll, stream};

    use super::*;

    const MEBIBYTE: usize = 1 << 20;

    /// A body that arrives in pieces of 64 KiB, turn by turn with others.
    fn response(bytes: usize) -> Response {
        let chunks = stream::unfold(bytes, |left| async move {
            tokio::task::yield_now().await;
            let chunk = vec![b'#'; left.min(64 << 10)];
            let left = left - chunk.len();
            (!chunk.is_empty()).then_some((Ok::<_, io::Error>(chunk), left))
        });
        http::Response::new(reqwest::Body::wrap_stream(chunks)).into()
    }

    fn gzip(body: Vec<u8>) -> Response {
        let response = http::Response::builder().header(CONTENT_ENCODING, "gzip");
        response.body(body).unwrap().into()
    }

    fn member(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    async fn read(body: Vec<u8>, limit_bytes: usize) -> Result<Vec<u8>, HttpError> {
        let body = BodyBudget::new(0).read(gzip(body), limit_bytes).await?;
        Ok(body.into_bytes())
    }

    #[tokio::test]
    async fn small_bodies_wait_for_nobody() {
        let budget = BodyBudget::new(0);
        let large = budget.read(response(MEBIBYTE), MEBIBYTE).await.unwrap();
        let mut waiting = pin!(budget.read(response(MEBIBYTE), MEBIBYTE));
        for _ in 0..100 {
            assert!(matches!(poll!(waiting.as_mut()), Poll::Pending));
        }
        let small: Response = http::Response::new(vec![b'#'; FREE_BYTES]).into();
        let small = poll_immediate(budget.read(small, MEBIBYTE)).await;
        assert!(small.is_some_and(|body| body.is_ok()));
        drop(large);
        assert!(waiting.await.is_ok());
    }

    #[tokio::test]
    async fn bodies_that_fill_the_budget_together_all_arrive() {
        let budget = BodyBudget::new(8 * MEBIBYTE);
        let bodies = (0..16).map(|_| async {
            let body = budget.read(response(2 * MEBIBYTE), 2 * MEBIBYTE).await;
            body.unwrap().bytes.len()
        });
        assert_eq!(join_all(bodies).await, [2 * MEBIBYTE; 16]);
    }

    #[tokio::test]
    async fn a_body_beyond_its_limit_is_refused() {
        let budget = BodyBudget::new(0);
        for response in [
            response(MEBIBYTE),
            http::Response::new(vec![b'#'; MEBIBYTE]).into(),
            gzip(member(&vec![b'#'; MEBIBYTE])),
        ] {
            let refused = budget.read(response, MEBIBYTE - 1).await.unwrap_err();
            let limit_bytes = MEBIBYTE - 1;
            assert_eq!(refused, HttpError::TooLarge { limit_bytes });
        }
    }

    #[tokio::test]
    async fn every_member_of_a_gzip_is_read() {
        let halves = [member(b"first 1\n"), member(b"second 2\n")].concat();
        let whole = read(halves.clone(), MEBIBYTE).await.unwrap();
        assert_eq!(whole, b"first 1\nsecond 2\n");
        let large = member(&vec![b'#'; MEBIBYTE]);
        let many = [large.clone(), large].concat();
        let length = read(many, 4 * MEBIBYTE).await.unwrap().len();
        assert_eq!(length, 2 * MEBIBYTE);
        for damaged in [&halves[..halves.len() - 3], b"no gzip", &halves[..12]] {
            let error = read(damaged.to_vec(), MEBIBYTE).await.unwrap_err();
            assert!(matches!(error, HttpError::Exchange(_)), "{error}");
        }
    }
}
