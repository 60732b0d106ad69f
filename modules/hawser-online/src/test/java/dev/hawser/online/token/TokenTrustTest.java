package dev.hawser.online.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.online.http.TestCertificate;
import dev.hawser.online.http.TestService;
import dev.hawser.token.TokenFetchFailure;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real TLS: whoever cannot show that he is the service gets nothing.
class TokenTrustTest extends TokenClientFixture {
    private static final Duration DAY = Duration.ofDays(1);
    private static final TestCertificate AUTHORITY = TestCertificate.authority();

    private TestService service(TestCertificate certificate) {
        return open(TestService.https(certificate, (_, exchange) -> new Granted().send(exchange)));
    }

    private void isRefused(TestService service, TokenClient.Builder builder, String why) {
        var failure = failure(TokenFetchFailure.CertificateRefused.class, builder);
        assertThat(failure.explanation())
                .contains(service.endpoint().toString())
                .contains("nothing was sent")
                .contains(why);
        assertThat(service.received()).isZero();
    }

    // ---- Authorities

    @Test
    void aCertificateOfATrustedAuthorityIsAccepted() {
        TestService service = service(AUTHORITY.sign());
        fetch(builder(service).trustStore(AUTHORITY.trustStore()));
        assertThat(service.next().authorization()).contains("Bearer " + CREDENTIAL);
    }

    @Test
    void aCertificateThatIsItselfTrustedIsAccepted() {
        TestCertificate certificate = TestCertificate.selfSigned();
        fetch(builder(service(certificate)).trustStore(certificate.trustStore()));
    }

    @Test
    void theAuthoritiesOfTheJdkDoNotVouchForATest() {
        TestService service = service(AUTHORITY.sign());
        isRefused(service, builder(service), "no authority that is trusted here");
    }

    @Test
    void anotherAuthorityOfTheSameNameDoesNotVouch() {
        TestService service = service(AUTHORITY.sign());
        isRefused(
                service,
                builder(service).trustStore(TestCertificate.authority().trustStore()),
                "no authority that is trusted here");
    }

    @Test
    void aCertificateForAnotherHostIsRefused() {
        TestService service = service(AUTHORITY.sign("play.example.org", DAY.negated(), DAY));
        isRefused(
                service,
                builder(service).trustStore(AUTHORITY.trustStore()),
                "for another host name");
    }

    @Test
    void anExpiredCertificateIsRefused() {
        TestService service =
                service(AUTHORITY.sign("localhost", DAY.multipliedBy(-2), DAY.negated()));
        isRefused(service, builder(service).trustStore(AUTHORITY.trustStore()), "has expired");
    }

    @Test
    void aCertificateThatIsNotYetValidIsRefused() {
        TestService service = service(AUTHORITY.sign("localhost", DAY, DAY.multipliedBy(2)));
        isRefused(service, builder(service).trustStore(AUTHORITY.trustStore()), "not valid yet");
    }

    @Test
    void anExpiredCertificateIsRefusedThoughItIsItselfTrusted() {
        TestCertificate expired = TestCertificate.selfSigned(DAY.multipliedBy(-2), DAY.negated());
        TestService service = service(expired);
        isRefused(service, builder(service).trustStore(expired.trustStore()), "has expired");
    }

    @Test
    void aCertificateIsNotTriedAgain() {
        TestService service = service(AUTHORITY.sign());
        ManualTimer timer = new ManualTimer();
        failure(TokenFetchFailure.CertificateRefused.class, builder(service).timer(timer));
        timer.next();
        ManualTimer.Task limit = timer.next();
        assertThat(limit.delayNanos()).isEqualTo(10_000_000_000L);
        assertThat(limit.isCancelled()).isTrue();
    }

    // ---- Pins

    @Test
    void exactlyThePinnedCertificateIsAccepted() {
        TestCertificate certificate = TestCertificate.selfSigned();
        TestService service = service(certificate);
        fetch(builder(service).pinnedCertificates(certificate.sha256()));
        isRefused(service(TestCertificate.selfSigned()), certificate.sha256());
    }

    private void isRefused(TestService service, String pin) {
        isRefused(service, builder(service).pinnedCertificates(pin), "none of the pinned ones");
    }

    @Test
    void aRefusedPinTellsWhatWasShown() {
        TestCertificate certificate = TestCertificate.selfSigned();
        TestService service = service(certificate);
        isRefused(
                service,
                builder(service).pinnedCertificates("ab".repeat(32)),
                certificate.sha256());
    }

    @Test
    void aPinnedCertificateNeedsNoAuthorityAndNoName() {
        TestCertificate certificate = AUTHORITY.sign("play.example.org", DAY.negated(), DAY);
        fetch(builder(service(certificate)).pinnedCertificates(certificate.sha256()));
    }

    @Test
    void aPinnedAuthorityVouchesForNobody() {
        isRefused(service(AUTHORITY.sign()), AUTHORITY.sha256());
    }

    @Test
    void anExpiredCertificateIsRefusedThoughItIsPinned() {
        TestCertificate expired = TestCertificate.selfSigned(DAY.multipliedBy(-2), DAY.negated());
        TestService service = service(expired);
        isRefused(service, builder(service).pinnedCertificates(expired.sha256()), "has expired");
    }

    @Test
    void twoArePinnedWhileACertificateChanges() {
        TestCertificate one = TestCertificate.selfSigned();
        TestCertificate next = TestCertificate.selfSigned();
        String pinWithColons =
                HexFormat.ofDelimiter(":")
                        .formatHex(HexFormat.of().parseHex(next.sha256()))
                        .toUpperCase(Locale.ROOT);
        for (TestCertificate certificate : new TestCertificate[] {one, next}) {
            fetch(builder(service(certificate)).pinnedCertificates(one.sha256(), pinWithColons));
        }
    }

    // ---- Settings

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "xyz"})
    void aPinThatIsNoneIsRefused(String pin) {
        assertThatThrownBy(() -> TokenClient.builder().pinnedCertificates(pin))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 hexadecimal digits");
    }

    @Test
    void noPinsAndNoAuthoritiesAreMistakes() {
        assertThatThrownBy(() -> TokenClient.builder().pinnedCertificates())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TokenClient.builder().trustStore(TestCertificate.emptyStore()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 certificates");
    }

    @Test
    void theLastWordOnTrustCounts() {
        TestCertificate certificate = TestCertificate.selfSigned();
        TestService service = service(certificate);
        isRefused(
                service,
                builder(service)
                        .trustStore(certificate.trustStore())
                        .pinnedCertificates("ab".repeat(32)),
                "none of the pinned ones");
    }

    /// Null are the JDK's authorities where the JDK takes it: a file that was not read must not end
    /// there.
    @Test
    void noTrustStoreIsNotTheOneOfTheJdk() {
        assertThatThrownBy(() -> TokenClient.builder().trustStore(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("trusted");
        assertThatThrownBy(() -> TokenClient.builder().sslContext(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("sslContext");
    }
}
