//! Content codings (<https://httpwg.org/specs/rfc9110.html#content.codings>;
//! "handle content codings" in <https://fetch.spec.whatwg.org/#http-network-fetch>).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_compression::tokio::bufread::{
    BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder,
};
use bytes::Bytes;
use fetch::{BodyStream, HeaderList, NetworkError, NetworkErrorKind};
use futures::{Stream, StreamExt, TryStreamExt};
use tokio::io::{AsyncBufRead, AsyncRead, BufReader, ReadBuf};
use tokio_util::io::{ReaderStream, StreamReader};
use url::Url;

use crate::errors::find_cause;

/// What a decoder writes into at a time.
const OUTPUT: usize = 64 * 1024;

/// What we ask for. Brotli and Zstandard only where nothing in between could choke on them.
pub(crate) fn accept_encoding(secure: bool) -> &'static str {
    if secure { "gzip, deflate, br, zstd" } else { "gzip, deflate" }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// The codings of a body, in the order in which they were applied; empty if there are none, or one that we do not
/// know: such a body is handed on as it is, as other engines do.
fn codings(headers: &HeaderList) -> Vec<Coding> {
    let mut codings = Vec::new();
    for name in headers.get_decode_split("Content-Encoding").unwrap_or_default() {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => codings.push(Coding::Gzip),
            "deflate" => codings.push(Coding::Deflate),
            "br" => codings.push(Coding::Brotli),
            "zstd" => codings.push(Coding::Zstd),
            "" | "identity" => {}
            _ => return Vec::new(),
        }
    }
    codings
}

/// Decodes a body whose headers name codings that we know. Gives the body back where there is nothing to decode.
pub(crate) fn decode<S>(body: S, headers: &HeaderList, url: &Url) -> Result<BodyStream, S>
where
    S: Stream<Item = Result<Bytes, NetworkError>> + Send + Unpin + 'static,
{
    let codings = codings(headers);
    if codings.is_empty() {
        return Err(body);
    }
    let mut reader: BoxedReader = Box::new(StreamReader::new(body.map_err(io::Error::other)));
    for coding in codings.into_iter().rev() {
        reader =
            Box::new(BufReader::with_capacity(OUTPUT, Decoder::Waiting { reader: Some(reader), coding }));
    }
    let url = url.clone();
    Ok(ReaderStream::with_capacity(reader, OUTPUT).map_err(move |error| decode_error(error, &url)).boxed())
}

type BoxedReader = Box<dyn AsyncBufRead + Send + Unpin>;

/// A decoder that looks at the first byte before it starts: servers call both raw and zlib-wrapped data
/// "deflate", and a body without any bytes is fine whatever its coding.
enum Decoder {
    Waiting { reader: Option<BoxedReader>, coding: Coding },
    Running(Box<dyn AsyncRead + Send + Unpin>),
    Empty,
}

impl Decoder {
    fn start(reader: BoxedReader, coding: Coding, first: u8) -> Decoder {
        // A zlib header's low four bits are 8; raw data hardly ever starts so.
        let zlib = first & 0x0f == 8;
        Decoder::Running(match coding {
            Coding::Gzip => {
                let mut gzip = GzipDecoder::new(reader);
                gzip.multiple_members(true);
                Box::new(gzip)
            }
            Coding::Deflate if zlib => Box::new(ZlibDecoder::new(reader)),
            Coding::Deflate => Box::new(DeflateDecoder::new(reader)),
            Coding::Brotli => Box::new(BrotliDecoder::new(reader)),
            Coding::Zstd => Box::new(ZstdDecoder::new(reader)),
        })
    }
}

impl AsyncRead for Decoder {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            *self = match &mut *self {
                Decoder::Empty => return Poll::Ready(Ok(())),
                Decoder::Running(decoder) => return Pin::new(decoder).poll_read(cx, buf),
                Decoder::Waiting { reader, coding } => {
                    let Some(waiting) = reader else { return Poll::Ready(Ok(())) };
                    let first = ready!(Pin::new(waiting).poll_fill_buf(cx))?.first().copied();
                    match (first, reader.take()) {
                        (Some(first), Some(reader)) => Decoder::start(reader, *coding, first),
                        _ => Decoder::Empty,
                    }
                }
            };
        }
    }
}

