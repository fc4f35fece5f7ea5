package io.textonce.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The provider of {@link LimiterProof}, in a process of its own: it notes when each line has arrived, by one clock, and answers
 * it. When its standard input ends it writes what it noted, and ends.
 */
final class ArrivalServer {

    private ArrivalServer() {}

    public static void main(String[] arguments) throws IOException {
        Queue<String> arrivals = new ConcurrentLinkedQueue<>();
        try (ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> accept(server, arrivals));
            accepting.setDaemon(true);
            accepting.start();
            System.out.println("READY " + server.getLocalPort());
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                arrivals.add(System.nanoTime() + " " + line);
            }
        }
        Files.write(Path.of(arguments[0]), arrivals);
        System.out.println("WRITTEN");
    }

    private static void accept(ServerSocket server, Queue<String> arrivals) {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket, arrivals));
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            arrivals.add(System.nanoTime() + " closed");
        }
    }

    private static void serve(Socket socket, Queue<String> arrivals) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                arrivals.add(System.nanoTime() + " " + line);
                out.write('\n');
                out.flush();
            }
        } catch (IOException e) {
            arrivals.add(System.nanoTime() + " broken");
        }
    }
}
