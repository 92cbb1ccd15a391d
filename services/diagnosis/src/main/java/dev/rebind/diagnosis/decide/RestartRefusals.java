package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.finding.RestartOutlook.Missing;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.proc.Rights;
import java.net.InetAddress;
import java.util.Optional;

/** Whether a server that is started again may still ask for the place where it listens, whatever stands on the port. Pure. */
final class RestartRefusals {
    private RestartRefusals() {}

    /** Why its bind is refused, or cannot be told; empty where nothing speaks against it. */
    static Optional<RestartOutlook> refused(Observation seen, SocketGroup group, SocketOptions options) {
        TcpSocket listener = group.standing().socket();
        return device(seen, listener, options)
                .or(() -> address(seen, listener, options))
                .or(() -> privilege(seen, group));
    }

    /** A program asks for a device by its name, and there may be another one of that name again. */
    private static Optional<RestartOutlook> device(Observation seen, TcpSocket listener, SocketOptions options) {
        if (listener.device() == 0 || options.boundDevice() != null) {
            return Optional.empty();
        }
        InetAddress address = listener.local().address();
        boolean nowhere = !address.isAnyLocalAddress()
                && Boolean.FALSE.equals(options.nonlocal())
                && seen.locals().devices(address).isEmpty()
                && errno(seen, listener).isPresent();
        return Optional.of(
                nowhere
                        ? refused(new Refusal.NotLocal(address, seen.locals().usable()))
                        : new RestartOutlook.CannotTell(new Missing.Device(listener.device())));
    }

    /** The kernel was asked for the address, by a socket that is bound to the same device. */
    private static Optional<RestartOutlook> address(Observation seen, TcpSocket listener, SocketOptions options) {
        InetAddress address = listener.local().address();
        if (Boolean.TRUE.equals(options.nonlocal())) {
            return Optional.empty();
        }
        return errno(seen, listener)
                .flatMap(errno -> Refusals.of(seen, errno, address))
                .map(why -> options.nonlocal() == null
                        ? new RestartOutlook.CannotTell(new Missing.Nonlocal(address))
                        : refused(why));
    }

    private static Optional<Integer> errno(Observation seen, TcpSocket listener) {
        return seen.locals()
                .word(listener.local().address(), listener.device())
                .flatMap(word -> word instanceof Attempt.Result.Refused refused
                        ? Optional.of(refused.errno())
                        : Optional.empty());
    }

    private static RestartOutlook refused(Refusal why) {
        return new RestartOutlook.Refused(Causes.of(why), why);
    }

    /**
     * A server that root has opened is started by root, whatever its user is now. Another one has the capability from its file or its
     * service manager, and may have given it up; or ip_unprivileged_port_start was lower.
     */
    private static Optional<RestartOutlook> privilege(Observation seen, SocketGroup group) {
        TcpSocket listener = group.standing().socket();
        int start = seen.settings().unprivilegedStart().orElse(0);
        boolean needs = listener.local().port() < start && listener.uid() > 0;
        return needs && group.holder().seen().stream().noneMatch(RestartRefusals::mayBindPrivileged)
                ? Optional.of(new RestartOutlook.CannotTell(new Missing.Privilege(start)))
                : Optional.empty();
    }

    private static boolean mayBindPrivileged(Holder.Found found) {
        return found.process() instanceof ProcessAnswer.Known(var story)
                && story.permits(Rights.Right.CAP_NET_BIND_SERVICE);
    }
}
