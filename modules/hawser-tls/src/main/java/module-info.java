/// Certificates and their keys, for game servers and for the token service.
///
/// Logs go to the `System.Logger` named `dev.hawser.tls`.
module dev.hawser.tls {
    requires transitive dev.hawser;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires static org.jspecify;

    exports dev.hawser.tls;
}
