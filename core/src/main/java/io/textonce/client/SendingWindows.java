package io.textonce.client;

import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.phone.PhoneNumbers;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells when a message may go out: while every window that holds for it is open in every zone its recipient may be in. */
final class SendingWindows {

    /** Nothing is closed for good: windows repeat by the week, and summer time moves them by an hour. */
    private static final int HORIZON_SECONDS = 8 * 86_400;

    private static final int MOST_NAMED = 3;

    private final List<SendingWindow> windows;
    private final Function<PhoneNumber, Set<ZoneId>> zones;
    private final PhoneNumbers phones;

    SendingWindows(List<SendingWindow> windows, Function<PhoneNumber, Set<ZoneId>> zones, PhoneNumbers phones) {
        this.windows = List.copyOf(windows);
        this.zones = zones;
        this.phones = phones;
    }

    /** What holds for one message; null if nothing does. */
    @Nullable
    Hours of(SmsMessage message, PhoneNumber to) {
        List<SendingWindow> own = new ArrayList<>(windows.size());
        for (SendingWindow window : windows) {
            if (window.holdsFor(message)) {
                own.add(
                        window.regions().isEmpty()
                                ? window
                                : window.forRegion(phones.regionOf(to).orElse(null)));
            }
        }
        if (own.isEmpty()) {
            return null;
        }
        ZoneId named = message.zone().orElse(null);
        return new Hours(own, named != null ? List.of(named) : candidates(to));
    }

    private List<ZoneId> candidates(PhoneNumber to) {
        try {
            return List.copyOf(Objects.requireNonNull(zones.apply(to), "zones"));
        } catch (RuntimeException e) {
            throw new SmsStoreException("zones", e);
        }
    }

    /** Why a message may not go out now. */
    record Closed(String explanation, @Nullable Instant opensAt) {}

    /** The windows and zones of one message. */
    static final class Hours {
        private final List<SendingWindow> windows;
        private final List<ZoneId> zones;

        private Hours(List<SendingWindow> windows, List<ZoneId> zones) {
            this.windows = windows;
            this.zones = zones;
        }

        /** Null if the message may go out. */
        @Nullable
        Closed closed(Instant now) {
            if (zones.isEmpty()) {
                return new Closed(
                        "the recipient's time zone isn't known, so nobody can say whether it is a quiet hour there;"
                                + " name the message's zone",
                        null);
            }
            for (SendingWindow window : windows) {
                for (ZoneId zone : zones) {
                    if (!window.isOpen(zone, now)) {
                        return explain(window, opening(now));
                    }
                }
            }
            return null;
        }

        /** The least instant at which all are open: each in turn puts it off until nobody does any more. */
        private @Nullable Instant opening(Instant now) {
            Instant horizon = now.plusSeconds(HORIZON_SECONDS);
            Instant at = now;
            Instant before;
            do {
                before = at;
                for (SendingWindow window : windows) {
                    for (ZoneId zone : zones) {
                        Instant next = window.nextOpening(zone, at);
                        if (next == null || next.isAfter(horizon)) {
                            return null;
                        }
                        at = next;
                    }
                }
            } while (at.isAfter(before));
            return at;
        }

        private Closed explain(SendingWindow window, @Nullable Instant opensAt) {
            String where =
                    zones.size() == 1 ? "in " + zones.get(0) : "in each zone the recipient may be in (" + named() + ")";
            String when = "messages go out from " + window.describe() + " " + where;
            return new Closed(
                    opensAt == null
                            ? when + "; within the next week there is no time at which that is so everywhere; name the"
                                    + " message's zone"
                            : "quiet hours: " + when + ", next at " + opensAt,
                    opensAt);
        }

        private String named() {
            List<String> names =
                    zones.stream().map(ZoneId::getId).sorted().limit(MOST_NAMED).toList();
            return String.join(", ", names)
                    + (zones.size() > MOST_NAMED ? " and " + (zones.size() - MOST_NAMED) + " more" : "");
        }
    }
}
