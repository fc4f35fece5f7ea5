/** What was sent, what came of it and what it cost: statistics, monthly reports, alerts and exports. */
@org.jspecify.annotations.NullMarked
package io.textonce.engagement.reporting;
