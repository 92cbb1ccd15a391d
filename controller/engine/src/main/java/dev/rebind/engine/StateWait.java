package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.PortView;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Looks at a place until a condition holds or a time limit is reached. */
final class StateWait {
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private StateWait() {}

    /**
     * The limits of a wait.
     *
     * @param atMost the longest wait
     * @param between the pause between two looks
     */
    record Patience(Duration atMost, Duration between) {}

    /** The end of a wait: whether the condition held, and the last look. */
    record Awaited(boolean reached, PortView view) {}

    static Awaited await(Agent agent, Agent.Place place, Duration atMost, Predicate<PortView> condition)
            throws InterruptedException {
        return await(agent, place, new Patience(atMost, BETWEEN_LOOKS), condition);
    }

    private static Awaited await(Agent agent, Agent.Place place, Patience patience, Predicate<PortView> condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.atMost().toNanos();
        while (true) {
            PortView view = agent.look(place);
            boolean reached = condition.test(view);
            if (reached || System.nanoTime() >= deadline) {
                return new Awaited(reached, view);
            }
            Thread.sleep(patience.between());
        }
    }

    /**
     * Returns the first look that shows the intended residue and equals the look before it. Two equal looks are needed because a close
     * passes through FIN_WAIT_1 and CLOSE_WAIT for the time of a few segments. When the time is up, returns the last look. The wait also
     * ends with a look that could not be read, or when {@link Agent#isPast} says that further looks show nothing new.
     */
    static PortView residue(Agent agent, Agent.Place place, Patience patience, Predicate<PortView> asMeant)
            throws InterruptedException {
        var last = new Object() {
            Set<String> sockets = Set.of("not looked yet");
        };
        return await(agent, place, patience, view -> {
                    Set<String> now = signature(view);
                    boolean same = now.equals(last.sockets);
                    last.sockets = now;
                    return view.local() instanceof Reading.Unreadable
                            || agent.isPast(place)
                            || (same && asMeant.test(view));
                })
                .view();
    }

    private static Set<String> signature(PortView view) {
        var signature = new HashSet<String>();
        for (Reading reading : new Reading[] {view.local(), view.remote()}) {
            switch (reading) {
                case Reading.Snapshot snapshot -> {
                    for (TcpSocket socket : snapshot.sockets()) {
                        signature.add(socket.state() + " " + socket.local() + " " + socket.remote());
                    }
                }
                case Reading.Unreadable unreadable -> signature.add(unreadable.why());
            }
        }
        return signature;
    }
}
