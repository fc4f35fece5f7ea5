package io.textonce.engagement.campaign;

import java.util.Arrays;

/** Tells whether a key was there before, by 64 bits of it; in at most 16 MiB, after which it knows no new ones. */
final class KeyFilter {

    private static final int MOST = 1_500_000;

    private long[] slots = new long[1 << 12];
    private int size;

    boolean isComplete() {
        return size < MOST;
    }

    boolean seen(String key) {
        long hash = hash(key);
        int slot = find(slots, hash);
        if (slots[slot] == hash) {
            return true;
        }
        if (size < MOST) {
            slots[slot] = hash;
            size++;
            if (size > slots.length / 4 * 3) {
                grow();
            }
        }
        return false;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        Arrays.stream(slots).filter(hash -> hash != 0).forEach(hash -> larger[find(larger, hash)] = hash);
        slots = larger;
    }

    private static int find(long[] in, long hash) {
        int slot = (int) (hash >>> 32) & (in.length - 1);
        while (in[slot] != 0 && in[slot] != hash) {
            slot = (slot + 1) & (in.length - 1);
        }
        return slot;
    }

    /** FNV-1a, mixed as SplitMix64 does; never 0, which is an empty slot. */
    private static long hash(String key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        hash ^= hash >>> 31;
        return hash == 0 ? 1 : hash;
    }
}
