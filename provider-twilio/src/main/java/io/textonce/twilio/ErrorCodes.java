package io.textonce.twilio;

import io.textonce.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Twilio's error codes in our words. Source: Twilio's error dictionary (EVIDENCE.md, section 4); the reasons and the
 * hints are ours. Twilio's own texts are never shown: they quote the recipient's number.
 */
final class ErrorCodes {

    /** What a code means and what a person can do about it. */
    record Meaning(Reason reason, String hint) {}

    /**
     * Twilio failed inside while it handled the request, so that a message may exist whatever status came along. 30410 is
     * failed on purpose and not repeated by Twilio, because the carrier may have it.
     */
    private static final Set<Integer> AMBIGUOUS = Set.of(20500, 20503, 30410);

    private static final Map<Integer, Meaning> TABLE = new HashMap<>();

    static {
        credentials();
        account();
        recipients();
        senders();
        content();
        requests();
        carriers();
    }

    private ErrorCodes() {}

    /** The meaning of a code; empty for one that isn't listed. */
    static Optional<Meaning> find(int code) {
        return Optional.ofNullable(TABLE.get(code));
    }

    static boolean isAmbiguous(int code) {
        return AMBIGUOUS.contains(code);
    }

    /** The hint with the code and the page on which Twilio explains it. */
    static String explain(int code, String hint) {
        return "Twilio error " + code + ": " + hint + " See https://www.twilio.com/docs/api/errors/" + code;
    }

    static Set<Integer> codes() {
        return Set.copyOf(TABLE.keySet());
    }

    private static void credentials() {
        put(
                Reason.CREDENTIAL,
                "Authenticate: Twilio doesn't accept the credentials. Check accountSid and authToken, or the API key and"
                        + " its secret; a rotated token, another region's token or a suspended account also do this.",
                20003);
        put(
                Reason.CREDENTIAL,
                "these credentials may not do this: use the account's own token or a standard API key.",
                20004,
                20006);
        put(
                Reason.CREDENTIAL,
                "test credentials can't use this resource: use live credentials, and a number instead of a Messaging"
                        + " Service.",
                20008);
    }

    private static void account() {
        put(
                Reason.ACCOUNT,
                "the account isn't active or is suspended: check its status and balance in the Twilio console.",
                20005,
                30002);
        put(
                Reason.ACCOUNT,
                "a trial account sends to verified numbers only: verify this number (Console, Phone Numbers, Verified"
                        + " Caller IDs) or upgrade the account.",
                21219,
                21608);
        put(
                Reason.ROUTE,
                "the account isn't permitted to send to this country: enable it (Console, Messaging, Settings, Geo"
                        + " permissions).",
                21408);
    }

    private static void recipients() {
        put(
                Reason.RECIPIENT,
                "the To number isn't valid: it needs + and country code, such as +919876543210, and no other prefix.",
                21211,
                21401,
                21604);
        put(Reason.RECIPIENT, "the To number isn't a mobile number: ask for another.", 21614);
        put(Reason.RECIPIENT, "the destination number doesn't exist any more: stop sending to it.", 30005);
        put(Reason.RECIPIENT, "the destination is a landline or a carrier out of reach: stop sending to it.", 30006);
        put(
                Reason.OPTED_OUT,
                "the recipient replied STOP to this sender: send nothing until START comes from them.",
                21610);
        put(
                Reason.ROUTE,
                "this recipient can't be reached from this sender: use another sender or provider for this country.",
                21612);
    }

