package io.textonce.cluster;

/**
 * Permits that a node took from the shared store, to spend by itself: slots, a step apart, placed on the node's own
 * monotonic clock. The node doesn't know exactly when, between asking and being answered, the database read its clock; so
 * each slot has an earliest and a latest place.
 *
 * @param first where the first slot is at the earliest, in nanoseconds of the monotonic clock
 * @param doubt how much later each may be, in nanoseconds
 * @param count how many; 0 if none was to be had
 * @param after if none, in how many nanoseconds it is worth asking again
 */
record Slice(long first, long doubt, int count, long after) {

    static Slice none(long wait) {
        return new Slice(0, 0, 0, Math.max(1, wait));
    }
}
