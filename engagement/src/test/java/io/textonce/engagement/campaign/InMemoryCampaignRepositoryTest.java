package io.textonce.engagement.campaign;

import io.textonce.engagement.contract.CampaignRepositoryContract;
import io.textonce.memory.InMemoryStore;

class InMemoryCampaignRepositoryTest extends CampaignRepositoryContract {

    @Override
    protected Stores stores() {
        InMemoryStore store = new InMemoryStore();
        return new Stores(new InMemoryCampaignRepository(store), store);
    }
}
