package io.textonce.outbox;

import io.textonce.store.MessageState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt to cancel, hold or release a message came to.
 *
 * <p>Immutable and thread-safe.
 */
public final class Change {

    /** What it came to. Frozen at three. */
    public enum Answer {
        /** It is as you asked, now or since an earlier call. Cancelled means: nothing is sent any more. */
        DONE,
        /** It is being sent, or was; {@link Change#state()} says how it stands. */
        TOO_LATE,
        /** The tenant has no such message in the outbox. */
        NOT_FOUND
    }

    private static final Change NOT_FOUND = new Change(Answer.NOT_FOUND, null);

    private final Answer answer;
    private final @Nullable MessageState state;

    private Change(Answer answer, @Nullable MessageState state) {
        this.answer = answer;
        this.state = state;
    }

    static Change of(Optional<MessageState> state, MessageState wanted) {
        return state.map(s -> new Change(s == wanted ? Answer.DONE : Answer.TOO_LATE, s))
                .orElse(NOT_FOUND);
    }

    /**
     * What it came to.
     *
     * @return the answer
     */
    public Answer answer() {
        return answer;
    }

    /**
     * Where the message stands now.
     *
     * @return the state, or empty if there is no such message
     */
    public Optional<MessageState> state() {
        return Optional.ofNullable(state);
    }

    /**
     * Whether it is as you asked.
     *
     * @return true for {@link Answer#DONE}
     */
    public boolean isDone() {
        return answer == Answer.DONE;
    }

    @Override
    public String toString() {
        return answer == Answer.TOO_LATE
                ? "TOO_LATE(" + state + ")"
                : answer == Answer.DONE ? String.valueOf(state) : "NOT_FOUND";
    }
}
