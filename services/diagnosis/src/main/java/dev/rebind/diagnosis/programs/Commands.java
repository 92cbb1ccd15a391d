package dev.rebind.diagnosis.programs;

import dev.rebind.sockets.posix.ProcessStarts;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the system that know what the kernel tells in no file. They run in the network namespace of the calling thread. */
public final class Commands {
    private Commands() {}

    public sealed interface Answer {
        record Output(String text) implements Answer {}

        /** @param why a clause without a full stop */
        record Failed(String why) implements Answer {}

        record NotThere() implements Answer {}
    }

    /** A program that was started and whose output waits in a pipe. */
    public record Running(String name, Optional<Process> process, String why) {
        /** Waits for the end, and ends it where it takes longer. */
        public Answer await(Duration atMost) {
            if (process.isEmpty()) {
                return why.isEmpty() ? new Answer.NotThere() : new Answer.Failed(why);
            }
            Process running = process.get();
            Thread reaper = Thread.ofVirtual().start(() -> {
                try {
                    if (!running.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                        running.destroyForcibly();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try (InputStream out = running.getInputStream()) {
                String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
                int exit = running.waitFor();
                return exit == 0 ? new Answer.Output(text) : new Answer.Failed(name + " ended with exit code " + exit);
            } catch (IOException | UncheckedIOException e) {
                return new Answer.Failed(name + " gave no output: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Answer.Failed("the look was interrupted");
            } finally {
                reaper.interrupt();
                running.destroyForcibly();
            }
        }
    }

    /** As a program that is not there. */
    static Running notStarted(String name) {
        return new Running(name, Optional.empty(), "");
    }

    static Running start(String name, String... arguments) {
        Optional<Path> program = find(name);
        if (program.isEmpty()) {
            return notStarted(name);
        }
        var command = new ArrayList<>(List.of(program.get().toString()));
        command.addAll(Arrays.asList(arguments));
        try {
            var builder = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
            builder.environment().put("LC_ALL", "C");
            return new Running(name, Optional.of(ProcessStarts.start(builder)), "");
        } catch (IOException e) {
            return new Running(name, Optional.empty(), name + " could not be started: " + e.getMessage());
        }
    }

    /** The folders of administrators' programs are in the PATH of administrators only. */
    private static Optional<Path> find(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        return Arrays.stream(path.split(":", -1))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
