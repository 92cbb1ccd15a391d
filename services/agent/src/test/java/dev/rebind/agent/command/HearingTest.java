package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.command.ServerWords.About;
import dev.rebind.agent.command.ServerWords.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HearingTest {
    private static final String NOISE = ("noise ".repeat(20) + "\n").repeat(2_000);

    @TempDir
    Path folder = Path.of("");

    private Path file() {
        return folder.resolve("output.log");
    }

    private Hearing hearing(String awaited) {
        return new Hearing(
                new Output(file()), new CommandRun(1, new Place("127.0.0.1", 8080), 1, 0, 0), Optional.of(awaited));
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    @DisplayName("What a run says before very much else is heard, and each line once")
    void noise() throws IOException {
        write("cannot bind: Address already in use\nserving\n" + NOISE);
        Hearing hearing = hearing("serving");

        assertThat(hearing.hear()).map(Failure::errno).contains("EADDRINUSE");
        assertThat(hearing.hasAwaited()).isTrue();
        assertThat(hearing.hear()).isEmpty();
        write(NOISE);
        assertThat(hearing.hear()).isEmpty();
        assertThat(hearing.all()).map(Failure::about).contains(About.NOT_TOLD);
    }

    @Test
    @DisplayName("A line is heard when it is whole, and at the end as it is")
    void wholeLines() throws IOException {
        write("bind: Address already in use");
        Hearing hearing = hearing("in use");

        assertThat(hearing.hear()).isEmpty();
        assertThat(hearing.hasAwaited()).isTrue();
        assertThat(hearing.all()).map(Failure::about).contains(About.NOT_TOLD);
        write(" on port 8080\n");
        assertThat(hearing.hear()).map(Failure::about).contains(About.THIS_PORT);
    }
}
