package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients that are bare sockets: each has been answered by the server, so it is accepted, and does nothing more by itself. */
public final class RawClients implements AutoCloseable {
    private final List<PosixSocket> sockets = new ArrayList<>();

    public RawClients(Place place, int count) throws Exception {
        InetAddress address = InetAddress.ofLiteral(place.address());
        Family family = Family.of(address);
        for (int i = 0; i < count; i++) {
            PosixSocket socket = PosixSocket.open(family).connect(new Endpoint(address, place.port()));
            sockets.add(socket);
            socket.send("I am client\n".getBytes(StandardCharsets.US_ASCII));
            socket.receive(1_000);
        }
    }

    /** Reads to the server's FIN and closes. */
    public void followTheServer() throws Exception {
        for (PosixSocket socket : sockets) {
            while (socket.receive(1_000).length > 0) {
                // What it still had to say.
            }
            socket.close();
        }
    }

    @Override
    public void close() {
        sockets.forEach(PosixSocket::close);
    }
}
