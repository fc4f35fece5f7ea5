package io.textonce.phone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The time zones of regions (IANA's zone.tab) and of North American area codes (libphonenumber's map_data), from
 * {@code zones.txt}, which says where each line is from.
 *
 * <p>Area codes are taken as a whole: an exchange within one is more precise only for fixed lines.
 */
final class ZoneTable {

    static final String RESOURCE = "zones.txt";
    private static final int AREA_CODE_END = 5;
    private static final Map<String, Set<ZoneId>> BY_KEY = load();

    private ZoneTable() {}

    /** The zones of a region, such as AU; empty if it isn't listed. */
    static Set<ZoneId> ofRegion(String region) {
        return BY_KEY.getOrDefault(region, Set.of());
    }

    /** The zones of a number of the United States or Canada by its area code; empty if that isn't listed. */
    static Set<ZoneId> ofAreaCode(String e164) {
        return e164.length() < AREA_CODE_END
                ? Set.of()
                : BY_KEY.getOrDefault(e164.substring(1, AREA_CODE_END), Set.of());
    }

    private static Map<String, Set<ZoneId>> load() {
        Map<String, Set<ZoneId>> table = new HashMap<>();
        Map<Set<ZoneId>, Set<ZoneId>> shared = new HashMap<>();
        try (InputStream file = Objects.requireNonNull(ZoneTable.class.getResourceAsStream(RESOURCE), RESOURCE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] words = line.split(" ", 0);
                    Set<ZoneId> zones = zones(words);
                    table.put(words[0], shared.computeIfAbsent(zones, same -> same));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    private static Set<ZoneId> zones(String[] words) {
        Set<ZoneId> zones = new LinkedHashSet<>();
        for (String word : words) {
            ZoneId zone = word.equals(words[0]) ? null : zone(word);
            if (zone != null) {
                zones.add(zone);
            }
        }
        return Collections.unmodifiableSet(zones);
    }

    /** A runtime older than the table may lack a zone that split off lately; the others of its region stay. */
    private static @Nullable ZoneId zone(String id) {
        try {
            return ZoneId.of(id);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
