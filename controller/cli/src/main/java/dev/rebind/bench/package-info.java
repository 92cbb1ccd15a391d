/** Benchmarks: how fast Rebind is, compared with a peer in the same run. They report figures and never fail on a slow machine. */
@NullMarked
package dev.rebind.bench;

import org.jspecify.annotations.NullMarked;
