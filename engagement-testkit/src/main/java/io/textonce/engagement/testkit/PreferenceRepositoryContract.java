package io.textonce.engagement.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.TenantId;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.preference.Preferences;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PreferenceRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class PreferenceRepositoryContract {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("umbrella");
    private static final Preferences CHOSEN = Preferences.NONE
            .languages(Locale.forLanguageTag("tr-CY"), Locale.ENGLISH)
            .optIn("reminders")
            .optOut("offers = a+b");

    /** For subclasses. */
    protected PreferenceRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @return an empty repository
     */
    protected abstract PreferenceRepository repository();

    @Test
    public void findsWhatWasChosen() {
        PreferenceRepository preferences = repository();
        preferences.put(TENANT, "456", CHOSEN);
        assertThat(preferences.find(TENANT, "456")).isEqualTo(CHOSEN);
        assertThat(preferences.find(TENANT, "457")).isEqualTo(Preferences.NONE);
        preferences.put(TENANT, "457", Preferences.NONE.optIn("offers"));
        assertThat(preferences.find(TENANT, List.of("456", "457", "458")))
                .isEqualTo(Map.of("456", CHOSEN, "457", Preferences.NONE.optIn("offers")));
        assertThat(preferences.find(TENANT, List.of())).isEmpty();
    }

    @Test
    public void theLastChoiceStaysAndNoneForgets() {
        PreferenceRepository preferences = repository();
        preferences.put(TENANT, "456", CHOSEN);
        preferences.put(TENANT, "456", Preferences.NONE.optOut("reminders"));
        assertThat(preferences.find(TENANT, "456")).isEqualTo(Preferences.NONE.optOut("reminders"));
        preferences.put(TENANT, "456", Preferences.NONE);
        assertThat(preferences.find(TENANT, List.of("456"))).isEmpty();
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        PreferenceRepository preferences = repository();
        preferences.put(TENANT, "456", CHOSEN);
        assertThat(preferences.find(OTHER, "456")).isEqualTo(Preferences.NONE);
    }
}
