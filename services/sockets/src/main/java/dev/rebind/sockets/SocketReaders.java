package dev.rebind.sockets;

import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.proc.ProcReader;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.OptionalInt;

/** Chooses how to look at the sockets of this process's network namespace. */
public final class SocketReaders {
    private SocketReaders() {}

    /** inet_diag where the kernel lets it, else /proc; on a system that is not Linux every reading is {@link Reading.Unreadable}. */
    public static SocketReader best() {
        return best(new InetDiagReader());
    }

    /** The same, whose sockets have their {@link TcpSocket#info} where the reader is inet_diag. */
    public static SocketReader bestWithInfo() {
        return best(InetDiagReader.withInfo());
    }

    private static SocketReader best(SocketReader diag) {
        String system = System.getProperty("os.name", "an unknown system");
        if (!system.startsWith("Linux")) {
            return _ -> new Reading.Unreadable(
                    "the socket view", "it needs Linux (inet_diag or /proc/net/tcp), and this is " + system);
        }
        // Listeners stand in a table of their own: no other is walked, however many connections there are.
        var nothing = new SocketQuery(OptionalInt.of(1), OptionalInt.empty(), false, EnumSet.of(TcpState.LISTEN));
        return diag.read(nothing) instanceof Reading.Snapshot ? diag : new ProcReader(Path.of("/proc/self/net"));
    }
}
