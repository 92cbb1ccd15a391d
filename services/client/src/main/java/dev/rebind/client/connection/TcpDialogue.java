package dev.rebind.client.connection;

import dev.rebind.client.measure.EndingHabit;
import dev.rebind.client.measure.Requests.Progress;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.traffic.Traffic.Tcp;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Says one thing, waits until the server has said what is expected, and then holds the connection. */
final class TcpDialogue implements Dialogue {
    /** So much of what a server says is looked at; what it says after that is read and dropped. */
    private static final int LONGEST = 1 << 16;

    private final Line line;
    private final Tcp tcp;
    private final Measures measures;
    private final EndingHabit habit;
    private final long begunNanos;
    private final long madeNanos = System.nanoTime();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private boolean over;
    private boolean answered;

    /** @param begunNanos when the making of the connection began */
    TcpDialogue(Line line, Tcp tcp, Measures measures, EndingHabit habit, long begunNanos) {
        this.line = line;
        this.tcp = tcp;
        this.measures = measures;
        this.habit = habit;
        this.begunNanos = begunNanos;
    }

    @Override
    public void opened() {
        if (tcp.send() != null) {
            line.send(tcp.send());
        }
        if (tcp.expect() == null) {
            answer();
        } else {
            line.after(tcp.timeout().toNanos(), this::late);
        }
    }

    @Override
    public void read(Buffer buffer) {
        if (over || tcp.expect() == null || heard.size() >= LONGEST) {
            return;
        }
        heard.writeBytes(buffer.getBytes());
        // One byte is one character in Latin-1, so that a text that is cut in two is found once it is whole.
        if (heard.toString(StandardCharsets.ISO_8859_1)
                .contains(new String(tcp.expect().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))) {
            answer();
        }
    }

    private void answer() {
        over = true;
        answered = true;
        measures.requests().answered(begunNanos, System.nanoTime());
        line.answered(1);
    }

    private void late() {
        if (!over && !line.ending() && !line.stalled()) {
            fail(Failure.timeout, null);
            line.cut();
        }
    }

    private void fail(Failure failure, @Nullable String detail) {
        if (!over) {
            over = true;
            long now = System.nanoTime();
            measures.requests().failed(failure, Progress.connected(madeNanos, false), detail, begunNanos, now);
            if (habit.failed()) {
                measures.outages().failed(now);
            }
        }
    }

    @Override
    public void stalling() {}

    @Override
    public void resumed() {
        if (!over && heard.size() == 0) {
            opened();
        }
    }

    @Override
    public void lost(Loss how) {
        switch (how) {
            case Loss.ByServer(var failure) ->
                fail(ConnectionFailures.failure(failure), ConnectionFailures.detail(failure));
            case Loss.OnOrder() -> over = true;
        }
    }

    @Override
    public @Nullable Integer unanswered() {
        String send = tcp.send();
        return answered || send == null ? null : Integer.valueOf(send.getBytes(StandardCharsets.UTF_8).length);
    }

    @Override
    public boolean isUnderWay() {
        return !over;
    }

    @Override
    public @Nullable Integer generation() {
        return null;
    }

    @Override
    public boolean idleIsService() {
        return true;
    }

    @Override
    public long lines() {
        return 0;
    }

    @Override
    public String lastLine() {
        return "";
    }
}
