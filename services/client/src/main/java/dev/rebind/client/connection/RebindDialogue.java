package dev.rebind.client.connection;

import dev.rebind.child.protocol.ProtocolLines;
import dev.rebind.child.protocol.ProtocolLines.Said;
import dev.rebind.client.connection.ClientSettings.Behaviour;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Rebind's words: greets, reads what the server says, and greets again where the behaviour is so. */
final class RebindDialogue implements Dialogue {
    private final Line line;
    private final ClientSettings settings;
    private final Measures measures;
    private final AnswerReader reader = new AnswerReader();

    private @Nullable String request;
    private long requestNanos;
    private long requests;
    private @Nullable Integer generation;
    private boolean streaming;
    private boolean answered;
    /** Told to read again, a client that stalls by its behaviour does so. */
    private boolean hasStalled;

    RebindDialogue(Line line, ClientSettings settings, Measures measures) {
        this.line = line;
        this.settings = settings;
        this.measures = measures;
    }

    @Override
    public void opened() {
        greet(settings.askGeneration() ? ProtocolLines.CLIENT + ProtocolLines.WHICH : ProtocolLines.CLIENT);
    }

    private void greet(String words) {
        if (line.ending() || line.stalled() || request != null) {
            return;
        }
        request = words;
        requestNanos = System.nanoTime();
        line.send(words + "\n");
    }

    @Override
    public void read(Buffer buffer) {
        long streamed = reader.read(buffer.getBytes(), this::heard);
        if (streamed > 0) {
            streaming = true;
            request = null;
            answered(streamed);
        }
        if (settings.behaviour() == Behaviour.stall && answered && !hasStalled) {
            line.stall();
        }
    }

    private void heard(String said) {
        switch (ProtocolLines.read(said)) {
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
            line.after(settings.interval().toNanos(), this::greetAgain);
        }
    }

    private void answered(long answers) {
        answered = true;
        line.answered(answers);
    }

    private void greetAgain() {
        if (streaming || request != null || line.ending() || line.stalled()) {
            return;
        }
        requests++;
        greet(ProtocolLines.CLIENT + ", request " + requests);
    }

    @Override
    public void stalling() {
        if (!streaming && !line.stalled() && !line.ending()) {
            // One more request, whose answer then lies unread; a stream has more to come by itself.
            requests++;
            greet(ProtocolLines.CLIENT + ", request " + requests);
        }
        hasStalled = true;
    }

    @Override
    public void resumed() {
        if (requests == 0 && request == null && !answered) {
            opened();
        } else if (settings.behaviour().greetsAgain()) {
            greetAgain();
        }
    }

    @Override
    public void lost(Loss how) {}

    /** Its words are no requests. */
    @Override
    public boolean isUnderWay() {
        return false;
    }

    @Override
    public @Nullable Integer unanswered() {
        String asked = request;
        return asked == null ? null : Integer.valueOf(asked.getBytes(StandardCharsets.UTF_8).length + 1);
    }

    @Override
    public @Nullable Integer generation() {
        return generation;
    }

    @Override
    public boolean idleIsService() {
        return false;
    }

    @Override
    public long lines() {
        return reader.lines();
    }

    @Override
    public String lastLine() {
        return reader.last();
    }
}
