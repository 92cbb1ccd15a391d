package dev.rebind.sockets.netfilter;

import dev.rebind.sockets.netlink.NetlinkSocket;
import dev.rebind.sockets.netlink.NetlinkSocket.Protocol;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.proc.KernelModules;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The chains of nftables in the network namespace of the calling thread that packets may meet, by dumps of nf_tables. The kernel demands CAP_NET_ADMIN in the
 * user namespace that owns the network namespace (nfnetlink_rcv in {@code net/netfilter/nfnetlink.c}). Safe for several threads.
 *
 * <p>A request makes the kernel load the module nf_tables (nfnetlink_rcv_msg). So nothing is asked where it is certain that it is not
 * loaded.
 */
public final class NftChains {
    private static final int ATTEMPTS = 5;

    private NftChains() {}

    public sealed interface Answer {
        /**
         * @param chains those of all families, but for those of dormant tables
         * @param dormant the tables of which no packet meets a chain
         */
        record Read(List<NftChain> chains, Set<NftTable> dormant) implements Answer {
            public Read {
                chains = List.copyOf(chains);
                dormant = Set.copyOf(dormant);
            }
        }

        /** This kernel runs without nf_tables, which therefore has no rules. */
        record NoTables() implements Answer {}

        /** CAP_NET_ADMIN is missing. */
        record NotPermitted() implements Answer {}

        /** @param why a clause without a full stop */
        record Unreadable(String why) implements Answer {}
    }

    public static Answer read() {
        return absent() ? new Answer.NoTables() : ask();
    }

    /** Whether it is certain that the kernel runs without nf_tables at the moment; asks for nothing that would load it. */
    public static boolean absent() {
        return isAbsent(new KernelModules(), Path.of("/proc/thread-self/net/netlink"));
    }

    /** @param netlink the netlink sockets of a network namespace, as {@code /proc/net/netlink} has them */
    static boolean isAbsent(KernelModules modules, Path netlink) {
        return switch (modules.of("nf_tables")) {
            case THERE -> false;
            case ABSENT -> true;
            // The kernel's own socket is there as long as nfnetlink is, which nf_tables needs.
            case UNKNOWN ->
                KernelSockets.show(netlink, Protocol.ROUTE) && !KernelSockets.show(netlink, Protocol.NETFILTER);
        };
    }

    private static Answer ask() {
        try {
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                var messages = new NftMessages();
                ReplyStatus outcome = dumps(messages);
                // Somebody has changed the rules meanwhile.
                if (!(outcome instanceof ReplyStatus.Interrupted)) {
                    return answer(outcome, messages);
                }
            }
            return new Answer.Unreadable("the rules have changed " + ATTEMPTS + " times while they were read");
        } catch (PosixException e) {
            return e.is(Errno.EPROTONOSUPPORT)
                    ? new Answer.NoTables()
                    : new Answer.Unreadable(e.call() + " failed with " + Errno.explain(e.number()));
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return new Answer.Unreadable("system calls are not to be had in this JVM: " + e);
        }
    }

    private static ReplyStatus dumps(NftMessages into) throws PosixException {
        try (var netlink = new NetlinkSocket(Protocol.NETFILTER)) {
            ReplyStatus outcome = netlink.exchange(NftRequest.dump(NftRequest.NFT_MSG_GETTABLE, 1), 1, into);
            if (outcome instanceof ReplyStatus.Done && into.hasTables()) {
                outcome = netlink.exchange(NftRequest.dump(NftRequest.NFT_MSG_GETCHAIN, 2), 2, into);
            }
            return outcome instanceof ReplyStatus.Done && !into.chains().isEmpty()
                    ? netlink.exchange(NftRequest.dump(NftRequest.NFT_MSG_GETRULE, 3), 3, into)
                    : outcome;
        }
    }

    private static Answer answer(ReplyStatus outcome, NftMessages messages) {
        return switch (outcome) {
            case ReplyStatus.Done _ -> new Answer.Read(messages.chains(), messages.dormant());
            case ReplyStatus.Refused(int errno) when errno == Errno.EPERM.number() -> new Answer.NotPermitted();
            // No such subsystem, and no module for it.
            case ReplyStatus.Refused(int errno) when errno == Errno.EINVAL.number() -> new Answer.NoTables();
            case ReplyStatus.Refused(int errno) ->
                new Answer.Unreadable("nf_tables refuses with " + Errno.explain(errno));
            case ReplyStatus.Garbled(String why) -> new Answer.Unreadable(why);
            case ReplyStatus.More _, ReplyStatus.Interrupted _ -> throw new AssertionError("an exchange ends");
        };
    }
}
