package dev.rebind.diagnosis;

import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import java.lang.reflect.InvocationTargetException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The errno in an exception. The JDK keeps it nowhere: its text is that of strerror in the language of the process. Netty's
 * native transports keep it in a NativeIoException, which is found by its name, so that nothing here needs Netty. Pure.
 */
final class BindErrno {
    private static final int MOST = 64;
    /** Of {@code io.netty.channel.unix.Errors}. */
    private static final Pattern NATIVE = Pattern.compile("error\\((-?\\d+)\\)");

    /** Text of English libraries in a process of another language, as a wrapper may have kept it. */
    private static final Map<String, Errno> ENGLISH = Map.of(
            "Address already in use", Errno.EADDRINUSE,
            "Permission denied", Errno.EACCES,
            "Cannot assign requested address", Errno.EADDRNOTAVAIL);

    private BindErrno() {}

    sealed interface Answer {
        /** @param errno positive */
        record Found(int errno) implements Answer {}

        /** A bind has failed, and nothing tells with which errno. */
        record NotTold() implements Answer {}

        record NoBind() implements Answer {}
    }

    static Answer of(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> next = new ArrayDeque<>();
        next.add(failure);
        boolean bind = false;
        while (!next.isEmpty() && seen.size() < MOST) {
            Throwable one = next.removeFirst();
            if (!seen.add(one)) {
                continue;
            }
            Optional<Integer> errno = errno(one);
            if (errno.isPresent()) {
                return new Answer.Found(errno.get());
            }
            bind |= one instanceof BindException;
            Optional.ofNullable(one.getCause()).ifPresent(next::add);
            next.addAll(java.util.Arrays.asList(one.getSuppressed()));
        }
        return bind ? new Answer.NotTold() : new Answer.NoBind();
    }

    private static Optional<Integer> errno(Throwable one) {
        if (one instanceof PosixException posix) {
            return Optional.of(posix.number());
        }
        if (one.getClass().getSimpleName().equals("NativeIoException")) {
            return ofNative(one);
        }
        String message = Optional.ofNullable(one.getMessage()).orElse("");
        if (!(one instanceof SocketException) || one instanceof ConnectException) {
            return Optional.empty();
        }
        Optional<Errno> inThisLanguage = Errno.ofMessage(message);
        if (inThisLanguage.isPresent()) {
            return inThisLanguage.map(Errno::number);
        }
        return ENGLISH.entrySet().stream()
                .filter(entry -> message.startsWith(entry.getKey()))
                .map(entry -> entry.getValue().number())
                .findFirst();
    }

    private static Optional<Integer> ofNative(Throwable one) {
        try {
            Object number = one.getClass().getMethod("expectedErr").invoke(one);
            if (number instanceof Integer errno) {
                return Optional.of(Math.abs(errno));
            }
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            // Another version of Netty: its text has the number.
            return inText(one);
        }
        return inText(one);
    }

    private static Optional<Integer> inText(Throwable one) {
        Matcher number = NATIVE.matcher(Optional.ofNullable(one.getMessage()).orElse(""));
        return number.find() ? Optional.of(Math.abs(Integer.parseInt(number.group(1)))) : Optional.empty();
    }
}
