package dev.rebind.record;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A report file could not be written or read. The message says which file, why, and what the user can do. */
public final class RecordingException extends IOException {
    private final Path file;
    private final String what;

    public RecordingException(Path file, String message, @Nullable Throwable cause) {
        this(file, message, "", cause);
    }

    private RecordingException(Path file, String what, String advice, @Nullable Throwable cause) {
        super(what + advice, cause);
        this.file = file;
        this.what = what;
    }

    public static RecordingException cannotWrite(Path file, IOException cause) {
        return new RecordingException(
                file,
                "cannot write " + file + ": " + reason(cause),
                "; name a folder with room that can be written, with --report DIR",
                cause);
    }

    public static RecordingException cannotRead(Path file, IOException cause) {
        return new RecordingException(file, "cannot read " + file + ": " + reason(cause), cause);
    }

    /** The message without the advice to name another folder, for places where a folder cannot be named. */
    public String what() {
        return what;
    }

    /** The file that could not be written or read. */
    public Path file() {
        return file;
    }

    /** Gives a reason for the JDK's most common exceptions, whose messages name only the file. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such file or folder";
            case FileAlreadyExistsException exists -> "it exists already";
            case NotDirectoryException file -> "it is not a folder";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
