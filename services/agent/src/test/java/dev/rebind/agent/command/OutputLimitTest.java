package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.Agent.Start;
import dev.rebind.sockets.posix.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A command that writes without end")
class OutputLimitTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private final int port = FreePorts.next();

    private Path file() {
        return folder.resolve("output.log");
    }

    private Commands commands() {
        return new Commands(port, file());
    }

    private static CommandSettings command(Commands commands, String script, List<String> then) {
        var argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        argv.addAll(then);
        return commands.command(argv, new CommandSettings.Readiness.Listening(), Duration.ofSeconds(60));
    }

    /** What it takes of the disk, in bytes; the length counts holes, too. */
    private long onDisk() throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "-k", file().toString()).start();
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        du.waitFor();
        return Long.parseLong(said.split("\\s")[0]) * 1024;
    }

    @Test
    @DisplayName("It takes no more of the disk than the first and the last part of its output")
    void limited() throws Exception {
        var commands = commands();
        String script =
                "echo the first line; (while :; do head -c 1048576 /dev/zero | tr '\\0' x; echo; done) & exec \"$@\"";
        long written;
        try (CommandAgent agent = commands.agent(command(commands, script, commands.plain(port, "reuse")))) {
            assertThat(agent.start(commands.settings(1))).isInstanceOf(Start.Bound.class);
            var disk = new AtomicLong();
            await().until(() -> Files.size(file()) > 200 * MIB);
            await().until(() -> {
                disk.set(onDisk());
                return disk.get() < 100 * MIB;
            });
            written = Files.size(file());
        }

        byte[] kept = Files.readAllBytes(file());
        String text = new String(kept, StandardCharsets.ISO_8859_1);
        assertThat(kept.length).isLessThan((int) (2 * Output.KEPT + MIB));
        assertThat(text).startsWith("the first line\n").doesNotContain("\0");
        String line = text.lines()
                .filter(one -> one.startsWith("[rebind: "))
                .findFirst()
                .orElseThrow();
        assertThat(line).endsWith(" bytes were left out here: of the output the first and the last 8 MiB are kept]");
        assertThat(Long.parseLong(line.split(" ")[1])).isGreaterThan(written - 2 * Output.KEPT - MIB);
        assertThat(folder.toFile().list()).containsExactly("output.log");
    }

    @Test
    @DisplayName("When it ends before it listens, then its last words are told, however much it wrote before them")
    void lastWords() throws Exception {
        var commands = commands();
        String script =
                "head -c 60000000 /dev/zero | tr '\\0' x; sleep 1; echo; echo 'no configuration, giving up'; exit 3";
        try (CommandAgent agent = commands.agent(command(commands, script, List.of()))) {
            assertThat(agent.start(commands.settings(1)))
                    .isInstanceOfSatisfying(
                            Start.Broken.class,
                            broken -> assertThat(broken.why()).contains("exit code 3", "no configuration, giving up"));
        }
        assertThat(Files.readString(file())).endsWith("no configuration, giving up\n");
    }

    @Test
    @DisplayName("What fits is kept as it is")
    void fits() throws Exception {
        var commands = commands();
        try (CommandAgent agent = commands.agent(command(commands, "echo only this; exit 3", List.of()))) {
            agent.start(commands.settings(1));
        }
        assertThat(Files.readString(file())).isEqualTo("only this\n");
    }
}
