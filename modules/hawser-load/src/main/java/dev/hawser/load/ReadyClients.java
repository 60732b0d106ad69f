package dev.hawser.load;

/// Clients that may send, and how often each may. They take turns: who may send again goes to the
/// end of the line, so no two packets of one client go out in a row while others wait, also when
/// several of its packets were given up at once.
final class ReadyClients {
    private final int[] line;
    private final int[] allowed;
    private int first;
    private int waiting;
    private int count;

    /// @param clients how many there are
    ReadyClients(int clients) {
        line = new int[clients];
        allowed = new int[clients];
    }

    /// Lets a client send once more.
    void add(int client) {
        count++;
        if (allowed[client]++ == 0) {
            enter(client);
        }
    }

    private void enter(int client) {
        int index = first + waiting++;
        line[index < line.length ? index : index - line.length] = client;
    }

    /// {@return whose turn it is, of whom there must be one}
    int take() {
        int client = line[first];
        first = first + 1 == line.length ? 0 : first + 1;
        waiting--;
        count--;
        if (--allowed[client] > 0) {
            enter(client);
        }
        return client;
    }

    /// {@return how often all of them may send}
    int count() {
        return count;
    }
}
