package dev.rebind.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A name that somebody else has chosen")
class ForeignTextTest {
    @Test
    @DisplayName("is in one line, and has nothing that steers a terminal or is hidden")
    void plain() {
        assertThat(ForeignText.name("a\u001b[31mb\u001b]0;c\u0007\u009b2J")).isEqualTo("a?[31mb?]0;c??2J");
        assertThat(ForeignText.name(" a\n b\r\tc\u2028d ")).isEqualTo("a b c?d");
        assertThat(ForeignText.name("a\u202eb\u200bc\u00add")).isEqualTo("a?b?c?d");
        assertThat(ForeignText.name("Größe 大小 😀")).isEqualTo("Größe 大小 😀");
    }

    @Test
    @DisplayName("shows a wrong byte as U+FFFD, and half a character as a question mark")
    void wrongBytes() {
        assertThat(ForeignText.name(new String(new byte[] {'a', (byte) 0xff, 'b'}, StandardCharsets.UTF_8)))
                .isEqualTo("a\ufffdb");
        assertThat(ForeignText.name("a\ud83d")).isEqualTo("a?");
    }

    @Test
    @DisplayName("is cut to 64 characters, and not in the midst of one")
    void cut() {
        assertThat(ForeignText.name("z".repeat(4_096))).isEqualTo("z".repeat(63) + "…");
        assertThat(ForeignText.cut("ab😀cd", 4)).isEqualTo("ab…");
        assertThat(ForeignText.cut("ab😀", 4)).isEqualTo("ab😀");
    }

    @Test
    @DisplayName("is so wherever a process has it")
    void owner() {
        assertThat(new Owner(7, "x\u001b[2J\n").name()).isEqualTo("x?[2J");
    }
}
