package dev.rebind.diagnosis.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.sockets.posix.FreePorts;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.PortInUseException;

@DisplayName("When the port is taken by a listener of this very process, then it is said by a server")
class ExamplesTest {
    private static final String[] SAID = {"The bind failed with EADDRINUSE.", "this very process listens on"};

    private final InetSocketAddress address =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FreePorts.next());
    private ServerSocketChannel first = open();

    private static ServerSocketChannel open() {
        try {
            return ServerSocketChannel.open();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void taken() throws IOException {
        first = first.bind(address);
    }

    @AfterEach
    void free() throws IOException {
        first.close();
    }

    @Test
    @DisplayName("on the JDK's sockets")
    void jdk() {
        assertThatThrownBy(() -> JdkServer.listen(address)).hasMessageContainingAll(SAID);
    }

    @Test
    @DisplayName("on Netty with nio")
    void nettyNio() {
        netty(NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }

    @Test
    @DisplayName("on Netty with epoll")
    void nettyEpoll() {
        Assumptions.assumeTrue(Epoll.isAvailable());
        netty(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
    }

    private void netty(IoHandlerFactory handler, Class<? extends ServerChannel> transport) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handler);
        try {
            assertThatThrownBy(() -> {
                        Channel channel = NettyServer.listen(group, transport, address);
                        var _ = channel.close();
                    })
                    .hasMessageContainingAll(SAID);
        } finally {
            var _ = group.shutdownGracefully();
        }
    }

    @Test
    @DisplayName("on Vert.x")
    void vertx() {
        Vertx vertx = Vertx.vertx();
        try {
            assertThatThrownBy(() -> VertxServer.listen(vertx, address).await()).hasMessageContainingAll(SAID);
        } finally {
            vertx.close().await();
        }
    }

    @Test
    @DisplayName("on Spring Boot, with what to do")
    void springBoot() {
        var failure = new PortInUseException(address.getPort(), new BindException("Address already in use"));
        assertThat(new PortInUseAnalyzer().analyze(failure)).satisfies(analysis -> {
            assertThat(analysis.getDescription()).contains(SAID);
            assertThat(analysis.getAction()).contains("another port");
        });
    }
}
