package dev.rebind.sockets;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;

/** A real process that makes a socket {@code s} as it is told and then waits. */
public final class PythonChild implements AutoCloseable {
    private static final String REPORT = """
            print(os.getpid(), s.fileno(), os.fstat(s.fileno()).st_ino, threading.get_native_id(), flush=True)
            sys.stdin.read()
            os._exit(0)
            """;

    private final Process process;
    private final int pid;
    private final int fd;
    private final long inode;
    private final int thread;

    private PythonChild(String program) throws IOException {
        process = new ProcessBuilder(List.of("python3", "-c", program))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the child said nothing; its standard error has the reason");
        }
        String[] words = line.split(" ");
        pid = Integer.parseInt(words[0]);
        fd = Integer.parseInt(words[1]);
        inode = Long.parseLong(words[2]);
        thread = Integer.parseInt(words[3]);
    }

    /** @param program Python that sets {@code s} */
    public static PythonChild with(String program) throws IOException {
        return new PythonChild("import os, socket, struct, sys, threading\n" + program + REPORT);
    }

    /** As {@link #with(String)}, with the words {@code PORT} and {@code OTHER} in the program replaced. */
    public static PythonChild with(String program, int port, int other) throws IOException {
        return with(program.replace("PORT", Integer.toString(port)).replace("OTHER", Integer.toString(other)));
    }

    /** The socket is made by the main thread, which ends; another thread reports and waits. */
    public static PythonChild withoutMainThread(String program) throws IOException {
        return new PythonChild("import ctypes, os, socket, struct, sys, threading, time\n"
                + program
                + "def wait():\n"
                + "    while ') Z ' not in open('/proc/%d/stat' % os.getpid()).read():\n"
                + "        time.sleep(0.001)\n"
                + REPORT.indent(4)
                + "threading.Thread(target=wait).start()\n"
                + "ctypes.CDLL(None).pthread_exit(None)\n");
    }

    public int pid() {
        return pid;
    }

    public int fd() {
        return fd;
    }

    public long inode() {
        return inode;
    }

    /** The thread that waits. */
    public int thread() {
        return thread;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
