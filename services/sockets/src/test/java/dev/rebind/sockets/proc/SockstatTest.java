package dev.rebind.sockets.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SockstatTest {
    @Test
    @DisplayName("the sockets in TIME_WAIT are read from the kernel's line for TCP")
    void parses() {
        String text = """
                sockets: used 231
                TCP: inuse 9 orphan 1 tw 17 alloc 12 mem 3
                UDP: inuse 0 mem 1
                """;
        assertThat(Sockstat.timeWait(text)).hasValue(17);
    }

    @Test
    @DisplayName("what cannot be read is absent, not zero")
    void absent() {
        assertThat(Sockstat.timeWait("sockets: used 231\n")).isEmpty();
        assertThat(new Sockstat(Path.of("/proc/self/net/there-is-no-such-file")).timeWait())
                .isEmpty();
    }

    @Test
    @DisplayName("this machine's kernel tells them")
    void here() {
        assertThat(new Sockstat().timeWait()).isPresent();
    }
}
