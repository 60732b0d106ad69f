package dev.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A certificate of our own making, and the files that it is kept in.
class ServerCertificateTest {
    @Test
    void aSelfSignedOneIsForItsHostsAndADevelopersTime() throws Exception {
        ServerCertificate made = ServerCertificate.selfSigned("localhost", "::1", "10.0.0.7");
        X509Certificate certificate = made.chain().getFirst();

        certificate.verify(certificate.getPublicKey());
        assertThat(Duration.between(made.notBefore(), made.notAfter()))
                .isLessThanOrEqualTo(Duration.ofDays(14));
        assertThat(made.sha256()).matches("[0-9a-f]{64}");
        assertThat(certificate.getSubjectAlternativeNames())
                .anySatisfy(name -> assertThat(name.get(1)).isEqualTo("localhost"))
                .anySatisfy(name -> assertThat(name.get(1)).isEqualTo("10.0.0.7"))
                .hasSize(3);
        assertThatThrownBy(ServerCertificate::selfSigned)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("localhost");
    }

    @Test
    void itIsWrittenToNewFilesOfItsOwner(@TempDir Path folder) throws Exception {
        Path chain = folder.resolve("chain.pem");
        Path key = folder.resolve("key.pem");
        ServerCertificate made = ServerCertificate.selfSigned("localhost");

        made.writePem(chain, key);

        ServerCertificate read = CertificateFiles.open(chain, key).current();
        assertThat(read.sha256()).isEqualTo(made.sha256());
        assertThat(read.key()).isEqualTo(made.key());
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }
        ServerCertificate other = ServerCertificate.selfSigned("localhost");
        assertThatThrownBy(() -> other.writePem(folder.resolve("other.pem"), key))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(key.toString());
        assertThatThrownBy(() -> other.writePem(chain, folder.resolve("other.pem")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.resolve("other.pem")).doesNotExist();
    }

    @Test
    void aHostThatNobodyCanDialIsRefused() {
        for (String host :
                new String[] {"a b", "", "https://play.example.org", "example.org:443"}) {
            assertThatThrownBy(() -> ServerCertificate.selfSigned("localhost", host))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + host + "'")
                    .hasMessageContaining("play.example.org");
            assertThatThrownBy(() -> CertificateSource.development(host))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        ServerCertificate.selfSigned("localhost", "my_host", "*.example.org", "::1", "10.0.0.1");
    }
}
