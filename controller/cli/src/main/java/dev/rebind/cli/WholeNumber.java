package dev.rebind.cli;

import picocli.CommandLine.TypeConversionException;

/** Converts a whole number on the command line. */
final class WholeNumber {
    private WholeNumber() {}

    /** @throws TypeConversionException with a message for the user */
    static Integer of(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException _) {
            throw new TypeConversionException(
                    text.matches("-?[0-9]+")
                            ? text + " is not in " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE
                            : "'" + text + "' is not a whole number; write it as 1, 5 or 20");
        }
    }
}
