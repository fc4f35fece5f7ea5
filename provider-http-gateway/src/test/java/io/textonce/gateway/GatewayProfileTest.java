package io.textonce.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
