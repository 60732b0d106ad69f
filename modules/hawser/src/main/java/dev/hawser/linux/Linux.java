package dev.hawser.linux;

/// Whether the calls of this package can be made here.
public final class Linux {
    private Linux() {}

    /// {@return why they cannot, for a person; empty when they can}
    ///
    /// Where native access was not granted, Java would still link and print a warning on the
    /// standard error of every game. So that is an obstacle, unless somebody insists. Whether it
    /// was granted is decided at the start of Java ([NativeAccess]).
    ///
    /// @param insists whether to try without native access being granted
    public static String obstacle(boolean insists) {
        String os = System.getProperty("os.name");
        if (!os.equals("Linux")) {
            return "this system is " + os + ", not Linux";
        }
        String arch = System.getProperty("os.arch");
        if (!arch.equals("amd64") && !arch.equals("aarch64")) {
            return "Linux's structures are known here for x86_64 and aarch64, not for " + arch;
        }
        // Asked also where somebody insists: the calls that follow would change the answer.
        boolean isGranted = NativeAccess.isGranted();
        if (!insists && !isGranted) {
            return "native access is not granted: start Java with " + NativeAccess.option();
        }
        return SystemCalls.obstacle();
    }
}
