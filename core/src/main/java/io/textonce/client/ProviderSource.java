package io.textonce.client;

import io.textonce.TenantId;
import java.util.Optional;

/**
 * Where a host keeps the providers and credentials of its tenants, asked at run time.
 *
 * <p>The client keeps what it is told for each tenant that sends. It asks again when that is older than
 * {@link SmsClient.Builder#tenantCache} says, or when told so by {@link SmsClient#reload}. For one tenant it never asks
 * twice at the same time: messages wait for the first answer and, from then on, go on with what is known while one of them
 * asks again. It asks on the sending thread and holds no lock meanwhile; the method may block, and should end within
 * seconds.
 *
 * <p>If it throws for a tenant of which nothing is known, nothing is sent and the send throws
 * {@link io.textonce.SmsStoreException}. If something is known, that goes on serving, with a warning in the log, and the
 * source is asked again when the same time has passed. Once providers are replaced, further messages go through the new
 * ones, those under way finish on the old ones, and the old ones are closed when the last of them has.
 *
 * <pre>{@code
 * SmsClient.builder()
 *         .providers(tenant -> accounts.find(tenant)
 *                 .map(account -> TenantProviders.of(account.version(), () -> List.of(account.toProvider()))))
 *         .build();
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface ProviderSource {

    /**
     * Finds the providers of a tenant; {@link TenantId#DEFAULT} is asked for like any other.
     *
     * @param tenant the tenant
     * @return its providers; {@link TenantProviders#shared()} if it sends through the client's own; empty if it may not
     *     send, so that its messages are rejected with reason ROUTE and proof LOCAL_POLICY
     */
    Optional<TenantProviders> forTenant(TenantId tenant);
}
