package dev.rebind.sockets;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.util.List;

/** Runs a program of the tests in a JVM of a user without rights. Only root can; for others the test is left out. */
public final class AsNobody {
    private AsNobody() {}

    /** What the program printed, on either stream. */
    public static String run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        TestJvm.Ended ended = TestJvm.run(List.of("setpriv", "--reuid=65534", "--clear-groups"), program, arguments);
        String said = (ended.out() + "\n" + ended.err()).strip();
        assumeThat(said)
                .as("nobody may read the classes and the JVM")
                .doesNotContain("ClassNotFound", "Could not find", "failed to execute");
        return said;
    }
}
