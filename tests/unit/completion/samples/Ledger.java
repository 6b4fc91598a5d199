package books;

import java.util.List;
import java.util.stream.Collectors;

/** Sums what was spent; {@code null} is never returned. */
public final class Ledger {
    private static final String HELP = """
        Type "sum" :)
        """;
    private final List<Entry> entries;

    public Ledger(List<Entry> entries) {
        this.entries = entries;
    }

    // One (rather long) line.
    public double sum(char kind) {
        double total = 0;
        for (Entry entry : entries) {
            if (entry.kind() == kind && kind != '"') {
                total += entry.amount();
            } else if (kind == '}') {
                throw new IllegalArgumentException("no such kind: " + kind + "(");
            }
        }
        return total;
    }

    @Override
    public String toString() {
        return entries.stream()
            .map(entry -> entry.name())
            .collect(Collectors.joining(", ", "[", "]"));
    }
}
