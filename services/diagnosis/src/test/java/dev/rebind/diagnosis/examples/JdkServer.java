package dev.rebind.diagnosis.examples;

import dev.rebind.diagnosis.BindFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/** On the JDK's sockets. */
final class JdkServer {
    private JdkServer() {}

    static ServerSocketChannel listen(InetSocketAddress address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            return server.bind(address);
        } catch (IOException e) {
            server.close();
            throw new IOException(BindFailure.explain(e, address).text(), e);
        }
    }
}
