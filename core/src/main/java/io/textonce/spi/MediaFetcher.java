package io.textonce.spi;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/**
 * A role: fetches a medium of an inbound message from the provider, with its credentials, from its own hosts only and
 * up to a size.
 *
 * <p>Implementations are thread-safe.
 */
public interface MediaFetcher {

    /**
     * Fetches a medium.
     *
     * @param source where it lies, as the inbound message says
     * @param maxBytes the largest size to accept
     * @return a stream that the caller closes
     * @throws IOException if the host isn't the provider's, the medium is larger, or it can't be had
     */
    InputStream fetch(URI source, long maxBytes) throws IOException;
}
