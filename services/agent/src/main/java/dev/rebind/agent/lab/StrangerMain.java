package dev.rebind.agent.lab;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.posix.SocketWaitTimeout;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The program that plays a stranger: takes a port, writes {@code ready}, {@code failed CALL ERRNO} or {@code waited CALL SECONDS} to
 * standard output, and holds the port until its standard input ends. Arguments: a kind of {@link Obstacles.Kind}, address, port,
 * SO_REUSEADDR, SO_REUSEPORT.
 */
final class StrangerMain {
    /** The name that process lists show; TASK_COMM_LEN allows 15 bytes. */
    static final String NAME = "rebind-stranger";

    /** The limit for each wait of one end for the other; both ends are in this program. */
    private static final Duration OTHER_END = Duration.ofSeconds(5);

    private final Family family;
    private final Endpoint place;
    private final boolean reuseAddress;
    private final boolean reusePort;
    private final List<PosixSocket> held = new ArrayList<>();

    private StrangerMain(Endpoint place, boolean reuseAddress, boolean reusePort) {
        this.family = Family.of(place.address());
        this.place = place;
        this.reuseAddress = reuseAddress;
        this.reusePort = reusePort;
    }

    public static void main(String[] arguments) throws IOException {
        nameThis();
        var kind = Obstacles.Kind.valueOf(arguments[0]);
        var place = new Endpoint(InetAddress.ofLiteral(arguments[1]), Integer.parseInt(arguments[2]));
        var stranger = new StrangerMain(place, Boolean.parseBoolean(arguments[3]), Boolean.parseBoolean(arguments[4]));
        try {
            switch (kind) {
                case listener -> stranger.listen();
                case outgoing -> stranger.goOut();
                case self_connect -> stranger.connectToItself();
            }
            System.out.println("ready");
        } catch (SocketWaitTimeout e) {
            System.out.println("waited " + e.call() + " " + OTHER_END.toSeconds());
        } catch (PosixException e) {
            System.out.println("failed " + e.call() + " " + e.number());
        }
        System.out.flush();
        while (System.in.read() >= 0) {
            // The program takes no orders. Its input ends when the parent closes it or dies.
        }
        Runtime.getRuntime().halt(0);
    }

    private void listen() throws PosixException {
        bound(place).listen(16);
    }

    private void goOut() throws PosixException {
        PosixSocket elsewhere = keep(PosixSocket.open(family))
                .bind(new Endpoint(place.address(), 0))
                .listen(1);
        bound(place).resetOnClose().connect(elsewhere.local(), OTHER_END);
        keep(elsewhere.accept(OTHER_END)).resetOnClose();
    }

    private void connectToItself() throws PosixException {
        bound(place).resetOnClose().connect(place, OTHER_END);
    }

    private PosixSocket bound(Endpoint local) throws PosixException {
        return keep(PosixSocket.open(family))
                .reuseAddress(reuseAddress)
                .reusePort(reusePort)
                .bind(local);
    }

    private PosixSocket keep(PosixSocket socket) {
        held.add(socket);
        return socket;
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
