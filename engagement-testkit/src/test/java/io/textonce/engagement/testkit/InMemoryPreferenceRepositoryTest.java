package io.textonce.engagement.testkit;

import io.textonce.engagement.preference.InMemoryPreferenceRepository;
import io.textonce.engagement.preference.PreferenceRepository;

class InMemoryPreferenceRepositoryTest extends PreferenceRepositoryContract {

    @Override
    protected PreferenceRepository repository() {
        return new InMemoryPreferenceRepository();
    }
}
