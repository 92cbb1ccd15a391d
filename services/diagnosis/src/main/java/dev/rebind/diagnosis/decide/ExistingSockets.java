package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.options.SocketOptions;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The port's sockets with their options, as far as these were read or follow from the kernel's answers. Pure. */
final class ExistingSockets {
    private ExistingSockets() {}

    static ExistingSocket of(Observation seen, TcpSocket socket) {
        Optional<SocketOptions> options = seen.options(socket);
        Facts.Fact fact = seen.facts().of(socket);
        boolean devicesShown = seen.around() instanceof Reading.Snapshot snapshot
                && snapshot.source().equals(InetDiagReader.SOURCE);
        return new ExistingSocket(
                socket,
                options.map(known -> Flag.of(known.reuseAddress())).orElse(fact.reuseAddress()),
                options.map(known -> Flag.of(known.reusePort())).orElse(fact.reusePort()),
                v6Only(socket, options, fact),
                socket.inode() == 0 ? OptionalLong.empty() : OptionalLong.of(socket.uid()),
                devicesShown ? OptionalInt.of(socket.device()) : OptionalInt.empty());
    }

    private static Flag v6Only(TcpSocket socket, Optional<SocketOptions> options, Facts.Fact fact) {
        if (socket.family() == Family.IPV4 || socket.local().address() instanceof Inet4Address) {
            return Flag.OFF;
        }
        if (socket.v6Only() != null) {
            return Flag.of(socket.v6Only());
        }
        Boolean asked = options.map(SocketOptions::v6only).orElse(null);
        return asked == null ? fact.v6Only() : Flag.of(asked);
    }

    /**
     * What a bind with SO_REUSEADDR tells of sockets whose option nobody shows: where it passes, all that it meets have it.
     * Where it fails and one alone can be the reason, that one lacks it.
     */
    static List<SocketGroup> learn(
            List<SocketGroup> groups, List<Attempt> attempts, boolean reusePort, long uid, MappedAddresses mapped) {
        List<SocketGroup> known = groups;
        for (Attempt attempt : attempts) {
            if (attempt.reuseAddress()) {
                Candidate candidate = attempt.place().candidate(true, reusePort, uid);
                known = attempt.binds()
                        ? passed(known, candidate, mapped)
                        : attempt.inUse() ? failed(known, candidate, mapped) : known;
            }
        }
        return known;
    }

    /**
     * What the listeners of the port tell of sockets whose option nobody shows: the bind of a listener with SO_REUSEADDR has passed
     * beside what was there before, and what came later has the option of its listener.
     */
    static List<SocketGroup> vouched(List<SocketGroup> groups, MappedAddresses mapped) {
        List<SocketGroup> known = groups;
        for (SocketGroup group : groups) {
            ExistingSocket listener = group.standing();
            boolean vouches = listener.socket().state() == TcpState.LISTEN
                    && listener.reuseAddress() == Flag.ON
                    && listener.reusePort() != Flag.UNKNOWN
                    && listener.v6Only() != Flag.UNKNOWN
                    && listener.uid().isPresent();
            if (vouches) {
                known = passed(known, candidate(listener), mapped);
            }
        }
        return known;
    }

    /** What a listener whose options are known has asked the kernel for. */
    static Candidate candidate(ExistingSocket listener) {
        TcpSocket socket = listener.socket();
        return new Candidate(
                socket.family(),
                socket.local().address(),
                listener.v6Only() == Flag.ON,
                listener.reuseAddress() == Flag.ON,
                listener.reusePort() == Flag.ON,
                socket.uid(),
                socket.device());
    }

    private static List<SocketGroup> passed(List<SocketGroup> groups, Candidate candidate, MappedAddresses mapped) {
        var known = new ArrayList<SocketGroup>();
        for (SocketGroup group : groups) {
            boolean had = group.standing().reuseAddress() == Flag.UNKNOWN
                    && BindRule.conflicts(candidate, group.standing(), mapped) == Flag.UNKNOWN
                    && BindRule.conflicts(candidate, group.standing().withReuseAddress(false), mapped) == Flag.ON;
            known.add(had ? group.with(group.standing().withReuseAddress(true)) : group);
        }
        return known;
    }

    private static List<SocketGroup> failed(List<SocketGroup> groups, Candidate candidate, MappedAddresses mapped) {
        BindRule.Answer answer = BindRule.ask(candidate, SocketGroup.standings(groups), mapped);
        if (!answer.conflicting().isEmpty() || answer.doubtful().size() != 1) {
            return groups;
        }
        ExistingSocket lacks = answer.doubtful().getFirst();
        // Of several sockets of a kind one may lack it and the others have it.
        return groups.stream()
                .map(group -> group.standing().equals(lacks)
                                && group.sockets().size() == 1
                                && lacks.reuseAddress() == Flag.UNKNOWN
                        ? group.with(lacks.withReuseAddress(false))
                        : group)
                .toList();
    }
}
