package dev.rebind.agent.command;

import dev.rebind.child.JsonLines;
import dev.rebind.child.ParentLink;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.Spawn;
import dev.rebind.sockets.posix.Subreaper;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The parent of a command's processes, in a process of its own. It starts them and reports the end of each child. It ends all of them when
 * it is told to, or when its standard input ends because Rebind is gone for any reason. That includes orphans and processes in sessions of
 * their own.
 */
final class GuardianMain {
    /** The name that process lists show; TASK_COMM_LEN allows 15 bytes. */
    static final String NAME = "rebind-guardian";

    /** How long to try to end the processes. A process that survives SIGKILL for this long hangs in the kernel. */
    private static final Duration ENDING = Duration.ofSeconds(10);

    private final JsonLines out = JsonLines.toStandardOutput();
    /** One permit for each start. After a start there is a child to wait for. */
    private final Semaphore started = new Semaphore(0);

    private GuardianMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        boolean adopts = Subreaper.begin();
        nameThis();
        var guardian = new GuardianMain();
        Runtime.getRuntime().addShutdownHook(new Thread(GuardianMain::endAll, "end-all"));
        ParentLink.follow(System.in, guardian::order, () -> {
            endAll();
            Runtime.getRuntime().halt(ParentLink.PARENT_GONE);
        });
        guardian.out.write(new JsonObject().put("event", adopts ? "ready" : "cannot_adopt"));
        guardian.reap();
    }

    private void order(String line) {
        var order = new JsonObject(line);
        switch (order.getString("order")) {
            case "start" -> start(order);
            case "end" -> {
                endAll();
                out.write(new JsonObject().put("event", "empty"));
            }
            default -> throw new IllegalArgumentException("no order: " + line);
        }
    }

    private void start(JsonObject order) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        order.getJsonObject("environment")
                .forEach(one -> environment.put(one.getKey(), String.valueOf(one.getValue())));
        List<String> argv = strings(order.getJsonArray("argv"));
        try {
            // The lock ensures that the start of a process is reported before its end.
            synchronized (out) {
                long pid = Spawn.inSession(
                        argv,
                        environment,
                        Optional.ofNullable(order.getString("directory")),
                        order.getString("output"));
                out.write(new JsonObject().put("event", "started").put("pid", pid));
            }
            started.release();
        } catch (PosixException e) {
            out.write(new JsonObject().put("event", "refused").put("errno", e.number()));
        }
    }

    private static List<String> strings(JsonArray array) {
        return array.stream().map(String::valueOf).toList();
    }

    /** Reports the end of each child, including the orphans that this process has adopted. Never returns. */
    private void reap() throws InterruptedException {
        while (true) {
            Optional<Subreaper.Ended> ended = Subreaper.awaitChild();
            if (ended.isPresent()) {
                synchronized (out) {
                    out.write(new JsonObject()
                            .put("event", "exited")
                            .put("pid", ended.get().pid())
                            .put("code", ended.get().exitCode()));
                }
            } else if (ProcessHandle.current().children().findAny().isEmpty()) {
                started.acquire();
                started.drainPermits();
            }
        }
    }

    /** Ends all descendants. Repeats until none is left, because a process may fork while it is being ended. */
    private static void endAll() {
        long deadline = System.nanoTime() + ENDING.toNanos();
        List<ProcessHandle> living = ProcessHandle.current().descendants().toList();
        while (!living.isEmpty() && System.nanoTime() < deadline) {
            living.forEach(ProcessHandle::destroyForcibly);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                // An interrupt must not stop the ending of the processes.
                continue;
            }
            living = ProcessHandle.current().descendants().toList();
        }
    }

    private static void nameThis() {
        try {
            Files.writeString(Path.of("/proc/self/comm"), NAME);
        } catch (IOException e) {
            // The process keeps the name java. The name is only for people, who can also use its pid.
            return;
        }
    }
}
