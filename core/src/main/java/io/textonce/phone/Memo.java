package io.textonce.phone;

import org.jspecify.annotations.Nullable;

/**
 * The last few thousand answers, by the text they answer. Two slots a text, the newer first; entries are immutable, so
 * that threads may race for a slot without locks: the loser's answer is worked out again, never wrong.
 */
final class Memo {

    private static final int SLOTS = 4096;

    private final @Nullable Entry[] entries = new @Nullable Entry[SLOTS];

    @Nullable
    PhoneCheck get(String raw) {
        int slot = slot(raw);
        Entry entry = entries[slot];
        if (entry != null && entry.raw.equals(raw)) {
            return entry.check;
        }
        entry = entries[slot ^ 1];
        return entry != null && entry.raw.equals(raw) ? entry.check : null;
    }

    void put(String raw, PhoneCheck check) {
        int slot = slot(raw);
        entries[slot ^ 1] = entries[slot];
        entries[slot] = new Entry(raw, check);
    }

    private static int slot(String raw) {
        int hash = raw.hashCode() * 0x9E3779B9;
        return hash >>> 20;
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
