package io.textonce.engagement.campaign;

/** Where a campaign stands. Switch on it with a default: the set may grow. */
public enum CampaignState {
    /** It goes on, or waits for its start. */
    RUNNING,
    /** Nothing of it is sent until somebody resumes it. */
    PAUSED,
    /** Its cap is used up; it goes on when it is launched with a higher one and resumed. */
    CAPPED,
    /**
     * It can't go on as it is, as with a template that isn't active: {@link CampaignProgress#problem()} says what to mend.
     * What was enqueued is sent; nobody was passed over. It goes on when it is resumed.
     */
    STUCK,
    /** Nothing of it is sent any more. */
    CANCELLED,
    /** All recipients were taken, and none of their messages waits. */
    COMPLETED;

    /**
     * Whether it has come to its end.
     *
     * @return true if it can't go on
     */
    public boolean isOver() {
        return this == CANCELLED || this == COMPLETED;
    }
}
