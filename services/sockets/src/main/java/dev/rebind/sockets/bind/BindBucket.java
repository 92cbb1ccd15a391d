package dev.rebind.sockets.bind;

import org.jspecify.annotations.Nullable;

/**
 * What the kernel remembers of a port beside its sockets: fastreuseport, fastuid and fast_rcv_saddr of struct
 * inet_bind_bucket ({@code include/net/inet_hashtables.h}). It is written by every bind and listen that passes
 * (inet_csk_update_fastreuse), kept until no socket is on the port, and shown nowhere. A call that it admits is not
 * compared with the sockets at all (inet_csk_get_port). A socket with SO_REUSEPORT so passes sockets that would conflict
 * with it, where one of the same user was allowed on its address before: with SO_REUSEADDR as well, say, and gone since.
 *
 * <p>The bucket's fastreuse is left out: it admits nobody whom the comparison with the sockets does not let pass too.
 *
 * @param inUse whether any socket is on the port
 * @param firstAdmitsAll whether the first socket of the port sets ANY, as in kernels before 6.8. Since commit 8002d44fe84d
 *     inet_csk_update_fastreuse looks into bhash2, where the first socket's own entry is by then; some vendors' older
 *     kernels have that commit as well
 * @param reusePort what is known to hold of the sockets under SO_REUSEPORT
 * @param last the socket that set {@code reusePort}; null with NONE
 */
public record BindBucket(
        boolean inUse,
        boolean firstAdmitsAll,
        ReusePort reusePort,
        @Nullable Candidate last) {
    /** fastreuseport. */
    public enum ReusePort {
        /** Nothing: the last call was of a socket without SO_REUSEPORT. */
        NONE,
        /** FASTREUSEPORT_ANY: every call so far was of one user, with SO_REUSEPORT. */
        ANY,
        /** FASTREUSEPORT_STRICT: the last address that was allowed, and addresses in it, are free for its user. */
        STRICT
    }

    /** A port without a socket. */
    public static final BindBucket EMPTY = new BindBucket(false, false, ReusePort.NONE, null);

    /** The same in kernels before 6.8. */
    public static final BindBucket EMPTY_BEFORE_6_8 = new BindBucket(false, true, ReusePort.NONE, null);

    /** Whether the call passes whatever stands on the port. */
    public boolean admits(Candidate candidate) {
        return !inUse || matches(candidate);
    }

    /** The bucket once a call has passed. A call that fails leaves it as it is. */
    public BindBucket after(Candidate candidate) {
        if (!candidate.reusePort()) {
            return new BindBucket(true, firstAdmitsAll, ReusePort.NONE, null);
        }
        if (!inUse && firstAdmitsAll) {
            return new BindBucket(true, true, ReusePort.ANY, candidate);
        }
        return matches(candidate) ? this : new BindBucket(true, firstAdmitsAll, ReusePort.STRICT, candidate);
    }

    /** sk_reuseport_match, for a socket that is in no group of listeners yet. */
    private boolean matches(Candidate candidate) {
        if (last == null || !candidate.reusePort() || last.uid() != candidate.uid()) {
            return false;
        }
        return switch (reusePort) {
            case NONE -> false;
            case ANY -> true;
            case STRICT ->
                LocalAddress.of(last).covers(LocalAddress.of(candidate)).value() == Flag.ON;
        };
    }
}
