/**
 * The rules that translate addresses, from what iptables-save and nft print.
 *
 * <p>{@link dev.rebind.diagnosis.nat.Traffic} is one kind of clients. For it, {@link dev.rebind.diagnosis.nat.IptablesRules} and
 * {@link dev.rebind.diagnosis.nat.NftRules} turn rules into steps, {@link dev.rebind.diagnosis.nat.Walk} goes through the chains
 * of them, and {@link dev.rebind.diagnosis.nat.Translations} puts the chains of all tools together.
 */
@NullMarked
package dev.rebind.diagnosis.nat;

import org.jspecify.annotations.NullMarked;
