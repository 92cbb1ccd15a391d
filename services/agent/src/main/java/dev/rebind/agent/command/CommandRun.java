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
 * One run of the command. It is a generation, or one try to start a generation.
 *
 * @param place where the run should listen
 * @param pid the pid of its main process
 * @param startedNanos {@link System#nanoTime()}
 * @param outputFrom the number of bytes that earlier runs had written
 */
record CommandRun(int generation, Place place, long pid, long startedNanos, long outputFrom) {

    /** A run that listens, with its listeners. */
    record Bound(CommandRun run, List<AuditedListener> listeners) {
        /** @param listeners the listeners of its processes on the port */
        public Bound {
            // The listener that the clients of the place reach first comes first. It is the one to use where a single
            // listener is needed.
            listeners = listeners.stream()
                    .sorted(Comparator.comparing(
                                    (AuditedListener listener) -> !ListenerLook.takes(listener.first(), run.place()))
                            .thenComparing(listener ->
                                    listener.first().local().address().isAnyLocalAddress())
                            .thenComparing(listener -> listener.first().local().toString()))
                    .toList();
        }

        /** Returns the pids of the processes that have a listener. */
        Set<Long> holders() {
            return listeners.stream()
                    .flatMap(listener -> listener.holder().seen().stream())
                    .map(found -> (long) found.pid())
                    .collect(Collectors.toSet());
        }

        /** Returns where the run listens, or where it should listen if that was not seen. */
        Place place() {
            return listeners.stream().findFirst().map(Bound::place).orElse(run.place());
        }

        private static Place place(AuditedListener listener) {
            Endpoint local = listener.first().local();
            return new Place(local.host(), local.port());
        }

        /** Returns what the same program asks the kernel for when it is started again. An unknown option counts as off. */
        Question again() {
            return listeners.stream()
                    .findFirst()
                    .map(Bound::again)
                    .orElse(Question.everywhere(run.place().port()).with(false, false));
        }

        /** Returns what the program asks the kernel for when it makes this listener again. */
        static Question again(AuditedListener listener) {
            Endpoint local = listener.first().local();
            Question question = Question.at(local.port(), local.address());
            Optional<SocketOptions> options = listener.options();
            return (Boolean.TRUE.equals(listener.first().v6Only()) ? question.withoutIPv4() : question)
                    .with(
                            options.map(SocketOptions::reuseAddress).orElse(false),
                            options.map(SocketOptions::reusePort).orElse(false));
        }

        /** Returns the listeners in the form that the generation watch takes. */
        List<GenerationWatch.Listening> lives() {
            if (listeners.isEmpty()) {
                // The run stopped listening between two looks.
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
