package io.textonce.testkit;

import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A provider that does what its script says and keeps every submission it got. It is a {@link SandboxProvider} with a
 * script in place of magic numbers, so reports, inbound messages, lookups and counts are all there.
 *
 * <p>Without a script it accepts and delivers everything.
 *
 * <pre>{@code
 * FakeProvider first = FakeProvider.named("first");
 * first.script().then(Behaviour.notTransmitted()).then(Behaviour.loseResponse());
 * ...
 * assertThatSms(first).sent("+12025550100", "Hello").createdNothingTwice();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class FakeProvider implements SmsProvider {

    private final Script script = new Script();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Submission> submissions = new ArrayList<>();
    private final SandboxProvider sandbox;

    private FakeProvider(SandboxProvider.Builder options) {
        this.sandbox = options.behaviour(this::next).build();
    }

    /**
     * A provider with the system's time.
     *
     * @param name its name, by which routing and results call it
     * @return the provider
     */
    public static FakeProvider named(String name) {
        return of(SandboxProvider.builder().name(name));
    }

    /**
     * A provider with options.
     *
     * @param options a sandbox's options; their behaviour is replaced by the script
     * @return the provider
     */
    public static FakeProvider of(SandboxProvider.Builder options) {
        return new FakeProvider(options);
    }

    /**
     * What it does with the submits to come.
     *
     * @return the script, to add to
     */
    public Script script() {
        return script;
    }

    /**
     * The engine: connect a host, run what is due, text in, count.
     *
     * @return the sandbox
     */
    public SandboxProvider sandbox() {
        return sandbox;
    }

    /**
     * Every submission it got, also those that were not transmitted, in order.
     *
     * @return a copy
     */
    public List<Submission> submissions() {
        lock.lock();
        try {
            return List.copyOf(submissions);
        } finally {
            lock.unlock();
        }
    }

    private Behaviour next(Submission submission) {
        lock.lock();
        try {
            submissions.add(submission);
        } finally {
            lock.unlock();
        }
        return script.next(submission);
    }

    @Override
    public String name() {
        return sandbox.name();
    }

    @Override
    public Capabilities capabilities() {
        return sandbox.capabilities();
    }

    @Override
    public SubmitReply submit(Submission submission) {
        return sandbox.submit(submission);
    }

    @Override
    public <R> Optional<R> role(Class<R> role) {
        return sandbox.role(role);
    }

    @Override
    public void close() {
        sandbox.close();
    }

    @Override
    public String toString() {
        return "FakeProvider[" + sandbox + "]";
    }

    /**
     * Behaviours, one for each submit to come; after the last one every submit is accepted, or what {@link #otherwise}
     * says.
     *
     * <p>Thread-safe.
     */
    public static final class Script {
        private final ReentrantLock lock = new ReentrantLock();
        private final Deque<Behaviour> steps = new ArrayDeque<>();
        private Function<? super Submission, Behaviour> rest = submission -> Behaviour.accept();

        private Script() {}

        /**
         * Adds what is done with one more submit.
         *
         * @param behaviour what is done
         * @return this script
         */
        public Script then(Behaviour behaviour) {
            return then(1, behaviour);
        }

        /**
         * Adds what is done with several more submits.
         *
         * @param times how many, zero or more
         * @param behaviour what is done with each
         * @return this script
         */
        public Script then(int times, Behaviour behaviour) {
            Objects.requireNonNull(behaviour, "behaviour");
            lock.lock();
            try {
                for (int i = 0; i < times; i++) {
                    steps.add(behaviour);
                }
            } finally {
                lock.unlock();
            }
            return this;
        }

        /**
         * Sets what is done after the last step.
         *
         * @param behaviour what is done with every further submit
         * @return this script
         */
        public Script otherwise(Behaviour behaviour) {
            Objects.requireNonNull(behaviour, "behaviour");
            return otherwise(submission -> behaviour);
        }

        /**
         * Sets what is done after the last step, by submission. The function may block or throw, which then happens in
         * the submit.
         *
         * @param choice from a submission to a behaviour; called on the submitting thread, concurrently
         * @return this script
         */
        public Script otherwise(Function<? super Submission, Behaviour> choice) {
            Objects.requireNonNull(choice, "choice");
            lock.lock();
            try {
                this.rest = choice;
            } finally {
                lock.unlock();
            }
            return this;
        }

        /**
         * How many steps no submit has used yet.
         *
         * @return zero or more
         */
        public int remaining() {
            lock.lock();
            try {
                return steps.size();
            } finally {
                lock.unlock();
            }
        }

        private Behaviour next(Submission submission) {
            Function<? super Submission, Behaviour> choice;
            lock.lock();
            try {
                if (!steps.isEmpty()) {
                    return steps.remove();
                }
                choice = rest;
            } finally {
                lock.unlock();
            }
            return choice.apply(submission);
        }
    }
}
