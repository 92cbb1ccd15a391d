package dev.rebind.sockets.diag;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import java.util.ArrayList;
import java.util.List;

/** Ends sockets from outside, by SOCK_DESTROY: {@code net/ipv4/tcp.c}, tcp_abort. */
public final class Destroyer {
    private Destroyer() {}

    public sealed interface Result {
        /** @param sockets how many were there and are gone */
        record Destroyed(int sockets) implements Result {}

        /** @param why with the errno's name and what is missing */
        record Refused(String why) implements Result {}
    }

    /** Destroys these sockets; one that has gone by itself since it was seen is not counted. */
    public static Result destroy(List<TcpSocket> sockets) {
        int destroyed = 0;
        int sequence = 0;
        try (var netlink = new DiagSocket()) {
            for (TcpSocket socket : sockets) {
                sequence++;
                switch (netlink.exchange(DiagRequest.destroy(socket, sequence), sequence, new ArrayList<>())) {
                    case ReplyStatus.Done _ -> destroyed++;
                    case ReplyStatus.Refused(int errno) -> {
                        if (errno != Errno.ENOENT.number()) {
                            return new Result.Refused(refusal(errno));
                        }
                    }
                    case ReplyStatus.Garbled(String why) -> {
                        return new Result.Refused(why);
                    }
                    case ReplyStatus.Interrupted _, ReplyStatus.More _ -> {
                        return new Result.Refused("the kernel did not say what became of " + socket.local());
                    }
                }
            }
            return new Result.Destroyed(destroyed);
        } catch (PosixException e) {
            return new Result.Refused(e.call() + " failed with " + Errno.explain(e.number()));
        }
    }

    private static String refusal(int errno) {
        String what = "SOCK_DESTROY was refused with " + Errno.explain(errno);
        if (errno == Errno.EPERM.number()) {
            return what + ": it needs CAP_NET_ADMIN in the user namespace that owns the network namespace";
        }
        if (errno == Errno.EOPNOTSUPP.number()) {
            return what + ": this kernel was built without CONFIG_INET_DIAG_DESTROY";
        }
        return what;
    }
}
