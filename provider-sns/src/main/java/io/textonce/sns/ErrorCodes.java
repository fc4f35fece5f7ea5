package io.textonce.sns;

import io.textonce.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * AWS's error codes in our words, both APIs. A code of End User Messaging that names a reason stands as
 * {@code ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT}. Source: the service models (EVIDENCE.md, section 4); the
 * reasons and hints are ours. AWS's own texts are never shown: they quote the recipient's number.
 */
final class ErrorCodes {

    /** What a code means and what a person can do about it. */
    record Meaning(Reason reason, String hint) {}

    /** AWS failed inside while it handled the request, so that a message may exist whatever status came along. */
    private static final Set<String> AMBIGUOUS = Set.of(
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "ServiceUnavailable",
            "ServiceUnavailableException");

    private static final Map<String, Meaning> TABLE = new HashMap<>();

    static {
        credentials();
        limits();
        requests();
        conflicts();
        validation();
    }

    private ErrorCodes() {}

    /** The meaning of a code with its reason, else of the code alone; empty for one that isn't listed. */
    static Optional<Meaning> find(String code, String reason) {
        Meaning exact = TABLE.get(code + "/" + reason);
        return Optional.ofNullable(exact == null ? TABLE.get(code) : exact);
    }

    static boolean isAmbiguous(String code) {
        return AMBIGUOUS.contains(code);
    }

    static Set<String> codes() {
        return Set.copyOf(TABLE.keySet());
    }

    private static void credentials() {
        put(
                Reason.CREDENTIAL,
                "the credentials aren't valid: check the access key, its secret, and that both belong together.",
                "InvalidClientTokenId",
                "SignatureDoesNotMatch",
                "UnrecognizedClientException",
                "InvalidSecurity",
                "InvalidSecurityException",
                "MissingAuthenticationToken",
                "MissingAuthenticationTokenException",
                "IncompleteSignature",
                "IncompleteSignatureException",
                "InvalidSignatureException");
        put(
                Reason.CREDENTIAL,
                "the session token has expired: the credentials' provider must hand out fresh ones.",
                "ExpiredToken",
                "ExpiredTokenException");
        put(
                Reason.CREDENTIAL,
                "the signature's time differs too much from AWS's: set this machine's clock (NTP).",
                "RequestExpired",
                "RequestTimeTooSkewed");
        put(
                Reason.CREDENTIAL,
                "the IAM policy doesn't allow it: allow sns:Publish (or sms-voice:SendTextMessage) for these credentials.",
                "AuthorizationError",
                "AccessDenied",
                "AccessDeniedException");
        put(
                Reason.ACCOUNT,
                "the AWS account isn't signed up for this service, or is disabled: see the AWS console.",
                "OptInRequired",
                "SubscriptionRequiredException",
                "AccessDeniedException/ACCOUNT_DISABLED");
        put(
                Reason.ACCOUNT,
                "AWS refuses the account for its reputation: ask AWS Support.",
                "AccessDeniedException/INSUFFICIENT_ACCOUNT_REPUTATION");
    }

    private static void limits() {
        put(
                Reason.THROTTLED,
                "too many requests a second for this account and region; nothing was processed. Send slower.",
                "Throttling",
                "ThrottlingException",
                "Throttled",
                "ThrottledException",
                "RequestLimitExceeded",
                "TooManyRequests",
                "TooManyRequestsException",
                "RequestThrottled",
                "RequestThrottledException");
        put(
                Reason.ACCOUNT,
                "a quota of the account is used up: see Service Quotas in the AWS console.",
                "ServiceQuotaExceededException",
                "SubscriptionLimitExceeded",
                "FilterPolicyLimitExceeded",
                "ReplayLimitExceeded");
        put(
                Reason.ACCOUNT,
                "the account's monthly spending limit for text messages is reached: raise it in the AWS console.",
                "ServiceQuotaExceededException/MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT");
    }

