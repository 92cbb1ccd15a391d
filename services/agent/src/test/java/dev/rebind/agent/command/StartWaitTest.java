package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.command.StartWait.Came;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.posix.FreePorts;
import java.nio.file.Path;
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
        Path file = folder.resolve("output.log");
        var commands = new Commands(port, file);
        ServerCommand command = commands.server("reuse");
        var output = new Output(file);
        var look = new ListenerLook(SocketReaders.best());
        try (var runs = new CommandRuns(ChildJvm.likeThis(), command, output)) {
            var starts = new StartWait(command, runs, output, look);
            CommandRun run = runs.launch(1, commands.place());
            starts.begin(run);

            Came came = starts.await(run, one -> {
                await().until(() -> look.at(one.place(), runs.of(one)) instanceof ListenerLook.Answer.Here);
                return true;
            });

            assertThat(came).isInstanceOf(Came.Listens.class);
        }
    }
}
