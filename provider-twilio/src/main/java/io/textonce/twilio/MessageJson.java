package io.textonce.twilio;

import com.fasterxml.jackson.core.JsonParser;
import io.textonce.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What we read of a Message resource; every value may be null, and fields that we don't know are skipped. */
final class MessageJson implements Json.Fields {

    @Nullable
    String sid;

    @Nullable
    String status;

    @Nullable
    String to;

    @Nullable
    String body;

    @Nullable
    String direction;

    @Nullable
    String created;

    int segments = -1;
    int errorCode = -1;
    private @Nullable String price;
    private @Nullable String priceUnit;

    static MessageJson read(byte[] bytes) throws IOException {
        MessageJson message = new MessageJson();
        Json.read(bytes, message);
        return message;
    }

    /** Only what an answer to a submit is read for; the rest, our own text among it, stays bytes. */
    static MessageJson readAnswer(byte[] bytes) throws IOException {
        MessageJson scanned = AnswerScan.read(bytes);
        return scanned != null ? scanned : parseAnswer(bytes);
    }

    /** The same by a JSON parser, for what isn't the usual answer. */
    static MessageJson parseAnswer(byte[] bytes) throws IOException {
        MessageJson message = new MessageJson();
        Json.read(bytes, (name, value) -> {
            switch (name) {
                case "sid", "num_segments", "price", "price_unit" -> message.field(name, value);
                default -> {}
            }
        });
        return message;
    }

    @Override
    public void field(String name, JsonParser value) throws IOException {
        switch (name) {
            case "sid" -> {
                if (sid != null) {
                    throw new IOException("two sids");
                }
                sid = Json.text(value);
            }
            case "status" -> status = Json.text(value);
            case "to" -> to = Json.text(value);
            case "body" -> body = Json.text(value);
            case "direction" -> direction = Json.text(value);
            case "date_created" -> created = Json.text(value);
            case "num_segments" -> segments = Json.number(value);
            case "error_code" -> errorCode = Json.number(value);
            case "price" -> price = Json.text(value);
            case "price_unit" -> priceUnit = Json.text(value);
            default -> {}
        }
    }

    /** Twilio bills with a minus sign; our prices are positive. Null until billed. */
    @Nullable
    Money price() {
        return money(price, priceUnit, true);
    }

    static @Nullable Money money(@Nullable String amount, @Nullable String currency, boolean billed) {
        if (amount == null || currency == null || amount.length() > 20) {
            return null;
        }
        try {
            BigDecimal value = new BigDecimal(amount);
            if (Math.abs(value.scale()) > 20) {
                return null;
            }
            return new Money(billed ? value.abs() : value, Currency.getInstance(currency.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException notMoney) {
            return null;
        }
    }
}
