package io.textonce.gateway;

import java.util.ArrayList;

/** What is wrong with a profile. Who wrote something else than a profile isn't told all of it. */
final class Problems extends ArrayList<String> {

    private static final long serialVersionUID = 1L;

    private static final int MOST = 100;

    /** Reading on makes no sense. */
    static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyException() {
            super("more than " + MOST + " problems", null, false, false);
        }
    }

    @Override
    public boolean add(String problem) {
        if (size() >= MOST) {
            throw new TooManyException();
        }
        return super.add(problem);
    }
}
