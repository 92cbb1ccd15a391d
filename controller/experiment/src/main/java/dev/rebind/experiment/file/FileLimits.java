package dev.rebind.experiment.file;

/**
 * What an experiment file has at most. Each limit is far above what an experiment needs, and keeps the time of reading in
 * proportion to the size of the file.
 */
public final class FileLimits {
    /** UTF-8 bytes, and UTF-16 units of text, in a file. */
    public static final int FILE_BYTES = 1 << 20;

    /** YAML documents in a file. */
    public static final int DOCUMENTS = 1_000;

    /** Maps and lists within each other. */
    public static final int DEPTH = 50;

    /** Aliases of maps and lists in a document: enough to save typing; a file that multiplies itself needs more. */
    public static final int ALIASES = 50;

    /**
     * What all aliases of a file add to it when each is written out: characters of scalars, and one for each node. Short
     * values may be repeated as often as there is room for the aliases.
     */
    public static final int WRITTEN_OUT = FILE_BYTES;

    /** Entries of a list. */
    public static final int ENTRIES = 1_000;

    /** Fields of a map, labels and annotations among them. */
    public static final int FIELDS = 1_000;

    /** Characters of a field's name: a Kubernetes label has a prefix of 253, a slash and a name of 63. */
    public static final int NAME = 317;

    /** Characters of a text: what Kubernetes lets all annotations together have. */
    public static final int TEXT = 262_144;

    /** Digits of a whole number. */
    public static final int DIGITS = 20;

    /** Problems that are listed; of the others it is said how many there are. */
    public static final int PROBLEMS = 50;

    private FileLimits() {}
}
