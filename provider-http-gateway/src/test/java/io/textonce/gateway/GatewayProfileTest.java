package io.textonce.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayProfileTest {

    @Test
    void everyProblemIsNamedAtOnceWithItsPath() {
        String json = """
            {"id": "Mine!", "colour": "red", "countryCode": "0",
             "send": {"method": "DELETE", "url": "ftp://x", "query": {"to": "{nobody}", "a b": "{to"},
                      "maxRecipients": 0, "recipientFormat": {"replacePrefix": {"251": "0"}},
                      "response": {"format": "LINES", "lines": ["(?=x)", 7], "okStatus": "yes",
                                   "accepted": {"in": ["x"]},
                                   "errors": [{"when": {"status": 999}, "class": "TRANSIENT"}]}},
             "dlr": {"source": "POST", "fields": {"status": {"firstOf": ["a"], "const": "b"}},
                     "statusMap": {"ok": "YES"}},
             "webhookAuth": [{"kind": "HMAC", "signed": ["SOUL"]}]}
            """;
        assertThatThrownBy(() -> GatewayProfile.fromJson(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "\n- $.id: ",
                        "\n- $.colour: isn't known",
                        "\n- $.countryCode: ",
                        "\n- $.send.method: ",
                        "\n- $.send.url: ",
                        "\n- $.send.query.to: {nobody} isn't a variable",
                        "\n- $.send.query['a b']: a brace is not closed",
                        "\n- $.send.maxRecipients: ",
                        "\n- $.send.recipientFormat.replacePrefix['251']: ",
                        "\n- $.send.response.lines[0]: isn't a pattern of RE2's syntax",
                        "\n- $.send.response.lines[1]: ",
                        "\n- $.send.response.okStatus: ",
                        "\n- $.send.response.accepted: ",
                        "\n- $.send.response.errors[0].when.status: ",
                        "\n- $.send.response.errors[0].class: ",
                        "\n- $.dlr.source: ",
                        "\n- $.dlr.fields.status: ",
                        "\n- $.dlr.fields: must say where messageId or ref stands",
                        "\n- $.dlr.statusMap.ok: ",
                        "\n- $.webhookAuth[0].signatureHeader: is missing",
                        "\n- $.webhookAuth[0].signed: ");
    }

    @Test
    void whatIsNoJsonIsSaidWithItsPlace() {
        assertThatThrownBy(() -> GatewayProfile.fromJson("{\"id\": \"x\",\n \"id\": \"y\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> GatewayProfile.fromJson("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMessageCannotChooseTheHost() {
        for (String url : new String[] {
            "https://{to}/send", "https://{text}.example.org/", "https://example.org:{ref}/", "https://{secret.host}/",
            "{text}/send", "https://u:p@example.org/", "https://example.org/?to={to}", "https://example.org/#{to}"
        }) {
            assertThatThrownBy(() -> minimal(url)).as(url).hasMessageContaining("$.send.url: ");
        }
        assertThat(minimal("https://{settings.host}/send/{to}").settings()).containsExactly("host");
    }

    @Test
    void aReportReadFromAnUnsignedUrlIsRefused() {
        assertThatThrownBy(() -> GatewayProfile.builder("x")
                        .post("https://example.org/")
                        .accepted("/id")
                        .set("dlr", "{\"source\":\"JSON\",\"fields\":{\"status\":\"/s\",\"ref\":\"?ref\"}}")
                        .set("webhookAuth", "[{\"kind\":\"HMAC\",\"signatureHeader\":\"X-S\",\"signed\":[\"BODY\"]}]")
                        .build())
                .hasMessageContaining("no signature vouches");
    }

    @Test
    void theBuilderAndTheJsonFormAreTheSame() {
        GatewayProfile built = GatewayProfile.builder("my-gateway")
                .get("https://sms.example.org/send")
                .query("to", "{to}")
                .query("key", "{secret.apiKey}")
                .header("Accept", "text/plain")
                .replacePrefix("+251", "0")
                .line("OK (?P<id>\\w+)")
                .line("ERR (?P<why>.*)")
                .accepted("id")
                .messageId("id")
                .set(
                        "send/response/errors",
                        "[{\"when\":{\"field\":\"why\",\"regex\":\"credit\"},\"class\":\"CREDIT\"}]")
                .build();
        assertThat(GatewayProfile.fromJson(built.toJson())).isEqualTo(built).hasSameHashCodeAs(built);
        assertThat(built.secrets()).containsExactly("apiKey");
        assertThat(built.spec().send().response().layout().lines()).hasSize(2);
        for (String id : GatewayProfile.shipped()) {
            GatewayProfile shipped = GatewayProfile.shipped(id);
            assertThat(shipped.id()).isEqualTo(id);
            assertThat(GatewayProfile.fromJson(shipped.toJson())).isEqualTo(shipped);
        }
    }

    @Test
    void anUnknownShippedProfileNamesThoseThereAre() {
        assertThatThrownBy(() -> GatewayProfile.shipped("../kannel")).hasMessageContaining("kannel, playsms");
    }

    private static GatewayProfile minimal(String url) {
        return GatewayProfile.builder("x").post(url).accepted("/id").build();
    }

    @Test
    void aWholeClassOfFailuresIsNoSuccess() {
        for (String statuses : new String[] {"\"5xx\"", "[\"2xx\",\"4xx\"]", "\"3xx\""}) {
            assertThatThrownBy(() -> GatewayProfile.builder("a")
                            .post("{baseUrl}/")
                            .accepted("/id")
                            .set("send/response/okStatus", statuses)
                            .build())
                    .as(statuses)
                    .hasMessageContaining("$.send.response.okStatus");
        }
        GatewayProfile.builder("a")
                .post("{baseUrl}/")
                .accepted("/id")
                .set("send/response/okStatus", "[\"2xx\",400]")
                .build();
    }

    @Test
    void aRuleThatCanHaveNoEffectIsRefused() {
        for (String when :
                new String[] {"{\"status\":\"5xx\"}", "{\"status\":[503,\"3xx\"]}", "{\"allOf\":[{\"status\":\"1xx\"}]}"
                }) {
            assertThatThrownBy(() -> rule(when))
                    .as(when)
                    .hasMessageContaining("$.send.response.errors[0].when")
                    .hasMessageContaining("name 5xx statuses one by one");
        }
        rule("{\"status\":[\"4xx\",\"2xx\",503],\"not\":{\"status\":\"5xx\"}}");
    }

    private static GatewayProfile rule(String when) {
        return GatewayProfile.builder("a")
                .post("{baseUrl}/")
                .accepted("/id")
                .set("send/response/errors", "[{\"when\":" + when + ",\"class\":\"CREDIT\"}]")
                .build();
    }

    @Test
    void aSecretWrittenIntoAProfileIsRefusedAndNotShown() {
        String value = "sk_live" + "_hush";
        for (String auth : new String[] {
            "{\"kind\":\"HEADER\",\"value\":\"" + value + "\"}",
            "{\"kind\":\"BASIC\",\"user\":\"u\",\"password\":\"" + value + "\"}"
        }) {
            assertThatThrownBy(() -> auth(auth))
                    .as(auth)
                    .hasMessageContaining("$.send.auth.")
                    .hasMessageContaining("{secret.apiKey}")
                    .message()
                    .doesNotContain(value);
        }
        auth("{\"kind\":\"BASIC\",\"user\":\"{secret.apiKey}\",\"password\":\"x\"}");
    }

    private static GatewayProfile auth(String json) {
        return GatewayProfile.builder("a")
                .post("{baseUrl}/")
                .accepted("/id")
                .set("send/auth", json)
                .build();
    }

    @Test
    void aValueThatIsNoJsonIsNamedWithItsPathAndRemedy() {
        assertThatThrownBy(() -> GatewayProfile.builder("a").set("send/method", "POST"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("send/method: \"POST\" isn't JSON")
                .hasMessageContaining("write \"\\\"POST\\\"\"");
    }

    @Test
    void problemsNameTheProfileAndItsFile(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> GatewayProfile.fromJson("{\"id\":\"mine\"}"))
                .hasMessageContaining("GatewayProfile \"mine\" has ");
        Path file = Files.writeString(folder.resolve("mine.json"), "{\"id\":\"mine\"}");
        assertThatThrownBy(() -> GatewayProvider.fromEnvironment(Map.of("SMS_GATEWAY_PROFILE", file.toString())))
                .hasMessageContaining("SMS_GATEWAY_PROFILE, the file \"")
                .hasMessageContaining("\n- $.send: is missing");
    }

    @Test
    void aProfileThatIsWrittenOutNamesNoSchemaThatIsNotThere() {
        for (String id : GatewayProfile.shipped()) {
            assertThat(GatewayProfile.shipped(id).toJson()).as(id).doesNotContain("$schema");
        }
    }
}
