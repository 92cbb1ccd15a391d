/**
 * Which rules send the clients of a port elsewhere.
 *
 * <p>{@link dev.rebind.diagnosis.nat.FirstPackets} is one kind of clients. A {@link dev.rebind.diagnosis.nat.Ruleset} of iptables or of
 * nftables turns its rules into steps for it, with {@link dev.rebind.diagnosis.nat.RuleSteps}. {@link dev.rebind.diagnosis.nat.ChainWalk}
 * goes through the chains of them, and {@link dev.rebind.diagnosis.nat.Translations} puts the chains of all tools together.
 */
@NullMarked
package dev.rebind.diagnosis.nat;

import org.jspecify.annotations.NullMarked;
