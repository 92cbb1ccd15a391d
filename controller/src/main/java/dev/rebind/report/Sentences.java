package dev.rebind.report;

/** Pieces of running text. */
final class Sentences {
    private Sentences() {}

    /** Up to the first full stop that ends a sentence (one in an address or a figure does not); all where there is none. */
    static String first(String text) {
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }
}
