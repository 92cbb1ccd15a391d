package dev.rebind.cli;

import dev.rebind.child.PortText;
import dev.rebind.live.http.LiveServer;
import java.util.Stack;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of the live page, and the wait that keeps the page open. */
final class LivePage {
    @Option(
            names = "--ui",
            paramLabel = "PORT",
            arity = "0..1",
            fallbackValue = "0",
            preprocessor = PortOrNothing.class,
            converter = PortText.OrZero.class,
            description =
                    "Serves the live page on the loopback address while the run goes on, at the address that is printed:"
                            + " what happens, and pause, resume and abort. Default PORT: a free one.")
    @Nullable
    Integer port;

    @Option(
            names = "--ui-stay",
            negatable = true,
            description =
                    "Whether the page stays after the run until Ctrl-C. Default: when standard output is a terminal.")
    @Nullable
    Boolean stay;

    /**
     * Waits for the signal that ends this process. The process then ends with the run's exit code. Returns at once when a signal has come
     * already.
     */
    static void await(LiveServer server, PageToken token, int exitCode) {
        await("The live page stays at " + server.address() + " until Ctrl-C.", exitCode, token::close);
    }

    /**
     * Like {@link #await(LiveServer, PageToken, int)}.
     *
     * @param line printed once signals are handled
     * @param atTheEnd runs before the process ends
     */
    static void await(String line, int exitCode, Runnable atTheEnd) {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                atTheEnd.run();
                Runtime.getRuntime().halt(exitCode);
            }));
        } catch (IllegalStateException _) {
            // A signal has come already; the page ends with the process.
            return;
        }
        System.out.println(line);
        System.out.flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes the next argument as the port of {@code --ui} only if it is a number, so that {@code --ui FILE} means no port and a file. */
    static final class PortOrNothing implements CommandLine.IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> arguments, CommandSpec command, ArgSpec option, java.util.Map<String, Object> info) {
            boolean number = !arguments.isEmpty() && arguments.peek().matches("[0-9]{1,5}");
            boolean attached = info.containsKey("separator")
                    && !String.valueOf(info.get("separator")).isBlank();
            if (number || attached) {
                return false;
            }
            option.setValue(0);
            return true;
        }
    }
}
