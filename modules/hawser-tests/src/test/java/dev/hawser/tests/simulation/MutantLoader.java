package dev.hawser.tests.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Loads the protocol with its ciphers, the testkit and the simulation once more, one class of them
/// changed.
final class MutantLoader extends ClassLoader {
    private static final List<String> OWN_PACKAGES =
            List.of(
                    "dev.hawser.protocol.",
                    "dev.hawser.sodium.",
                    "dev.hawser.testkit.",
                    "dev.hawser.tests.rig.",
                    "dev.hawser.tests.simulation.");
    private static final Map<String, byte[]> ORIGINALS = new ConcurrentHashMap<>();

    private final String mutatedName;
    private final byte[] mutated;

    MutantLoader(String mutatedName, List<Change> changes) {
        super(MutantLoader.class.getClassLoader());
        this.mutatedName = mutatedName;
        mutated = Change.apply(original(mutatedName), changes);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (OWN_PACKAGES.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = name.equals(mutatedName) ? mutated : original(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded;
        }
    }

    private static byte[] original(String name) {
        return ORIGINALS.computeIfAbsent(name, MutantLoader::read);
    }

    private static byte[] read(String name) {
        String path = "/" + name.replace('.', '/') + ".class";
        try (InputStream file = MutantLoader.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new AssertionError("no class " + name + ": was it renamed?");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError("could not read " + path, e);
        }
    }
}
