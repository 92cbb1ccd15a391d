package dev.rebind.agent.command;

import dev.rebind.agent.child.Child;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.sockets.posix.Errno;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The child process that starts a command's processes and ends them ({@link GuardianMain}). Calls block; for one thread at a time. */
final class Guardian implements AutoCloseable {
    private static final String MAIN = "dev.rebind.agent.command.GuardianMain";
    /** A JVM that has not answered within this time counts as broken, even on a busy machine. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** How long to wait for the guardian to end. It is longer than the guardian tries to end the processes. */
    private static final Duration END = Duration.ofSeconds(15);

    private static final Duration LOOK = Duration.ofMillis(250);

    private final Child child;
    private final BlockingQueue<JsonObject> answers;
    private final Map<Long, Integer> exits;
    /** All processes that were seen. They are needed if the guardian itself is killed. */
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

    private Guardian(Child child, BlockingQueue<JsonObject> answers, Map<Long, Integer> exits) {
        this.child = child;
        this.answers = answers;
        this.exits = exits;
    }

    /** @throws IOException when the guardian cannot be started, or would not be able to end what it starts */
    static Guardian start(ChildJvm jvm) throws IOException, InterruptedException {
        var answers = new LinkedBlockingQueue<JsonObject>();
        Map<Long, Integer> exits = new ConcurrentHashMap<>();
        Child child = jvm.start(MAIN, List.of(), line -> heard(line, answers, exits));
        var guardian = new Guardian(child, answers, exits);
        try {
            if (!guardian.answer().getString("event").equals("ready")) {
                throw new IOException(
                        "the kernel does not let it adopt orphans (PR_SET_CHILD_SUBREAPER), so that what the"
                                + " command leaves behind could not be ended");
            }
        } catch (IOException | InterruptedException e) {
            child.kill();
            throw e;
        }
        return guardian;
    }

    private static void heard(String line, BlockingQueue<JsonObject> answers, Map<Long, Integer> exits) {
        try {
            var event = new JsonObject(line);
            if ("exited".equals(event.getString("event"))) {
                exits.put(event.getLong("pid"), event.getInteger("code"));
            } else {
                if ("started".equals(event.getString("event"))) {
                    // The kernel may give the same pid to a new process.
                    exits.remove(event.getLong("pid"));
                }
                answers.add(event);
            }
        } catch (DecodeException e) {
            // The line is not an answer, but a message of the JVM itself.
            return;
        }
    }

    private JsonObject answer() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + ANSWER.toNanos();
        JsonObject answer = null;
        while (answer == null && System.nanoTime() < deadline && (child.alive() || !answers.isEmpty())) {
            answer = answers.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
        }
        if (answer == null) {
            throw new IOException("the process that watches over the command does not answer: " + child.obituary());
        }
        return answer;
    }

    /**
     * Starts the command.
     *
     * @return its pid
     * @throws IOException with the errno's name when the command cannot be started
     */
    long start(CommandSettings command, Output output) throws IOException, InterruptedException {
        var environment = new JsonObject();
        command.environment().forEach(environment::put);
        child.order(new JsonObject()
                .put("order", "start")
                .put("argv", new JsonArray(command.argv()))
                .put("environment", environment)
                .put("directory", command.directory().orElse(null))
                .put("output", output.file().toAbsolutePath().toString())
                .encode());
        JsonObject answer = answer();
        Integer errno = answer.getInteger("errno");
        if (errno != null) {
            throw new IOException(command.argv().getFirst() + " could not be started (" + Errno.name(errno) + ": "
                    + Errno.message(errno) + ")");
        }
        return answer.getLong("pid");
    }

    /** Returns how a process that the guardian started ended: its exit code, or 128 plus the number of the signal; empty while it runs. */
    OptionalInt exit(long pid) {
        @Nullable Integer code = exits.get(pid);
        return code == null ? OptionalInt.empty() : OptionalInt.of(code);
    }

    /** Returns every living process that descends from a process that the guardian started. */
    List<ProcessHandle> living() {
        List<ProcessHandle> living = child.handle().descendants().toList();
        seen.removeIf(one -> !one.isAlive());
        seen.addAll(living);
        return living;
    }

    /** Ends all of these processes and waits until they are gone, even if the thread is interrupted. */
    void endAll() {
        living();
        answers.clear();
        child.order(new JsonObject().put("order", "end").encode());
        long deadline = System.nanoTime() + END.toNanos();
        boolean interrupted = false;
        boolean empty = false;
        while (!empty && child.alive() && System.nanoTime() < deadline) {
            try {
                JsonObject answer = answers.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
                empty = answer != null && "empty".equals(answer.getString("event"));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!empty) {
            living().forEach(ProcessHandle::destroyForcibly);
            seen.forEach(ProcessHandle::destroyForcibly);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all of these processes and the guardian. */
    @Override
    public void close() {
        endAll();
        child.kill();
    }
}
