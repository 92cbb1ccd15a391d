package dev.rebind.sockets.netfilter;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.netlink.NetlinkSocket.Protocol;
import dev.rebind.sockets.proc.KernelModules;
import dev.rebind.sockets.proc.KernelModules.Presence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tables of iptables-legacy in the network namespace of the calling thread: {@code /proc/net/ip_tables_names}, which root may read.
 * The file is there as long as x_tables is (xt_proto_init in {@code net/netfilter/x_tables.c}).
 */
public final class LegacyTables {
    private LegacyTables() {}

    public sealed interface Answer {
        /** @param names those that somebody has made, for example {@code nat}; they may be without rules */
        record Made(Set<String> names) implements Answer {
            public Made {
                names = Set.copyOf(names);
            }
        }

        /** The file may not be read. */
        record Unreadable() implements Answer {}

        /** There is no such file, and it is not certain that this is because there are no tables: a sandbox shows files of its own. */
        record NotShown() implements Answer {}
    }

    public static Answer of(Family family) {
        return read(Path.of("/proc/thread-self/net"), family, new KernelModules());
    }

    /** @param net the folder with {@code ip_tables_names}, {@code ip6_tables_names} and {@code netlink} */
    static Answer read(Path net, Family family, KernelModules modules) {
        String prefix = family == Family.IPV4 ? "ip" : "ip6";
        try {
            return new Answer.Made(Files.readString(net.resolve(prefix + "_tables_names"), StandardCharsets.US_ASCII)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .collect(Collectors.toSet()));
        } catch (NoSuchFileException e) {
            return KernelSockets.show(net.resolve("netlink"), Protocol.ROUTE)
                    ? new Answer.Made(Set.of())
                    : new Answer.NotShown();
        } catch (IOException e) {
            return modules.of(prefix + "_tables") == Presence.ABSENT
                    ? new Answer.Made(Set.of())
                    : new Answer.Unreadable();
        }
    }
}
