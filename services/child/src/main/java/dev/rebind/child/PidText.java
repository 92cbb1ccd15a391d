package dev.rebind.child;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The id of a process as people write it: a number from 1. */
public final class PidText implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        if (!text.matches("-?[0-9]{1,18}")) {
            throw new TypeConversionException(
                    "'" + text + "' is not the id of a process; write a number from 1, such as pgrep NAME prints");
        }
        long pid = Long.parseLong(text);
        if (pid < 1 || pid > Integer.MAX_VALUE) {
            throw new TypeConversionException("process id " + pid + " is not in 1 to " + Integer.MAX_VALUE);
        }
        return pid;
    }
}
