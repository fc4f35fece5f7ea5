package io.textonce.engagement.conversation;

import java.util.List;

/**
 * What is new or has changed since somebody last looked, and from where to look next.
 *
 * <p>An entry's place in the timeline is {@link TimelineEntry#position()}: what arrives late may belong between others. An
 * entry or a conversation that changed twice is told once, as it is now.
 *
 * <pre>{@code
 * Changes changes = inbox.changesSince(rev);
 * rev = changes.rev();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param entries new entries and those whose status changed or which moved to another conversation, in the order of the
 *     changes
 * @param conversations those with another last entry, unread count or party, in the order of the changes
 * @param rev what to ask with next time
 * @param more whether there are more already
 */
public record Changes(List<TimelineEntry> entries, List<Conversation> conversations, long rev, boolean more) {

    /** Copies the lists. */
    public Changes {
        entries = List.copyOf(entries);
        conversations = List.copyOf(conversations);
    }

    /**
     * Whether nothing happened.
     *
     * @return true if there is neither an entry nor a conversation
     */
    public boolean isEmpty() {
        return entries.isEmpty() && conversations.isEmpty();
    }
}
