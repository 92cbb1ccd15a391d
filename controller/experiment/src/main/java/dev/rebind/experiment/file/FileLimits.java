package dev.rebind.experiment.file;

/**
 * Limits of an experiment file. Each limit is far above what an experiment needs. The limits keep the reading time proportional to the size
 * of the file.
 */
public final class FileLimits {
    /** Most UTF-8 bytes, and most UTF-16 units, in a file. */
    public static final int FILE_BYTES = 1 << 20;

    /** Most YAML documents in a file. */
    public static final int DOCUMENTS = 1_000;

    /** Most levels of nested maps and lists. */
    public static final int DEPTH = 50;

    /** Most aliases of maps and lists in a document. This is enough to save typing, but not for a file that multiplies its own size. */
    public static final int ALIASES = 50;

    /**
     * Most text that a file gains when all its aliases are written out: the characters of scalars, plus one for each node. Short values may
     * be repeated often.
     */
    public static final int WRITTEN_OUT = FILE_BYTES;

    /** Most entries of a list. */
    public static final int ENTRIES = 1_000;

    /** Most fields of a map, including labels and annotations. */
    public static final int FIELDS = 1_000;

    /** Most characters of a field's name. A Kubernetes label has a prefix of at most 253, a slash, and a name of at most 63. */
    public static final int NAME = 317;

    /** Most characters of a text. Kubernetes has the same limit for all annotations of an object together. */
    public static final int TEXT = 262_144;

    /** Most digits of a whole number. */
    public static final int DIGITS = 20;

    /** Most problems that are listed. One more line says how many others there are. */
    public static final int PROBLEMS = 50;

    private FileLimits() {}
}
