package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvTest {

    private static List<Csv.Line> read(String text) throws IOException {
        Csv csv = new Csv(new StringReader(text));
        List<Csv.Line> lines = new ArrayList<>();
        for (Csv.Line line = csv.read(); line != null; line = csv.read()) {
            lines.add(line);
        }
        return lines;
    }

    private static List<List<String>> cells(String text) throws IOException {
        return read(text).stream().map(Csv.Line::cells).toList();
    }

    @Test
    void readsPlainAndQuotedCells() throws IOException {
        assertThat(cells("to,text\n1,Hi\n2,\"Hi, you\"\n3,\"say \"\"now\"\"\"\n4,\n5,\"\""))
                .containsExactly(
                        List.of("to", "text"),
                        List.of("1", "Hi"),
                        List.of("2", "Hi, you"),
                        List.of("3", "say \"now\""),
                        List.of("4", ""),
                        List.of("5", ""));
    }

    @Test
    void takesWhatSpreadsheetsWrite() throws IOException {
        assertThat(cells("\uFEFFto;text\r\n1;Hi, you\r\n\r\n2;\"a;b\"\r\n"))
                .containsExactly(List.of("to", "text"), List.of("1", "Hi, you"), List.of("2", "a;b"));
    }

    @Test
    void countsTheLinesOfTheFileAlsoWithinQuotes() throws IOException {
        assertThat(read("a,b\n\n1,\"x\ny\"\n2,z"))
                .containsExactly(
                        new Csv.Line(1, List.of("a", "b")),
                        new Csv.Line(3, List.of("1", "x\ny")),
                        new Csv.Line(5, List.of("2", "z")));
    }

    @Test
    void saysWhereQuotesAreWrong() {
        assertThatThrownBy(() -> read("a\n\"b\nc"))
                .hasMessageContaining("line 2")
                .hasMessageContaining("never closed");
        assertThatThrownBy(() -> read("a\n\"b\"c"))
                .hasMessageContaining("line 2")
                .hasMessageContaining("closing quote");
    }

    @Test
    void readsWhatItWrites() throws IOException {
        assertThat(cells(Csv.line("a", 1, null, "b,c", "d \"e\"", "f\ng")))
                .containsExactly(List.of("a", "1", "", "b,c", "d \"e\"", "f\ng"));
    }
}
