package dev.rebind.metrics;

import dev.rebind.sockets.posix.Errno;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;

/** What docs/reference/metrics.md shows: the page quotes this file. */
final class Example {
    private Example() {}

    // shown from here
    static ServerSocket open(int port, MeterRegistry registry) throws IOException {
        new PortMetrics(port).bindTo(registry);
        var binds = new BindMetrics(registry, Set.of());
        binds.expect(port);

        var server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(port));
            binds.bound(port, null, true);
            return server;
        } catch (IOException failed) {
            String errno = Errno.ofMessage(String.valueOf(failed.getMessage()))
                    .map(Errno::name)
                    .orElse(null);
            binds.failed(port, BindMetrics.UNKNOWN, errno, null, true);
            server.close();
            throw failed;
        }
    }
    // shown to here
}
