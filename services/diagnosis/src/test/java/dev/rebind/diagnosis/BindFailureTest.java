package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a bind of this process has failed")
class BindFailureTest {
    private final int port = FreePorts.next();

    /** As {@code io.netty.channel.unix.Errors.NativeIoException}, which is found by its name. */
    static class NativeIoException extends IOException {
        private static final long serialVersionUID = 1;

        NativeIoException(String message) {
            super(message);
        }

        public int expectedErr() {
            return -98;
        }
    }

    private BindFailure.Answer explain(Throwable failure) {
        return BindFailure.explain(failure, new InetSocketAddress(Ports.LOOPBACK, port));
    }

    @Test
    @DisplayName("the JDK's exception is explained by this very process")
    void ofTheJdk() throws IOException {
        try (var first = ServerSocketChannel.open().bind(new InetSocketAddress(Ports.LOOPBACK, port));
                var second = ServerSocketChannel.open()) {
            assertThat(first.isOpen()).isTrue();
            Throwable thrown = catchThrowable(() -> second.bind(new InetSocketAddress(Ports.LOOPBACK, port)));
            assertThat(explain(thrown)).isInstanceOfSatisfying(BindFailure.Explained.class, explained -> {
                assertThat(explained.errno()).hasValue(Errno.EADDRINUSE.number());
                assertThat(explained.cause()).contains(Cause.listener_own);
                assertThat(explained.text()).contains("EADDRINUSE").contains("this very process");
            });
        }
    }

    @Test
    @DisplayName("wrappers are looked through, to a native exception as well")
    void wrapped() {
        var failure = new CompletionException(
                new IllegalStateException("no server", new NativeIoException("bind(..) failed: in any language")));
        assertThat(BindErrno.of(failure)).isEqualTo(new BindErrno.Answer.Found(98));
    }

    @Test
    @DisplayName("a text in the language of the process tells the errno, and so does an English one")
    void languages() {
        assertThat(BindErrno.of(new BindException(Errno.EACCES.message())))
                .isEqualTo(new BindErrno.Answer.Found(Errno.EACCES.number()));
        assertThat(BindErrno.of(new BindException("Address already in use (Bind failed)")))
                .isEqualTo(new BindErrno.Answer.Found(Errno.EADDRINUSE.number()));
        assertThat(BindErrno.of(new BindException("Die Adresse wird bereits verwendet")))
                .isEqualTo(new BindErrno.Answer.NotTold());
    }

    @Test
    @DisplayName("what stood in the way may be gone by the time of the look, which is said")
    void gone() {
        assertThat(explain(new BindException("Address already in use")).text())
                .contains("What stood in the way is gone");
    }

    @Test
    @DisplayName("another exception is not explained")
    void another() {
        assertThat(explain(new IOException("Permission denied"))).isInstanceOf(BindFailure.NotExplained.class);
    }

    @Test
    @DisplayName("an old leftover is explained with its release")
    void leftover() throws PosixException {
        Ports.leaveTimeWait(port, false);
        assertThat(explain(new BindException("Address already in use")))
                .isInstanceOfSatisfying(BindFailure.Explained.class, explained -> {
                    assertThat(explained.cause()).contains(Cause.time_wait);
                    assertThat(explained.text()).contains("becomes free by itself");
                });
    }
}
