package dev.rebind.engine;

/** Thrown when a cycle cannot be carried out. Its message is a whole sentence, and the cycle's record has it with the verdict Error. */
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
