package io.textonce.engagement.reporting;

import io.textonce.engagement.contract.ReportRepositoryContract;
import io.textonce.memory.InMemoryStore;

class InMemoryReportRepositoryTest extends ReportRepositoryContract {

    @Override
    protected Subject subject() {
        InMemoryStore store = new InMemoryStore();
        return new Subject(store, store, new InMemoryReportRepository(store));
    }
}
