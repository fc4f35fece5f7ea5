package io.textonce.spi.http;

import io.textonce.spi.http.HttpOutcome.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One call's state: how far it got, and who decided first, the caller who starts the request or the deadline that ends
 * it. It rides on the request as a tag and listens to its events.
 *
 * <p>Threads: the caller owns every plain field; the deadline thread touches {@code state} and {@code call}; connects
 * race on threads of OkHttp and touch {@code step}.
 */
final class Exchange extends EventListener {
    /** What a connection is waiting for before the request can start. */
    enum Step {
        BEGIN,
        DNS,
        CONNECT,
        TLS
    }

    private static final int CONNECTING = 0;
    private static final int STARTED = 1;
    private static final int ANSWERED = 2;
    private static final int EXPIRING = 3;
    private static final int EXPIRED = 4;

    private final @Nullable Connections connections;
    private final long connectBy;
    private final long endBy;
    private final AtomicInteger state = new AtomicInteger(CONNECTING);
    private volatile @Nullable Call call;
    private volatile Step step = Step.BEGIN;
    private volatile boolean throughProxy;

    private boolean started;
    private boolean passed;
    private Phase phase = Phase.REQUEST;
    private @Nullable Response head;
    private Connections.@Nullable Pooled connection;

    /**
     * An exchange that is to begin.
     *
     * @param connections where its connection is known; null for one in memory
     */
    Exchange(@Nullable Connections connections, long connectBy, long endBy) {
        this.connections = connections;
        this.connectBy = connectBy;
        this.endBy = endBy;
    }

    /** Makes the call the one that the deadline cancels; false when the time is already up. */
    boolean attach(Call next) {
        call = next;
        return state.get() == CONNECTING;
    }

    /**
     * The one moment that separates "not transmitted" from "unanswered". False when the deadline came first. It looks at the
     * clock itself: in a process that was frozen meanwhile, the thread that ends calls may wake up later than this one.
     */
    boolean start() {
        if (!started) {
            if (System.nanoTime() - endBy >= 0) {
                state.compareAndSet(CONNECTING, EXPIRED);
            }
            started = state.compareAndSet(CONNECTING, STARTED);
        }
        return started;
    }

    /** Takes the connection that OkHttp chose: the nanoseconds that it was idle, or -1 if it can't be used any more. */
    long takeConnection() {
        return connection == null ? 0 : connection.take(this);
    }

    /** True for the first caller only. */
    boolean passOnce() {
        boolean first = !passed;
        passed = true;
        return first;
    }

    boolean started() {
        return started;
    }

    boolean expired() {
        return state.get() >= EXPIRING;
    }

    Step step() {
        return step;
    }

    boolean throughProxy() {
        return throughProxy;
    }

    Phase phase() {
        return phase;
    }

    /** The reply's head as the server sent it, before anything was hidden from OkHttp. */
    void head(Response response) {
        head = response;
    }

    @Nullable
    Response head() {
        return head;
    }

    /** Ends the call when its time is up; otherwise the nanoseconds left. */
    long expireIfDue(long now) {
        int seen = state.get();
        if (seen != CONNECTING && seen != STARTED) {
            return Long.MAX_VALUE;
        }
        long left = seen == CONNECTING ? Math.min(connectBy - now, endBy - now) : endBy - now;
        if (left > 0) {
            return left;
        }
        if (state.compareAndSet(seen, EXPIRING)) {
            try {
                Call current = call;
                if (current != null) {
                    current.cancel();
                }
            } catch (Throwable brokenSocketOfHost) {
                // A socket from an injected factory may throw anything on close; the other calls still need this
                // thread.
                return Long.MAX_VALUE;
            } finally {
                state.set(EXPIRED);
            }
        }
        return 0;
    }

    /**
     * The whole reply is here and the connection goes back to the pool next. A cancel under way must end first: later
     * it would hit whoever uses the connection then.
     */
    private void answered() {
        if (!state.compareAndSet(STARTED, ANSWERED)) {
            while (state.get() == EXPIRING) {
                Thread.onSpinWait();
            }
        }
    }

    /** OkHttp misses a cancel that falls between two steps of connecting; these events come after it looks again. */
    private void stopIfExpired() {
        if (expired()) {
            throw new UncheckedIOException(new IOException("the connect deadline passed"));
        }
    }

    @Override
    public void dnsStart(Call of, String domainName) {
        step = Step.DNS;
    }

    @Override
    public void connectStart(Call of, InetSocketAddress address, Proxy proxy) {
        step = Step.CONNECT;
        throughProxy = proxy.type() != Proxy.Type.DIRECT;
        stopIfExpired();
    }

    @Override
    public void secureConnectStart(Call of) {
        step = Step.TLS;
        stopIfExpired();
    }

    @Override
    public void secureConnectEnd(Call of, @Nullable Handshake handshake) {
        step = Step.CONNECT;
    }

    @Override
    public void connectEnd(Call of, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        step = Step.CONNECT;
    }

    @Override
    public void connectionAcquired(Call of, Connection acquired) {
        connection = connections == null ? null : connections.of(acquired);
    }

    @Override
    public void connectionReleased(Call of, Connection released) {
        if (connection != null) {
            connection.release(this);
        }
    }

    @Override
    public void requestHeadersEnd(Call of, Request request) {
        if (request.body() == null) {
            phase = Phase.REPLY_HEAD;
        }
    }

    @Override
    public void requestBodyEnd(Call of, long byteCount) {
        phase = Phase.REPLY_HEAD;
    }

    @Override
    public void requestFailed(Call of, IOException failure) {
        phase = Phase.REQUEST;
    }

    @Override
    public void responseHeadersEnd(Call of, Response response) {
        phase = Phase.REPLY_BODY;
    }

    @Override
    public void responseBodyEnd(Call of, long byteCount) {
        answered();
    }
}