/// An error of the connection goes through as it is; one of the decoder is the server's fault.
fn decode_error(error: io::Error, url: &Url) -> NetworkError {
    if let Some(own) = find_cause::<NetworkError>(&error) {
        return own.clone();
    }
    NetworkError::new(
        NetworkErrorKind::Decode,
        format!("the body's content coding can not be decoded: {error}"),
    )
    .at(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_compression::tokio::bufread::{
        BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder,
    };
    use tokio::io::AsyncReadExt;

    const TEXT: &[u8] = b"a text that is long enough to be worth a coding, a coding, a coding";

    async fn read(mut reader: impl AsyncRead + Unpin) -> Vec<u8> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).await.unwrap();
        bytes
    }

    /// Decodes `bytes`, given one by one so that no decoder sees more than it asked for.
    async fn decoded(coding: &str, bytes: Vec<u8>) -> Result<Vec<u8>, NetworkError> {
        let headers = [("Content-Encoding", coding)].into_iter().collect();
        let pieces: Vec<_> = bytes.into_iter().map(|byte| Ok(Bytes::from(vec![byte]))).collect();
        let url = Url::parse("http://a.test/").unwrap();
        let stream = decode(futures::stream::iter(pieces), &headers, &url).unwrap_or_else(StreamExt::boxed);
        stream.map_ok(|bytes| bytes.to_vec()).try_concat().await
    }

    #[tokio::test]
    async fn all_codings_are_decoded_alone_and_together() {
        for (coding, bytes) in [
            ("gzip", read(GzipEncoder::new(TEXT)).await),
            ("X-GZip", read(GzipEncoder::new(TEXT)).await),
            ("deflate", read(ZlibEncoder::new(TEXT)).await),
            ("deflate", read(DeflateEncoder::new(TEXT)).await),
            ("br", read(BrotliEncoder::new(TEXT)).await),
            ("zstd", read(ZstdEncoder::new(TEXT)).await),
            ("gzip, identity, br", read(BrotliEncoder::new(&*read(GzipEncoder::new(TEXT)).await)).await),
            ("identity", TEXT.to_vec()),
        ] {
            assert_eq!(decoded(coding, bytes).await.unwrap(), TEXT, "{coding}");
        }
    }

    #[tokio::test]
    async fn an_unknown_coding_is_handed_on() {
        assert_eq!(decoded("gzip, rot13", TEXT.to_vec()).await.unwrap(), TEXT);
    }

    #[tokio::test]
    async fn several_gzip_members_are_one_body() {
        let mut two = read(GzipEncoder::new(TEXT)).await;
        two.extend(two.clone());
        assert_eq!(decoded("gzip", two).await.unwrap(), [TEXT, TEXT].concat());
    }

    #[tokio::test]
    async fn no_bytes_are_no_error() {
        for coding in ["gzip", "deflate", "br", "zstd"] {
            assert_eq!(decoded(coding, Vec::new()).await.unwrap(), b"", "{coding}");
        }
    }

    #[tokio::test]
    async fn nonsense_and_half_a_body_are_errors() {
        let mut half = read(GzipEncoder::new(TEXT)).await;
        half.truncate(half.len() / 2);
        assert_eq!(decoded("gzip", half).await.unwrap_err().kind, NetworkErrorKind::Decode);
        assert_eq!(decoded("gzip", TEXT.to_vec()).await.unwrap_err().kind, NetworkErrorKind::Decode);
    }

    #[tokio::test]
    async fn an_error_of_the_connection_goes_through() {
        let cut = NetworkError::temporary(NetworkErrorKind::Cut, "cut");
        let gzip = read(GzipEncoder::new(TEXT)).await;
        let pieces = [Ok(Bytes::from(gzip[..12].to_vec())), Err(cut.clone())];
        let headers = [("Content-Encoding", "gzip")].into_iter().collect();
        let url = Url::parse("http://a.test/").unwrap();
        let stream = decode(futures::stream::iter(pieces), &headers, &url).unwrap_or_else(StreamExt::boxed);
        assert_eq!(stream.try_collect::<Vec<_>>().await.unwrap_err(), cut);
    }
}
