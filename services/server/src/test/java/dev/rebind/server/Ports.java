package dev.rebind.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports below ip_local_port_range, where no client's own port can come in between. */
final class Ports {
    private Ports() {}

    static int free() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (var probe = new ServerSocket()) {
                // Off, so that a port with leftovers of another test is not taken for free.
                probe.setReuseAddress(false);
                probe.bind(new InetSocketAddress((InetAddress) null, port));
                return port;
            } catch (IOException taken) {
                // Another, then.
            }
        }
        throw new IllegalStateException("no free port between 10000 and 32000");
    }
}
