package dev.rebind.operator.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** In memory. */
final class FakeToggleJournal implements ToggleJournal {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    @Override
    public synchronized void add(Entry entry) {
        entries.put(entry.experiment().uid(), entry);
    }

    @Override
    public synchronized void remove(String experimentUid) {
        entries.remove(experimentUid);
    }

    @Override
    public synchronized List<Entry> entries() {
        return List.copyOf(entries.values());
    }
}
