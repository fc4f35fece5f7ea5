/**
 * Many processes on one PostgreSQL: {@link io.textonce.cluster.ClusterPumps} has each pump run where it belongs, and
 * {@link io.textonce.cluster.ClusterLimits} counts rate limits for all processes together.
 */
@NullMarked
package io.textonce.cluster;

import org.jspecify.annotations.NullMarked;
