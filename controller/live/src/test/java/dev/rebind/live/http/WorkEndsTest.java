package dev.rebind.live.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.live.Actions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is done for a caller ends with the caller, and with the program. */
@Timeout(60)
class WorkEndsTest {
    @TempDir
    Path folder;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private LiveServer server;

    /** Never answers. */
    private final Actions silent = new Actions() {
        @Override
        public Set<String> offered() {
            return Set.of("start");
        }

        @Override
        public Answer order(Order order, String namespace, String name, @Nullable String token) {
            return new Answer.Refused(404, "there is none");
        }

        @Override
        public Answer.@Nullable Refused refusesStart(@Nullable String token) {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                interrupted.countDown();
            }
            return null;
        }

        @Override
        public Answer start(String document, @Nullable String token) {
            return new Answer.Refused(404, "there is none");
        }
    };

    @BeforeEach
    void open() throws IOException {
        server = LiveServer.open(0, new ReportCache(folder), silent);
    }

    private Socket ask() throws IOException, InterruptedException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream()
                .write(("POST /v1/experiments HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                                + "\r\nContent-Length: 4\r\n\r\nnone")
                        .getBytes(StandardCharsets.US_ASCII));
        begun.await();
        return socket;
    }

    @Test
    @DisplayName("When the caller is gone, then what is done for it is interrupted")
    void caller() throws IOException, InterruptedException {
        ask().close();
        interrupted.await();
        server.close();
    }

    @Test
    @DisplayName("When the program ends, then what is done for callers is interrupted")
    void program() throws IOException, InterruptedException {
        try (Socket _ = ask()) {
            server.close();
            assertThat(interrupted.await(0, TimeUnit.SECONDS)).isTrue();
        }
    }
}
