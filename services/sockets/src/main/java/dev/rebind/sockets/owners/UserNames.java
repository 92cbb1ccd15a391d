package dev.rebind.sockets.owners;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The names of users: from passwd(5), else from the C library, which asks directories such as LDAP too. */
public final class UserNames {
    private final Path passwd;

    public UserNames() {
        this(Path.of("/etc/passwd"));
    }

    /** @param passwd another file of the same form */
    public UserNames(Path passwd) {
        this.passwd = passwd;
    }

    /** @param process the folder of a process: where it belongs to the user, Java asks the C library for its owner's name */
    Optional<String> name(long uid, Path process) {
        Optional<String> local = inPasswd(uid);
        return local.isPresent() ? local : ownerOf(process, uid);
    }

    private Optional<String> inPasswd(long uid) {
        try {
            return Files.readAllLines(passwd, StandardCharsets.ISO_8859_1).stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 2 && fields[2].equals(Long.toString(uid)))
                    .map(fields -> fields[0])
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The folder of a process that may not be looked into belongs to root, whoever runs it. */
    private static Optional<String> ownerOf(Path process, long uid) {
        try {
            long owner = Integer.toUnsignedLong(
                    (Integer) Files.getAttribute(process, "unix:uid", LinkOption.NOFOLLOW_LINKS));
            String name = Files.getOwner(process).getName();
            return owner == uid && !name.equals(Long.toString(uid)) ? Optional.of(name) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
