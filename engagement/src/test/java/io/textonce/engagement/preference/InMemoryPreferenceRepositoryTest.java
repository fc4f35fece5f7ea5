package io.textonce.engagement.preference;

import io.textonce.engagement.contract.PreferenceRepositoryContract;

class InMemoryPreferenceRepositoryTest extends PreferenceRepositoryContract {

    @Override
    protected PreferenceRepository repository() {
        return new InMemoryPreferenceRepository();
    }
}
