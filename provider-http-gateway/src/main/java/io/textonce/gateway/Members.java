package io.textonce.gateway;

import java.util.List;
import java.util.Map;

/** Which members each object of a profile may have. The schema for editors says the same, and a test compares them. */
final class Members {

    static final Map<String, List<String>> OF = Map.ofEntries(
            Map.entry(
                    "profile",
                    List.of(
                            "$schema",
                            "id",
                            "displayName",
                            "evidence",
                            "settings",
                            "countryCode",
                            "send",
                            "balance",
                            "dlr",
                            "inbound",
                            "webhookAuth")),
            Map.entry(
                    "send",
                    List.of(
                            "method",
                            "url",
                            "query",
                            "headers",
                            "auth",
                            "body",
                            "recipientFormat",
                            "senderFormat",
                            "recipientSeparator",
                            "maxRecipients",
                            "maxChars",
                            "maxParts",
                            "encoding",
                            "callbackQuery",
                            "response")),
            Map.entry("auth", List.of("kind", "user", "password", "name", "prefix", "value")),
            Map.entry("body", List.of("kind", "fields", "template", "contentType")),
            Map.entry("pair", List.of("value", "with")),
            Map.entry("recipientFormat", List.of("replacePrefix", "national")),
            Map.entry("encoding", List.of("gsm7", "ucs2")),
            Map.entry("encoded", List.of("params", "textAs")),
            Map.entry(
                    "response",
                    List.of(
                            "format",
                            "lines",
                            "okStatus",
                            "items",
                            "requestFailure",
                            "accepted",
                            "recipient",
                            "messageId",
                            "code",
                            "fanOut",
                            "errors")),
            Map.entry(
                    "condition",
                    List.of("status", "match", "field", "root", "in", "regex", "present", "anyOf", "allOf", "not")),
            Map.entry("error", List.of("when", "class")),
            Map.entry("field", List.of("firstOf", "const", "regex")),
            Map.entry("balance", List.of("method", "url", "query", "headers", "auth", "body", "response")),
            Map.entry(
                    "balanceResponse", List.of("format", "lines", "okStatus", "items", "value", "currency", "errors")),
            Map.entry(
                    "webhook",
                    List.of(
                            "source",
                            "items",
                            "match",
                            "fields",
                            "statusMap",
                            "clean",
                            "textDecode",
                            "media",
                            "time",
                            "ack")),
            Map.entry(
                    "dlrFields",
                    List.of("id", "messageId", "ref", "to", "status", "code", "part", "cost", "currency", "at")),
            Map.entry("inboundFields", List.of("id", "messageId", "ref", "from", "to", "text", "at")),
            Map.entry("clean", List.of("unwrap", "dropUnrendered")),
            Map.entry("textDecode", List.of("when", "field", "as")),
            Map.entry("media", List.of("items", "fields")),
            Map.entry("mediaFields", List.of("contentType", "base64", "url", "name")),
            Map.entry("time", List.of("pattern", "zone")),
            Map.entry("ack", List.of("status", "contentType", "body")),
            Map.entry(
                    "webhookAuth",
                    List.of(
                            "kind",
                            "param",
                            "header",
                            "algorithm",
                            "signatureHeader",
                            "encoding",
                            "prefix",
                            "signed",
                            "separator",
                            "timestampHeader",
                            "toleranceSeconds",
                            "keyIdHeader",
                            "digestHeader",
                            "networks")));

    private Members() {}
}
