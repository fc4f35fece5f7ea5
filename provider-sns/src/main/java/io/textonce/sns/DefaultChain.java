package io.textonce.sns;

import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;

/** The one class that needs AWS's {@code auth}, which is optional: loaded only where it is there. */
final class DefaultChain {

    private DefaultChain() {}

    static IdentityProvider<? extends AwsCredentialsIdentity> create() {
        return DefaultCredentialsProvider.builder().build();
    }
}
