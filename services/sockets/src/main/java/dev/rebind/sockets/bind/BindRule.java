package dev.rebind.sockets.bind;

import dev.rebind.sockets.TcpState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Whether a bind, and the listen after it, passes the sockets that stand on the port: inet_csk_get_port in
 * {@code net/ipv4/inet_connection_sock.c}, Linux 6.18, which bind calls and inet_csk_listen_start calls again. With nothing
 * changing in between the call that fails is bind; listen fails when another socket of the port began to listen after the
 * bind.
 *
 * <p>The sockets do not decide alone: the kernel also remembers who bound the port last with SO_REUSEPORT ({@link
 * BindBucket}). Where the bucket is not given, it is taken to have been written by sockets that still stand, or by the
 * listeners of connections that do; and a connection and what it stands beside are not taken to be bound to different
 * devices where no device is known of either. Some kernels compare IPv4-mapped addresses otherwise ({@link MappedAddresses}).
 */
public final class BindRule {
    private BindRule() {}

    /**
     * @param conflicting the sockets that stand in the way
     * @param doubtful those that do or do not, depending on a fact that is not known
     * @param dependsOn the facts that decide; empty where none do
     */
    public record Answer(List<ExistingSocket> conflicting, List<ExistingSocket> doubtful, Set<Unknown> dependsOn) {
        public Answer {
            conflicting = List.copyOf(conflicting);
            doubtful = List.copyOf(doubtful);
            dependsOn = Set.copyOf(dependsOn);
        }

        /** ON: it passes; OFF: it fails with EADDRINUSE; UNKNOWN: the facts that are known do not decide it. */
        public Flag passes() {
            if (!conflicting.isEmpty()) {
                return Flag.OFF;
            }
            return doubtful.isEmpty() ? Flag.ON : Flag.UNKNOWN;
        }
    }

    /** The answer from the sockets alone. It holds for either call, given the sockets at the time of the call. */
    public static Answer ask(Candidate candidate, List<ExistingSocket> standing, MappedAddresses mapped) {
        return answer(standing, one -> {
            Truth conflict = conflict(candidate, one, mapped, true);
            return conflict.possible() && admittedOver(candidate, one, standing, mapped)
                    ? conflict.and(Truth.unknown(Unknown.ORDER))
                    : conflict;
        });
    }

    /** The answer where it is known who has bound the port since it was empty. */
    public static Answer ask(
            Candidate candidate, List<ExistingSocket> standing, MappedAddresses mapped, BindBucket bucket) {
        return bucket.admits(candidate)
                ? answer(List.of(), _ -> Truth.NO)
                : answer(standing, one -> conflict(candidate, one, mapped, false));
    }

    /**
     * What becomes of both calls. With SO_REUSEADDR on both sockets and neither listening both binds pass, and of the two
     * listens the second fails.
     *
     * @param atBind the other sockets on the port when bind is called
     * @param atListen the same when listen is called
     */
    public static Prediction predict(
            Candidate candidate, List<ExistingSocket> atBind, List<ExistingSocket> atListen, MappedAddresses mapped) {
        Prediction bind = predict(BindCall.BIND, ask(candidate, atBind, mapped));
        return switch (bind) {
            case Prediction.Passes _ -> predict(BindCall.LISTEN, ask(candidate, atListen, mapped));
            case Prediction.Fails _, Prediction.Depends _ -> bind;
        };
    }

    private static Prediction predict(BindCall call, Answer answer) {
        return switch (answer.passes()) {
            case ON -> new Prediction.Passes();
            case OFF -> new Prediction.Fails(call, answer.conflicting());
            case UNKNOWN -> new Prediction.Depends(call, answer.doubtful(), answer.dependsOn());
        };
    }

    /** inet_bind_conflict and the comparison of the addresses, for one socket by itself. */
    public static Flag conflicts(Candidate candidate, ExistingSocket standing, MappedAddresses mapped) {
        return conflict(candidate, standing, mapped, true).value();
    }

    private static Answer answer(List<ExistingSocket> standing, Function<ExistingSocket, Truth> conflict) {
        var conflicting = new ArrayList<ExistingSocket>();
        var doubtful = new ArrayList<ExistingSocket>();
        var dependsOn = EnumSet.noneOf(Unknown.class);
        for (ExistingSocket one : standing) {
            Truth truth = conflict.apply(one);
            switch (truth.value()) {
                case ON -> conflicting.add(one);
                case UNKNOWN -> {
                    doubtful.add(one);
                    dependsOn.addAll(truth.unknown());
                }
                case OFF -> {}
            }
        }
        return new Answer(conflicting, doubtful, conflicting.isEmpty() ? dependsOn : Set.of());
    }

