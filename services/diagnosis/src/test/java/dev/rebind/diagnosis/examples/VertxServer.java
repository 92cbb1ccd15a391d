package dev.rebind.diagnosis.examples;

import dev.rebind.diagnosis.BindFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.InetSocketAddress;

/** On Vert.x. The explanation blocks for some milliseconds, so it is no work for an event loop. */
final class VertxServer {
    private VertxServer() {}

    static Future<NetServer> listen(Vertx vertx, InetSocketAddress address) {
        return vertx.createNetServer()
                .connectHandler(NetSocket::close)
                .listen(address.getPort(), address.getHostString())
                .recover(failure -> vertx.executeBlocking(() -> {
                    throw new IOException(BindFailure.explain(failure, address).text(), failure);
                }));
    }
}
