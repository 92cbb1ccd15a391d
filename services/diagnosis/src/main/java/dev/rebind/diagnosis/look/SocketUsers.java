package dev.rebind.diagnosis.look;

import dev.rebind.sockets.TcpSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The names of users as {@code /etc/passwd} has them: no service is asked, as one may be slow or gone. */
final class SocketUsers {
    private SocketUsers() {}

    /** Of those who opened the sockets; who has no name is not in the result. */
    static Map<Long, String> of(List<TcpSocket> own) {
        return of(own, Path.of("/etc/passwd"));
    }

    /** @param passwd another file of the same form */
    static Map<Long, String> of(List<TcpSocket> own, Path passwd) {
        var users = new HashMap<Long, String>();
        Set<Long> wanted = own.stream().map(TcpSocket::uid).collect(Collectors.toSet());
        try {
            for (String line : Files.readAllLines(passwd, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(":", -1);
                if (fields.length > 2 && wanted.stream().anyMatch(uid -> fields[2].equals(uid.toString()))) {
                    users.putIfAbsent(Long.valueOf(fields[2]), fields[0]);
                }
            }
        } catch (IOException e) {
            // Numbers will have to do.
            users.clear();
        }
        return users;
    }
}
