import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** An echo server of java.net.ServerSocket, without any option. Usage: PlainServerSocket PORT, or --version */
class PlainServerSocket {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("--version")) {
            System.out.println(Runtime.version());
            return;
        }
        var server = new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getByName("127.0.0.1"));
        while (true) {
            Socket client = server.accept();
            new Thread(() -> echo(client)).start();
        }
    }

    private static void echo(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (java.io.IOException e) {
            // The client has gone.
        }
    }
}
