package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.child.IoFailure;
import dev.rebind.child.Moment;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the kernel whether a port is still taken before the server tries to listen there again. It binds a bare socket with the same options
 * to the same address and closes it. This takes some microseconds, while a listener takes some milliseconds, and the time of one try limits
 * how exactly the release is known. The first bind of a generation and the bind that succeeds are always made by the listener itself. Safe
 * for several threads.
 */
final class BindProbe {
    /** The generation that was refused last on each port. */
    private final Map<Integer, Integer> refused = new ConcurrentHashMap<>();

    /** Remembers the result of a listener's start. */
    void saw(GenerationSettings settings, Start start) {
        switch (start) {
            case Start.Failed failed
            when failed.addressInUse() -> refused.put(settings.place().port(), settings.generation());
            case Start.Failed _, Start.Bound _, Start.Broken _ ->
                refused.remove(settings.place().port(), settings.generation());
        }
    }

    sealed interface Answer {
        /** @param failed the failure as the listener would report it */
        record Taken(Start.Failed failed) implements Answer {}

        /** @param nanos when the bind succeeded, {@link System#nanoTime()} */
        record Free(long nanos) implements Answer {}

        /** The port was not asked for: this generation was not refused there before, or a bare socket cannot answer for it. */
        record NotAsked() implements Answer {}
    }

    Answer at(GenerationSettings settings) {
        Integer last = refused.get(settings.place().port());
        if (last == null || last != settings.generation()) {
            return new Answer.NotAsked();
        }
        Candidate candidate = GenerationSocket.of(settings);
        try (PosixSocket socket = PosixSocket.open(candidate.family())) {
            socket.reuseAddress(candidate.reuseAddress())
                    .reusePort(candidate.reusePort())
                    .bind(new Endpoint(candidate.address(), settings.place().port()));
            return new Answer.Free(System.nanoTime());
        } catch (PosixException e) {
            // The listener meets any other failure too, and reports it better.
            return e.call().equals("bind") && e.is(Errno.EADDRINUSE)
                    ? new Answer.Taken(failed(settings, IoFailure.of(e)))
                    : new Answer.NotAsked();
        }
    }

    private static Start.Failed failed(GenerationSettings settings, IoFailure failure) {
        Moment now = Moment.now();
        return new Start.Failed(
                settings.generation(),
                settings,
                failure.errno(),
                failure.errnoNumber(),
                failure.call(),
                failure.message(),
                now.at(),
                now.nanos());
    }
}
