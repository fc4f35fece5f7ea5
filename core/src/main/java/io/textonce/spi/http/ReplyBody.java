package io.textonce.spi.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import okhttp3.Headers;
import okhttp3.ResponseBody;

/** Reads a reply's body whole, or fails. */
final class ReplyBody {
    private static final int FIRST_CHUNK = 1024;

    private ReplyBody() {}

    static byte[] read(ResponseBody reply, Headers headers, int limit) throws IOException {
        long declared = reply.contentLength();
        String coding = headers.get("Content-Encoding");
        boolean gzip = coding != null
                && (coding.toLowerCase(Locale.ROOT).equals("gzip")
                        || coding.toLowerCase(Locale.ROOT).equals("x-gzip"));
        if (declared > limit) {
            throw new TooLargeException(limit);
        }
        InputStream body = reply.byteStream();
        if (gzip && declared != 0) {
            // We ask for identity; some gateways compress all the same.
            byte[] plain = readAll(new GZIPInputStream(body), -1, limit);
            // The end of the gzip stream is not the end of the reply.
            readAll(body, -1, limit);
            return plain;
        }
        return readAll(body, (int) declared, limit);
    }

    private static byte[] readAll(InputStream in, int declared, int limit) throws IOException {
        byte[] bytes = new byte[declared >= 0 ? declared : Math.min(FIRST_CHUNK, limit)];
        int size = 0;
        while (true) {
            if (size == bytes.length) {
                if (in.read() < 0) {
                    return bytes;
                }
                throw new TooLargeException(limit);
            }
            int read = in.read(bytes, size, bytes.length - size);
            if (read < 0) {
                return Arrays.copyOf(bytes, size);
            }
            size += read;
            if (size == bytes.length && declared < 0 && size < limit) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(limit, 2L * size));
            }
        }
    }

    /** The body is larger than the limit; the rest was not read. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(int limit) {
            super("the reply is larger than " + limit + " bytes");
        }
    }
}
