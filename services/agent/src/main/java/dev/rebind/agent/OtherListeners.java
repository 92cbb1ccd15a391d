package dev.rebind.agent;

import dev.rebind.agent.Agent.Beside;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.text.Clauses;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.owners.ProcessAnswer;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the other listeners on the port of a bound server. Blocks for some milliseconds. Most servers share their port with nobody. */
final class OtherListeners {
    private static final PortObserver.Manner MANNER = new PortObserver.Manner(false, false, false);

    private final PortObserver observer;

    OtherListeners(PortObserver observer) {
        this.observer = observer;
    }

    /**
     * Whether there may be other listeners, so that a search is worth its time.
     *
     * @param own inodes of the server's own listeners. Where none is known, others cannot be told apart from the server
     * @param view the port after the bind
     */
    static boolean mayBe(int port, Set<Long> own, PortView view) {
        return !own.isEmpty()
                && view.listeners() instanceof Snapshot listeners
                && listeners.sockets().stream()
                        .anyMatch(socket -> socket.state() == TcpState.LISTEN
                                && socket.local().port() == port
                                && !own.contains(socket.inode()));
    }

    List<Beside> of(Question server, Set<Long> own) {
        var seen = observer.of(server, PortObserver.sockets(server.port()), OptionalInt.empty(), MANNER);
        return Decision.beside(seen, own).stream()
                .map(one -> beside(one, server.port()))
                .toList();
    }

    private static Beside beside(Sharing one, int port) {
        List<Holder.Found> found = one.holder().seen();
        @Nullable
        String name = found.stream()
                .map(Holder.Found::process)
                .filter(ProcessAnswer.Known.class::isInstance)
                .map(process -> ((ProcessAnswer.Known) process).story().comm())
                .findFirst()
                .orElse(null);
        return new Beside(
                one.listener().local().toString(),
                found.stream().map(process -> (long) process.pid()).toList(),
                name,
                one.gets().name().toLowerCase(Locale.ROOT),
                String.join(" ", Clauses.sharing(List.of(one), port)));
    }
}
