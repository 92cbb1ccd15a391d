package dev.rebind.agent.remote;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.OptionalLong;

/** Under which numbers the agent knows what it handed out: the very object, for as long as anybody has it. Safe for several threads. */
final class Handed<T> {
    private static final int MOST = 512;

    private final ArrayDeque<Entry<T>> entries = new ArrayDeque<>();

    private record Entry<T>(WeakReference<T> value, long id) {}

    synchronized T out(T value, long id) {
        entries.addFirst(new Entry<>(new WeakReference<>(value), id));
        if (entries.size() > MOST) {
            entries.removeLast();
        }
        return value;
    }

    synchronized OptionalLong idOf(T value) {
        for (Iterator<Entry<T>> each = entries.iterator(); each.hasNext(); ) {
            Entry<T> entry = each.next();
            if (entry.value().refersTo(value)) {
                return OptionalLong.of(entry.id());
            }
            if (entry.value().refersTo(null)) {
                each.remove();
            }
        }
        return OptionalLong.empty();
    }
}
