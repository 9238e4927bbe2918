"""Pictures with C2PA manifests, signed by an authority that nobody else knows."""

from __future__ import annotations

import datetime as dt
import io

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

ACTION = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}
_USES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def picture(form: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((96, 64)).save(made, form)
    return made.getvalue()


def signed(
    *,
    source: bytes | None = None,
    assertions: tuple[dict[str, object], ...] = (),
    address: str | None = None,
    embedded: bool = True,
    title: str = "a test",
) -> bytes:
    """A picture with a manifest. address: where else it says that its manifest is."""
    actions = {"label": "c2pa.actions", "data": {"actions": [ACTION]}}
    claim = {
        "claim_generator_info": [{"name": "tests", "version": "1"}],
        "title": title,
        "assertions": [actions, *assertions],
    }
    context = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    builder = c2pa.Builder(claim, context=context)
    if address is not None:
        builder.set_remote_url(address)
    if not embedded:
        builder.set_no_embed()
    made = io.BytesIO()
    with _signer() as signer:
        builder.sign(signer, "image/jpeg", io.BytesIO(source or picture()), made)
    builder.close()
    return made.getvalue()


def _signer() -> c2pa.Signer:
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("a root", root_key, root_key, "key_cert_sign", "crl_sign")
    leaf = _certificate("a camera", key, root_key, "digital_signature")
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, root))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret = key.private_bytes(serialization.Encoding.PEM, *form)
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, secret, None))


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, root: ec.EllipticCurvePrivateKey, *uses: str
) -> x509.Certificate:
    now, is_root = dt.datetime.now(dt.UTC), key is root
    made = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named("a root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{one: one in uses for one in _USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
    )
    if not is_root:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(purpose, critical=False)
    return made.sign(root, hashes.SHA256())


def _named(name: str) -> x509.Name:
    """Readers want an organisation beside the name."""
    parts = ((NameOID.COMMON_NAME, name), (NameOID.ORGANIZATION_NAME, "tests"))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
