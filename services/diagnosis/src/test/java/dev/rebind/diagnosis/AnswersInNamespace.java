package dev.rebind.diagnosis;

import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.posix.Errno;
import java.net.InetAddress;
import java.time.ZoneOffset;
import java.util.stream.Collectors;

/**
 * Prints the answers for one port and each address of its arguments: what the kernel says of it, what the rule computes, and the screen
 * without its last section. The address {@code *} is every one. It runs in a network namespace that a test has made for it.
 */
final class AnswersInNamespace {
    private AnswersInNamespace() {}

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            Question question = arguments[i].equals("*")
                    ? Question.everywhere(port)
                    : Question.at(port, InetAddress.ofLiteral(arguments[i]));
            Diagnosis asked = new WhyPort().diagnose(question, new PortObserver.Manner(true, false, false));
            Diagnosis computed = new WhyPort().diagnose(question, new PortObserver.Manner(false, false, false));
            System.out.println(arguments[i] + " asked " + results(asked) + " computed " + results(computed));
            new Screen(ZoneOffset.UTC)
                    .lines(asked).stream()
                            .takeWhile(line -> !line.equals("Not known"))
                            .forEach(System.out::println);
        }
    }

    private static String results(Diagnosis diagnosis) {
        return diagnosis.attempts().stream()
                .filter(attempt -> !attempt.reuseAddress())
                .map(attempt -> attempt.result() instanceof Attempt.Result.Refused refused
                        ? Errno.name(refused.errno())
                        : attempt.binds() ? "binds" : "not known")
                .collect(Collectors.joining(" "));
    }
}
