package dev.rebind.operator.run;

/** The agent ended, or was taken by another: what it said of the cycle is not to be trusted. */
final class AgentLost extends Exception {
    private static final long serialVersionUID = 1;

    AgentLost(String why) {
        super(why);
    }
}
