package dev.rebind.sockets.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.TestJvm;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("When there is no file descriptor left")
class DescriptorLimitTest {
    /** Uses up its descriptors, then asks for a free port. */
    static final class Program {
        private static final List<FileInputStream> HELD = new ArrayList<>();

        public static void main(String[] arguments) {
            int port = FreePorts.next();
            DescriptorLimit.reached(new IOException());
            try {
                while (true) {
                    HELD.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                System.out.println(DescriptorLimit.inMessage(e));
            }
            try {
                System.out.println("free: " + FreePorts.free(port));
            } catch (IllegalStateException e) {
                System.out.println(String.valueOf(e.getMessage()).replace(String.valueOf(port), "PORT"));
            }
        }
    }

    @Test
    @DisplayName("then that is said, and a port that cannot be tried is not called taken")
    void exhausted() throws Exception {
        String said = TestJvm.runWithFewDescriptors(Program.class);

        assertThat(said.lines())
                .containsExactly(
                        "/dev/null (Too many open files) (EMFILE: this process has no file descriptor left; raise its"
                                + " limit (ulimit -n))",
                        "whether port PORT is free cannot be tried: EMFILE: this process has no file descriptor left; raise"
                                + " its limit (ulimit -n)");
    }

    @Test
    @DisplayName("then every way in which the JDK and this module tell it is understood, and no other failure is")
    void told() {
        String text = Errno.EMFILE.message();
        assertThat(DescriptorLimit.reached(new IllegalStateException(new SocketException(text))))
                .hasValueSatisfying(limit -> assertThat(limit).startsWith("EMFILE: "));
        assertThat(DescriptorLimit.reached(new IOException("Cannot run program \"java\": error=24, " + text)))
                .hasValueSatisfying(limit -> assertThat(limit).startsWith("EMFILE: "));
        assertThat(DescriptorLimit.reached(new SocketException(Errno.ENFILE.message())))
                .hasValueSatisfying(limit -> assertThat(limit).startsWith("ENFILE: "));
        var posix = new PosixException("socket", Errno.EMFILE.number());
        assertThat(DescriptorLimit.reached(posix)).isPresent();
        assertThat(DescriptorLimit.inMessage(posix))
                .isEqualTo(posix.getMessage())
                .contains("ulimit -n");
        assertThat(DescriptorLimit.reached(new PosixException("bind", Errno.EADDRINUSE.number())))
                .isEmpty();
        assertThat(DescriptorLimit.inMessage(new IOException("no such file"))).isEqualTo("no such file");
    }
}
