"""Timestamps by others (RFC 3161): that some bytes were there at a time, attested by an authority.

Building and verifying is rfc3161-client's, which knows no network; what is sent and received is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import rfc3161_client
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from seawall import errors
from seawall.outbound.web import Web

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"
_MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a token attests."""

    at: datetime
    authority: str  #: the name in its certificate


def obtained(web: Web, url: str, message: bytes) -> bytes:
    """The token of an authority for a message, DER of RFC 3161's TimeStampResp.

    Whether it holds is not looked at but for its status and its message: roots may be known to others alone.
    Raises FetchFailed, UnsafeUrl, BadEvidence.
    """
    request = rfc3161_client.TimestampRequestBuilder().data(message).cert_request(cert_request=True).build()
    headers = {"Content-Type": QUERY, "Accept": REPLY}
    answer = web.call("POST", url, headers=headers, body=request.as_bytes(), max_bytes=_MAX_BYTES)
    if answer.status != 200:
        raise errors.FetchFailed(url=url, reason=f"its server answered {answer.status}")
    response = _decoded(answer.body)
    if rfc3161_client.PKIStatus(response.status) != rfc3161_client.PKIStatus.GRANTED:
        raise errors.FetchFailed(url=url, reason="the authority did not grant a timestamp")
    if response.tst_info.nonce != request.nonce:
        raise errors.FetchFailed(url=url, reason="the timestamp answers another request")
    if response.tst_info.message_imprint.message != request.message_imprint.message:
        raise errors.FetchFailed(url=url, reason="the timestamp is of something else")
    return answer.body


def verified(token: bytes, message: bytes, roots: Sequence[x509.Certificate]) -> Stamped:
    """What a token attests of a message, as far as these roots are trusted. Raises BadEvidence."""
    if not roots:
        raise errors.BadEvidence(
            reason="no root of a timestamping authority is named, so none can be trusted"
        )
    response = _decoded(token)
    builder = rfc3161_client.VerifierBuilder(roots=list(roots))
    for one in _certificates(response):
        if one not in roots:
            builder = builder.add_intermediate_certificate(one)
    try:
        builder.build().verify_message(response, message)
    except (rfc3161_client.VerificationError, ValueError) as cause:
        raise errors.BadEvidence(reason=f"a timestamp does not hold: {cause}") from cause
    return described(token)


def described(token: bytes) -> Stamped:
    """What a token says of itself, believed or not. Raises BadEvidence."""
    response = _decoded(token)
    signer = next(iter(response.signed_data.signer_infos), None)
    for one in _certificates(response):
        if signer is not None and one.serial_number == signer.serial_number:
            return Stamped(response.tst_info.gen_time, one.subject.rfc4514_string())
    return Stamped(response.tst_info.gen_time, "")


def roots_of(pem: bytes) -> list[x509.Certificate]:
    """Certificates in PEM, one after the other. Raises BadEvidence."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as cause:
        raise errors.BadEvidence(reason="the roots of timestamping authorities cannot be read") from cause


def pem_of(certificates: Iterable[x509.Certificate]) -> bytes:
    """Certificates as PEM, one after the other."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def _decoded(token: bytes) -> rfc3161_client.TimeStampResponse:
    try:
        return rfc3161_client.decode_timestamp_response(token)
    except ValueError as cause:
        raise errors.BadEvidence(reason="a timestamp cannot be read") from cause


def _certificates(response: rfc3161_client.TimeStampResponse) -> list[x509.Certificate]:
    try:
        return [x509.load_der_x509_certificate(one) for one in response.signed_data.certificates]
    except ValueError as cause:
        raise errors.BadEvidence(reason="a certificate in a timestamp cannot be read") from cause
