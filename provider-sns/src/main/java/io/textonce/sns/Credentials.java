package io.textonce.sns;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

/** Where the credentials of each request come from: AWS's own provider, asked anew each time. It does the caching. */
final class Credentials implements AutoCloseable {

    private static final String CHAIN = "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider";
    private static final int MOST_CAUSES = 8;

    private final IdentityProvider<? extends AwsCredentialsIdentity> provider;
    private final String source;
    private final boolean ours;

    private Credentials(IdentityProvider<? extends AwsCredentialsIdentity> provider, String source, boolean ours) {
        this.provider = provider;
        this.source = source;
        this.ours = ours;
    }

    static Credentials of(IdentityProvider<? extends AwsCredentialsIdentity> host) {
        return new Credentials(host, "the host's provider (hidden)", false);
    }

    static Credentials of(AwsCredentialsIdentity keys) {
        return new Credentials(new Fixed(keys), "a fixed key (hidden)", false);
    }

    /** Null if AWS's {@code auth} isn't there. */
    static @Nullable Credentials defaultChain() {
        try {
            Class.forName(CHAIN, false, Credentials.class.getClassLoader());
            return new Credentials(DefaultChain.create(), "AWS's default chain", true);
        } catch (ClassNotFoundException | LinkageError absent) {
            return null;
        }
    }

    /** Where they come from, for people; nothing secret. */
    String source() {
        return source;
    }

    /** The credentials now. Blocks while AWS's provider fetches new ones. */
    AwsCredentialsIdentity resolve(Duration patience) throws UnavailableException {
        try {
            CompletableFuture<? extends AwsCredentialsIdentity> answer = provider.resolveIdentity();
            return Objects.requireNonNull(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS), "credentials");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while waiting for credentials", stop);
        } catch (TimeoutException late) {
            throw new UnavailableException(
                    "no AWS credentials within " + patience.toMillis() + " ms: is " + source + " reachable?", late);
        } catch (ExecutionException | RuntimeException failed) {
            throw new UnavailableException(explain(failed), failed);
        }
    }

    /** AWS's text isn't repeated: it may name files and accounts. It says what is missing, though. */
    private String explain(Throwable failure) {
        String said = "";
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            said += " " + Objects.requireNonNullElse(cause.getMessage(), "");
            cause = cause.getCause();
        }
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("'sts'") || lower.contains("sts client")) {
            return "no AWS credentials: a web identity (IRSA) or an assumed role needs software.amazon.awssdk:sts at run"
                    + " time, in the version of its auth: add it.";
        }
        if (lower.contains("'sso'") || lower.contains("'ssooidc'")) {
            return "no AWS credentials: a single sign-on profile needs software.amazon.awssdk:sso and ssooidc at run time:"
                    + " add them.";
        }
        return "no AWS credentials from " + source + " (" + failure.getClass().getSimpleName()
                + "): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role for this machine.";
    }

    /** Closes what we made ourselves; a host's provider stays the host's. */
    @Override
    public void close() {
        if (ours && provider instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception alreadyGone) { // as AutoCloseable declares it
                // Nothing is left to do with it.
            }
        }
    }

    /** There are no credentials; the message says what to do and holds no secret. */
    static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnavailableException(String explanation, Throwable cause) {
            super(explanation, cause);
        }

        String explanation() {
            return Objects.requireNonNullElse(getMessage(), "");
        }
    }

    private static final class Fixed implements IdentityProvider<AwsCredentialsIdentity> {
        private final CompletableFuture<AwsCredentialsIdentity> keys;

        Fixed(AwsCredentialsIdentity keys) {
            this.keys = CompletableFuture.completedFuture(keys);
        }

        @Override
        public Class<AwsCredentialsIdentity> identityType() {
            return AwsCredentialsIdentity.class;
        }

        @Override
        public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest request) {
            return keys;
        }
    }
}
