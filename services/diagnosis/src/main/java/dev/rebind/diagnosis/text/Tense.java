package dev.rebind.diagnosis.text;

/** When a text is read. */
public enum Tense {
    /** At once: it may speak of now. */
    LIVE,
    /** At any time, as in a record: it counts from the moment that it is about. */
    KEPT
}
