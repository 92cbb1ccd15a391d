package dev.rebind.child.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.child.protocol.LineSplitter.Cut;
import dev.rebind.child.protocol.ProtocolLines.Said;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TalkTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    @DisplayName("Lines do not depend on how they were cut on the way")
    void cuts(int piece) {
        byte[] bytes = "I am client\n\nzwölf\r\nrest".getBytes(StandardCharsets.UTF_8);
        var splitter = new LineSplitter();
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += piece) {
            assertThat(splitter.add(Arrays.copyOfRange(bytes, at, Math.min(at + piece, bytes.length))))
                    .isInstanceOfSatisfying(Cut.Lines.class, cut -> lines.addAll(cut.lines()));
        }
        assertThat(lines).containsExactly("I am client", "", "zwölf");
    }

    @Test
    @DisplayName("A line without end is refused before it eats the memory")
    void endless() {
        assertThat(new LineSplitter().add(new byte[ProtocolLines.LONGEST_LINE + 1]))
                .isEqualTo(new Cut.TooLong());
    }

    @Test
    @DisplayName("What the server writes is read again; what another says is told apart")
    void words() {
        assertThat(ProtocolLines.read(ProtocolLines.SERVER)).isEqualTo(new Said.Stream());
        assertThat(ProtocolLines.read(ProtocolLines.banner(7))).isEqualTo(new Said.Banner(7));
        assertThat(ProtocolLines.read(ProtocolLines.answer(7, "I am client: really")))
                .isEqualTo(new Said.Answer(7, "I am client: really"));
        assertThat(ProtocolLines.read(ProtocolLines.answer(7, ""))).isEqualTo(new Said.Answer(7, ""));
        assertThat(ProtocolLines.read("I am server of generation 99999999999: x"))
                .isInstanceOf(Said.Else.class);
        assertThat(ProtocolLines.read("I am client")).isEqualTo(new Said.Else("I am client"));
    }
}
