package io.textonce.jdbc;

/** The tables that one piece of evidence may change together. */
record Tables(MessageTable messages, EventTable events, WaitingTable waiting, SuppressionTable suppressions) {}
