package dev.rebind.cli;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.text.PortList;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.engine.ExperimentRunner;
import dev.rebind.record.CycleRecord;
import dev.rebind.report.terminal.Progress;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.time.ZoneOffset;
import picocli.CommandLine;

/** The steps of a training run other than the experiment itself. */
record TrainingRun(Progress progress) implements ExperimentRunner.Listener {
    /** Builds the help of every command, also of the child programs, which loads their settings and libraries. */
    static void childPrograms() {
        CommandLine line = Main.commandLine();
        line.getSubcommands().values().forEach(command -> command.getUsageMessage());
    }

    /** Runs {@code rebind why} for a port that is taken, and for all ports. */
    static void diagnosis() throws PosixException {
        int port = FreePorts.next();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (PosixSocket socket = PosixSocket.open(Family.of(loopback))) {
            socket.bind(new Endpoint(loopback, port));
            socket.listen(1);
            var why = new WhyPort();
            Diagnosis diagnosis = why.diagnose(Question.everywhere(port), new PortObserver.Manner(true, true, false));
            var _ = new Screen(ZoneOffset.UTC).lines(diagnosis);
            var _ = DiagnosisJson.write(diagnosis);
            var _ = new PortList(ZoneOffset.UTC).lines(why.all());
        }
    }

    @Override
    public void step(String experiment, int cycle, String what) {
        progress.step(experiment, cycle, what);
    }

    @Override
    public void record(CycleRecord record) {
        progress.cycle(record);
    }
}
