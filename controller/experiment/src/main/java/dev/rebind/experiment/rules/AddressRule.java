package dev.rebind.experiment.rules;

import dev.rebind.experiment.Excerpt;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks local addresses. Only IPv4 and IPv6 literals are allowed, nothing that needs a name lookup. */
final class AddressRule {
    /** Four decimal numbers. Other forms, such as 127.1 or 0177.0.0.1, mean different addresses to different programs. */
    private static final Pattern QUAD = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

    private AddressRule() {}

    /** What is wrong with an address; empty when it is right. */
    static Optional<String> wrong(String written) {
        // The longest address has 45 characters, so a text that is cut off here is no address anyway.
        String address = Excerpt.of(written);
        if (address.startsWith("[")) {
            return Optional.of("write an IPv6 address without brackets: " + address.replaceAll("[\\[\\]]", ""));
        }
        if (address.contains("%")) {
            return Optional.of("an address with a zone (" + address + ") is not supported; use one without %");
        }
        if (address.indexOf(':') < 0 && !QUAD.matcher(address).matches()) {
            return Optional.of(
                    "\"" + address + "\" is not an IPv4 or IPv6 address; write one such as 127.0.0.1, 0.0.0.0, ::1"
                            + " or ::, not a name");
        }
        InetAddress parsed;
        try {
            parsed = InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            return Optional.of("\"" + address
                    + "\" is not an IPv4 or IPv6 address; write one such as 127.0.0.1, 0.0.0.0, ::1" + " or ::");
        }
        if (address.indexOf(':') >= 0 && !(parsed instanceof Inet6Address)) {
            return Optional.of("an IPv4-mapped address is not taken; write " + parsed.getHostAddress());
        }
        if (parsed.isMulticastAddress() || address.equals("255.255.255.255")) {
            return Optional.of(address + " is not an address of one machine; a TCP server cannot bind it");
        }
        return Optional.empty();
    }

    static boolean isLoopbackV4(String address) {
        return QUAD.matcher(address).matches() && address.startsWith("127.");
    }
}