    private static void senders() {
        put(
                Reason.SENDER,
                "the sender isn't one that the account may send from: check the number (active, SMS-capable, bought by"
                        + " this account), the name or the Messaging Service.",
                21212,
                21601,
                21603,
                21606,
                21607,
                21616,
                21657,
                63007);
        put(
                Reason.SENDER,
                "the Messaging Service is missing, empty or doesn't hold this sender: check its sender pool.",
                21701,
                21702,
                21703,
                21704,
                21705,
                21708,
                21709,
                21711);
        put(Reason.SENDER, "the sender isn't provisioned with this carrier yet.", 30024);
        put(
                Reason.SENDER,
                "the sender isn't registered as the destination demands (pre-registered name, verified toll-free number or"
                        + " 10DLC campaign): register it in the Twilio console.",
                30018,
                30032,
                30033,
                30034,
                30035);
    }

    private static void content() {
        put(
                Reason.CONTENT,
                "the text or a medium isn't accepted: the text must not be empty or longer than 1600 characters, and media"
                        + " must be reachable, at most 10, of a supported type and size.",
                21602,
                21617,
                21619,
                21620,
                21621,
                21622,
                21623);
        put(
                Reason.TEMPLATE,
                "the content template or its variables aren't accepted: check ContentSid and ContentVariables.",
                21654,
                21655,
                21656,
                21658);
        put(Reason.CONTENT, "the carrier or the channel doesn't take this medium, or it is too large.", 30011);
        put(Reason.CONTENT, "the medium isn't supported or is too large.", 30015, 30016, 30019);
        put(Reason.CONTENT, "outside the 24 hours of a conversation only an approved template is allowed.", 63016);
        put(Reason.BLOCKED, "Twilio filtered the content: reword it.", 21618);
        put(
                Reason.BLOCKED,
                "the carrier filtered the message: check its content and the sender's registration.",
                30007);
        put(
                Reason.BLOCKED,
                "the message was blocked, by the carrier or because the recipient takes no messages (do not disturb).",
                30004);
        put(
                Reason.BLOCKED,
                "blocked as suspected SMS pumping; such a block lasts up to 30 minutes. Look for abuse.",
                30450);
    }

    private static void requests() {
        put(Reason.REQUEST, "the resource doesn't exist: check accountSid and the region.", 20404);
        put(
                Reason.REQUEST,
                "the status callback isn't accepted: it must be an absolute URL of at most 4000 characters whose host has"
                        + " no underscore.",
                21609,
                21624,
                21626);
        put(Reason.REQUEST, "the validity period must be 1 to 36000 seconds.", 30012, 30013);
        put(Reason.REQUEST, "the message can't be changed any more.", 30409);
        put(
                Reason.REQUEST,
                "scheduling at Twilio isn't used here: send at the time you want.",
                35111,
                35114,
                35115,
                35118,
                35126);
        put(Reason.BUDGET, "the price was above the MaxPrice of the message.", 30010);
    }

    private static void carriers() {
        put(
                Reason.THROTTLED,
                "the account makes too many requests at once; nothing was processed. Send slower.",
                20429);
        put(
                Reason.THROTTLED,
                "the sender's queue is full (it holds four hours): send slower or from more senders.",
                21611,
                30001);
        put(
                Reason.THROTTLED,
                "the sender's rate or daily limit with the carrier is used up; daily limits start again at midnight Pacific"
                        + " time.",
                30022,
                30023,
                30027);
        put(Reason.THROTTLED, "the account has too many scheduled messages.", 35125);
        put(Reason.EXPIRED, "the validity period ended before the message could be delivered.", 30036);
        put(Reason.UNAVAILABLE, "the carrier or Twilio was congested or failed.", 30017, 30020, 30021, 30410);
        put(Reason.UNAVAILABLE, "Twilio failed inside.", 20500, 20503);
        put(Reason.OTHER, "the handset was off or out of reach.", 30003);
        put(Reason.OTHER, "the carrier didn't say why.", 30008);
        put(Reason.OTHER, "a segment of an inbound message is missing.", 30009);
    }

    private static void put(Reason reason, String hint, int... codes) {
        for (int code : codes) {
            if (TABLE.put(code, new Meaning(reason, hint)) != null) {
                throw new IllegalStateException("code " + code + " is listed twice");
            }
        }
    }
}
