package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Locals;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.posix.Errno;
import java.net.InetAddress;
import java.util.Optional;

/** Why a bind is refused for another reason than a socket, and whether it would be, where the kernel is not asked. Pure. */
final class Refusals {
    private Refusals() {}

    static Optional<Refusal> of(Observation seen, int errno, InetAddress address) {
        Errno known = Errno.of(errno).orElse(null);
        if (known == Errno.EADDRINUSE) {
            return Optional.empty();
        }
        if (known == Errno.EACCES || known == Errno.EPERM) {
            return Optional.of(denied(seen));
        }
        return Optional.of(known == Errno.EADDRNOTAVAIL ? notAvailable(seen, address) : new Refusal.Other(errno));
    }

    /** __inet_bind of {@code net/ipv4/af_inet.c}: the one rule of ports that gives EACCES. */
    private static Refusal denied(Observation seen) {
        int start = seen.settings().unprivilegedStart().orElse(1_024);
        boolean below = seen.question().port() < start;
        if (below && !seen.asker().mayBindPrivileged().orElse(false)) {
            return new Refusal.Privileged(start);
        }
        return new Refusal.Security(!below || seen.asker().mayBindPrivileged().isPresent());
    }

    private static Refusal notAvailable(Observation seen, InetAddress address) {
        Optional<Locals.Local> local = seen.locals().all().stream()
                .filter(one -> one.address().equals(address))
                .findFirst();
        if (local.isEmpty()) {
            return new Refusal.NotLocal(address, seen.locals().usable());
        }
        String device = local.get().device();
        return switch (local.get().state()) {
            case TENTATIVE -> new Refusal.Tentative(address, device);
            case DUPLICATE -> new Refusal.Duplicate(address, device);
            case DOWN -> new Refusal.Down(address, device);
            case USABLE -> new Refusal.Other(Errno.EADDRNOTAVAIL.number());
        };
    }

    /** The errno that a bind is known to get whatever stands on the port; empty where none is. */
    static Optional<Attempt.Result> without(Observation seen, Place place) {
        int start = seen.settings().unprivilegedStart().orElse(1_024);
        if (seen.question().port() < start && !seen.asker().mayBindPrivileged().orElse(true)) {
            return Optional.of(new Attempt.Result.Refused(Errno.EACCES.number(), false));
        }
        boolean there = place.wildcard()
                || place.address().isMulticastAddress()
                || seen.locals().contains(place.address())
                || seen.settings().nonlocalBind().orElse(0) == 1;
        return there ? Optional.empty() : Optional.of(new Attempt.Result.Refused(Errno.EADDRNOTAVAIL.number(), false));
    }
}
