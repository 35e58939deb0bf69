/**
 * Certificates that no client may accept, all of one throw-away key that protects nothing. Made with `openssl req -x509` and `openssl ca`.
 */

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2+FgV+jH4Cj8aVcP
RRRGIPKnrnHb/W8OIrxyOllNCdyhRANCAATCtMitJZMSOel8nElkJ3Iwc5AJ6+Jf
smyVZ3YcXKCGTJCsY0LS+YUoi5ZWmjTp9nTW4Pu1HqdASVQvLr9YQiJM
-----END PRIVATE KEY-----`;

const SELF_SIGNED = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUeJT8t4ELxe0NPbvZoMEpa8jB0DkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzAxMTMwMVoYDzIxMjYxMDMw
MDExMzAxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATCtMitJZMSOel8nElkJ3Iwc5AJ6+JfsmyVZ3YcXKCGTJCsY0LS+YUo
i5ZWmjTp9nTW4Pu1HqdASVQvLr9YQiJMo28wbTAdBgNVHQ4EFgQULfTF5auDUWVt
koUaQqs4tdXX+0MwHwYDVR0jBBgwFoAULfTF5auDUWVtkoUaQqs4tdXX+0MwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhANjkfW1crP5FkpPuUcmjUT3idnN4hvFRRPa9pQbHTQY1AiBZ
cOSviX8CfaWnZPEkbjndFSAHtiMoUrW6/6zRFDNmVw==
-----END CERTIFICATE-----`;

const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBUzCB+qADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
dDAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxv
Y2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMK0yK0lkxI56XycSWQn
cjBzkAnr4l+ybJVndhxcoIZMkKxjQtL5hSiLllaaNOn2dNbg+7Uep0BJVC8uv1hC
IkyjPTA7MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQULfTF
5auDUWVtkoUaQqs4tdXX+0MwCgYIKoZIzj0EAwIDSAAwRQIhAPpxpCkszZ6bdMI9
+QAxdOZhwf5jF6indGM5dgU8p9qxAiB4G4SJMDXYz5hewAvqM7kYa6UBNS83hAI5
lOJpTmFItA==
-----END CERTIFICATE-----`;

const OTHER_HOST = `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIUE8xe5IpH468RYtaGm1nk4eSg/GowCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjMwMTEzMDFaGA8yMTI2
MTAzMDAxMTMwMVowGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABMK0yK0lkxI56XycSWQncjBzkAnr4l+ybJVndhxcoIZM
kKxjQtL5hSiLllaaNOn2dNbg+7Uep0BJVC8uv1hCIkyjbTBrMB0GA1UdDgQWBBQt
9MXlq4NRZW2ShRpCqzi11df7QzAfBgNVHSMEGDAWgBQt9MXlq4NRZW2ShRpCqzi1
1df7QzAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDW90aGVyLmV4YW1wbGUw
CgYIKoZIzj0EAwIDSAAwRQIhAOBZMZa/LKyOT1xBMCcVWHfaWCbDFXj6wrJH9hz3
6xHDAiBAy7ixeQjT3vOOc7w0OqRYQ3cfsLC7aeRrMJkAkwZYtw==
-----END CERTIFICATE-----`;

/** A certificate that a client which asks for `localhost` has to refuse. */
export interface BadCertificate {
  readonly id: string;
  readonly title: string;
  readonly cert: string;
  readonly key: string;
}

/** Each is bad for the reason in its title, and none is signed by anyone a client knows. */
export const BAD_CERTIFICATES: readonly BadCertificate[] = [
  { id: "CH-26.1", title: "signed by itself", cert: SELF_SIGNED, key: KEY },
  { id: "CH-26.2", title: "expired in February 2020", cert: EXPIRED, key: KEY },
  { id: "CH-26.3", title: "for other.example", cert: OTHER_HOST, key: KEY },
];
