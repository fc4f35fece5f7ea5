package io.textonce.jdbc;

import io.textonce.store.LimitStore.Limit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left of the limits of one key, as one column. The same rules as the store in memory: each permit of a window is
 * remembered exactly up to 1,000, above that to a thousandth of the window, late rather than early; and a minute, or a window
 * if that is shorter, longer than needed, so that a late caller is judged by its own instant. All times in nanoseconds.
 *
 * <p>Not thread-safe.
 */
final class LimitState {

    private static final int EXACT = 1_000;
    private static final long MAX_GRACE = 60_000_000_000L;

    /** One limit and what was taken from it. */
    private abstract static class Meter {
        final Limit limit;
        final long window;

        Meter(Limit limit) {
            this.limit = limit;
            this.window = limit.window().toNanos();
        }

        abstract long waitFor(int permits, long now);

        abstract void take(int permits, long now);

        abstract void giveBack(int permits, long takenAt);

        abstract long wholeAt();

        abstract void write(DataOutputStream out) throws IOException;

        abstract void read(DataInputStream in) throws IOException;
    }

    /** An exact window: the instants at which permits were taken, ascending. */
    private static final class Log extends Meter {
        private final List<long[]> taken = new ArrayList<>();
        private final long grace;
        private final long grain;

        Log(Limit limit) {
            super(limit);
            this.grace = Math.min(window, MAX_GRACE);
            this.grain = limit.permits() <= EXACT ? 1 : Math.max(1, window / EXACT);
        }

        private long rounded(long now) {
            long over = Math.floorMod(now, grain);
            return over == 0 ? now : now - over + grain;
        }

        @Override
        long waitFor(int permits, long now) {
            long free = (long) limit.permits() - permits;
            long newer = 0;
            for (int i = taken.size() - 1; i >= 0; i--) {
                long freeAt = taken.get(i)[0] + window;
                if (freeAt <= now) {
                    return 0;
                }
                newer += taken.get(i)[1];
                if (newer > free) {
                    return freeAt - now;
                }
            }
            return 0;
        }

        @Override
        void take(int permits, long now) {
            long instant = rounded(now);
            long oldest = instant - window - grace;
            taken.removeIf(each -> each[0] <= oldest);
            int at = taken.size();
            while (at > 0 && taken.get(at - 1)[0] > instant) {
                at--;
            }
            if (at > 0 && taken.get(at - 1)[0] == instant) {
                taken.get(at - 1)[1] += permits;
            } else {
                taken.add(at, new long[] {instant, permits});
            }
        }

        @Override
        void giveBack(int permits, long takenAt) {
            long instant = rounded(takenAt);
            for (long[] each : taken) {
                if (each[0] == instant) {
                    each[1] = Math.max(0, each[1] - permits);
                }
            }
        }

        @Override
        long wholeAt() {
            return taken.isEmpty() ? Long.MIN_VALUE : taken.get(taken.size() - 1)[0] + window + grace;
        }

        @Override
        void write(DataOutputStream out) throws IOException {
            out.writeInt(taken.size());
            long before = 0;
            for (long[] each : taken) {
                number(out, each[0] - before);
                number(out, each[1]);
                before = each[0];
            }
        }

        @Override
        void read(DataInputStream in) throws IOException {
            long before = 0;
            for (int size = in.readInt(); size > 0; size--) {
                before += number(in);
                taken.add(new long[] {before, number(in)});
            }
        }

        /** Seven bits a byte, least first; none is negative. */
        private static void number(DataOutputStream out, long value) throws IOException {
            long rest = value;
            while (rest > 0x7F) {
                out.writeByte((int) ((rest & 0x7F) | 0x80));
                rest >>>= 7;
            }
            out.writeByte((int) rest);
        }

        private static long number(DataInputStream in) throws IOException {
            long value = 0;
            int shift = 0;
            int next = in.readUnsignedByte();
            while (next > 0x7F) {
                value |= (long) (next & 0x7F) << shift;
                shift += 7;
                next = in.readUnsignedByte();
            }
            return value | (long) next << shift;
        }
    }

