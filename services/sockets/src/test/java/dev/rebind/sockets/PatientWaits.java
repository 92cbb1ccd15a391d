package dev.rebind.sockets;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Lets Awaitility wait for a minute, in all modules that have this one's fixtures. JUnit finds it by its service file. A wait ends
 * as soon as its condition holds, so only a test that fails takes longer; Awaitility's own limit of 10 s is short for a child JVM on a
 * busy machine.
 */
public final class PatientWaits implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
