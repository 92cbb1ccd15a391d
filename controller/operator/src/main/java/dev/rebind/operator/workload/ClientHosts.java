package dev.rebind.operator.workload;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The hosts to which {@code spec.clients.via.url} may send clients. An experiment's author makes the clients' pods send
 * requests, so the person who installs the controller decides which hosts may receive them.
 *
 * @param allowed names and addresses; {@code *.example.com} allows all names below {@code example.com}, {@code *} all
 *     hosts
 */
public record ClientHosts(List<String> allowed) {
    /** Allows no URL. */
    public static final ClientHosts NONE = new ClientHosts(List.of());

    private static final Pattern FORM = Pattern.compile("[*]|([*][.])?[0-9A-Za-z_]([-0-9A-Za-z_.:]*[0-9A-Za-z_:.])?");

    /**
     * Checks the entries, and keeps them in lower case.
     *
     * @throws IllegalArgumentException if an entry is no name, address or pattern; the message names the entry
     */
    public ClientHosts {
        allowed = allowed.stream().map(ClientHosts::plain).toList();
        for (String one : allowed) {
            if (!FORM.matcher(one).matches()) {
                throw new IllegalArgumentException(
                        one + " is no host; write a name, an address, *.example.com for the names below one, or *");
            }
        }
    }

    /** Returns the host in lower case and without a dot at its end, because DNS ignores both. */
    private static String plain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    boolean allows(String host) {
        String plain = plain(host);
        return allowed.stream()
                .anyMatch(one -> one.equals("*")
                        || (one.startsWith("*.") ? plain.endsWith(one.substring(1)) : plain.equals(one)));
    }

    /**
     * Whether the address belongs to the clients' pod itself or to its link, such as a cloud's metadata address. No
     * legitimate server has such an address, whatever host name leads to it.
     */
    static boolean isNear(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress();
    }
}
