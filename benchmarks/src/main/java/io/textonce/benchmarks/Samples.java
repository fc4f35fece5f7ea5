package io.textonce.benchmarks;

import java.util.Locale;

/** The message that every contender sends. Numbers are from +1 xxx 555 01xx, which is reserved for fiction. */
final class Samples {
    static final String ACCOUNT = "AC00000000000000000000000000000001";
    static final String TOKEN = "00000000000000000000000000000000";
    static final String FROM = "+12025550100";
    static final String TEXT =
            "Your appointment with the clinic is on Tuesday at 10:30. Reply YES to confirm it, please.";
    static final String GSM_160 = "Dear customer, your order 4711 was handed to the courier at 09:45 and will reach you"
            + " between 14:00 and 16:00 today. Track it at example.com/t/4711 or call today";
    static final String CALLBACK = "https://sms.example.com/hooks/twilio?tenant=main";

    private static final int REPEATED = 512;
    /** Every area code that could exist: far more numbers than any memory of answers holds. */
    private static final String[] RECIPIENTS = recipients();

    private Samples() {}

    private static String[] recipients() {
        String[] all = new String[80_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = String.format(Locale.ROOT, "+1%d55501%02d", 200 + i % 800, i / 800);
        }
        return all;
    }

    static String repeated(int number) {
        return RECIPIENTS[number & (REPEATED - 1)];
    }

    static String distinct(int number) {
        return RECIPIENTS[Math.floorMod(number, RECIPIENTS.length)];
    }
}
