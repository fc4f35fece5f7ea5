package io.textonce.example.appointments;

import io.textonce.Quote;
import io.textonce.SmsMessage;
import io.textonce.text.Offender;
import io.textonce.text.Segmenter;
import java.util.List;

/** A text as it is, and as it would be in plain letters. */
record Preview(String text, Quote quote, Quote plain) {

    static Preview of(Sms sms, Texts texts, SmsMessage sample) {
        String text = texts.rendered(sample);
        StringBuilder plain = new StringBuilder(text);
        List<Offender> offenders = Segmenter.of(sms.provider.capabilities().segments())
                .segment(text)
                .offenders();
        for (int i = offenders.size() - 1; i >= 0; i--) {
            Offender each = offenders.get(i);
            plain.delete(each.index(), each.index() + each.length());
        }
        SmsMessage cheap = SmsMessage.to(Texts.SAMPLE).text(plain.toString()).build();
        return new Preview(text, sms.client.quote(sample), sms.client.quote(cheap));
    }

    String price(int perDay) {
        return quote.segments() + " segment(s) in " + quote.encoding() + ", " + cost(quote, 1) + " each, "
                + cost(quote, perDay) + " for " + perDay + " a day.";
    }

    String warning(int perDay) {
        int more = quote.segments() - plain.segments();
        return quote.warnings().isEmpty()
                ? ""
                : "Emoji and other letters outside GSM-7 cost " + more + " more segment(s): without them it is "
                        + plain.segments() + ", " + cost(plain, 1) + " each, " + cost(plain, perDay) + " for "
                        + perDay + " a day.";
    }

    private static String cost(Quote quote, int times) {
        return quote.cost().map(each -> each.times(times).toString()).orElse("no price");
    }
}
