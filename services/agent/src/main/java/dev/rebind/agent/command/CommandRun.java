package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationWatch;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.options.SocketOptions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One run of the command: a generation, or one try of it.
 *
 * @param place where it is to listen
 * @param pid of its main process
 * @param startedNanos {@link System#nanoTime()}
 * @param outputFrom how much earlier runs had written
 */
record CommandRun(int generation, Place place, long pid, long startedNanos, long outputFrom) {

    /** What a run that listens shows of itself. */
    record Bound(CommandRun run, List<AuditedListener> listeners) {
        /** @param listeners of its processes on the port */
        public Bound {
            // The one that clients of the place reach first: it is the one that is meant where one is.
            listeners = listeners.stream()
                    .sorted(Comparator.comparing(
                                    (AuditedListener listener) -> !ListenerLook.takes(listener.first(), run.place()))
                            .thenComparing(listener ->
                                    listener.first().local().address().isAnyLocalAddress())
                            .thenComparing(listener -> listener.first().local().toString()))
                    .toList();
        }

        /** Of the processes that have the listener. */
        Set<Long> holders() {
            return listeners.stream()
                    .flatMap(listener -> listener.holder().seen().stream())
                    .map(found -> (long) found.pid())
                    .collect(Collectors.toSet());
        }

        /** Where it listens; where that was not seen, where it is to listen. */
        Place place() {
            return listeners.stream().findFirst().map(Bound::place).orElse(run.place());
        }

        private static Place place(AuditedListener listener) {
            Endpoint local = listener.first().local();
            return new Place(local.host(), local.port());
        }

        /** What the same program asks the kernel for when it is started again; an option that is not known counts as off. */
        Question again() {
            return listeners.stream()
                    .findFirst()
                    .map(Bound::again)
                    .orElse(Question.everywhere(run.place().port()).with(false, false));
        }

        /** The same for one of its listeners. */
        static Question again(AuditedListener listener) {
            Endpoint local = listener.first().local();
            Question question = Question.at(local.port(), local.address());
            Optional<SocketOptions> options = listener.options();
            return (Boolean.TRUE.equals(listener.first().v6Only()) ? question.withoutIPv4() : question)
                    .with(
                            options.map(SocketOptions::reuseAddress).orElse(false),
                            options.map(SocketOptions::reusePort).orElse(false));
        }

        /** Its listeners as the watch of generations takes them: several where it listens on several addresses. */
        List<GenerationWatch.Listening> lives() {
            if (listeners.isEmpty()) {
                // It stopped listening between two looks.
                return List.of(new GenerationWatch.Listening(run.place(), Flag.UNKNOWN, Flag.UNKNOWN, Set.of()));
            }
            return listeners.stream()
                    .map(listener -> new GenerationWatch.Listening(
                            place(listener),
                            flag(listener.options().map(SocketOptions::reuseAddress)),
                            flag(listener.options().map(SocketOptions::reusePort)),
                            listener.sockets().stream().map(TcpSocket::inode).collect(Collectors.toSet())))
                    .toList();
        }

        private static Flag flag(Optional<Boolean> option) {
            return option.map(Flag::of).orElse(Flag.UNKNOWN);
        }

        List<CommandReport.Listening> report() {
            return listeners.stream()
                    .map(listener -> new CommandReport.Listening(
                            listener.first().local().toString(),
                            listener.options().map(SocketOptions::reuseAddress),
                            listener.options().map(SocketOptions::reusePort),
                            listener.inheritable(),
                            listener.holder().seen().size()))
                    .toList();
        }
    }
}