    private static Truth conflict(
            Candidate candidate, ExistingSocket standing, MappedAddresses mapped, boolean listenerMayDiffer) {
        if (!standing.holdsPort()) {
            return Truth.NO;
        }
        return LocalAddress.of(candidate)
                .meets(LocalAddress.of(standing), mapped)
                .and(sameDevice(candidate, standing))
                .and(allowed(candidate, standing, listenerMayDiffer).not());
    }

    /** Whether the devices overlap: a socket without SO_BINDTODEVICE is on all of them. */
    private static Truth sameDevice(Candidate candidate, ExistingSocket standing) {
        if (candidate.device() == 0) {
            return Truth.YES;
        }
        if (standing.device().isEmpty()) {
            return Truth.unknown(Unknown.DEVICE);
        }
        int device = standing.device().getAsInt();
        return Truth.of(device == 0 || device == candidate.device());
    }

    /**
     * inet_bind_conflict, called with relax and reuseport_ok set, as bind and listen to a given port do: both
     * SO_REUSEADDR and no listener, or both SO_REUSEPORT and (TIME_WAIT or one user).
     */
    private static Truth allowed(Candidate candidate, ExistingSocket standing, boolean listenerMayDiffer) {
        Truth reuseAddress = Truth.of(
                        candidate.reuseAddress() && standing.socket().state() != TcpState.LISTEN)
                .and(Truth.of(standing.reuseAddress(), Unknown.REUSE_ADDRESS));
        Truth reusePort = Truth.of(candidate.reusePort())
                .and(Truth.of(standing.reusePort(), Unknown.REUSE_PORT))
                .and(sameUser(candidate, standing, listenerMayDiffer));
        return reuseAddress.or(reusePort);
    }

    /**
     * Whether the kernel takes the two for sockets of one user, which it asks only under SO_REUSEPORT. It compares the uid of
     * the socket, and before that the uid in the bucket (sk_reuseport_match): a connection with another uid does not
     * conflict where its listener had the uid of the candidate.
     */
    private static Truth sameUser(Candidate candidate, ExistingSocket standing, boolean listenerMayDiffer) {
        if (standing.timeWait()) {
            return Truth.YES;
        }
        if (standing.uid().isEmpty()) {
            return Truth.unknown(Unknown.USER);
        }
        if (standing.uid().getAsLong() == candidate.uid()) {
            return Truth.YES;
        }
        return standing.boundItself() || !listenerMayDiffer ? Truth.NO : Truth.unknown(Unknown.USER);
    }

    /**
     * Whether the bucket may admit the candidate over a socket that is in its way: some other socket with SO_REUSEPORT of
     * the same user, on an address that has the candidate's in it, may have been allowed past that socket before. It may
     * have had SO_REUSEADDR, or another device. Or its address did not meet that socket's, as [::] with IPV6_V6ONLY does
     * not meet 127.0.0.1; the bucket then admits [::] without.
     */
    private static boolean admittedOver(
            Candidate candidate, ExistingSocket inTheWay, List<ExistingSocket> standing, MappedAddresses mapped) {
        return candidate.reusePort()
                && standing.stream()
                        .anyMatch(one -> !one.equals(inTheWay)
                                && one.holdsPort()
                                && mayBeOfUser(one, candidate)
                                && LocalAddress.boundTo(one).stream()
                                        .anyMatch(address -> address.covers(LocalAddress.of(candidate))
                                                        .possible()
                                                && mayHavePassed(one, address, inTheWay, mapped)));
    }

    private static boolean mayBeOfUser(ExistingSocket one, Candidate candidate) {
        return one.reusePort() != Flag.OFF
                && (!one.boundItself() || one.uid().isEmpty() || one.uid().getAsLong() == candidate.uid());
    }

    private static boolean mayHavePassed(
            ExistingSocket one, LocalAddress address, ExistingSocket inTheWay, MappedAddresses mapped) {
        boolean reuse = one.reuseAddress() != Flag.OFF
                && inTheWay.reuseAddress() != Flag.OFF
                && inTheWay.socket().state() != TcpState.LISTEN;
        return reuse
                || mayBeApart(one, inTheWay)
                || address.meets(LocalAddress.of(inTheWay), mapped).value() != Flag.ON;
    }

    /** Whether the two may be bound to different devices. */
    private static boolean mayBeApart(ExistingSocket one, ExistingSocket other) {
        if (!one.boundItself() && one.device().isEmpty() && other.device().isEmpty()) {
            return false;
        }
        return one.device().orElse(-1) != 0
                && other.device().orElse(-1) != 0
                && (one.device().isEmpty() || !one.device().equals(other.device()));
    }
}
