package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.command.StartWait.Came;
import dev.rebind.agent.command.StartWait.Circumstances;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.posix.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real process. */
class StartWaitTest {
    private final int port = FreePorts.next();

    @TempDir
    Path folder = Path.of("");

    @Test
    @DisplayName(
            "When the run begins to listen between the look at its listeners and the one at its port, then its own listener is"
                    + " not what holds it up")
    void itsOwnListener() throws Exception {
        var commands = new Commands(port, folder.resolve("output.log"));

        Came came = came(commands.server("reuse"), (look, runs) -> new Circumstances() {
            @Override
            public boolean isBlocked(CommandRun run) {
                await().until(() -> look.at(run.place(), runs.of(run)) instanceof ListenerLook.Answer.Here);
                return true;
            }

            @Override
            public boolean isLate(CommandRun run) {
                return true;
            }
        });

        assertThat(came).isInstanceOf(Came.Listens.class);
    }

    @Test
    @DisplayName("When the run says that another port is in use, and listens, then it is bound")
    void anotherPort() throws Exception {
        assertThat(said("metrics on port 1: Address already in use", true, false))
                .isInstanceOf(Came.Listens.class);
    }

    @Test
    @DisplayName(
            "When the run says that some port is in use while nothing blocks its own, and listens, then it is bound")
    void somePort() throws Exception {
        assertThat(said("Address already in use", false, false)).isInstanceOf(Came.Listens.class);
    }

    @Test
    @DisplayName("When the run says that some port is in use while its own is blocked, then its bind has failed")
    void blocked() throws Exception {
        assertThat(said("Address already in use", true, false)).isInstanceOf(Came.Complains.class);
    }

    @Test
    @DisplayName("When the run says that some port is in use, and does not come to listen, then its bind has failed")
    void late() throws Exception {
        assertThat(said("Address already in use", false, true)).isInstanceOf(Came.Complains.class);
    }

    @Test
    @DisplayName("When the run says that its own port is in use, then its bind has failed")
    void itsPort() throws Exception {
        assertThat(said("127.0.0.1:" + port + ": Address already in use", false, false))
                .isInstanceOf(Came.Complains.class);
    }

    /**
     * What comes of a run that says something, and listens once that was heard.
     *
     * @param late whether it takes long, and does not listen
     */
    private Came said(String words, boolean blocked, boolean late) throws Exception {
        var commands = new Commands(port, folder.resolve("output.log"));
        Path go = folder.resolve("go");
        int[] looks = {0};
        return came(commands.server("reuse", "says=" + words, "after=" + go), (_, _) -> new Circumstances() {
            @Override
            public boolean isBlocked(CommandRun run) {
                return blocked;
            }

            @Override
            public boolean isLate(CommandRun run) {
                // Asked for the second time after something was said, at the look that follows.
                if (said(run) && !late && looks[0]++ == 1) {
                    create(go);
                }
                return late && said(run);
            }

            private boolean said(CommandRun run) {
                return new Output(folder.resolve("output.log"))
                        .lastSince(run.outputFrom())
                        .contains(words + "\n");
            }
        });
    }

    private static void create(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Came came(CommandSettings command, BiFunction<ListenerLook, CommandRuns, Circumstances> known)
            throws Exception {
        var output = new Output(folder.resolve("output.log"));
        var look = new ListenerLook(SocketReaders.best());
        try (var runs = new CommandRuns(ChildJvm.likeThis(), command, output)) {
            var starts = new StartWait(command, runs, output, look);
            CommandRun run = runs.launch(1, new Commands(port, folder.resolve("output.log")).place());
            starts.begin(run);
            return starts.await(run, known.apply(look, runs));
        }
    }
}
