package dev.rebind.child;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A port as people write it: a number from 1 to 65535. */
public final class PortText implements ITypeConverter<Integer> {
    private static final int MOST = 65_535;

    /** A port, or 0 where that stands for a free one or for none. */
    public static final class OrZero implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return read(text, 0);
        }
    }

    @Override
    public Integer convert(String text) {
        return read(text, 1);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException with a sentence for the person who wrote the text
     */
    public static int parse(String text) {
        return parse(text, 1);
    }

    private static int read(String text, int least) {
        try {
            return parse(text, least);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static int parse(String text, int least) {
        if (!text.matches("-?[0-9]{1,9}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a port; write a number from " + least + " to " + MOST);
        }
        int port = Integer.parseInt(text);
        if (port < least || port > MOST) {
            throw new IllegalArgumentException("port " + port + " is not in " + least + " to " + MOST);
        }
        return port;
    }
}
