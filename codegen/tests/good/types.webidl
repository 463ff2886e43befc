[Global=Window, Exposed=Window] interface Window {};
[Exposed=Window, LegacyWindowAlias=OldName] interface A {};
[Exposed=Window] interface B : A {};

typedef (A or (DOMString or sequence<Inner>)) Outer;
typedef (long or ByteString)? Inner;
typedef [Clamp] long Clamped;
typedef (ArrayBuffer or SharedArrayBuffer or [AllowShared] ArrayBufferView) AllowSharedBufferSource;
typedef (Int8Array or DataView) ArrayBufferView;
typedef [LegacyNullToEmptyString] DOMString Emptied;

callback Types = undefined (
  Outer outer, Inner inner, sequence<Clamped> clamped, AllowSharedBufferSource buffer, OldName alias,
  [AllowShared, AllowResizable] BufferSource source, (BufferSource or DOMString) data, WindowProxy? window,
  Emptied emptied, Promise<Outer> promise, record<USVString, (A or long?)> record, ArrayBufferView view);
