package dev.rebind.diagnosis.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("When a text is written as JSON")
class JsonWriterTest {
    @ParameterizedTest
    @CsvSource({
        "27, \\u001b",
        "127, \\u007f",
        "0x9b, \\u009b",
        "0x202e, \\u202e",
        "0x2028, \\u2028",
        "0xe0001, \\udb40\\udc01",
        "0xd800, \\ud800"
    })
    @DisplayName("then what a terminal would obey or not show is escaped")
    void escaped(int point, String escaped) {
        assertThat(JsonWriter.write("a" + Character.toString(point) + "b")).isEqualTo("\"a" + escaped + "b\"");
    }

    @ParameterizedTest
    @CsvSource({"a b", "\u00fc\u4e2d", "\uD83D\uDE00"})
    @DisplayName("then other characters are written as they are")
    void plain(String text) {
        assertThat(JsonWriter.write(text)).isEqualTo('"' + text + '"');
    }
}
