package io.textonce.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Inputs of 64 KiB that parsers dislike: deep nesting, endless tokens, what makes loops start again, noise. */
final class Nasty {

    static final int SIZE = 64 * 1024;

    private static final List<String> PATTERNS = List.of(
            "a",
            "0",
            "9",
            " ",
            "\u0000",
            "\r\n",
            "%",
            "%4",
            "%41",
            "+",
            "&",
            "=",
            "a=&",
            "=a&",
            "a=b&",
            "&&",
            ";",
            "{",
            "}",
            "{{",
            "{{a}}",
            "{{ a",
            "}}",
            "[",
            "[[",
            "{\"a\":",
            "[{\"a\":[",
            "\"",
            "\\",
            "\\u0041",
            "\\ud800",
            "1e9",
            "-",
            "(",
            "()",
            "ext",
            "x1",
            "+1 ",
            "\u0660",
            "\uff10",
            "\u00a0",
            "\u200f",
            "\u00e9",
            "e\u0301",
            "\u20ac",
            "\ud83d\ude00",
            "\ud83d",
            "\ude00",
            "\ud83d\udc68\u200d",
            "\u1f1e6",
            "<",
            "<a>",
            "<!DOCTYPE",
            "http://a.b/",
            "a.b ",
            "STOP ",
            "\ufffd",
            "\u0627",
            "=?",
            "From=%2B1&",
            "$",
            "$a",
            "a,",
            "a\n",
            ":",
            "OK: 1:2\n",
            "SQ==");

    private Nasty() {}

    static Stream<byte[]> inputs() {
        List<byte[]> all = new ArrayList<>();
        all.add(new byte[0]);
        for (String pattern : PATTERNS) {
            byte[] whole = pattern.repeat(SIZE / pattern.length() + 1).getBytes(StandardCharsets.UTF_8);
            byte[] cut = new byte[SIZE];
            System.arraycopy(whole, 0, cut, 0, SIZE);
            all.add(cut);
        }
        Random random = new Random(Long.getLong("textonce.seed", 20261121));
        for (int bits : new int[] {256, 128, 64, 10}) {
            byte[] noise = new byte[SIZE];
            for (int i = 0; i < SIZE; i++) {
                noise[i] = (byte) random.nextInt(bits);
            }
            all.add(noise);
        }
        return all.stream();
    }
}
