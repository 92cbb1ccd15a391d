package dev.rebind.agent;

import dev.rebind.agent.child.Child;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.protocol.ServerEvent;
import dev.rebind.server.protocol.ServerEvent.BindReport;
import dev.rebind.server.protocol.ServerEventLine;
import dev.rebind.server.protocol.ServerOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A generation of the server in a process of its own. */
final class ServerProcess implements AutoCloseable {
    private static final String MAIN = "dev.rebind.server.Main";
    /** A JVM that has not reported the result of its bind within this time counts as broken, even on a busy machine. */
    static final Duration BIND_REPORT = Duration.ofSeconds(60);

    private final Child child;
    private final CompletableFuture<BindReport> report;

    private ServerProcess(Child child, CompletableFuture<BindReport> report) {
        this.child = child;
        this.report = report;
    }

    static ServerProcess start(ChildJvm jvm, GenerationSettings settings) throws IOException {
        var report = new CompletableFuture<BindReport>();
        Child child = jvm.start(MAIN, arguments(settings), line -> heard(line, report));
        Thread.ofVirtual().name("end-of-" + child.pid()).start(() -> ended(child, report));
        return new ServerProcess(child, report);
    }

    private static void heard(String line, CompletableFuture<BindReport> report) {
        // Other lines on its standard output are ignored.
        if (ServerEventLine.parse(line) instanceof ServerEventLine.Parsed.Event(ServerEvent event)
                && event instanceof BindReport bind) {
            report.complete(bind);
        }
    }

    private static void ended(Child child, CompletableFuture<BindReport> report) {
        try {
            child.handle().onExit().join();
            // The output that it wrote before its end comes first.
            child.awaitEnd(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        report.completeExceptionally(
                new IOException("it ended before it said whether it could bind: " + child.obituary()));
    }

    private static List<String> arguments(GenerationSettings settings) {
        var arguments = new ArrayList<>(List.of(
                "--with-parent",
                "--address=" + settings.place().address(),
                "--port=" + settings.place().port(),
                "--reuse-address=" + settings.reuseAddress(),
                "--reuse-port=" + settings.reusePort(),
                "--service=" + settings.service(),
                "--transport=" + settings.transport(),
                "--reading=" + settings.reading(),
                "--handler=" + (settings.processPerConnection() ? "process" : "own"),
                "--generation=" + settings.generation()));
        if (settings.backlog() != null) {
            arguments.add("--backlog=" + settings.backlog());
        }
        return arguments;
    }

    /** Waits for the report on the bind. */
    BindReport bindReport() throws InterruptedException, IOException {
        try {
            return report.get(BIND_REPORT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? "it ended" : e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            child.kill();
            throw new IOException(
                    "it did not say within " + BIND_REPORT.toSeconds() + " s whether it could bind: "
                            + child.obituary(),
                    e);
        }
    }

    long pid() {
        return child.pid();
    }

    boolean alive() {
        return child.alive();
    }

    /** Returns how the process ended, and its last output. */
    String obituary() {
        return child.obituary();
    }

    void stop(StopWay way) {
        child.order(new ServerOrder.Stop(way).line());
    }

    /** Waits for the end of the process. Returns its exit code; empty when it still runs after that time. */
    Optional<Integer> await(Duration atMost) throws InterruptedException {
        return child.awaitEnd(atMost);
    }

    /** Sends SIGKILL and waits until the process is gone. */
    void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.kill();
    }
}
