package dev.rebind.experiment.file;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file as text. The file must be UTF-8 of limited size. */
sealed interface DecodedFile {
    record Decoded(String text) implements DecodedFile {}

    record Refused(Problem problem) implements DecodedFile {}

    static DecodedFile file(Path path) {
        String name = path.toString();
        if (Files.isDirectory(path)) {
            return refused(name, null, "is a directory; name the experiment files in it");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return bytes(name, in.readNBytes(FileLimits.FILE_BYTES + 1));
        } catch (NoSuchFileException e) {
            return refused(name, null, "no such file");
        } catch (AccessDeniedException e) {
            return refused(name, null, "cannot be read: permission denied");
        } catch (IOException e) {
            return refused(name, null, "cannot be read: " + e.getMessage());
        }
    }

    static DecodedFile bytes(String name, byte[] bytes) {
        if (bytes.length > FileLimits.FILE_BYTES) {
            return refused(name, null, "is larger than 1 MiB, which no experiment file is");
        }
        if (bytes.length >= 2
                && ((bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff)
                        || (bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe))) {
            return refused(name, 1, "is written in UTF-16; save it as UTF-8");
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        if (decoder.decode(in, out, true).isError()) {
            return refused(
                    name,
                    1 + (int) out.flip().chars().filter(c -> c == '\n').count(),
                    "is not UTF-8 text (byte " + in.position() + " of the file); save it as UTF-8");
        }
        return text(name, out.flip().toString());
    }

    static DecodedFile text(String name, String text) {
        if (text.length() > FileLimits.FILE_BYTES) {
            return refused(name, null, "is larger than 1 MiB, which no experiment file is");
        }
        return new Decoded(text.startsWith("\ufeff") ? text.substring(1) : text);
    }

    private static Refused refused(String name, @Nullable Integer line, String message) {
        return new Refused(new Problem(Severity.error, name, line, null, message));
    }
}
