package dev.rebind.agent;

import dev.rebind.server.protocol.ServerEvent;
import dev.rebind.server.protocol.ServerEvent.BindReport;
import dev.rebind.server.protocol.ServerEventLine;
import dev.rebind.server.protocol.ServerOrder;
import dev.rebind.server.protocol.StopWay;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A generation of the server in a process of its own. */
final class ServerProcess implements AutoCloseable {
    private static final String MAIN = "dev.rebind.server.Main";
    /** A JVM that has not said in this time whether it could bind is broken, however busy the machine. */
    private static final Duration BIND_REPORT = Duration.ofSeconds(60);

    private final Child child;
    private final CompletableFuture<BindReport> report;

    private ServerProcess(Child child, CompletableFuture<BindReport> report) {
        this.child = child;
        this.report = report;
    }

    static ServerProcess start(ChildJvm jvm, GenerationSettings settings) throws IOException {
        var report = new CompletableFuture<BindReport>();
        Child child = Child.start(jvm.run(MAIN, arguments(settings)), line -> heard(line, report));
        Thread.ofVirtual().start(() -> {
            try {
                while (!child.await(Duration.ofHours(1))) {
                    continue;
                }
                report.completeExceptionally(new IOException("it ended with exit code " + child.exitCode()
                        + " before it said whether it could bind" + said(child)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return new ServerProcess(child, report);
    }

    private static void heard(String line, CompletableFuture<BindReport> report) {
        // Anything else on its standard output is not for us.
        if (ServerEventLine.parse(line) instanceof ServerEventLine.Parsed.Event(ServerEvent event)
                && event instanceof BindReport bind) {
            report.complete(bind);
        }
    }

    private static String said(Child child) {
        return child.errors().isEmpty() ? "" : "; it wrote: " + child.errors();
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

    /** Waits for what came of its bind. */
    BindReport bindReport() throws InterruptedException, IOException {
        try {
            return report.get(BIND_REPORT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() == null ? "it ended" : e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            child.kill();
            throw new IOException("it did not say within " + BIND_REPORT.toSeconds() + " s whether it could bind" + said(child), e);
        }
    }

    long pid() {
        return child.pid();
    }

    void stop(StopWay way) {
        child.order(new ServerOrder.Stop(way).line());
    }

    /** Waits for its end; false when it still runs after that time. */
    boolean await(Duration atMost) throws InterruptedException {
        return child.await(atMost);
    }

    int exitCode() {
        return child.exitCode();
    }

    void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }
}
