/** What several packages of core share and no host may use; the module doesn't export it. */
@NullMarked
package io.textonce.internal;

import org.jspecify.annotations.NullMarked;
