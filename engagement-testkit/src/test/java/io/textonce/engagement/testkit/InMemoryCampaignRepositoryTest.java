package io.textonce.engagement.testkit;

import io.textonce.engagement.campaign.InMemoryCampaignRepository;
import io.textonce.memory.InMemoryStore;

class InMemoryCampaignRepositoryTest extends CampaignRepositoryContract {

    @Override
    protected Stores stores() {
        InMemoryStore store = new InMemoryStore();
        return new Stores(new InMemoryCampaignRepository(store), store);
    }
}
