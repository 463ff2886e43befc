// Streams
// https://streams.spec.whatwg.org/

[Exposed=*]
interface ReadableStream {
  constructor(optional object underlyingSource, optional QueuingStrategy strategy = {});

  readonly attribute boolean locked;

  Promise<undefined> cancel(optional any reason);
  ReadableStreamReader getReader(optional ReadableStreamGetReaderOptions options = {});
  sequence<ReadableStream> tee();
};

typedef ReadableStreamDefaultReader ReadableStreamReader;

enum ReadableStreamReaderMode { "byob" };

dictionary ReadableStreamGetReaderOptions {
  ReadableStreamReaderMode mode;
};

dictionary UnderlyingSource {
  UnderlyingSourceStartCallback start;
  UnderlyingSourcePullCallback pull;
  UnderlyingSourceCancelCallback cancel;
  ReadableStreamType type;
  [EnforceRange] unsigned long long autoAllocateChunkSize;
};

typedef ReadableStreamDefaultController ReadableStreamController;

callback UnderlyingSourceStartCallback = any (ReadableStreamController controller);
callback UnderlyingSourcePullCallback = Promise<undefined> (ReadableStreamController controller);
callback UnderlyingSourceCancelCallback = Promise<undefined> (optional any reason);

enum ReadableStreamType { "bytes" };

interface mixin ReadableStreamGenericReader {
  readonly attribute Promise<undefined> closed;

  Promise<undefined> cancel(optional any reason);
};

[Exposed=*]
interface ReadableStreamDefaultReader {
  constructor(ReadableStream stream);

  Promise<ReadableStreamReadResult> read();
  undefined releaseLock();
};
ReadableStreamDefaultReader includes ReadableStreamGenericReader;

dictionary ReadableStreamReadResult {
  any value;
  boolean done;
};

[Exposed=*]
interface ReadableStreamDefaultController {
  readonly attribute unrestricted double? desiredSize;

  undefined close();
  undefined enqueue(optional any chunk);
  undefined error(optional any e);
};

dictionary QueuingStrategy {
  unrestricted double highWaterMark;
  QueuingStrategySize size;
};

callback QueuingStrategySize = unrestricted double (any chunk);

// Left out:
// ReadableStream: Transferable, from(), pipeThrough(), pipeTo(), async_iterable; ReadableStreamIteratorOptions,
//   ReadableWritablePair, StreamPipeOptions
// ReadableStreamReader: ReadableStreamBYOBReader, with ReadableStreamBYOBReaderReadOptions
// ReadableStreamController: ReadableByteStreamController, with ReadableStreamBYOBRequest
// WritableStream, UnderlyingSink and its callbacks, WritableStreamDefaultWriter, WritableStreamDefaultController
// TransformStream, Transformer and its callbacks, TransformStreamDefaultController, GenericTransformStream
// ByteLengthQueuingStrategy, CountQueuingStrategy, QueuingStrategyInit
