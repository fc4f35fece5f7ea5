package io.textonce.client;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.SmsMessage;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The hours in which a recipient may be texted, by the recipient's own clock. Quiet hours are the rest of the day.
 *
 * <p>Guaranteed: asked before every submit, also after a wait and before another provider. A message is submitted only
 * while the window is open in every zone that the recipient may be in: the zone that {@code SmsMessage.Builder.zone} names,
 * else those of the number. What counts is what a clock in that zone shows, so an hour that summer time skips is missing
 * and one that it repeats counts both times. The opening time is inside, the closing time is not. Several windows hold
 * together. Not guaranteed: that the recipient is where the number says, or that the hours are what a law asks for.
 *
 * <pre>{@code
 * SendingWindow.daily(LocalTime.of(8, 0), LocalTime.of(21, 0))
 *         .inRegion("FR", SendingWindow.daily(LocalTime.of(10, 0), LocalTime.of(20, 0)).on(MONDAY, TUESDAY, FRIDAY))
 *         .only(Category.MARKETING);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SendingWindow {

    /** How far ahead the next opening is looked for: a week repeats, and its first day may have lost its opening. */
    private static final int MOST_DAYS = 8;

    /** Open on these days from a time to another, which is on the day after if it isn't later. */
    private record Hours(Set<DayOfWeek> days, LocalTime from, LocalTime to) {

        boolean show(LocalDateTime clock) {
            LocalTime time = clock.toLocalTime();
            DayOfWeek day = clock.getDayOfWeek();
            if (from.isBefore(to)) {
                return !time.isBefore(from) && time.isBefore(to) && days.contains(day);
            }
            return time.isBefore(from) ? time.isBefore(to) && days.contains(day.minus(1)) : days.contains(day);
        }
    }

    private final List<Hours> hours;
    private final Map<String, SendingWindow> regions;
    private final Set<Category> categories;
    private final @Nullable Label label;

    private SendingWindow(
            List<Hours> hours, Map<String, SendingWindow> regions, Set<Category> categories, @Nullable Label label) {
        this.hours = hours;
        this.regions = regions;
        this.categories = categories;
        this.label = label;
    }

    /**
     * Open every day between two times.
     *
     * @param from when it opens
     * @param to when it closes: on the next day if it isn't after {@code from}, so that {@link LocalTime#MIDNIGHT} is the
     *     end of the day
     * @return the window, for all categories
     * @throws IllegalArgumentException if it opens and closes at the same time, other than midnight (which is all day)
     */
    public static SendingWindow daily(LocalTime from, LocalTime to) {
        if (from.equals(to) && !from.equals(LocalTime.MIDNIGHT)) {
            throw new IllegalArgumentException(
                    "sending window: opens and closes at " + from + "; give two times, or midnight twice for all day");
        }
        return new SendingWindow(
                List.of(new Hours(Set.copyOf(EnumSet.allOf(DayOfWeek.class)), from, to)),
                Map.of(),
                Set.copyOf(EnumSet.allOf(Category.class)),
                null);
    }

    /**
     * Open every day but in the quiet hours.
     *
     * @param from when quiet begins, such as 21:00
     * @param to when it ends, such as 08:00
     * @return the window, for all categories
     * @throws IllegalArgumentException if both are the same
     */
    public static SendingWindow exceptQuietHours(LocalTime from, LocalTime to) {
        if (from.equals(to)) {
            throw new IllegalArgumentException("quiet hours: begin and end at " + from + "; give two times");
        }
        return daily(to, from);
    }

    /**
     * Opens on some days only. What is open past midnight belongs to the day on which it opened.
     *
     * @param days at least one
     * @return a copy
     * @throws IllegalArgumentException if there is none
     */
    public SendingWindow on(DayOfWeek... days) {
        Set<DayOfWeek> some = Set.copyOf(List.of(days));
        if (some.isEmpty()) {
            throw new IllegalArgumentException("sending window: on no day; name at least one");
        }
        return new SendingWindow(
                hours.stream()
                        .map(each -> new Hours(some, each.from(), each.to()))
                        .toList(),
                regions,
                categories,
                label);
    }

    /**
     * Open when either is, for hours that differ from day to day.
     *
     * @param other more hours; its regions and categories don't count
     * @return a copy
     */
    public SendingWindow or(SendingWindow other) {
        List<Hours> both = new ArrayList<>(hours);
        both.addAll(other.hours);
        return new SendingWindow(List.copyOf(both), regions, categories, label);
    }

    /**
     * Other hours for numbers of a region, instead of these.
     *
     * @param iso two letters, such as {@code FR}
     * @param instead the hours there; its regions and categories don't count
     * @return a copy
     * @throws IllegalArgumentException if the code isn't two letters
     */
    public SendingWindow inRegion(String iso, SendingWindow instead) {
        String code = iso.toUpperCase(Locale.ROOT);
        if (!code.matches("[A-Z]{2}")) {
            throw new IllegalArgumentException("sending window: a region is two letters of ISO 3166-1, such as FR");
        }
        Map<String, SendingWindow> more = new HashMap<>(regions);
        more.put(code, instead);
        return new SendingWindow(hours, Map.copyOf(more), categories, label);
    }

    /**
     * Holds for some categories only; messages of others pass at any time.
     *
     * @param first a category
     * @param more others
     * @return a copy
     */
    public SendingWindow only(Category first, Category... more) {
        return new SendingWindow(hours, regions, Set.copyOf(EnumSet.of(first, more)), label);
    }

    /**
     * Holds for messages with a label only, such as those of one campaign: beside the other windows, which hold for them too.
     *
     * @param name the label's name
     * @param value its value
     * @return a copy
     * @throws IllegalArgumentException if either is out of its range
     */
    public SendingWindow onlyLabelled(String name, String value) {
        return new SendingWindow(hours, regions, categories, new Label(name, value));
    }

    boolean holdsFor(SmsMessage message) {
        return categories.contains(message.category())
                && (label == null || message.labels().contains(label));
    }

    Set<String> regions() {
        return regions.keySet();
    }

    SendingWindow forRegion(@Nullable String region) {
        return region == null ? this : regions.getOrDefault(region, this);
    }

    boolean isOpen(ZoneId zone, Instant at) {
        LocalDateTime clock = LocalDateTime.ofInstant(at, zone);
        for (int i = 0; i < hours.size(); i++) {
            if (hours.get(i).show(clock)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The first instant, from one on, at which a clock in a zone shows a time within the window; null if there is none
     * within eight days. Only an opening time and a change of the zone's offset can make a clock show one.
     */
    @Nullable
    Instant nextOpening(ZoneId zone, Instant from) {
        if (isOpen(zone, from)) {
            return from;
        }
        LocalDate today = LocalDate.ofInstant(from, zone);
        Instant best = null;
        for (int day = 0; day <= MOST_DAYS; day++) {
            for (Hours each : hours) {
                LocalDateTime opening = LocalDateTime.of(today.plusDays(day), each.from());
                ZonedDateTime first = opening.atZone(zone);
                best = earlier(best, first.withEarlierOffsetAtOverlap().toInstant(), from, zone);
                best = earlier(best, first.withLaterOffsetAtOverlap().toInstant(), from, zone);
            }
        }
        ZoneOffsetTransition change = zone.getRules().nextTransition(from);
        Instant horizon = from.plusSeconds(MOST_DAYS * 86_400L);
        while (change != null && !change.getInstant().isAfter(horizon)) {
            best = earlier(best, change.getInstant(), from, zone);
            change = zone.getRules().nextTransition(change.getInstant());
        }
        return best;
    }

    private @Nullable Instant earlier(@Nullable Instant best, Instant other, Instant from, ZoneId zone) {
        boolean better = other.isAfter(from) && (best == null || other.isBefore(best)) && isOpen(zone, other);
        return better ? other : best;
    }

    /** The hours, for people. */
    String describe() {
        StringJoiner all = new StringJoiner(" or ");
        for (Hours each : hours) {
            String days = each.days().size() == 7
                    ? ""
                    : " on "
                            + String.join(
                                    ", ",
                                    each.days().stream()
                                            .sorted()
                                            .map(day -> day.name().toLowerCase(Locale.ROOT))
                                            .toList());
            all.add(each.from() + " to " + each.to() + days);
        }
        return all.toString();
    }

    @Override
    public String toString() {
        return "SendingWindow[" + describe() + (regions.isEmpty() ? "" : ", other hours in " + regions.keySet())
                + (categories.size() == Category.values().length ? "" : ", only " + categories)
                + (label == null ? "" : ", only " + label) + "]";
    }
}
