package io.textonce.benchmarks;

import com.twilio.http.HttpClient;
import com.twilio.http.NetworkHttpClient;
import com.twilio.http.Request;
import com.twilio.http.Response;
import com.twilio.http.TwilioRestClient;
import com.twilio.rest.api.v2010.account.Message;
import com.twilio.type.PhoneNumber;
import java.net.URI;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;

/** Twilio's own library, with as many connections as it can need. */
final class TwilioJavaContender implements Contender {
    private static final int POOL = 128;

    private final TwilioRestClient client;
    private final PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
            .setDefaultSocketConfig(HttpClient.DEFAULT_SOCKET_CONFIG)
            .setMaxConnTotal(POOL)
            .setMaxConnPerRoute(POOL)
            .build();

    TwilioJavaContender(String base) {
        HttpClientBuilder apache = HttpClientBuilder.create()
                .setConnectionManager(pool)
                .setDefaultRequestConfig(HttpClient.DEFAULT_REQUEST_CONFIG);
        this.client = new TwilioRestClient.Builder(Samples.ACCOUNT, Samples.TOKEN)
                .httpClient(new Redirected(base, apache))
                .build();
    }

    @Override
    public String name() {
        return "twilio-java";
    }

    @Override
    public void send(int number) {
        Message message = Message.creator(
                        new PhoneNumber(Samples.repeated(number)), new PhoneNumber(Samples.FROM), Samples.TEXT)
                .setStatusCallback(URI.create(Samples.CALLBACK))
                .create(client);
        if (message.getSid() == null) {
            throw new IllegalStateException("no sid");
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    /** It has no option for another host, so the request is copied to one; that costs less than a microsecond. */
    private static final class Redirected extends NetworkHttpClient {
        private static final String HOST = "https://api.twilio.com";

        private final String base;

        Redirected(String base, HttpClientBuilder apache) {
            super(apache);
            this.base = base;
        }

        @Override
        public Response makeRequest(Request request) {
            Request copy =
                    new Request(request.getMethod(), base + request.getUrl().substring(HOST.length()));
            copy.setAuth(Samples.ACCOUNT, Samples.TOKEN);
            copy.setContentType(request.getContentType());
            request.getPostParams().forEach((name, values) -> values.forEach(value -> copy.addPostParam(name, value)));
            request.getHeaderParams()
                    .forEach((name, values) -> values.forEach(value -> copy.addHeaderParam(name, value)));
            return super.makeRequest(copy);
        }
    }
}
