package io.textonce;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One picture, sound or file of an inbound message. Its bytes are fetched only when {@link #open()} is called.
 *
 * <p>Guaranteed: opening it contacts the provider's own hosts only, within a size cap. Not guaranteed: that the content
 * is what its type says; treat it as hostile.
 *
 * <pre>{@code
 * try (InputStream in = media.open()) { Files.copy(in, file); }
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Media {

    /** Fetches the bytes. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens the content.
         *
         * @return a stream that the caller closes
         * @throws IOException if the content can't be had
         */
        InputStream open() throws IOException;
    }

    private final String contentType;
    private final @Nullable String name;
    private final long size;
    private final @Nullable URI source;
    private final Opener opener;

    private Media(String contentType, @Nullable String name, long size, @Nullable URI source, Opener opener) {
        this.contentType = Objects.requireNonNull(contentType, "contentType");
        this.name = name;
        this.size = size;
        this.source = source;
        this.opener = Objects.requireNonNull(opener, "opener");
    }

    /**
     * A medium.
     *
     * @param contentType as the provider says, such as {@code image/jpeg}
     * @param name a file name, or null
     * @param size bytes, or -1 if not known
     * @param source where it lies, or null if it came with the message
     * @param opener fetches the bytes
     * @return the medium
     */
    public static Media of(String contentType, @Nullable String name, long size, @Nullable URI source, Opener opener) {
        return new Media(contentType, name, size, source, opener);
    }

    /**
     * What it is.
     *
     * @return the type as the provider says
     */
    public String contentType() {
        return contentType;
    }

    /**
     * Its file name.
     *
     * @return the name, or empty
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * How large it is.
     *
     * @return bytes, or empty if not known before it is opened
     */
    public OptionalLong size() {
        return size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /**
     * Where it lies at the provider; fetching it there needs the provider's credentials.
     *
     * @return the address, or empty if it came with the message
     */
    public Optional<URI> source() {
        return Optional.ofNullable(source);
    }

    /**
     * Opens the content.
     *
     * @return a stream that the caller closes
     * @throws IOException if the content can't be had, is too large, or lies on a host that isn't the provider's
     */
    public InputStream open() throws IOException {
        return opener.open();
    }

    @Override
    public String toString() {
        return "Media[" + contentType + (size < 0 ? "" : ", " + size + " bytes") + "]";
    }
}
