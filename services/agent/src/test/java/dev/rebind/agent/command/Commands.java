package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Commands of servers on one port. */
final class Commands {
    /** Of this test's processes, by which they are found again. */
    final String mark;

    private final int port;
    private final Path output;

    Commands(int port, Path output) {
        this.port = port;
        this.output = output;
        this.mark = "mark-" + port + "-" + UUID.randomUUID();
    }

    Place place() {
        return new Place("127.0.0.1", port);
    }

    GenerationSettings settings(int generation) {
        return new GenerationSettings(
                generation, place(), GenerationSettings.Mode.process, false, false, "echo", "nio", true, false, null);
    }

    CommandSettings server(String... ways) {
        return command(plain(port, ways), new CommandSettings.Readiness.Listening(), Duration.ofSeconds(60));
    }

    List<String> plain(int on, String... ways) {
        var command = new ArrayList<>(ChildJvm.likeThis().command());
        command.add(PlainServer.class.getName());
        command.add(Integer.toString(on));
        command.addAll(List.of(ways));
        command.add(mark);
        return command;
    }

    /** A shell that leaves a child in a session of its own, and becomes the server. */
    CommandSettings withOrphan(String... ways) {
        var command = new ArrayList<>(List.of(
                "sh", "-c", "(setsid sh -c 'while :; do sleep 1; done' '" + orphan() + "' &) ; exec \"$@\"", "sh"));
        command.addAll(plain(port, ways));
        return command(command, new CommandSettings.Readiness.Listening(), Duration.ofSeconds(60));
    }

    /**
     * A shell that starts the server, starts it a second time when it is told to end, and ends itself once that one serves.
     *
     * @param said for what the second one writes
     */
    CommandSettings withSupervisor(Path said, String... ways) {
        var command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "said=$1; shift; \"$@\" & first=$!;"
                        + " trap 'kill $first; wait $first; \"$@\" >$said 2>&1 &"
                        + " until grep -q serving $said; do sleep 0.1; done; exit 0' TERM;"
                        + " while :; do wait; done",
                "sh",
                said.toString()));
        command.addAll(plain(port, ways));
        return command(command, new CommandSettings.Readiness.Listening(), Duration.ofSeconds(60));
    }

    private String orphan() {
        return "orphan-" + port;
    }

    /** The orphans of this port, of whichever process. */
    static Stream<ProcessHandle> orphans(int port) {
        return marked("orphan-" + port);
    }

    Stream<ProcessHandle> living() {
        return marked(mark);
    }

    private static Stream<ProcessHandle> marked(String mark) {
        return ProcessHandle.allProcesses()
                .filter(process -> arguments(process.pid()).contains(mark));
    }

    /** By hand: {@link ProcessHandle.Info#arguments()} is empty where they take more than a page, as class paths do. */
    private static List<String> arguments(long pid) {
        try {
            return List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
        } catch (IOException e) {
            // It has ended.
            return List.of();
        }
    }

    CommandSettings command(List<String> argv, CommandSettings.Readiness readiness, Duration timeout) {
        return new CommandSettings(argv, Map.of(), Optional.empty(), readiness, timeout);
    }

    CommandAgent agent(CommandSettings command) {
        return agent(command, KnownCommand.NOTHING);
    }

    CommandAgent agent(CommandSettings command, KnownCommand known) {
        return new CommandAgent(
                ChildJvm.likeThis(), SocketReaders.best(), new ReleasePredictor(), command, output, known);
    }
}
