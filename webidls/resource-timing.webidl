// Resource Timing
// https://w3c.github.io/resource-timing/

[Exposed=(Window,Worker)]
interface PerformanceResourceTiming : PerformanceEntry {
    readonly attribute DOMString initiatorType;
    readonly attribute DOMHighResTimeStamp fetchStart;
    readonly attribute DOMHighResTimeStamp responseEnd;
    readonly attribute unsigned short responseStatus;
    [Default] object toJSON();
};

partial interface Performance {
  undefined clearResourceTimings ();
  undefined setResourceTimingBufferSize (unsigned long maxSize);
};

// Left out:
// PerformanceResourceTiming: all that only the network knows: the times between fetchStart and responseEnd, redirects,
//   sizes, protocol, deliveryType, workerStart, contentType, renderBlockingStatus with RenderBlockingStatusType
// Performance: onresourcetimingbufferfull
