package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.sockets.owners.Owners;
import dev.rebind.sockets.posix.FreePorts;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the process on the port has a name that steers a terminal")
class ForeignNamesTest {
    /** Its name has ESC, a new line and a byte that is no UTF-8; its arguments have them too, and are 4 KiB long. */
    private static final String HOSTILE = """
            import ctypes, socket, sys
            ctypes.CDLL(None).prctl(15, b'a\\x1b[31mb\\nc\\xffd', 0, 0, 0)
            s = socket.socket()
            s.bind((sys.argv[1], int(sys.argv[2])))
            s.listen()
            import os
            print(os.fstat(s.fileno()).st_ino, flush=True)
            sys.stdin.read()
            """;

    private static final String NAME = "a?[31mb c\ufffdd";

    private final int port = FreePorts.next();
    private final LocalAgent agent = new LocalAgent();

    @AfterEach
    void close() {
        agent.close();
    }

    /** A process that listens, until its standard input ends. */
    private record Listening(Process process, long inode) implements AutoCloseable {
        static Listening on(String address, int port) throws IOException {
            Process process = new ProcessBuilder(
                            "python3",
                            "-c",
                            HOSTILE,
                            address,
                            Integer.toString(port),
                            "\u001b]0;t\u0007\n" + "z".repeat(4_096))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new Listening(process, Long.parseLong(process.inputReader().readLine()));
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private GenerationSettings settings() {
        return new GenerationSettings(
                1, new Place("127.0.0.1", port), Mode.listener, false, false, "echo", "nio", true, false, null);
    }

    @Test
    @DisplayName("an explanation has it in one line and plain, and so have its sentences")
    void explained() throws IOException {
        try (var other = Listening.on("127.0.0.1", port)) {
            assertThat(other.inode()).isPositive();
            Start start = agent.start(settings());
            assertThat(start).isInstanceOf(Start.Failed.class);
            Explanation explanation = agent.explain((Start.Failed) start).explanation();

            Explanation.Blocker blocker = explanation.blocking().getFirst();
            assertThat(blocker.all())
                    .singleElement()
                    .satisfies(process -> assertThat(process.name()).isEqualTo(NAME))
                    .satisfies(process -> assertThat(process.command()).hasSizeLessThanOrEqualTo(200));
            assertThat(blocker.owner())
                    .isNotNull()
                    .satisfies(owner -> assertThat(owner.name()).isEqualTo(NAME));
            var texts = new ArrayList<>(explanation.told().holders());
            texts.addAll(explanation.told().inTheWay());
            texts.addAll(List.of(String.valueOf(blocker.all().getFirst().command())));
            texts.add(new Sentences(ZoneOffset.UTC)
                    .failed((Start.Failed) start, explanation)
                    .whole());
            assertThat(texts).noneMatch(ForeignNamesTest::steers).anyMatch(text -> text.contains(NAME));
        }
    }

    @Test
    @DisplayName("a server that is bound beside it is told so too, and so is whoever asks for the owner")
    void beside() throws IOException {
        try (var other = Listening.on("127.0.0.2", port)) {
            assertThat(agent.start(settings()))
                    .isInstanceOfSatisfying(
                            Start.Bound.class,
                            bound -> assertThat(bound.beside())
                                    .singleElement()
                                    .satisfies(one -> assertThat(one.process()).isEqualTo(NAME))
                                    .satisfies(one ->
                                            assertThat(steers(one.text())).isFalse()));
            assertThat(new Owners().of(Set.of(other.inode())).get(other.inode()))
                    .isNotNull()
                    .satisfies(owner -> assertThat(owner.name()).isEqualTo(NAME));
        }
    }

    private static boolean steers(String text) {
        return text.codePoints()
                .anyMatch(point ->
                        Character.getType(point) == Character.CONTROL || Character.getType(point) == Character.FORMAT);
    }
}
