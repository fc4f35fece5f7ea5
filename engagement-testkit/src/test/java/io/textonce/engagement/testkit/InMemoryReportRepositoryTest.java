package io.textonce.engagement.testkit;

import io.textonce.engagement.reporting.InMemoryReportRepository;
import io.textonce.memory.InMemoryStore;

class InMemoryReportRepositoryTest extends ReportRepositoryContract {

    @Override
    protected Subject subject() {
        InMemoryStore store = new InMemoryStore();
        return new Subject(store, store, new InMemoryReportRepository(store));
    }
}
