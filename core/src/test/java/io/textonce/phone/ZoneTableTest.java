package io.textonce.phone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.textonce.PhoneNumber;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table is what its two sources say, which lie beside this test as they were published. */
class ZoneTableTest {

    private static final String HEADER = """
            # The time zones that a number may be in. Made by ZoneTableTest (-Dzones.update=true); don't edit.
            # Regions: IANA time zone database 2025b, zone.tab, in the public domain.
            # Ascension, Tristan da Cunha and Kosovo, which zone.tab lacks: the zones of their country codes in map_data.txt.
            # Area codes of the United States and Canada: libphonenumber, resources/timezones/map_data.txt as of 2026-07-02,
            # sha256 67b996160fb393952ace950e0fb93046271693ef097f849d6c2d07d5df28b3d4, all exchanges of an area code together.
            # Copyright (C) 2012 The Libphonenumber Authors, licensed under the Apache License, Version 2.0.
            """;

    private final PhoneNumbers phones = PhoneNumbers.international();

    private static String read(String resource) throws IOException {
        try (InputStream file = Objects.requireNonNull(ZoneTableTest.class.getResourceAsStream(resource), resource)) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** The table, made anew from its sources. */
    private static String made() throws IOException {
        Map<String, Set<String>> regions = new TreeMap<>();
        read("zone.tab").lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            String[] columns = line.split("\t", 0);
            regions.computeIfAbsent(columns[0], k -> new TreeSet<>()).add(columns[2]);
        });
        Map.of("AC", "247", "TA", "290", "XK", "383")
                .forEach((region, code) -> regions.put(region, new TreeSet<>(List.of(countryZones(code)))));
        PhoneNumberUtil library = PhoneNumberUtil.getInstance();
        Map<String, Set<String>> areas = new TreeMap<>();
        read("map_data.txt")
                .lines()
                .filter(line -> line.matches("1[0-9]{3,}\\|.*"))
                .forEach(line -> {
                    String[] columns = line.split("\\|", 0);
                    areas.computeIfAbsent(columns[0].substring(0, 4), k -> new TreeSet<>())
                            .addAll(List.of(columns[1].split("&", 0)));
                });
        // What another region's zones are is said by its own line.
        Set<String> others = new TreeSet<>(regions.keySet());
        others.removeAll(Set.of("US", "CA"));
        Set<String> elsewhere = new TreeSet<>();
        for (String region : library.getRegionCodesForCountryCode(1)) {
            if (others.contains(region)) {
                elsewhere.addAll(regions.get(region));
            }
        }
        areas.values().removeIf(zones -> elsewhere.containsAll(zones));
        StringBuilder out = new StringBuilder(HEADER);
        regions.forEach((key, zones) ->
                out.append(key).append(' ').append(String.join(" ", zones)).append('\n'));
        areas.forEach((key, zones) ->
                out.append(key).append(' ').append(String.join(" ", zones)).append('\n'));
        return out.toString();
    }

    private static String countryZones(String code) {
        try {
            return read("map_data.txt")
                    .lines()
                    .filter(line -> line.startsWith(code + "|"))
                    .map(line -> line.substring(code.length() + 1))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theTableIsWhatItsSourcesSay() throws IOException {
        String made = made();
        if (Boolean.getBoolean("zones.update")) {
            Files.writeString(
                    Path.of("src/main/resources/io/textonce/phone", ZoneTable.RESOURCE),
                    made,
                    StandardCharsets.US_ASCII);
        } else {
            assertThat(read(ZoneTable.RESOURCE)).isEqualTo(made);
        }
    }

    @Test
    void everyRegionWithTelephonesHasZonesThatThisRuntimeKnows() {
        Set<String> without = new TreeSet<>(PhoneNumberUtil.getInstance().getSupportedRegions());
        without.removeIf(region -> !ZoneTable.ofRegion(region).isEmpty());
        assertThat(without).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "+12025550123, America/New_York",
        "+14155550123, America/Los_Angeles",
        "+18085550123, Pacific/Honolulu",
        "+18505550123, America/Chicago America/New_York",
        "+14165550123, America/Toronto",
        "+16715550123, Pacific/Guam",
        "+447700900123, Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London",
        "+447400123456, Europe/London",
        "+6421234567, Pacific/Auckland Pacific/Chatham",
        "+905012345678, Europe/Istanbul",
        "+8001234567890, ''",
    })
    void aNumberTellsItsZonesAsFarAsItCan(String number, String zones) {
        List<String> ids = new ArrayList<>(phones.zonesOf(PhoneNumber.of(number)).stream()
                .map(ZoneId::getId)
                .toList());
        ids.sort(null);
        assertThat(String.join(" ", ids)).isEqualTo(zones);
    }

    @Test
    void anAustralianMobileMayBeAnywhereInAustralia() {
        assertThat(phones.zonesOf(PhoneNumber.of("+61491570156")))
                .contains(
                        ZoneId.of("Australia/Sydney"), ZoneId.of("Australia/Perth"), ZoneId.of("Australia/Lord_Howe"));
    }

    @Test
    void aNumberOfNoKnownAreaMayBeWhereverItsCountryCodeIs() {
        assertThat(phones.zonesOf(PhoneNumber.of("+11105550123")))
                .contains(ZoneId.of("America/St_Johns"), ZoneId.of("Pacific/Honolulu"), ZoneId.of("America/Jamaica"));
    }

    @Test
    void everyZoneHasRules() {
        Instant now = Instant.parse("2026-07-01T00:00:00Z");
        for (String region : PhoneNumberUtil.getInstance().getSupportedRegions()) {
            for (ZoneId zone : ZoneTable.ofRegion(region)) {
                assertThat(zone.getRules().getOffset(now)).isNotNull();
            }
        }
    }
}
