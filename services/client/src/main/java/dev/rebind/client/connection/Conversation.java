package dev.rebind.client.connection;

import dev.rebind.child.IoFailure;
import dev.rebind.child.protocol.Words;
import dev.rebind.child.protocol.Words.Said;
import dev.rebind.client.connection.ClientSettings.Behaviour;
import dev.rebind.client.connection.ClientSettings.Ready;
import dev.rebind.client.measure.Outages.Line;
import dev.rebind.client.protocol.ClientEvent.Quote;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection, from its making to its end. On the event loop. */
final class Conversation {
    private final NetSocketInternal socket;
    private final ChannelHandlerContext context;
    private final ClientSettings settings;
    private final Measures measures;
    private final Line line;
    private final Runnable served;
    private final AnswerReader reader = new AnswerReader();

    private Runnable whenEnded = () -> {};
    private Runnable whenAnswered = () -> {};
    private @Nullable String request;
    private long requestNanos;
    private long requests;
    private @Nullable Integer generation;
    private @Nullable Throwable failure;
    private boolean streaming;
    private boolean stalled;
    /** Told to read again, a client that stalls by its behaviour does so. */
    private boolean hasStalled;

    private boolean ending;
    private boolean lost;

    Conversation(
            NetSocketInternal socket,
            ClientSettings settings,
            Measures measures,
            long begunNanos,
            boolean stalled,
            Runnable served) {
        this.socket = socket;
        this.context = socket.channelHandlerContext();
        this.settings = settings;
        this.measures = measures;
        this.line = new Line(begunNanos);
        this.stalled = stalled;
        this.served = served;
    }

    void whenEnded(Runnable action) {
        whenEnded = action;
    }

    void whenAnswered(Runnable action) {
        whenAnswered = action;
    }

    private Channel channel() {
        return context.channel();
    }

    InetSocketAddress local() {
        return (InetSocketAddress) channel().localAddress();
    }

    /** Both ends are one socket: nobody listens, and the kernel gave the client the very port that it connects to. */
    boolean withItself() {
        return channel().localAddress() != null
                && channel().localAddress().equals(channel().remoteAddress());
    }

    /** Whether it counts as there. */
    boolean isServed() {
        return !ending && (settings.ready() == Ready.connect || line.answered());
    }

    boolean isStalled() {
        return stalled;
    }

    Quote quote() {
        return new Quote(local().getPort(), reader.lines(), reader.last());
    }

    void begin() {
        socket.handler(this::read);
        socket.exceptionHandler(this::failed);
        socket.closeHandler(_ -> closed());
        if (stalled) {
            channel().config().setAutoRead(false);
            return;
        }
        greet(settings.askGeneration() ? Words.CLIENT + Words.WHICH : Words.CLIENT);
    }

    private void greet(String words) {
        if (ending || stalled || request != null || !channel().isActive()) {
            return;
        }
        request = words;
        requestNanos = System.nanoTime();
        measures.tally().bytesSent += length(words);
        socket.write(words + "\n").onFailure(this::failed);
    }

    private static int length(String words) {
        return words.getBytes(StandardCharsets.UTF_8).length + 1;
    }

    private void failed(Throwable cause) {
        // Netty closes the channel itself, after a failed read as after a failed write. The first failure is the cause.
        if (failure == null && cause instanceof java.io.IOException) {
            failure = cause;
        }
    }

    private void read(Buffer buffer) {
        measures.tally().bytesReceived += buffer.length();
        if (ending) {
            return;
        }
        long streamed = reader.read(buffer.getBytes(), this::heard);
        if (streamed > 0) {
            streaming = true;
            request = null;
            answered(streamed);
        }
        if (settings.behaviour() == Behaviour.stall && line.answered() && !hasStalled) {
            stall();
        }
    }

    private void heard(String said) {
        switch (Words.read(said)) {
            case Said.Stream _ -> {
                streaming = true;
                answered(1);
            }
            case Said.Banner banner -> {
                generation = banner.generation();
                streaming = true;
                request = null;
                answered(1);
            }
            case Said.Answer answer -> {
                generation = answer.generation();
                answer(answer.line());
            }
            case Said.Else other -> answer(other.line());
        }
    }

    /** A server that is not Rebind's answers, too, when its line carries the request. */
    private void answer(String answer) {
        String asked = request;
        if (asked == null || !answer.contains(asked)) {
            measures.tally().unexpected++;
            return;
        }
        request = null;
        if (requests > 0) {
            long roundTrip = System.nanoTime() - requestNanos;
            measures.roundTrips().add(roundTrip);
            measures.observer().roundTrip(roundTrip);
        }
        answered(1);
        if (settings.behaviour().greetsAgain()) {
            var _ = context.executor()
                    .schedule(this::greetAgain, settings.interval().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void greetAgain() {
        if (streaming || request != null || ending || stalled) {
            return;
        }
        requests++;
        greet(Words.CLIENT + ", request " + requests);
    }

    private void answered(long answers) {
        boolean first = !line.answered();
        measures.tally().answers += answers;
        measures.observer().answered(answers);
        if (generation != null) {
            measures.tally().generation(generation, answers);
        }
        measures.outages().answered(line, generation, System.nanoTime());
        served.run();
        if (first) {
            whenAnswered.run();
        }
    }

    /**
     * Netty must not read, nor close when the server does: without interest in reading it does not see the FIN. (On NIO. The native
     * transports look at EPOLLRDHUP whatever auto-read says, which is why this client has no other transport.)
     */
    void stall() {
        if (!streaming && !stalled && !ending) {
            // One more request, whose answer then lies unread; a stream has more to come by itself.
            requests++;
            greet(Words.CLIENT + ", request " + requests);
        }
        stalled = true;
        hasStalled = true;
        channel().config().setAutoRead(false);
    }

    void resume() {
        stalled = false;
        channel().config().setAutoRead(true);
        if (requests == 0 && request == null && !line.answered()) {
            greet(settings.askGeneration() ? Words.CLIENT + Words.WHICH : Words.CLIENT);
        } else if (settings.behaviour().greetsAgain()) {
            greetAgain();
        }
    }

    /** The first to close: a FIN, then all that the server still says, to its own FIN; Netty closes then. */
    void finish() {
        lose();
        ending = true;
        channel().config().setAutoRead(true);
        if (channel() instanceof DuplexChannel duplex && channel().isActive()) {
            var _ = duplex.shutdownOutput();
        }
    }

    void reset() {
        lose();
        ending = true;
        if (channel().isOpen()) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // From this context on, past Vert.x' handler, which would flush first.
        var _ = context.close();
    }

    /** Closes the descriptor, whatever is unread. */
    void cut() {
        lose();
        ending = true;
        var _ = context.close();
    }

    private void closed() {
        if (!ending) {
            count();
            lose();
        }
        ending = true;
        whenEnded.run();
    }

    private void count() {
        if (failure == null) {
            measures.tally().ends++;
            return;
        }
        String errno = IoFailure.of(failure).errno();
        if ("ECONNRESET".equals(errno) || "EPIPE".equals(errno)) {
            measures.tally().resets++;
            measures.observer().reset();
        } else {
            measures.tally().broken(errno == null ? "unknown" : errno);
        }
    }

    private void lose() {
        if (lost) {
            return;
        }
        lost = true;
        measures.outages().lost(line, System.nanoTime());
        if (request != null) {
            measures.tally().requestsLost++;
            measures.tally().bytesLost += length(request);
            measures.observer().lost(length(request));
        }
    }
}
