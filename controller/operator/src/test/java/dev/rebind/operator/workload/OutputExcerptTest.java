package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputExcerptTest {
    private static OutputExcerpt of(String text) {
        var output = new OutputExcerpt();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        output.write(bytes, 0, bytes.length);
        return output;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, OutputExcerpt.KEPT, OutputExcerpt.KEPT + 1, 2 * OutputExcerpt.KEPT})
    @DisplayName("When a command writes little, then all of it is told")
    void all(int length) {
        String text = "0123456789".repeat(300).substring(0, length);

        assertThat(of(text).text()).isEqualTo(text);
    }

    @Test
    @DisplayName("When a command writes much, then its beginning and its end are told, and how much is left out")
    void much() {
        String between = "x".repeat(5_000_000);

        assertThat(of("it begins " + between + " it ends\n").text())
                .startsWith("it begins xxx")
                .endsWith("xxx it ends")
                .contains(" … (" + (5_000_019 - 2 * OutputExcerpt.KEPT) + " bytes left out) … ")
                .hasSizeLessThan(2 * OutputExcerpt.KEPT + 100);
    }
}
