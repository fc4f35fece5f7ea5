package io.textonce.engagement.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.TenantId;
import io.textonce.engagement.verification.CodeRepository;
import io.textonce.engagement.verification.CodeRepository.Code;
import io.textonce.engagement.verification.InMemoryCodeRepository;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemoryCodeRepositoryTest extends CodeRepositoryContract {

    private static final Instant NOW = Instant.parse("2026-11-21T10:30:00Z");

    @Override
    protected CodeRepository repository() {
        return new InMemoryCodeRepository(1000);
    }

    @Test
    void refusesNewCodesWhenFullOfLivingOnesAndForgetsTheDead() {
        InMemoryCodeRepository codes = new InMemoryCodeRepository(2);
        codes.put(TenantId.DEFAULT, "a", new Code("1", "1", NOW.plusSeconds(10), 5));
        codes.put(TenantId.DEFAULT, "b", new Code("2", "2", NOW.plusSeconds(600), 5));
        codes.spendGuess(TenantId.DEFAULT, "b", NOW);

        assertThatThrownBy(() -> codes.put(TenantId.DEFAULT, "c", new Code("3", "3", NOW.plusSeconds(600), 5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("all 2 places");
        codes.spendGuess(TenantId.DEFAULT, "b", NOW.plusSeconds(10));
        codes.put(TenantId.DEFAULT, "c", new Code("3", "3", NOW.plusSeconds(600), 5));

        assertThat(codes.spendGuess(TenantId.DEFAULT, "a", NOW)).isEmpty();
        assertThat(codes.spendGuess(TenantId.DEFAULT, "c", NOW)).isPresent();
    }
}
