package dev.rebind.client.connection;

import dev.rebind.child.IoFailure;
import dev.rebind.client.connection.ClientSettings.Ready;
import dev.rebind.client.measure.EndingHabit;
import dev.rebind.client.measure.Outages.Line;
import dev.rebind.client.protocol.ClientEvent.Quote;
import dev.rebind.client.traffic.Traffic;
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
final class Conversation implements Dialogue.Line {
    private final NetSocketInternal socket;
    private final ChannelHandlerContext context;
    private final ClientSettings settings;
    private final Measures measures;
    private final EndingHabit habit;
    private final Line line;
    private final Runnable served;
    private final Dialogue dialogue;

    private Runnable whenEnded = () -> {};
    private Runnable whenAnswered = () -> {};
    private @Nullable Throwable failure;
    private boolean stalled;
    private boolean ending;
    private boolean lost;

    Conversation(
            NetSocketInternal socket,
            ClientSettings settings,
            Measures measures,
            EndingHabit habit,
            long begunNanos,
            boolean stalled,
            Runnable served) {
        this.socket = socket;
        this.context = socket.channelHandlerContext();
        this.settings = settings;
        this.measures = measures;
        this.habit = habit;
        this.line = new Line(begunNanos);
        this.stalled = stalled;
        this.served = served;
        this.dialogue = switch (settings.traffic()) {
            case Traffic.Rebind _ -> new RebindDialogue(this, settings, measures);
            case Traffic.Tcp tcp -> new TcpDialogue(this, tcp, measures, habit, begunNanos);
            case Traffic.Http _ -> throw new IllegalStateException("HTTP has connections of its own");
        };
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

    /** Whether it counts as there. */
    boolean isServed() {
        return !ending && (settings.ready() == Ready.connect || line.answered());
    }

    @Override
    public boolean stalled() {
        return stalled;
    }

    @Override
    public boolean ending() {
        return ending;
    }

    /** Whether a request on it is neither answered nor over otherwise. */
    boolean isUnderWay() {
        return dialogue.isUnderWay();
    }

    Quote quote() {
        return new Quote(local().getPort(), dialogue.lines(), dialogue.lastLine());
    }

    void begin() {
        socket.handler(this::read);
        socket.exceptionHandler(this::failed);
        socket.closeHandler(_ -> closed());
        if (stalled) {
            channel().config().setAutoRead(false);
            return;
        }
        dialogue.opened();
    }

    @Override
    public void send(String text) {
        if (ending || stalled || !channel().isActive()) {
            return;
        }
        measures.tally().bytesSent += text.getBytes(StandardCharsets.UTF_8).length;
        socket.write(text).onFailure(this::failed);
    }

    private void failed(Throwable cause) {
        // Netty closes the channel itself, after a failed read as after a failed write. The first failure is the cause.
        if (failure == null && cause instanceof java.io.IOException) {
            failure = cause;
        }
    }

    private void read(Buffer buffer) {
        measures.tally().bytesReceived += buffer.length();
        if (!ending) {
            dialogue.read(buffer);
        }
    }

    @Override
    public void answered(long answers) {
        boolean first = !line.answered();
        Integer generation = dialogue.generation();
        measures.tally().answers += answers;
        measures.observer().answered(answers);
        if (generation != null) {
            measures.tally().generation(generation, answers);
        }
        long now = System.nanoTime();
        habit.answered(line.begunNanos());
        if (habit.isKnown()) {
            measures.outages().good(line.begunNanos(), now);
        }
        measures.outages().answered(line, generation, now);
        served.run();
        if (first) {
            whenAnswered.run();
        }
    }

    @Override
    public void after(long nanos, Runnable action) {
        var _ = context.executor().schedule(action, nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Netty must not read, nor close when the server does: without interest in reading it does not see the FIN. (On NIO. The native
     * transports look at EPOLLRDHUP whatever auto-read says, which is why this client has no other transport.)
     */
    @Override
    public void stall() {
        dialogue.stalling();
        stalled = true;
        channel().config().setAutoRead(false);
    }

    void resume() {
        stalled = false;
        channel().config().setAutoRead(true);
        dialogue.resumed();
    }

    /** The first to close: a FIN, then all that the server still says, to its own FIN; Netty closes then. */
    void finish() {
        lose(false);
        ending = true;
        channel().config().setAutoRead(true);
        if (channel() instanceof DuplexChannel duplex && channel().isActive()) {
            var _ = duplex.shutdownOutput();
        }
    }

    void reset() {
        lose(false);
        ending = true;
        if (channel().isOpen()) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // From this context on, past Vert.x' handler, which would flush first.
        var _ = context.close();
    }

    /** Closes the descriptor, whatever is unread. */
    @Override
    public void cut() {
        lose(false);
        ending = true;
        var _ = context.close();
    }

    private void closed() {
        if (!ending) {
            count();
            lose(true);
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

    private boolean endsAsAlways(long now) {
        Long answered = line.lastAnswerNanos();
        if (!(dialogue instanceof TcpDialogue) || answered == null) {
            return false;
        }
        boolean always = habit.ended(answered, now);
        if (always && settings.reconnect()) {
            measures.requests().begun();
        } else {
            measures.requests().halted();
        }
        return always;
    }

    private void lose(boolean byServer) {
        if (lost) {
            return;
        }
        lost = true;
        long now = System.nanoTime();
        if (!byServer || !endsAsAlways(now)) {
            if (dialogue.idleIsService()) {
                measures.outages().alive(line, now);
            }
            measures.outages().lost(line, now);
        }
        dialogue.lost(byServer ? new Dialogue.Loss.ByServer(failure) : new Dialogue.Loss.OnOrder());
        Integer unanswered = dialogue.unanswered();
        if (unanswered != null) {
            measures.tally().requestsLost++;
            measures.tally().bytesLost += unanswered;
            measures.observer().lost(unanswered);
        }
    }
}