    /** A token bucket by what is missing from it, a token counting as many units as the window has nanoseconds. */
    private static final class TokenBucket extends Meter {
        private BigInteger missing = BigInteger.ZERO;
        private long asOf = Long.MIN_VALUE;

        TokenBucket(Limit limit) {
            super(limit);
        }

        private BigInteger tokens(long count) {
            return BigInteger.valueOf(count).multiply(BigInteger.valueOf(window));
        }

        private BigInteger missingAt(long now) {
            if (now <= asOf || missing.signum() == 0) {
                return missing;
            }
            BigInteger refilled = BigInteger.valueOf(now - asOf).multiply(BigInteger.valueOf(limit.permits()));
            return missing.subtract(refilled).max(BigInteger.ZERO);
        }

        private long nanosFor(BigInteger units) {
            BigInteger[] parts = units.divideAndRemainder(BigInteger.valueOf(limit.permits()));
            return parts[0].longValueExact() + (parts[1].signum() == 0 ? 0 : 1);
        }

        @Override
        long waitFor(int permits, long now) {
            BigInteger over = missingAt(now).add(tokens(permits)).subtract(tokens(limit.burst()));
            return over.signum() <= 0 ? 0 : nanosFor(over) + Math.max(0, asOf - now);
        }

        @Override
        void take(int permits, long now) {
            missing = missingAt(now).add(tokens(permits));
            asOf = Math.max(asOf, now);
        }

        @Override
        void giveBack(int permits, long takenAt) {
            missing = missing.subtract(tokens(permits)).max(BigInteger.ZERO);
        }

        @Override
        long wholeAt() {
            return missing.signum() == 0 ? Long.MIN_VALUE : asOf + nanosFor(missing);
        }

        @Override
        void write(DataOutputStream out) throws IOException {
            out.writeLong(asOf);
            byte[] bytes = missing.toByteArray();
            out.writeByte(bytes.length);
            out.write(bytes);
        }

        @Override
        void read(DataInputStream in) throws IOException {
            asOf = in.readLong();
            missing = new BigInteger(in.readNBytes(in.readUnsignedByte()));
        }
    }

    private final List<Meter> meters = new ArrayList<>();

    static LimitState empty() {
        return new LimitState();
    }

    static LimitState decode(byte[] bytes) {
        LimitState state = new LimitState();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (int count = in.readInt(); count > 0; count--) {
                Meter meter = meter(new Limit(in.readInt(), Duration.ofNanos(in.readLong()), in.readInt()));
                meter.read(in);
                state.meters.add(meter);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("textonce_limit.state isn't what was written there", e);
        }
        return state;
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(meters.size());
            for (Meter meter : meters) {
                out.writeInt(meter.limit.permits());
                out.writeLong(meter.window);
                out.writeInt(meter.limit.burst());
                meter.write(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory doesn't fail", e);
        }
        return bytes.toByteArray();
    }

    private static Meter meter(Limit limit) {
        return limit.burst() == 0 ? new Log(limit) : new TokenBucket(limit);
    }

    /** Takes from all or none; answers how long to wait, 0 if taken. Limits that stay the same keep their state. */
    long take(List<Limit> limits, int permits, long now) {
        arrange(limits);
        long wait = 0;
        for (Meter meter : meters) {
            wait = Math.max(wait, meter.waitFor(permits, now));
        }
        if (wait == 0) {
            meters.forEach(meter -> meter.take(permits, now));
        }
        return wait;
    }

    private void arrange(List<Limit> limits) {
        List<Meter> before = new ArrayList<>(meters);
        meters.clear();
        for (Limit limit : limits) {
            meters.add(before.stream()
                    .filter(meter -> meter.limit.equals(limit))
                    .findFirst()
                    .orElseGet(() -> meter(limit)));
        }
    }

    void giveBack(List<Limit> limits, int permits, long takenAt) {
        for (Meter meter : meters) {
            if (limits.contains(meter.limit)) {
                meter.giveBack(permits, takenAt);
            }
        }
    }

    /** When nothing will be left to remember. */
    long wholeAt() {
        return meters.stream().mapToLong(Meter::wholeAt).max().orElse(Long.MIN_VALUE);
    }
}
