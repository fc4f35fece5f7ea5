package io.textonce.outbox;

import java.util.concurrent.atomic.LongAdder;

/** What one outbox object has done since it was built. */
final class Counters {
    final LongAdder enqueued = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder claimed = new LongAdder();
    final LongAdder accepted = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder deferred = new LongAdder();
    final LongAdder fenced = new LongAdder();
    final LongAdder freed = new LongAdder();
    final LongAdder doubted = new LongAdder();
    final LongAdder settled = new LongAdder();
    final LongAdder resent = new LongAdder();
    final LongAdder purged = new LongAdder();
    final LongAdder storeFailures = new LongAdder();
}
