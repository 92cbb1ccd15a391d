package dev.rebind.diagnosis;

import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.time.ZoneOffset;

/**
 * Prints what an audit says of each listener, and what the kernel says of a bind to its address and to no port; then the audit as JSON.
 * It runs in a network namespace that a test has made for it.
 */
final class AuditInNamespace {
    private AuditInNamespace() {}

    public static void main(String[] arguments) {
        var audit = (Audit.Read) new WhyPort().audit();
        for (AuditedListener listener : audit.listeners()) {
            System.out.println(listener.first().local().port() + " kernel " + kernel(listener.first()) + " audit "
                    + Audit.Verdict.of(listener.restart()) + ": "
                    + new AuditTable(ZoneOffset.UTC).restart(audit, listener));
        }
        System.out.println(AuditJson.write(audit));
    }

    private static String kernel(TcpSocket listener) {
        try (PosixSocket again = PosixSocket.open(listener.family())) {
            again.bind(new dev.rebind.sockets.Endpoint(listener.local().address(), 0));
            return "binds";
        } catch (PosixException e) {
            return Errno.name(e.number());
        }
    }
}
