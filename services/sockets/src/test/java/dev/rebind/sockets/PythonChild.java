package dev.rebind.sockets;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A real process that makes a socket {@code s} as it is told and then waits. */
public final class PythonChild implements AutoCloseable {
    private static final String IMPORTS = "import os, socket, struct, sys, threading\n";
    private static final String REPORT = """
            print(os.getpid(), s.fileno(), os.fstat(s.fileno()).st_ino, threading.get_native_id(), flush=True)
            sys.stdin.read()
            os._exit(0)
            """;
    /** Registers {@code s} with an io_uring ring and closes its descriptor; says "none" where there are no rings. */
    private static final String INTO_RING = """
            import ctypes
            libc = ctypes.CDLL(None)
            ring = libc.syscall(425, 4, (ctypes.c_byte * 120)())
            if ring < 0 or libc.syscall(427, ring, 2, (ctypes.c_int * 1)(s.fileno()), 1) != 0:
                print("none", flush=True)
                os._exit(0)
            inode = os.fstat(s.fileno()).st_ino
            s.close()
            print(os.getpid(), ring, inode, threading.get_native_id(), flush=True)
            sys.stdin.read()
            """;

    private final Process process;
    private final int pid;
    private final int fd;
    private final long inode;
    private final int thread;

    private PythonChild(Process process, String[] words) {
        this.process = process;
        pid = Integer.parseInt(words[0]);
        fd = Integer.parseInt(words[1]);
        inode = Long.parseLong(words[2]);
        thread = Integer.parseInt(words[3]);
    }

    /** @param program Python that prints what {@link #REPORT} prints */
    private static PythonChild running(String program) throws IOException {
        return perhaps(IMPORTS + program).orElseThrow();
    }

    /** Empty where the program says that what it needs is not to be had. */
    private static Optional<PythonChild> perhaps(String program) throws IOException {
        Process process = new ProcessBuilder(List.of("python3", "-c", program))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the child said nothing; its standard error has the reason");
        }
        return line.equals("none") ? Optional.empty() : Optional.of(new PythonChild(process, line.split(" ")));
    }

    /** @param program Python that sets {@code s} */
    public static PythonChild with(String program) throws IOException {
        return running(program + REPORT);
    }

    /**
     * Listens on every IPv4 address for so many milliseconds, and then not for as many, again and again; its {@code s} is a socket of no
     * port.
     */
    public static PythonChild flapping(int port, int millis) throws IOException {
        return with("""
                import time
                s = socket.socket()
                def flap():
                    while True:
                        with socket.socket() as one:
                            try:
                                one.bind(('0.0.0.0', %1$d))
                                one.listen()
                            except OSError:
                                pass
                            time.sleep(%2$d / 1000)
                        time.sleep(%2$d / 1000)
                threading.Thread(target=flap, daemon=True).start()
                """.formatted(port, millis));
    }

    /**
     * The socket is registered with an io_uring ring, whose descriptor is {@link #fd()}, and has none itself; empty where there are
     * no rings.
     *
     * @param program Python that sets {@code s}
     */
    public static Optional<PythonChild> inRing(String program) throws IOException {
        return perhaps("import os, socket, sys, threading\n" + program + INTO_RING);
    }

    /**
     * Makes a copy of the other's socket again and again, and closes each copy soon, as a reader of its options does; its {@code s} is
     * another socket. Empty where it may not.
     */
    public static Optional<PythonChild> copying(PythonChild other) throws IOException {
        return perhaps(IMPORTS + """
                import ctypes, time
                libc = ctypes.CDLL(None)
                s = socket.socket()
                of = os.pidfd_open(%d)
                def copy():
                    got = libc.syscall(438, of, %d, 0)
                    if got >= 0:
                        time.sleep(0.0002)
                        os.close(got)
                    return got
                if copy() < 0:
                    print("none", flush=True)
                    os._exit(0)
                try:
                    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
                except OSError:
                    pass
                def run():
                    while True:
                        copy()
                        time.sleep(0.001)
                threading.Thread(target=run, daemon=True).start()
                """.formatted(other.pid, other.fd) + REPORT);
    }

    /** The socket is made by a thread that has descriptors of its own. */
    public static PythonChild inThreadWithOwnDescriptors(String program) throws IOException {
        // CLONE_FILES of include/uapi/linux/sched.h.
        return running("import ctypes\n"
                + "def run():\n"
                + "    ctypes.CDLL(None).unshare(0x400)\n"
                + program.indent(4)
                + REPORT.indent(4)
                + "threading.Thread(target=run).start()\n");
    }

    /** As {@link #with(String)}, with the words {@code PORT} and {@code OTHER} in the program replaced. */
    public static PythonChild with(String program, int port, int other) throws IOException {
        return with(program.replace("PORT", Integer.toString(port)).replace("OTHER", Integer.toString(other)));
    }

    /**
     * As {@link #with(String)}, as process 1 of a PID namespace of its own, so that {@link #pid()} is 1; empty where no such
     * namespace can be made.
     */
    public static Optional<PythonChild> inPidNamespace(String program) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        "unshare", "-pf", "--mount-proc", "--kill-child", "python3", "-c", IMPORTS + program + REPORT))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String line = process.inputReader().readLine();
        return line == null ? Optional.empty() : Optional.of(new PythonChild(process, line.split(" ")));
    }

    /** The socket is made by the main thread, which ends; another thread reports and waits. */
    public static PythonChild withoutMainThread(String program) throws IOException {
        return running("import ctypes, time\n"
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
