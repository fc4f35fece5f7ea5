package io.textonce.proofs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;

/**
 * The provider, in a process of its own. It appends each completely received request to a file before it does anything
 * about it, one line {@code <nanoTime> <verdict> <our reference>}, and then does what the script says about that reference.
 *
 * <p>It answers lookups by our reference once it is told to, and sends delivery reports when it is told to. It ends with
 * the process that started it.
 */
final class Gateway {

    /** What became of a request. The file holds the names. */
    enum Verdict {
        /** A message exists, and the answer says so. */
        ACCEPTED,
        /** A message exists, but the connection ends without an answer. */
        DROPPED,
        /** A message exists, and the answer is a 500. */
        FAILED,
        /** No message exists, and the connection ends without an answer. */
        LOST,
        /** A documented refusal: the number is no good. */
        REFUSED,
        /** A documented refusal: too much for now. */
        THROTTLED;

        boolean created() {
            return this == ACCEPTED || this == DROPPED || this == FAILED;
        }

        boolean provenRefusal() {
            return this == REFUSED || this == THROTTLED;
        }
    }

    private static final int OK = 200;

    private final FileChannel log;
    private final long latencyMillis;
    private final boolean faulty;
    private final Map<String, String> callbacks = new ConcurrentHashMap<>();
    private final Map<String, Integer> created = new ConcurrentHashMap<>();
    private final Map<String, Integer> received = new ConcurrentHashMap<>();
    private volatile boolean looksUp;

    private Gateway(FileChannel log, long latencyMillis, boolean faulty) {
        this.log = log;
        this.latencyMillis = latencyMillis;
        this.faulty = faulty;
    }

    /** Log file, latency in ms, whether faults are scripted. */
    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        FileChannel log = FileChannel.open(
                Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
        Gateway gateway = new Gateway(log, Long.parseLong(args[1]), Boolean.parseBoolean(args[2]));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/send", gateway::send);
        server.createContext("/find", gateway::find);
        server.createContext("/tell", gateway::tell);
        server.start();
        System.out.println("READY " + server.getAddress().getPort());
        Child.dieWithParent(line -> {
            gateway.looksUp = line.equals("lookups on");
            System.out.println("OK " + line);
        });
    }

    /** The same script for the same reference, in whatever order requests come. */
    private Verdict verdict(String ref, int times) {
        if (!faulty) {
            return Verdict.ACCEPTED;
        }
        CRC32 hash = new CRC32();
        hash.update(ref.getBytes(StandardCharsets.US_ASCII));
        return switch ((int) (hash.getValue() % 100)) {
            case 0 -> Verdict.DROPPED;
            case 1 -> Verdict.FAILED;
            case 2 -> Verdict.LOST;
            case 3 -> Verdict.REFUSED;
            case 4, 5 -> times == 1 ? Verdict.THROTTLED : Verdict.ACCEPTED;
            default -> Verdict.ACCEPTED;
        };
    }

    private void send(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            long announced = Long.parseLong(exchange.getRequestHeaders().getFirst("Content-Length"));
            if (body.length < announced) {
                return; // not completely received
            }
            Map<String, String> form = pairs(new String(body, StandardCharsets.US_ASCII));
            String ref = form.get("ref");
            Verdict verdict = verdict(ref, received.merge(ref, 1, Integer::sum));
            write(System.nanoTime() + " " + verdict + " " + ref + "\n");
            if (verdict.created()) {
                created.merge(ref, 1, Integer::sum);
            }
            if (form.containsKey("callback")) {
                callbacks.put(ref, form.get("callback"));
            }
            pause();
            switch (verdict) {
                case ACCEPTED -> reply(exchange, OK, "{\"verdict\":\"ok\",\"id\":\"g-" + ref + "\"}");
                case FAILED -> reply(exchange, 500, "oops");
                case REFUSED -> reply(exchange, 400, "{\"verdict\":\"no such number\"}");
                case THROTTLED -> reply(exchange, 429, "{\"verdict\":\"slow down\"}");
                default -> {
                    // the connection ends
                }
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(latencyMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
        synchronized (log) {
            while (bytes.hasRemaining()) {
                log.write(bytes);
            }
        }
    }

    private void find(HttpExchange exchange) throws IOException {
        try (exchange) {
            String ref = pairs(exchange.getRequestURI().getRawQuery()).get("ref");
            if (!looksUp) {
                reply(exchange, 503, "");
            } else if (created.containsKey(ref)) {
                reply(exchange, 200, "g-" + ref);
            } else {
                reply(exchange, 404, "");
            }
        }
    }

    /** Sends delivery reports about every n-th message that exists; answers how many were taken with a 2xx. */
    private void tell(HttpExchange exchange) throws IOException {
        try (exchange) {
            int share = Integer.parseInt(
                    pairs(exchange.getRequestURI().getRawQuery()).get("every"));
            AtomicInteger taken = new AtomicInteger();
            callbacks.entrySet().parallelStream()
                    .filter(each -> created.containsKey(each.getKey()))
                    .filter(each -> Math.floorMod(each.getKey().hashCode(), share) == 0)
                    .forEach(each -> {
                        if (report(each.getKey(), each.getValue()) / 100 == 2) {
                            taken.incrementAndGet();
                        }
                    });
            reply(exchange, 200, taken.toString());
        }
    }

    private static int report(String ref, String callback) {
        try {
            HttpURLConnection call =
                    (HttpURLConnection) URI.create(callback).toURL().openConnection();
            call.setDoOutput(true);
            call.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
            call.getOutputStream().write(("id=g-" + ref + "&status=DELIVRD").getBytes(StandardCharsets.US_ASCII));
            return call.getResponseCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private static Map<String, String> pairs(String encoded) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            pairs.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return pairs;
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
