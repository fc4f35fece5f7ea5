package io.textonce.smsbroadcast;

import io.textonce.Money;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.http.FormWriter;
import io.textonce.spi.http.HttpOutcome.Reply;
import io.textonce.spi.http.HttpTarget;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks how many credits are left; one is one text to Australia (EVIDENCE.md, section 5). */
final class Balance implements BalanceQuery {

    /** ISO 4217 for what is no currency. */
    private static final String CREDITS = "XXX";

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Pattern OK =
            Pattern.compile("OK\\s*:\\s*(-?[0-9]{1,15}(?:\\.[0-9]{1,6})?)", Pattern.CASE_INSENSITIVE);
    private static final Pattern ERROR =
            Pattern.compile("ERROR\\s*:\\s*(.{0,500})", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Settings settings;
    private final HttpTarget api;

    Balance(Settings settings, HttpTarget api) {
        this.settings = settings;
        this.api = api;
    }

    @Override
    public Answer balance() {
        byte[] form = FormWriter.body()
                .add("action", "balance")
                .add("username", settings.username())
                .add("password", settings.password())
                .toByteArray();
        return api.call(form, TIMEOUT)
                .<Answer>fold(
                        this::answer,
                        unsent -> new Answer(null, unsent.explanation()),
                        cut -> new Answer(null, cut.explanation()));
    }

    private Answer answer(Reply reply) {
        String text = SubmitResponse.text(reply).strip();
        Matcher ok = OK.matcher(text);
        if (reply.status() == 200 && ok.matches()) {
            return new Answer(Money.of(ok.group(1), CREDITS), "");
        }
        Matcher error = ERROR.matcher(text);
        if (!error.matches()) {
            return new Answer(null, "SMS Broadcast answered " + reply.status() + " without a balance: check baseUrl");
        }
        String said = Remedies.shown(error.group(1), settings.username(), settings.password());
        return new Answer(
                null,
                "SMS Broadcast answered ERROR, " + said
                        + Remedies.find(error.group(1))
                                .map(each -> ": " + each.hint())
                                .orElse(""));
    }
}
