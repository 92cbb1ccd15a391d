package dev.rebind.diagnosis.nat;

/** Where a rule sends clients, in words. */
final class TargetText {
    private TargetText() {}

    /**
     * @param address an address, a prefix or a range; empty for this machine
     * @param ports a port or a range; empty where it stays
     */
    static String text(String address, String ports) {
        String shown = address.contains(":") && !ports.isEmpty() ? "[" + address + "]" : address;
        return ports.isEmpty() ? shown : shown + ":" + ports;
    }
}
