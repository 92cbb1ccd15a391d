package dev.rebind.sockets.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Totals of a network namespace's sockets, from {@code /proc/net/sockstat} (sockstat_seq_show in net/ipv4/proc.c). */
public final class Sockstat {
    private static final Pattern TIME_WAIT = Pattern.compile("^TCP:.* tw (\\d{1,18})\\b", Pattern.MULTILINE);

    private final Path file;

    /** Of this process's network namespace. */
    public Sockstat() {
        this(Path.of("/proc/self/net/sockstat"));
    }

    public Sockstat(Path file) {
        this.file = file;
    }

    /** Sockets in TIME_WAIT, of IPv4 and IPv6 together; empty where it cannot be read. */
    public OptionalLong timeWait() {
        try {
            return timeWait(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong timeWait(String text) {
        Matcher matcher = TIME_WAIT.matcher(text);
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
