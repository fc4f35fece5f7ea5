package io.textonce.client;

import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.client.PreferenceSource.Choice;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Asks what people chose; a source that fails counts as a store that can't be read. */
record Wishes(PreferenceSource source) {

    static final Wishes NONE = new Wishes((message, languages) -> Choice.NONE);

    Choice of(SmsMessage message, Set<Locale> languages) {
        try {
            return Objects.requireNonNull(source.of(message, languages), "the choice");
        } catch (RuntimeException e) {
            throw new SmsStoreException("PreferenceSource.of", e);
        }
    }
}
