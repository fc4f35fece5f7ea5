/** Campaigns: one template to many recipients, through the outbox. */
@org.jspecify.annotations.NullMarked
package io.textonce.engagement.campaign;
