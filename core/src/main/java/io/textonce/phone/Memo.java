package io.textonce.phone;

import org.jspecify.annotations.Nullable;

/**
 * The last few thousand answers, by the text they answer. Two texts a bucket, the newer first; entries are immutable, so
 * that threads may race for a place without locks: the loser's answer is worked out again, never wrong.
 */
final class Memo {

    private static final int BUCKET_BITS = 11;

    /** 2^32 divided by the golden ratio: spreads consecutive hash codes over all buckets. */
    private static final int SPREAD = 0x9E3779B9;

    private final @Nullable Entry[] entries = new @Nullable Entry[2 << BUCKET_BITS];

    @Nullable
    PhoneCheck get(String raw) {
        int newer = newer(raw);
        Entry entry = entries[newer];
        if (entry != null && entry.raw.equals(raw)) {
            return entry.check;
        }
        entry = entries[newer + 1];
        return entry != null && entry.raw.equals(raw) ? entry.check : null;
    }

    void put(String raw, PhoneCheck check) {
        int newer = newer(raw);
        entries[newer + 1] = entries[newer];
        entries[newer] = new Entry(raw, check);
    }

    private static int newer(String raw) {
        int bucket = (raw.hashCode() * SPREAD) >>> (Integer.SIZE - BUCKET_BITS);
        return bucket * 2;
    }

    private static final class Entry {
        private final String raw;
        private final PhoneCheck check;

        Entry(String raw, PhoneCheck check) {
            this.raw = raw;
            this.check = check;
        }
    }
}
