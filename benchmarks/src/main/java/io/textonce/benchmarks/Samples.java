package io.textonce.benchmarks;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonenumber;
import java.util.List;
import java.util.stream.IntStream;

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
    /** In every area code there is: far more numbers than any memory of answers holds. */
    private static final String[] RECIPIENTS = recipients(true);

    /** The same without an area code that exists; possible, so they are sent to, and dearer to check. */
    private static final String[] UNASSIGNED = recipients(false);

    private Samples() {}

    private static String[] recipients(boolean assigned) {
        PhoneNumberUtil library = PhoneNumberUtil.getInstance();
        List<Integer> areas = IntStream.range(200, 1000)
                .filter(area -> assigned
                        == library.isValidNumber(new Phonenumber.PhoneNumber()
                                .setCountryCode(1)
                                .setNationalNumber(area * 10_000_000L + 555_01_00)))
                .boxed()
                .toList();
        String[] all = new String[areas.size() * 100];
        for (int i = 0; i < all.length; i++) {
            int line = i / areas.size();
            all[i] = "+1" + areas.get(i % areas.size()) + "55501" + (line < 10 ? "0" : "") + line;
        }
        return all;
    }

    static String repeated(int number) {
        return RECIPIENTS[number & (REPEATED - 1)];
    }

    static String distinct(int number) {
        return RECIPIENTS[Math.floorMod(number, RECIPIENTS.length)];
    }

    static String unassigned(int number) {
        return UNASSIGNED[Math.floorMod(number, UNASSIGNED.length)];
    }
}
