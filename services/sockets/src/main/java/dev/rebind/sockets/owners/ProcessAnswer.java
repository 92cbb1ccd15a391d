package dev.rebind.sockets.owners;

/** What came of looking at one process. */
public sealed interface ProcessAnswer {
    record Known(ProcessStory story) implements ProcessAnswer {}

    /** There is no such process, or {@code /proc} hides it from this user (mount option hidepid). */
    record Gone() implements ProcessAnswer {}

    /** @param why which file could not be read, or has not the form that is known */
    record Unreadable(String why) implements ProcessAnswer {}
}
