package dev.hawser.benchmarks.chaos;

import dev.hawser.online.token.TokenClient;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Players in a process of their own, who log in at one of two services. Each tenth has a second
/// device. What happens to them is printed as lines of the history. The end of its input ends it.
///
/// Arguments: what its devices are called by, the first player's number, how many, a seed, the hash
/// of the services' certificate, and their URLs.
public final class Players {
    private static final long TICK_MILLIS = 50;
    private static final int SECOND_DEVICE_ONE_IN = 10;
    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private Players() {}

    public static void main(String[] args) throws InterruptedException {
        LOG.setLevel(Level.OFF);
        String name = args[0];
        int first = Integer.parseInt(args[1]);
        int count = Integer.parseInt(args[2]);
        Random seeds = new Random(Long.parseLong(args[3]));
        String pin = args[4];
        URI[] endpoints = new URI[args.length - 5];
        for (int i = 0; i < endpoints.length; i++) {
            endpoints[i] = URI.create(args[5 + i]);
        }
        List<Device> devices = new ArrayList<>();
        for (int player = first; player < first + count; player++) {
            int devicesOfPlayer = player % SECOND_DEVICE_ONE_IN == 0 ? 2 : 1;
            for (int i = 0; i < devicesOfPlayer; i++) {
                String credential = "player-" + player;
                TokenClient tokens =
                        TokenClient.builder()
                                .endpoints(endpoints)
                                .credentials(() -> credential)
                                .pinnedCertificates(pin)
                                .build();
                devices.add(
                        new Device(
                                name + "." + player + (i == 0 ? "" : "b"),
                                i > 0,
                                tokens,
                                new Random(seeds.nextLong()),
                                System.nanoTime()));
            }
        }
        say("here", "");
        Thread input = Thread.ofPlatform().daemon().start(Players::awaitEndOfInput);
        long lastNanos = System.nanoTime();
        while (input.isAlive()) {
            long stalledSince = History.stalledSince(lastNanos, System.nanoTime());
            lastNanos = System.nanoTime();
            if (stalledSince != 0) {
                say("stalled", "since=" + stalledSince);
            }
            for (Device device : devices) {
                device.tick(System.nanoTime());
            }
            Thread.sleep(TICK_MILLIS);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Nobody types.
            }
        } catch (IOException e) {
            // It has ended as well.
        }
    }

    /// Prints a line of the history. Any thread may.
    static void say(String what, String details) {
        synchronized (System.out) {
            System.out.println(History.line(what, details));
            System.out.flush();
        }
    }
}
