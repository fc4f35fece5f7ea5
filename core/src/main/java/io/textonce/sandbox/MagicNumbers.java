package io.textonce.sandbox;

import static io.textonce.DeliveryStatus.DELIVERED;
import static io.textonce.DeliveryStatus.EXPIRED;
import static io.textonce.DeliveryStatus.SENT;
import static io.textonce.DeliveryStatus.UNDELIVERED;
import static io.textonce.sandbox.Behaviour.accept;
import static io.textonce.sandbox.Behaviour.hang;
import static io.textonce.sandbox.Behaviour.loseRequest;
import static io.textonce.sandbox.Behaviour.loseResponse;
import static io.textonce.sandbox.Behaviour.notTransmitted;
import static io.textonce.sandbox.Behaviour.refuse;
import static io.textonce.sandbox.Behaviour.throttle;

import io.textonce.Media;
import io.textonce.Reason;
import io.textonce.spi.Submission;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Base64;

/** The table in {@link SandboxProvider}'s Javadoc, as code. */
final class MagicNumbers {

    /** US numbers that are set aside for fiction: 555-0100 to 555-0199 of each area. */
    private static final String PREFIX = "+120255501";

    private static final byte[] ONE_PIXEL = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private MagicNumbers() {}

    static Behaviour of(Submission submission) {
        String number = submission.to().e164();
        return number.length() == PREFIX.length() + 2 && number.startsWith(PREFIX)
                ? of(number.substring(PREFIX.length()), submission.text())
                : accept();
    }

    private static Behaviour of(String lastTwo, String text) {
        return switch (lastTwo) {
            case "01" -> accept().report(SENT);
            case "02" -> accept().silent();
            case "03" -> accept().report(SENT).report(UNDELIVERED, Reason.RECIPIENT, "absent");
            case "04" -> accept().report(SENT).report(UNDELIVERED, Reason.BLOCKED, "filtered");
            case "05" -> accept().report(SENT).report(EXPIRED, Reason.EXPIRED, "expired");
            case "06" -> accept().report(SENT).report(UNDELIVERED).report(DELIVERED);
            case "10" -> refuse(Reason.RECIPIENT, "bad_number");
            case "11" -> refuse(Reason.OPTED_OUT, "opted_out");
            case "12" -> refuse(Reason.CONTENT, "bad_text");
            case "13" -> refuse(Reason.SENDER, "bad_sender");
            case "14" -> refuse(Reason.ROUTE, "no_route");
            case "15" -> refuse(Reason.ACCOUNT, "no_funds");
            case "16" -> refuse(Reason.CREDENTIAL, "bad_credential");
            case "17" -> refuse(Reason.REQUEST, "bad_request");
            case "20" -> throttle(Duration.ofSeconds(1)).thenOnRetry(accept());
            case "21" -> throttle(Duration.ofSeconds(60));
            case "22" -> throttle(null);
            case "30" -> notTransmitted();
            case "31" -> notTransmitted().thenOnRetry(accept());
            case "40" -> loseResponse();
            case "41" -> loseResponse().silent();
            case "42" -> loseRequest();
            case "43" -> hang();
            case "44" -> accept().answerAfter(Duration.ofSeconds(2));
            case "50" -> accept().report(SENT).report(DELIVERED, Duration.ZERO);
            case "51" -> accept().report(DELIVERED).report(SENT);
            case "52" -> accept().twice();
            case "53" -> accept().early();
            case "54" -> accept().report(SENT).reportParts(DELIVERED);
            case "55" -> accept().report(SENT).reportParts(UNDELIVERED, DELIVERED);
            case "60" -> accept().reply("Thank you");
            case "61" -> accept().reply("STOP");
            case "62" -> accept().reply("START");
            case "63" -> accept().reply("HELP");
            case "64" -> accept().reply(text);
            case "65" -> accept().reply("", picture());
            default -> accept();
        };
    }

    private static Media picture() {
        return Media.of("image/png", "pixel.png", ONE_PIXEL.length, null, () -> new ByteArrayInputStream(ONE_PIXEL));
    }
}
