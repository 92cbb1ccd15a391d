package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/** Why a bind is refused for another reason than a socket, and whether it would be, where the kernel is not asked. Pure. */
final class Refusals {
    private Refusals() {}

    static Optional<Refusal> of(Observation seen, int errno, InetAddress address) {
        return Errno.of(errno)
                .map(known -> switch (known) {
                    case EADDRINUSE -> Optional.<Refusal>empty();
                    case EACCES, EPERM -> Optional.of(denied(seen, known));
                    case EADDRNOTAVAIL -> Optional.of(notAvailable(seen, address));
                    case EINVAL -> Optional.of(invalid(seen, address));
                    default -> Optional.<Refusal>of(new Refusal.Other(errno));
                })
                .orElseGet(() -> Optional.of(new Refusal.Other(errno)));
    }

    /** __inet_bind of {@code net/ipv4/af_inet.c}: the one rule of ports gives EACCES, and never EPERM. */
    private static Refusal denied(Observation seen, Errno errno) {
        int start = start(seen);
        boolean ruled = errno == Errno.EACCES && seen.question().port() < start;
        if (ruled && !seen.asker().mayBindPrivileged().orElse(false)) {
            return new Refusal.Privileged(start, seen.asker().capabilitiesCount());
        }
        return new Refusal.Security(
                errno.number(), !ruled || seen.asker().mayBindPrivileged().isPresent());
    }

    private static int start(Observation seen) {
        return seen.settings().unprivilegedStart().orElse(1_024);
    }

    private static Refusal notAvailable(Observation seen, InetAddress address) {
        return seen.locals()
                .of(address)
                .map(Refusals::of)
                .orElseGet(() -> new Refusal.NotLocal(address, seen.locals().usable()));
    }

    private static Refusal of(NamespaceAddresses.Local local) {
        InetAddress address = local.address();
        String device = local.device();
        return switch (local.state()) {
            case TENTATIVE -> new Refusal.Tentative(address, device);
            case DUPLICATE -> new Refusal.Duplicate(address, device);
            case DOWN -> new Refusal.Down(address, device);
            case NO_CARRIER -> new Refusal.NoCarrier(address, device);
            case DISABLED -> new Refusal.Disabled(address, device);
            case USABLE, REFUSED -> new Refusal.Other(Errno.EADDRNOTAVAIL.number());
        };
    }

    /** __inet6_bind of {@code net/ipv6/af_inet6.c}: it wants to know the device of a link-local address. */
    private static Refusal invalid(Observation seen, InetAddress address) {
        return address instanceof Inet6Address six && six.isLinkLocalAddress() && six.getScopeId() == 0
                ? new Refusal.NoZone(address, seen.locals().devices(address))
                : new Refusal.Other(Errno.EINVAL.number());
    }

    /**
     * The errno that a bind is known to get whatever stands on the port; empty where none is. For IPv4 the kernel looks at the address
     * first (__inet_bind), for IPv6 at the port (__inet6_bind), but for multicast.
     */
    static Optional<Attempt.Result> without(Observation seen, Place place) {
        Optional<Attempt.Result> ofAddress =
                ofAddress(seen, place).map(errno -> new Attempt.Result.Refused(errno, false));
        boolean addressFirst = place.family() == Family.IPV4 || place.address().isMulticastAddress();
        if (addressFirst && ofAddress.isPresent()) {
            return ofAddress;
        }
        if (seen.question().port() < start(seen)
                && !seen.asker().mayBindPrivileged().orElse(true)) {
            return Optional.of(new Attempt.Result.Refused(Errno.EACCES.number(), false));
        }
        return ofAddress;
    }

    /** With what the kernel refuses the address: by its own word, where it was asked for it, else by the rule. */
    private static Optional<Integer> ofAddress(Observation seen, Place place) {
        if (place.wildcard()) {
            return Optional.empty();
        }
        return seen.locals()
                .word(place.address(), 0)
                .flatMap(word -> switch (word) {
                    case Attempt.Result.Binds _ -> Optional.of(0);
                    case Attempt.Result.Refused refused -> Optional.of(refused.errno());
                    case Attempt.Result.NotKnown _ -> Optional.<Integer>empty();
                })
                .or(() -> Optional.of(ruled(seen, place.address())))
                .filter(errno -> errno != 0);
    }

    private static int ruled(Observation seen, InetAddress address) {
        boolean there = seen.settings().bindsNonlocal(address)
                || address.isMulticastAddress()
                || seen.locals()
                        .of(address)
                        .map(local -> local.state() == NamespaceAddresses.State.USABLE)
                        .orElseGet(address::isLoopbackAddress);
        return there ? 0 : Errno.EADDRNOTAVAIL.number();
    }
}
