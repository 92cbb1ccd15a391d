package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.command.BindMessages.About;
import dev.rebind.agent.command.BindMessages.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureOutputTest {
    private static final String NOISE = ("noise ".repeat(20) + "\n").repeat(2_000);

    @TempDir
    Path folder = Path.of("");

    private Path file() {
        return folder.resolve("output.log");
    }

    private FailureOutput output(String awaited) {
        return new FailureOutput(
                new Output(file()), new CommandRun(1, new Place("127.0.0.1", 8080), 1, 0, 0), Optional.of(awaited));
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    @DisplayName("What a run says before very much else is heard, and each line once")
    void noise() throws IOException {
        write("cannot bind: Address already in use\nserving\n" + NOISE);
        FailureOutput output = output("serving");

        assertThat(output.hear()).map(Failure::errno).contains("EADDRINUSE");
        assertThat(output.hasAwaited()).isTrue();
        assertThat(output.hear()).isEmpty();
        write(NOISE);
        assertThat(output.hear()).isEmpty();
        assertThat(output.all()).map(Failure::about).contains(About.NOT_TOLD);
    }

    @Test
    @DisplayName("A line is heard when it is whole, and at the end as it is")
    void wholeLines() throws IOException {
        write("bind: Address already in use");
        FailureOutput output = output("in use");

        assertThat(output.hear()).isEmpty();
        assertThat(output.hasAwaited()).isTrue();
        assertThat(output.all()).map(Failure::about).contains(About.NOT_TOLD);
        write(" on port 8080\n");
        assertThat(output.hear()).map(Failure::about).contains(About.THIS_PORT);
    }
}
