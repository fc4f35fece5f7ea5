package io.textonce.spi.http;

/**
 * The safety settings of the transport, each of which a test can revert to show that it is needed.
 *
 * @param noRetry OkHttp may not repeat a failed exchange, nor a 408
 * @param noRedirects OkHttp may not follow a redirect; 307 and 308 would repeat the body
 * @param oneShotBody the body tells OkHttp that it can be written once
 * @param hideHeaders OkHttp may not see a reply's headers: it repeats a 503 with {@code Retry-After: 0} whatever the
 *     retry flag says
 * @param passOnce one call may pass to the network once, whoever asks
 * @param peek a pooled connection that has been idle is looked at before it is used
 */
record Guards(
        boolean noRetry,
        boolean noRedirects,
        boolean oneShotBody,
        boolean hideHeaders,
        boolean passOnce,
        boolean peek) {
    static final Guards ALL = new Guards(true, true, true, true, true, true);
    static final Guards NONE = new Guards(false, false, false, false, false, false);
}
