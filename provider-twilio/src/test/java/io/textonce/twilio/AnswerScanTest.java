package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerScanTest {
    private static final String USUAL = """
            {"account_sid": "AC00000000000000000000000000000001", "body": "It\\u2019s \\"on\\" Tuesday\\n", \
            "error_code": null, "num_media": "0", "num_segments": "2", "price": null, "price_unit": null, \
            "flags": [true, false, 0, -12], "sid": "SM00000000000000000000000000000002", "empty": {}, "none": [ ], \
            "subresource_uris": {"sid": "not this one", "media": "/Media.json"}}
            """;

    /** What mutations put in: all that means something in JSON, and some that must not. */
    private static final String BITS = "{}[]\",:\\ \n\t\u0000\u0001/'-+.eE0123456789abcdefnultrsidAFSM\u00e9\u00ff";

    @Test
    void readsTheUsualAnswer() {
        MessageJson message = AnswerScan.read(bytes(USUAL));

        assertThat(message).isNotNull();
        assertThat(message.sid).isEqualTo("SM00000000000000000000000000000002");
        assertThat(message.segments).isEqualTo(2);
        assertThat(message.price()).isNull();
        assertThat(AnswerScan.read(Fixtures.bytes("submit-accepted.json"))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"sid\":\"a\",\"sid\":\"b\"}",
                "{\"sid\":\"a\\u0062\"}",
                "{\"si\\u0064\":\"a\"}",
                "{\"sid\":7}",
                "{\"price\":\"-0.0075\"}",
                "{\"a\":01}",
                "{\"a\":1.5}",
                "{\"a\":nullx}",
                "{\"a\":1}x",
                "{\"a\":1",
                "{\"a\":1,}",
                "{\"a\":\"\u00e9\"}",
                "{\"a\":[[[[[[[[[1]]]]]]]]]}"
            })
    void leavesTheUnusualToTheParser(String answer) {
        assertThat(AnswerScan.read(bytes(answer))).isNull();
    }

    @Test
    void neverAcceptsWhatTheParserRefusesOrReadsOtherwise() {
        long seed = 20260711;
        Random random = new Random(seed);
        byte[][] originals = {
            bytes(USUAL),
            Fixtures.bytes("submit-accepted.json"),
            bytes("{\"sid\":\"SM1\",\"num_segments\":1,\"price\":null}")
        };
        int accepted = 0;
        for (int round = 0; round < 300_000; round++) {
            byte[] answer = originals[round % originals.length].clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                answer = mutate(answer, random);
            }
            MessageJson scanned = AnswerScan.read(answer);
            if (scanned == null) {
                continue;
            }
            accepted++;
            String shown = "seed " + seed + ", round " + round + ": " + new String(answer, StandardCharsets.ISO_8859_1);
            byte[] same = answer;
            assertThatCode(() -> MessageJson.parseAnswer(same)).as(shown).doesNotThrowAnyException();
            MessageJson parsed = parsed(answer);
            assertThat(scanned.sid).as(shown).isEqualTo(parsed.sid);
            assertThat(scanned.segments).as(shown).isEqualTo(parsed.segments);
            assertThat(parsed.price()).as(shown).isNull();
        }
        assertThat(accepted).isBetween(30_000, 280_000);
    }

    private static MessageJson parsed(byte[] answer) {
        try {
            return MessageJson.parseAnswer(answer);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] mutate(byte[] from, Random random) {
        int at = random.nextInt(from.length);
        byte bit = (byte) BITS.charAt(random.nextInt(BITS.length()));
        return switch (random.nextInt(4)) {
            case 0 -> {
                byte[] changed = from.clone();
                changed[at] = bit;
                yield changed;
            }
            case 1 -> join(from, 0, at, new byte[] {bit}, from, at, from.length);
            case 2 -> join(from, 0, at, new byte[0], from, Math.min(from.length, at + 1), from.length);
            default -> {
                int start = random.nextInt(from.length);
                int end = Math.min(from.length, start + random.nextInt(30));
                byte[] piece = java.util.Arrays.copyOfRange(from, start, end);
                yield join(from, 0, at, piece, from, at, from.length);
            }
        };
    }

    private static byte[] join(byte[] a, int aFrom, int aTo, byte[] middle, byte[] b, int bFrom, int bTo) {
        byte[] all = new byte[aTo - aFrom + middle.length + bTo - bFrom];
        System.arraycopy(a, aFrom, all, 0, aTo - aFrom);
        System.arraycopy(middle, 0, all, aTo - aFrom, middle.length);
        System.arraycopy(b, bFrom, all, aTo - aFrom + middle.length, bTo - bFrom);
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
