package io.textonce.phone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.PhoneNumber;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhoneHashTest {
    private static final byte[] KEY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    private static final PhoneNumber NUMBER = PhoneNumber.of("+61491570156");

    /** Computed by {@code openssl dgst -sha256 -mac HMAC -macopt hexkey:...}. */
    private static final String EXPECTED = "f6b54871be64ac41ea0e9bff8aa4e7f5ce8d00e946b940da55f2e21f3f899c57";

    @Test
    void isTheHmacThatOtherToolsCompute() {
        assertThat(PhoneHash.withKey(KEY).of(NUMBER)).isEqualTo(EXPECTED);
    }

    @Test
    void keepsItsOwnCopyOfTheKey() {
        byte[] key = KEY.clone();
        PhoneHash hash = PhoneHash.withKey(key);
        key[0] = 99;

        assertThat(hash.of(NUMBER)).isEqualTo(EXPECTED);
    }

    @Test
    void anotherKeyOrNumberGivesAnotherHash() {
        byte[] other = KEY.clone();
        other[15]++;

        assertThat(PhoneHash.withKey(other).of(NUMBER)).isNotEqualTo(EXPECTED);
        assertThat(PhoneHash.withKey(KEY).of(PhoneNumber.of("+61491570157"))).isNotEqualTo(EXPECTED);
    }

    @Test
    void refusesShortKeysAndShowsNone() {
        assertThatThrownBy(() -> PhoneHash.withKey(new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("phone hash key: has 15 bytes, at least 16 are needed; generate one with SecureRandom and"
                        + " keep it with the other secrets");
        assertThat(PhoneHash.withKey(KEY)).hasToString("PhoneHash[HmacSHA256]");
    }

    @Test
    void answersManyThreadsAtOnce() {
        PhoneHash hash = PhoneHash.withKey(KEY);

        assertThat(IntStream.range(0, 2_000).parallel().mapToObj(i -> hash.of(NUMBER)))
                .containsOnly(EXPECTED);
    }
}
