package dev.rebind.engine;

/** A cycle could not be carried out: its record is an Error with this message, a whole sentence. */
public final class CycleFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final String sentence;

    public CycleFailure(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }
}
