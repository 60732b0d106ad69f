package dev.hawser.cli.load;

/// Clients that may send, in the order in which they became ready; one that may send twice is there
/// twice. So nobody's packets go out in a row while others wait.
final class ReadyClients {
    private final int[] clients;
    private int first;
    private int count;

    ReadyClients(int capacity) {
        clients = new int[capacity];
    }

    void add(int client) {
        if (count == clients.length) {
            return;
        }
        int index = first + count;
        clients[index < clients.length ? index : index - clients.length] = client;
        count++;
    }

    int take() {
        int client = clients[first];
        first = first + 1 == clients.length ? 0 : first + 1;
        count--;
        return client;
    }

    int count() {
        return count;
    }
}
