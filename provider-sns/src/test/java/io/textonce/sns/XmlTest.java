package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmlTest {

    @Test
    void readsLeavesByTheirPaths() throws IOException {
        assertThat(
                        leaves(
                                "<?xml version=\"1.0\"?>\n<a x=\"1\" y='>'><b>1 &lt; 2 &amp;&#x41;&#66;</b><c/><d ></d ></a>\n"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("/a/b", "1 < 2 &AB", "/a/c", "", "/a/d", ""));
        assertThat(leaves("<a/>")).containsExactlyEntriesOf(Map.of("/a", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "x<a/>",
                "<a>",
                "<a></b>",
                "<a/><a/>",
                "<a/>x",
                "</a>",
                "<a><b></a></b>",
                "<a",
                "<a x>",
                "<a x=1/>",
                "<a x=\"1/>",
                "<!DOCTYPE a><a/>",
                "<a><!-- x --></a>",
                "<a><![CDATA[x]]></a>",
                "<a><?x y?></a>",
                "<a>&x;</a>",
                "<a>&amp</a>",
                "<a>&#xFFFFFFF;</a>",
                "<a>&#x-1;</a>",
                "<?xml version=\"1.0\"",
                "< a/>"
            })
    void refusesWhatIsNotOneWholeDocument(String xml) {
        assertThatThrownBy(() -> leaves(xml)).isInstanceOf(IOException.class);
    }

    @Test
    void refusesDepthsAndSizesThatNobodyNeeds() {
        assertThatThrownBy(() -> leaves("<a>".repeat(17) + "</a>".repeat(17))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> leaves("<a>" + " ".repeat(300_000) + "</a>")).isInstanceOf(IOException.class);
    }

    /** Whatever the JDK's parser refuses is refused; what both read, both read alike. */
    @Test
    void agreesWithTheJdkOnMutatedAnswers() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("XML property test, seed " + seed);
        Random random = new Random(seed);
        String genuine = Fixtures.json("sns_wire.json").get("successXml").asText();
        String letters = "<>/&;\"'=! ab#x?-";
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder xml = new StringBuilder(genuine);
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextInt(xml.length());
                switch (random.nextInt(3)) {
                    case 0 -> xml.deleteCharAt(at);
                    case 1 -> xml.insert(at, letters.charAt(random.nextInt(letters.length())));
                    default -> xml.setCharAt(at, letters.charAt(random.nextInt(letters.length())));
                }
            }
            Map<String, String> ours;
            try {
                ours = leaves(xml.toString());
            } catch (IOException refused) {
                continue;
            }
            read++;
            String id = "/PublishResponse/PublishResult/MessageId";
            if (ours.containsKey(id)) {
                assertThat(ours.get(id))
                        .as("seed %d, case %d: %s", seed, i, xml)
                        .isEqualTo(byTheJdk(xml.toString(), id));
            }
        }
        assertThat(read).isPositive();
    }

    private static String byTheJdk(String xml, String path) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        StringBuilder where = new StringBuilder();
        StringBuilder text = new StringBuilder();
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(
                    new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "UTF-8");
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamReader.START_ELEMENT -> where.append('/').append(reader.getLocalName());
                    case XMLStreamReader.END_ELEMENT ->
                        where.setLength(where.length() - reader.getLocalName().length() - 1);
                    case XMLStreamReader.CHARACTERS -> {
                        if (where.toString().equals(path)) {
                            text.append(reader.getText());
                        }
                    }
                    default -> {}
                }
            }
            return text.toString();
        } catch (XMLStreamException refused) {
            return "(refused by the JDK: " + refused.getMessage() + ")";
        }
    }

    private static Map<String, String> leaves(String xml) throws IOException {
        Map<String, String> found = new TreeMap<>();
        Xml.read(xml.getBytes(StandardCharsets.UTF_8), found::put);
        return found;
    }
}
