package dev.hawser.keys;

/// Who may read a file with a secret.
///
/// Whatever is said here, a file that everybody may read, or that anybody but its owner may write,
/// is refused: whoever writes it chooses the secret.
public enum SecretReaders {
    /// Its owner alone, as is right for a file that somebody made on this machine. Used where
    /// nothing is said.
    OWNER,

    /// Its group too. That is how platforms hand a secret to a process that is not the file's
    /// owner: volumes of Kubernetes with an `fsGroup`, secrets of Docker, credentials of systemd.
    GROUP
}
