package io.textonce.example.clinic;

import io.textonce.InboundMessage;
import io.textonce.Media;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.spi.MediaFetcher;
import io.textonce.spring.SmsProviders;
import io.textonce.webhook.MediaKeeper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What patients attach. A picture inside a message is kept before the message is; one that lies at the provider is fetched
 * when somebody looks at it, by the provider's {@link MediaFetcher}: with its credentials, from its own hosts only.
 */
@Component
record Pictures(JdbcClient database, ObjectProvider<SmsProviders> providers) implements MediaKeeper {

    /** What a browser may show; anything else is a download. */
    static final Set<String> SHOWN = Set.of("image/png", "image/jpeg", "image/gif", "image/webp");

    static final int MOST_BYTES = 5 * 1024 * 1024;

    /** A picture can't be had. */
    static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1;

        Lost(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Pictures.class);

    /** The message is taken without what is too large to be kept. */
    @Override
    public void keep(InboundMessage message, int place, Media media) {
        try (InputStream content = media.open()) {
            keep(TimelineEntry.of(message).key(), place, whole(content));
        } catch (IOException unreadable) {
            LOG.warn("A picture of {} can't be kept: {}", message.provider(), unreadable.getMessage());
        }
    }

    /**
     * The bytes of an entry's picture.
     *
     * @throws Lost if they can't be had
     */
    byte[] read(TimelineEntry entry, int place) {
        Optional<byte[]> kept = database.sql("select content from picture where entry = ? and place = ?")
                .params(entry.key(), place)
                .query((row, number) -> row.getBytes("content"))
                .optional();
        if (kept.isPresent()) {
            return kept.get();
        }
        Media media = entry.media().get(place);
        URI source = media.source().orElseThrow(() -> new Lost("it wasn't kept", null));
        MediaFetcher fetcher = entry.provider()
                .flatMap(name -> providers.getObject().find(name))
                .flatMap(provider -> provider.role(MediaFetcher.class))
                .orElseThrow(() -> new Lost("its provider isn't configured any more", null));
        try (InputStream content = fetcher.fetch(source, MOST_BYTES + 1)) {
            byte[] bytes = whole(content);
            keep(entry.key(), place, bytes);
            return bytes;
        } catch (IOException failure) {
            throw new Lost(String.valueOf(failure.getMessage()), failure);
        }
    }

    /** Rather none than half of one. */
    private static byte[] whole(InputStream content) throws IOException {
        byte[] bytes = content.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new IOException("it has more than " + MOST_BYTES + " bytes");
        }
        return bytes;
    }

    private void keep(String entry, int place, byte[] content) {
        try {
            database.sql("insert into picture (entry, place, content) values (?, ?, ?)")
                    .params(entry, place, content)
                    .update();
        } catch (DuplicateKeyException twoLookedAtOnce) {
            LOG.debug("A picture was kept already");
        }
    }
}
