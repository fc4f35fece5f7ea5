package io.textonce.jdbc;

/** The tables that one piece of evidence may change together. */
record Tables(
        MessageTable messages,
        OutboxTable outbox,
        EventTable events,
        WaitingTable waiting,
        SuppressionTable suppressions) {}
