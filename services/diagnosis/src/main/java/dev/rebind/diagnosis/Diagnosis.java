package dev.rebind.diagnosis;

import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.UdpSocket;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a server can or cannot bind a port.
 *
 * @param at the moment of the look, from which durations count
 * @param cause that of the socket which holds the port longest; empty where nothing stands in the way
 * @param refusal a reason beside the sockets
 * @param attempts the kernel's answers, or the rule's, for each place without and with SO_REUSEADDR
 * @param blocking what stands in the way, that which stays longest first
 * @param beside sockets on the port that do not stand in the way
 * @param release when the port is free for a server without SO_REUSEADDR, by all of them together
 * @param releaseWithReuse the same for a server with it
 * @param sharing who listens on the port beside a server that binds
 * @param timeWaitSeconds how long this kernel keeps a TIME_WAIT: 60, or net.ipv4.tcp_tw_timeout where a vendor's kernel has it
 * @param udp who has the UDP port of the same number
 */
public record Diagnosis(
        Question question,
        Instant at,
        Verdict verdict,
        Optional<Cause> cause,
        Optional<Refusal> refusal,
        List<Attempt> attempts,
        List<Blocker> blocking,
        List<Blocker> beside,
        Ending release,
        Ending releaseWithReuse,
        List<Remedy> remedies,
        List<Sharing> sharing,
        List<Datagrams> udp,
        Nat nat,
        int timeWaitSeconds,
        List<Limit> limits) {
    public Diagnosis {
        attempts = List.copyOf(attempts);
        blocking = List.copyOf(blocking);
        beside = List.copyOf(beside);
        remedies = List.copyOf(remedies);
        sharing = List.copyOf(sharing);
        udp = List.copyOf(udp);
        limits = List.copyOf(limits);
    }

    /** A UDP socket and who has it. */
    public record Datagrams(UdpSocket socket, Holder holder) {}

    /** The answer for a server that sets no option and wants every place that was asked for. */
    public enum Verdict {
        FREE(0),
        /** Taken, and it does not become free by itself. */
        TAKEN(1),
        NOT_KNOWN(3),
        /** Taken, and it becomes free by itself. */
        FREE_LATER(4);

        private final int exitCode;

        Verdict(int exitCode) {
            this.exitCode = exitCode;
        }

        /** Of {@code rebind why}; 2 is wrong usage. */
        public int exitCode() {
            return exitCode;
        }
    }
}
