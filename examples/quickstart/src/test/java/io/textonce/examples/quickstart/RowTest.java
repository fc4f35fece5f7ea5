package io.textonce.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {

    private static List<Row> read(String csv) throws IOException {
        return Row.read(new StringReader("\uFEFFcountry,to,text\r\n" + csv));
    }

    @Test
    void readsQuotesCommasAndLineBreaks() throws IOException {
        assertThat(read("AU,0491 570 156,plain\nUS,1,\"a, \"\"b\"\"\nc\"\r\n\nTR,2,\n"))
                .containsExactly(
                        new Row("AU", "0491 570 156", "plain"),
                        new Row("US", "1", "a, \"b\"\nc"),
                        new Row("TR", "2", ""));
    }

    @Test
    void theLastRowNeedsNoLineBreak() throws IOException {
        assertThat(read("AU,1,\"x\"")).containsExactly(new Row("AU", "1", "x"));
        assertThat(read("")).isEmpty();
    }

    @Test
    void namesAHeadingThatIsNone() {
        for (String first : List.of("country;to;text", "AU,0491 570 156,the first message", "country,to")) {
            assertThatThrownBy(() -> Row.read(new StringReader(first + "\nAU,1,x\n")))
                    .as(first)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the heading isn't country,to,text");
        }
    }

    @Test
    void namesTheRowThatIsWrong() {
        assertThatThrownBy(() -> read("AU,1,x\nAU,1,x,y\n")).hasMessageContaining("row 2 has 4 fields");
        assertThatThrownBy(() -> read("AU,1,\"x\n")).hasMessageContaining("no end");
    }
}
