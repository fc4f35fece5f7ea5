package io.textonce.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Credentials;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** The same request by OkHttp as people write it; the reply is only read. */
final class OkHttpContender implements Contender {
    private final String url;
    private final String authorization = Credentials.basic(Samples.ACCOUNT, Samples.TOKEN);
    private final OkHttpClient client = new OkHttpClient.Builder()
            .connectionPool(new ConnectionPool(128, 5, TimeUnit.MINUTES))
            .build();

    OkHttpContender(String base) {
        this.url = base + "/2010-04-01/Accounts/" + Samples.ACCOUNT + "/Messages.json";
    }

    @Override
    public String name() {
        return "OkHttp alone";
    }

    @Override
    public void send(int number) throws IOException {
        Request request = new Request.Builder()
                .url(url)
                .header("Authorization", authorization)
                .post(new FormBody.Builder()
                        .add("To", Samples.repeated(number))
                        .add("From", Samples.FROM)
                        .add("Body", Samples.TEXT)
                        .add("StatusCallback", Samples.CALLBACK)
                        .build())
                .build();
        try (Response response = client.newCall(request).execute()) {
            if (response.code() != 201 || response.body().string().isEmpty()) {
                throw new IOException("status " + response.code());
            }
        }
    }

    @Override
    public void close() {
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
    }
}
