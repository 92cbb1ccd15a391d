package dev.rebind.agent.lab;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.child.Child;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.sockets.posix.DescriptorLimit;
import dev.rebind.sockets.posix.Errno;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts another program onto a port: a separate process with the name {@value StrangerMain#NAME} in process lists.
 *
 * <p>The program binds the port like any other, so the kernel decides when that succeeds. It fails while a generation listens on the same
 * address or on the wildcard, because a listener blocks every bind unless both have SO_REUSEPORT. Before the old generation starts it
 * succeeds, but then it blocks that generation too, unless it does not listen and both have SO_REUSEADDR. So the program is placed between
 * the old generation's end and the new one's start. At that time the old generation must have left nothing, or both the old generation and
 * the program must have SO_REUSEADDR. On another local address than the listener's it can be placed at any time, and blocks only a
 * wildcard.
 */
public final class Obstacles {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** The lines that {@link StrangerMain} writes. */
    private static final Pattern ANSWER = Pattern.compile("ready|(failed|waited) (\\S.*) (\\d{1,9})");

    private Obstacles() {}

    public enum Kind {
        /** A listener on the port. */
        listener,
        /**
         * An outgoing connection from the port to a listener of the same program elsewhere. On a wildcard place it starts from the loopback
         * address.
         */
        outgoing,
        /** A client that connected to itself. On a wildcard place it uses the loopback address. */
        self_connect
    }

    /** The result of placing an obstacle. */
    public sealed interface Placing {
        /** The obstacle is on the port. */
        record Placed(Obstacle obstacle) implements Placing {}

        /**
         * Nothing was placed.
         *
         * @param errno name; null where the system did not refuse it
         * @param call bind, listen or connect; null where the system did not refuse it
         */
        record Failed(@Nullable String errno, @Nullable String call, String why) implements Placing {}
    }

    /** A process that holds the port until it is closed. Closing it resets its connections, so it leaves nothing. */
    public static final class Obstacle implements AutoCloseable {
        private final Kind kind;
        private final Child child;

        private Obstacle(Kind kind, Child child) {
            this.kind = kind;
            this.child = child;
        }

        public Kind kind() {
            return kind;
        }

        public long pid() {
            return child.pid();
        }

        @Override
        public void close() {
            child.kill();
        }
    }

    /** Starts the process and waits until it holds the port or has failed. Blocks for the start of a JVM. */
    public static Placing place(ChildJvm jvm, Kind kind, Place place, boolean reuseAddress, boolean reusePort)
            throws InterruptedException {
        var answer = new CompletableFuture<String>();
        Child child;
        try {
            child = jvm.start(
                    StrangerMain.class.getName(),
                    List.of(
                            kind.name(),
                            address(kind, place.address()),
                            Integer.toString(place.port()),
                            Boolean.toString(reuseAddress),
                            Boolean.toString(reusePort)),
                    line -> heard(line, answer));
        } catch (IOException e) {
            return new Placing.Failed(
                    null, null, "The other program could not be started: " + DescriptorLimit.inMessage(e));
        }
        var _ = child.handle()
                .onExit()
                .thenRun(() -> answer.completeExceptionally(new IllegalStateException("it ended")));
        boolean placed = false;
        try {
            String line = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            placed = line.equals("ready");
            return placed ? new Placing.Placed(new Obstacle(kind, child)) : refused(kind, place, line);
        } catch (ExecutionException e) {
            child.awaitEnd(Duration.ofSeconds(1));
            return new Placing.Failed(null, null, "The other program ended by itself: " + child.obituary());
        } catch (TimeoutException e) {
            return new Placing.Failed(
                    null, null, "The other program did not answer within " + PATIENCE.toSeconds() + " s");
        } finally {
            if (!placed) {
                child.kill();
            }
        }
    }

    /** Takes a line of the program as its answer. Other lines are ignored, because a library may write to standard output too. */
    private static void heard(String line, CompletableFuture<String> answer) {
        if (ANSWER.matcher(line).matches()) {
            answer.complete(line);
        }
    }

    private static Placing.Failed refused(Kind kind, Place place, String line) {
        Matcher answer = ANSWER.matcher(line);
        if (!answer.matches()) {
            throw new IllegalArgumentException("no answer: " + line);
        }
        String call = answer.group(2);
        int number = Integer.parseInt(answer.group(3));
        String whom = "The other program (" + kind + ") could not take " + place + ": ";
        if (answer.group(1).equals("waited")) {
            return new Placing.Failed(
                    null,
                    null,
                    whom + "the other end of its connection did not answer its " + call + " within " + number
                            + " s; look whether a firewall rule drops its packets");
        }
        String errno = Errno.name(number);
        return new Placing.Failed(errno, call, whom + call + " failed with " + errno + " (errno " + number + ")");
    }

    private static String address(Kind kind, String address) {
        InetAddress wanted = InetAddress.ofLiteral(address);
        if (kind == Kind.listener || !wanted.isAnyLocalAddress()) {
            return address;
        }
        return wanted instanceof Inet4Address ? "127.0.0.1" : "::1";
    }
}