    private static void requests() {
        put(
                Reason.REQUEST,
                "AWS doesn't accept a parameter: check number, sender and options.",
                "InvalidParameter",
                "ParameterValueInvalid",
                "InvalidParameterValue",
                "InvalidParameterCombination",
                "MissingParameter",
                "ValidationError",
                "ValidationException",
                "SerializationException");
        put(
                Reason.REQUEST,
                "AWS doesn't know this request: check the region and the base URL.",
                "InvalidAction",
                "MissingAction",
                "MalformedQueryString",
                "InvalidQueryParameter",
                "UnknownOperationException",
                "NotFound",
                "EndpointDisabled",
                "PlatformApplicationDisabled");
        put(
                Reason.REQUEST,
                "a resource that the request names doesn't exist: check sender identity, configuration set and pool.",
                "ResourceNotFoundException");
        put(
                Reason.REQUEST,
                "a KMS key of a topic isn't usable; that doesn't concern a text message: check what was called.",
                "KMSDisabled",
                "KMSInvalidState",
                "KMSNotFound",
                "KMSOptInRequired",
                "KMSAccessDenied",
                "KMSThrottling");
        put(Reason.OPTED_OUT, "the recipient opted out: send nothing until they opt in again.", "OptedOut");
    }

    private static void conflicts() {
        put(
                Reason.OPTED_OUT,
                "the recipient opted out: send nothing until they opt in again.",
                "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT");
        put(
                Reason.ACCOUNT,
                "the account is in the SMS sandbox, which sends to verified numbers only: verify this number or leave the"
                        + " sandbox (AWS End User Messaging console).",
                "ConflictException/DESTINATION_PHONE_NUMBER_NOT_VERIFIED");
        put(
                Reason.BLOCKED,
                "a protect configuration blocks this destination: change its rules if that isn't meant.",
                "ConflictException/DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
                "ConflictException/DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE");
        put(
                Reason.SENDER,
                "no sender of the account can send this: check that one is active, of this message type, and allowed in the"
                        + " destination's country.",
                "ConflictException/NO_ORIGINATION_IDENTITIES_FOUND",
                "ConflictException/MESSAGE_TYPE_MISMATCH",
                "ConflictException/NUMBER_CAPABILITIES_MISMATCH",
                "ConflictException/RESOURCE_NOT_ACTIVE");
        put(
                Reason.REQUEST,
                "the account's resources don't fit together: check sender, pool, keyword and configuration set.",
                "ConflictException");
    }

    private static void validation() {
        put(
                Reason.ROUTE,
                "the account isn't enabled to send to this country: enable it in the AWS console.",
                "ValidationException/COUNTRY_NOT_ENABLED",
                "ValidationException/DESTINATION_COUNTRY_BLOCKED",
                "ValidationException/INTERNATIONAL_SENDING_NOT_SUPPORTED");
        put(
                Reason.SENDER,
                "the sender can't be used for this destination: register it, or use another.",
                "ValidationException/SENDER_ID_NOT_REGISTERED",
                "ValidationException/SENDER_ID_NOT_SUPPORTED",
                "ValidationException/SENDER_ID_REQUIRES_REGISTRATION",
                "ValidationException/INVALID_IDENTITY_FOR_DESTINATION_COUNTRY",
                "ValidationException/COUNTRY_CODE_MISMATCH",
                "ValidationException/RESOURCE_NOT_ACCESSIBLE");
        put(Reason.BUDGET, "the price is above the message's MaxPrice.", "ValidationException/PRICE_OVER_THRESHOLD");
        put(Reason.CONTENT, "the text is too long.", "ValidationException/MAXIMUM_SIZE_EXCEEDED");
    }

    private static void put(Reason reason, String hint, String... codes) {
        for (String code : codes) {
            if (TABLE.put(code, new Meaning(reason, hint)) != null) {
                throw new IllegalStateException("code " + code + " is listed twice");
            }
        }
    }
}
