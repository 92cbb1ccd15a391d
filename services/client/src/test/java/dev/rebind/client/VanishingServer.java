package dev.rebind.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What stands between clients and a server as a Service of Kubernetes does, and can lose the server in each way that a network does. */
final class VanishingServer implements AutoCloseable {
    /** How the server is gone. */
    enum Gone {
        /** Established connections are reset, and a SYN has a RST for an answer. */
        refused,
        /** Established connections are reset, and a SYN has no answer. */
        syn_unanswered,
        /** Established connections are reset; new ones are made, and nothing is said on them. */
        accepted_and_mute,
        /** Established connections stay, and nothing comes on them any more; a SYN has no answer. */
        vanished
    }

    private final int port;
    private final int backend;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> established = ConcurrentHashMap.newKeySet();
    private final List<SocketChannel> filling = new ArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private @Nullable ServerSocket listener;
    private @Nullable Future<?> accepting;
    private volatile boolean dropping;

    VanishingServer(int port, int backend) {
        this.port = port;
        this.backend = backend;
    }

    void serve() throws IOException {
        dropping = false;
        unlisten();
        ServerSocket listening = listen(50);
        accept(listening, client -> {
            var server = new Socket(InetAddress.getLoopbackAddress(), backend);
            established.add(server);
            threads.execute(() -> forward(server, client));
            forward(client, server);
        });
    }

    void lose(Gone how) throws IOException {
        unlisten();
        switch (how) {
            case refused -> reset();
            case syn_unanswered -> {
                fill();
                reset();
            }
            case accepted_and_mute -> {
                accept(listen(50), _ -> {});
                reset();
            }
            case vanished -> {
                dropping = true;
                fill();
            }
        }
    }

    /** How many connections it has accepted since the server was lost or came back. */
    int accepted() {
        return accepted.get();
    }

    private interface Serving {
        void serve(Socket client) throws IOException;
    }

    private void accept(ServerSocket listening, Serving serving) {
        accepted.set(0);
        accepting = threads.submit(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket client = listening.accept();
                    accepted.incrementAndGet();
                    established.add(client);
                    threads.execute(() -> {
                        try {
                            serving.serve(client);
                        } catch (IOException gone) {
                            reset(client);
                        }
                    });
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private void forward(Socket from, Socket to) {
        byte[] bytes = new byte[1 << 14];
        try {
            for (int read = from.getInputStream().read(bytes);
                    read >= 0;
                    read = from.getInputStream().read(bytes)) {
                if (!dropping) {
                    to.getOutputStream().write(bytes, 0, read);
                }
            }
            if (!dropping) {
                to.shutdownOutput();
            }
        } catch (IOException gone) {
            if (!dropping) {
                reset(from);
                reset(to);
            }
        }
    }

    private ServerSocket listen(int backlog) throws IOException {
        var listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), backlog);
        listener = listening;
        return listening;
    }

    /** Linux drops a SYN for a listener whose accept queue is full (net.ipv4.tcp_abort_on_overflow 0). */
    private void fill() throws IOException {
        ServerSocket full = listen(1);
        for (int i = 0; i < 4; i++) {
            SocketChannel channel = SocketChannel.open();
            filling.add(channel);
            channel.configureBlocking(false);
            channel.connect(full.getLocalSocketAddress());
        }
    }

    private void unlisten() throws IOException {
        for (SocketChannel channel : filling) {
            channel.close();
        }
        filling.clear();
        if (listener != null) {
            listener.close();
        }
        if (accepting != null) {
            // The port is free only when nobody waits in accept any more.
            try {
                accepting.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IOException(e);
            }
            accepting = null;
        }
    }

    private void reset() {
        established.forEach(VanishingServer::reset);
        established.clear();
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException gone) {
            // It is closed already.
        }
    }

    @Override
    public void close() throws IOException {
        unlisten();
        reset();
        threads.shutdownNow();
    }
}
