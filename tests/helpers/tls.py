"""A certificate of our own for TLS on loopback (self-signed, for localhost, made for these tests and nothing else)."""

import ssl
from pathlib import Path

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBtTCCAVugAwIBAgIUWsxFHJSHuRa+acvOCj+yaR4JhIYwCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWU2lucXJvIENvbXBhbmlvbiB0ZXN0czAgFw0yNjExMjUwMjM5
MDJaGA8yMTI2MTEwMTAyMzkwMlowITEfMB0GA1UEAwwWU2lucXJvIENvbXBhbmlv
biB0ZXN0czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABL5IARMCtSBDYiBoKrtj
boYDWdAkMuwbhJ7shjTtzvg2PYCJkw84b4ih+5Y34JyeCCZgkTZXhwJe1dMyRKcx
/UWjbzBtMB0GA1UdDgQWBBT9wXXKSSP1k7onlFjzyBCmFL8daTAfBgNVHSMEGDAW
gBT9wXXKSSP1k7onlFjzyBCmFL8daTAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQT
MBGCCWxvY2FsaG9zdIcEfwAAATAKBggqhkjOPQQDAgNIADBFAiANAo9x5MWTE9iX
twinJiV8DagyV0i5iVG/o0waf+2v+wIhAMmOHN4hJvuGwj1fKyAQShF/8u2e6LQA
DhtJatbKHYDP
-----END CERTIFICATE-----
"""

KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgl4nRjct99vSJOIJt
0kic2DZD4e6rKFLBTxI/eVPwohChRANCAAS+SAETArUgQ2IgaCq7Y26GA1nQJDLs
G4Se7IY07c74Nj2AiZMPOG+IofuWN+CcnggmYJE2V4cCXtXTMkSnMf1F
-----END PRIVATE KEY-----
"""


def server_context(folder: Path) -> ssl.SSLContext:
    """For a test server; the files go into ``folder``: ``certificate.pem`` is what a client must trust."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_text(CERTIFICATE, encoding="ascii")
    key.write_text(KEY, encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
