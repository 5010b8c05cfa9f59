"""The register of legal documents that answers stand on."""

from dataclasses import dataclass, field
from datetime import date

from knowledge_base.faq.entry import InForce


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """One document; what isn't known stays empty, never guessed."""

    number: str
    kind: str = ""
    title: str = ""
    issuer: str = ""
    issued_on: date | None = None
    in_force: InForce = field(default_factory=InForce)
    link: str = ""
    status: str = "unknown"
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject for browsing and routing."""

    slug: str
    name: str
    name_en: str
    hint: str
