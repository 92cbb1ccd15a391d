package dev.rebind.operator.workload;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The hosts to which the URL of an experiment may send clients. Whoever writes an experiment has the clients' pods send requests; where
 * to is the choice of whoever installs the controller.
 *
 * @param allowed names and addresses, {@code *.example.com} for all names below one, {@code *} for all
 */
public record ClientHosts(List<String> allowed) {
    /** No URL is allowed. */
    public static final ClientHosts NONE = new ClientHosts(List.of());

    private static final Pattern FORM = Pattern.compile("[*]|([*][.])?[0-9A-Za-z_]([-0-9A-Za-z_.:]*[0-9A-Za-z_:.])?");

    /** @throws IllegalArgumentException for what is no name, address or pattern; its message says which */
    public ClientHosts {
        allowed = allowed.stream().map(ClientHosts::plain).toList();
        for (String one : allowed) {
            if (!FORM.matcher(one).matches()) {
                throw new IllegalArgumentException(
                        one + " is no host; write a name, an address, *.example.com for the names below one, or *");
            }
        }
    }

    /** DNS does not tell apart upper and lower case, nor a name with the dot of the root at its end. */
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
     * Whether the address is one of the clients' pod or of its link, such as that of a cloud's metadata: nobody outside is reached by it,
     * whatever name leads to it.
     */
    static boolean isNear(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress();
    }
}
