"""The schema, whole in one place: migrations are made from it, and a test holds both equal."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    false,
    literal_column,
    text,
)

from knowledge_base.questions.question import UNFINISHED_STATES
from knowledge_base.storage.dialect import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite numbers rows by itself only in a column of type INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def _partial(name: str, condition: str, *columns: str | TextClause) -> Index:
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Offices and the places they serve, today and before: an old district or commune names its successors.
units = Table(
    "units",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(10), nullable=False, server_default="top"),  # top | ministry | province | district | commune
    Column("parent_code", String(20), index=True),  # no foreign key: a table is copied in any order of its rows
    # Codes from the top down to this unit, each followed by a slash: whoever is above is a prefix.
    Column("path", String(80), nullable=False, server_default="0/", index=True),
    Column("official_code", String(10)),
    Column("valid_from", Date),
    Column("valid_to", Date),  # its last day; empty: it exists
)

unit_successors = Table(
    "unit_successors",
    metadata,
    Column("unit_code", ForeignKey("units.code"), primary_key=True),
    Column("successor_code", ForeignKey("units.code"), primary_key=True),
)

# Data that ships with the program and was loaded: by name, the hash of what was loaded last.
seeds = Table(
    "seeds",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Days that are not as the calendar of public holidays has them: days off, and Saturdays worked in exchange.
calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What is said at once to somebody in distress, in the administrator's words; kind "any" goes before every other.
distress_words = Table(
    "distress_words",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("words", Text, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# --- people who work here -------------------------------------------------------------------------

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change_password", Boolean, nullable=False, server_default=false()),
    Column("heads_unit", Boolean, nullable=False, server_default=false()),  # is told each morning how the unit stands
    Column("needs_totp", Boolean, nullable=False, server_default=false()),
    Column("sealed_totp", LargeBinary),  # the shared secret; empty until the account has shown that it knows one
    Column("totp_step", BigInteger),  # the last time step used: a code opens once
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("role IN ('officer','editor','administrator','auditor','collaborator')", name="role"),
)

# Who answers which topic in a unit; with no officer named, the unit as a whole.
topic_owners = Table(
    "topic_owners",
    metadata,
    Column("id", Id, primary_key=True),
    Column("topic", String(60), nullable=False, index=True),
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    UniqueConstraint("topic", "unit_code", "staff_id"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # the token itself is only in the cookie
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# From which messengers an account acts; the address is known by its keyed hash only. Until it is linked, a row holds a
# code that links whoever says it.
staff_links = Table(
    "staff_links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("code_hash", String(64), unique=True),
    Column("code_until", UtcDateTime),
    Column("channel", String(20)),
    Column("contact_ref", String(32), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
)

# Failed sign-ins, by account and by address, both as keyed hashes.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subject", String(64), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

# --- residents ------------------------------------------------------------------------------------

# The only place that holds residents' channel ids, encrypted; everything else knows `ref`, a keyed hash.
contacts = Table(
    "contacts",
    metadata,
    Column("ref", String(32), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("sealed_address", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),  # /dung: only replies to the resident's own words
    Column("unreachable_at", UtcDateTime),  # blocked us, or the account is gone
    Column("held_at", UtcDateTime),  # the platform lets us speak to him only after his next word; messages are held
    # Set on what is left of an erased resident: an address for the confirmation, destroyed once that is settled.
    Column("parting_until", UtcDateTime, index=True),
    Column("language", String(12)),  # the one the resident chose; empty: whichever his page speaks
)

conversations = Table(
    "conversations",
    metadata,
    Column("contact_ref", ForeignKey("contacts.ref"), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("data", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# What opens a web chat's conversation on another device: only its keyed hash; a new code replaces the old one.
return_codes = Table(
    "return_codes",
    metadata,
    Column("contact_ref", ForeignKey("contacts.ref"), primary_key=True),
    Column("code_hash", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

# What opens a copy of all that is kept of a resident, once and for an hour: only its keyed hash.
data_codes = Table(
    "data_codes",
    metadata,
    Column("contact_ref", ForeignKey("contacts.ref"), primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

# Whose data were erased: keyed hashes and nothing else. The same is in a file that no restore brings back.
erasures = Table(
    "erasures",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("contact_hash", String(64), nullable=False),
    Column("question_hashes", JSON, nullable=False),
    Column("scrubbed_at", UtcDateTime),  # when nothing of it was left in the database's files
    _partial("ix_erasures_unscrubbed", "scrubbed_at IS NULL", "at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("contact_ref", String(32), index=True),
    Column("kind", String(20), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(20), nullable=False),  # accepted | limited | quarantined
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "external_id"),
)

# --- questions ------------------------------------------------------------------------------------

_FILTERS = ("unit_code", "state", "channel", "topic", "assigned_to", "owner_id")
_UNFINISHED_SQL = f"state IN ({', '.join(repr(str(state)) for state in UNFINISHED_STATES)})"


_UNREACHED_SQL = "entry_key IS NULL AND disposition = 'pending'"
# With what its condition says, too: SQLite looks at it again, and would read the rows for that.
_GAPS = ("kin", "unit_code", "cluster_id", "close_reason", "entry_key", "disposition")


# Questions that one answer settles; a human put them together.
clusters = Table(
    "clusters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

questions = Table(
    "questions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reference", String(12), nullable=False, unique=True),
    Column("contact_ref", String(32), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),  # SQL's lower() is wrong for Đ, so searching uses this
    Column("commune", Text),
    Column("urgent", Boolean, nullable=False, server_default=false()),  # danger: first in the queue
    Column("state", String(20), nullable=False),
    Column("entry_key", ForeignKey("entries.key")),  # the entry that answered it
    Column("candidates", JSON, nullable=False),  # what the matcher saw, and why
    Column("assigned_to", ForeignKey("staff.id")),
    Column("topic", String(60)),  # what it is about, as far as known: for routing
    Column("owner_id", ForeignKey("staff.id")),  # for whom it is meant; any officer of the unit may take it
    Column("cluster_id", ForeignKey("clusters.id"), index=True),
    Column("kin", Id),  # the first question asked that is like it, perhaps itself; found in the background (`kinds.py`)
    Column("split_from", Id),  # the question whose message it was a part of
    Column("due_on", Date),  # the promise to the resident; overdue is derived
    Column("clock_from", Date),  # how the promise came about: from this day, so many working days, less the pauses
    Column("clock_days", Integer),
    Column("pauses", JSON, nullable=False, server_default=text("'[]'")),  # [first day, first day again or null]
    Column("unit_due_on", Date),  # the deadline of the unit that has it now, when it was passed on
    Column("promise_renewed_at", UtcDateTime),
    Column("close_reason", String(20)),
    # Its asker was not asked yet whether officers may read it (`CONSENT=ask`): counted, and shown to nobody.
    Column("unshared", Boolean, nullable=False, server_default=false()),
    Column("erased_at", UtcDateTime),  # its asker had his data erased: no words, and nothing is done with it any more
    Column("disposition", String(20), nullable=False, server_default="pending"),
    Column("disposition_reason", String(20)),
    Column("disposition_entry", ForeignKey("entries.key")),
    Column("received_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("disposition IN ('pending','own_page','linked','excluded')", name="disposition"),
    # All that the queue filters by, so that counting never reads the rows themselves.
    Index("ix_questions_filters", *_FILTERS, "due_on", "cluster_id", "unshared"),
    Index("ix_questions_words", text("to_tsvector('simple', folded)"), postgresql_using="gin").ddl_if("postgresql"),
    _partial("ix_questions_erased", "erased_at IS NOT NULL", "assigned_to", "erased_at"),
    _partial("ix_questions_unreached", f"{_UNREACHED_SQL} AND kin IS NOT NULL", *_GAPS),
    _partial("ix_questions_answered_entry", "entry_key IS NOT NULL", "entry_key", "received_at", "unit_code"),
    # What officers have work with is little among much: in the order in which it is shown, with all it is filtered by.
    _partial("ix_questions_unfinished", _UNFINISHED_SQL, text("urgent DESC"), "due_on", "id", *_FILTERS),
)


def is_unfinished(table: FromClause) -> ColumnElement[bool]:
    """The condition that officers still have work with a question; written so that its index serves."""
    return table.c.state.in_([literal_column(f"'{state}'") for state in UNFINISHED_STATES])


def is_unreached(table: FromClause) -> ColumnElement[bool]:
    """The condition that no entry settles a question, and that nobody decided about it; so that its index serves."""
    return table.c.entry_key.is_(None) & (table.c.disposition == literal_column("'pending'"))


# Units that had a question before the one that has it now: they go on reading it.
question_units = Table(
    "question_units",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("unit_code", ForeignKey("units.code"), primary_key=True),
)

# What a question means, in as few bytes as will do (`matching/sketch.py`): for finding like ones.
question_sketches = Table(
    "question_sketches",
    metadata,
    Column("number", Id, primary_key=True),  # what was made after it has a greater one
    Column("question_id", ForeignKey("questions.id"), nullable=False, unique=True),
    Column("sketch", LargeBinary, nullable=False),
    Column("kin", Id, index=True),  # as its question has it; empty: not looked for yet
)

# Pairs that a human took apart: they are not suggested to each other again.
unlike_questions = Table(
    "unlike_questions",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("other_id", ForeignKey("questions.id"), primary_key=True),
)

# Officers' words among themselves; never sent, never published.
question_notes = Table(
    "question_notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", ForeignKey("questions.id"), nullable=False, index=True),
    Column("author_id", ForeignKey("staff.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Who has a question open in the console now.
question_presence = Table(
    "question_presence",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)

# Texts that officers begin an answer with; `{reference}` and the like are filled in.
answer_templates = Table(
    "answer_templates",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit_code", ForeignKey("units.code"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(64), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# What a resident added to a question: further words, pictures, voice (the platform's reference only).
question_messages = Table(
    "question_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", ForeignKey("questions.id"), nullable=False, index=True),
    Column("sender", String(20), nullable=False),  # resident | bot | officer
    Column("text", Text, nullable=False),
    Column("media_kind", String(20)),
    Column("media_ref", Text),
    Column("at", UtcDateTime, nullable=False),
)

# One working draft a question; `version` refuses a writer who has not seen the latest text.
drafts = Table(
    "drafts",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("author_id", ForeignKey("staff.id"), nullable=False),
    Column("content", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# What an officer signed off and the asker was sent; immutable.
answers = Table(
    "answers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", ForeignKey("questions.id"), nullable=False, index=True),
    Column("author_id", ForeignKey("staff.id"), nullable=False),
    Column("content", JSON, nullable=False),
    Column("revision_id", ForeignKey("revisions.id")),  # set when an existing entry was picked
    Column("signed_off_at", UtcDateTime, nullable=False),
)

# --- helpers, places, meetings --------------------------------------------------------------------

# Community teams and their members, who ask for neighbours. A member's telephone number is sealed.
teams = Table(
    "teams",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("hamlet", Text, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    UniqueConstraint("unit_code", "name"),
)

# A member acts from one messenger, known by its keyed hash; until then the row holds a code that links whoever says it.
helpers = Table(
    "helpers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("team_id", ForeignKey("teams.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("sealed_phone", LargeBinary),
    Column("code_hash", String(64), unique=True),
    Column("code_until", UtcDateTime),
    Column("channel", String(20)),
    Column("contact_ref", String(32), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    UniqueConstraint("team_id", "name"),
)

# A village meeting whose questions are entered together; its chair recorded that those present agreed.
meetings = Table(
    "meetings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit_code", ForeignKey("units.code"), nullable=False, index=True),
    Column("hamlet", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("chair", Text, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Codes on paper: printed before they are used (a pad, a meeting's form) or after (a receipt from the counter). The
# secret number on a slip is derived from its code and `issue`; a new issue makes the paper before it open nothing.
slips = Table(
    "slips",
    metadata,
    Column("reference", String(12), primary_key=True),
    Column("unit_code", ForeignKey("units.code"), nullable=False, index=True),
    Column("issue", Integer, nullable=False, server_default=text("1")),
    Column("meeting_id", ForeignKey("meetings.id"), index=True),
    Column("line", Integer),  # of the meeting's form
    Column("question_id", ForeignKey("questions.id"), unique=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

# Questions asked for somebody: by whom or at which meeting, how he agreed, and whether he was told the answer.
asked_for = Table(
    "asked_for",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("helper_id", ForeignKey("helpers.id"), index=True),
    Column("meeting_id", ForeignKey("meetings.id"), index=True),
    Column("sealed_name", LargeBinary),  # of the asker; goes with the question's words
    Column("consent", String(10), nullable=False),
    Column("consent_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    Column("told_by", String(64)),
    Column("told_how", String(20)),
    CheckConstraint("consent IN ('oral','signed','meeting')", name="consent"),
)

# Where a link or a QR code hangs: each is counted by itself, and leads to the unit that serves the place today.
places = Table(
    "places",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token", String(12), nullable=False, unique=True),
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("label", Text, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    UniqueConstraint("unit_code", "kind", "label"),
    CheckConstraint("kind IN ('hamlet','speaker','poster','office')", name="kind"),
)

# How often each was followed, by day and channel: no address, no person.
place_visits = Table(
    "place_visits",
    metadata,
    Column("place_id", ForeignKey("places.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("visits", Integer, nullable=False),
)

# Questions of conversations that began at a place.
question_places = Table(
    "question_places",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("place_id", ForeignKey("places.id"), nullable=False, index=True),
)

# --- the FAQ --------------------------------------------------------------------------------------

legal_documents = Table(
    "legal_documents",
    metadata,
    Column("number", String(120), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

topics = Table(
    "topics",
    metadata,
    Column("slug", String(60), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("hint", Text, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("slug", String(160), nullable=False, unique=True),
    Column("origin_question_id", Id),  # no foreign key: questions already point at entries
    Column("imported_hash", String(64)),  # of the last sheet row; tells a changed sheet from an edited entry
    Column("shipped", Boolean, nullable=False, server_default=false()),  # its text came with the program, unexamined
    Column("created_at", UtcDateTime, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_key", ForeignKey("entries.key"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("content", JSON, nullable=False),  # the immutable text; shape: `faq/entry.py`
    Column("state", String(20), nullable=False),
    Column("author", String(64), nullable=False),
    Column("approved_by", String(64)),
    Column("confirmed_by", String(64)),  # who confirmed the last open point of a shipped entry; empty: it is on trial
    Column("correction", JSON(none_as_null=True)),  # {parts, note}: what changed in substance, told to readers
    Column("note", Text),  # why it was returned or withdrawn
    Column("publish_on", Date, index=True),  # approved for this day
    Column("scheduled", JSON),  # what becomes of its phrasings and askers on that day
    Column("phrasings", JSON),  # those proposed with the text; empty: the entry's own
    Column("bypass_reason", Text),  # why it went live without a second person
    Column("bypass_checked_by", String(64)),  # who looked at it afterwards
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    UniqueConstraint("entry_key", "number"),
    _partial("ix_revisions_corrections", "correction IS NOT NULL", "entry_key"),
    # At most one revision of an entry is live: the database holds it, not only the code.
    Index(
        "uq_revisions_published",
        "entry_key",
        unique=True,
        sqlite_where=text("state = 'published'"),
        postgresql_where=text("state = 'published'"),
    ),
)

# What the unit's jurist found about each point of a shipped entry, bound to what he read: another reading, open again.
confirmations = Table(
    "confirmations",
    metadata,
    Column("entry_key", ForeignKey("entries.key"), primary_key=True),
    Column("point", String(20), primary_key=True),  # `faq/checklist.py`
    Column("part_hash", String(64), nullable=False),
    Column("verdict", String(10), nullable=False),  # right | wrong
    Column("remark", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

phrasings = Table(
    "phrasings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_key", ForeignKey("entries.key"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("origin", String(20), nullable=False),  # import | question
    Column("question_id", ForeignKey("questions.id")),
    UniqueConstraint("entry_key", "text"),
)

# Wordings that an editor drew from a question for an entry; another editor takes or refuses them.
proposed_phrasings = Table(
    "proposed_phrasings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", ForeignKey("questions.id"), nullable=False, index=True),
    Column("entry_key", ForeignKey("entries.key"), nullable=False),
    Column("texts", JSON, nullable=False),
    Column("author", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("verdict", String(10)),  # taken | refused; null: waits
    Column("decided_by", String(64)),
    Column("decided_at", UtcDateTime),
    Column("note", Text),  # why it was refused
)

# A sheet that an editor has uploaded and not sent yet: one an editor, until it is sent, put away or a day old.
sheet_uploads = Table(
    "sheet_uploads",
    metadata,
    Column("member_id", ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("token", String(32), nullable=False),  # so that an older page can't send a newer sheet
    Column("file_name", Text, nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Column("faults", JSON, nullable=False),
)

sheet_rows = Table(
    "sheet_rows",
    metadata,
    Column("member_id", ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("content", JSON, nullable=False),  # shape: `faq/desk_sheet.py`
)

# An entry's words in another language, with the words they were made from. Immutable, like a revision.
entry_translations = Table(
    "entry_translations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_key", ForeignKey("entries.key"), nullable=False, index=True),
    Column("language", String(12), nullable=False),
    Column("content", JSON, nullable=False),  # question, short_answer, details
    Column("source", JSON, nullable=False),  # the same in Vietnamese, as the translator had it
    Column("source_hash", String(64), nullable=False),  # stale when the live text has another
    Column("state", String(20), nullable=False),  # as a revision's
    Column("translator", String(64), nullable=False),
    Column("approved_by", String(64)),  # who vouches for it
    Column("note", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
    *(
        Index(
            f"uq_entry_translations_{state}",
            "entry_key",
            "language",
            unique=True,
            sqlite_where=text(f"state = '{state}'"),
            postgresql_where=text(f"state = '{state}'"),
        )
        for state in ("published", "in_review")
    ),
)

# What an editor decided about each hit of personal data in an entry's texts; the words themselves aren't kept here.
redactions = Table(
    "redactions",
    metadata,
    Column("entry_key", ForeignKey("entries.key"), primary_key=True),
    Column("mark_hash", String(64), primary_key=True),
    Column("verdict", String(10), nullable=False),  # masked | kept
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
)

# Every change of what the public sees; the greatest number says which FAQ is live.
publications = Table(
    "publications",
    metadata,
    Column("number", Id, primary_key=True),
    Column("actor", String(64), nullable=False),
    Column("what", String(40), nullable=False),
    Column("entry_key", String(40)),
    Column("at", UtcDateTime, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_key", ForeignKey("entries.key"), nullable=False, index=True),
    Column("revision_id", ForeignKey("revisions.id")),
    Column("question_id", ForeignKey("questions.id")),
    Column("verdict", String(20), nullable=False),
    # Who voted on a page, told for that day only: a keyed hash of address, entry and day, forgotten the day after.
    Column("voter", String(64), unique=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_feedback_opinions", "entry_key", "verdict", "at", "question_id"),
)

# Up to which word a unit's editors have dealt with what people thought of an entry; a newer one brings it back.
feedback_handled = Table(
    "feedback_handled",
    metadata,
    Column("entry_key", ForeignKey("entries.key"), primary_key=True),
    Column("unit_code", ForeignKey("units.code"), primary_key=True),
    Column("up_to", Id, nullable=False),  # the last feedback seen; no foreign key: it may be gone
    Column("reason", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# --- what happened, and what is to be said --------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", ForeignKey("questions.id"), index=True),
    Column("entry_key", ForeignKey("entries.key"), index=True),
    Column("actor", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What staff did and saw, from where: append-only, each row sealed over the one before (`audit.py`).
audit = Table(
    "audit",
    metadata,
    Column("number", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(64), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("unit_code", String(20), nullable=False),
    Column("origin", String(64), nullable=False),  # an address, or the way in: "command line", "telegram"
    Column("act", String(60), nullable=False),
    Column("subject", String(60), nullable=False, index=True),
    Column("data", JSON, nullable=False),
    Column("seal", String(64), nullable=False),
)


# Messages that still have to be sent are few among many: indexes of their own hold them, and `is_unsettled` and
# `is_being_sent` are written so that both databases see that those serve.
_UNSETTLED = ("pending", "retry_at", "sending")
_UNSETTLED_SQL = "state IN ('pending', 'retry_at', 'sending')"


outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("idempotency_key", String(120), nullable=False, unique=True),
    Column("contact_ref", ForeignKey("contacts.ref"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("question_id", ForeignKey("questions.id")),
    Column("inbox_id", ForeignKey("inbox.id"), index=True),  # the message it replies to
    Column("revision_id", ForeignKey("revisions.id")),  # the revision it carries
    Column("body", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("token", String(32)),  # fencing: who settles must still hold it
    Column("not_before", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("sender", String(32)),  # the process that claimed it last
    Column("platform_message_id", String(120)),
    Column("error", Text),
    Column("doubts", Integer, nullable=False, server_default=text("0")),  # how often nobody knew whether it arrived
    Column("created_at", UtcDateTime, nullable=False),
    Column("talked_at", UtcDateTime),  # when its conversation last moved: of many waiting the newest go first
    Column("settled_at", UtcDateTime),
    _partial("ix_outbox_unsettled_by_contact", _UNSETTLED_SQL, "contact_ref", "id"),
    # The newest conversation first, its messages in order: the order in which they are claimed.
    _partial("ix_outbox_unsettled_by_talk", _UNSETTLED_SQL, "channel", text("talked_at DESC"), "id"),
    _partial("ix_outbox_being_sent", "state = 'sending'", "channel"),
    _partial("ix_outbox_revision", "revision_id IS NOT NULL", "revision_id"),  # who was sent which text
    _partial("ix_outbox_held", "state = 'held'", "contact_ref"),
)


def is_unsettled(messages: FromClause) -> ColumnElement[bool]:
    """The condition that a message of the outbox (or an alias of it) still has to be sent."""
    return messages.c.state.in_([literal_column(f"'{state}'") for state in _UNSETTLED])


def is_being_sent(messages: FromClause) -> ColumnElement[bool]:
    """The condition that a message of the outbox (or an alias of it) is with a sender now."""
    return messages.c.state == literal_column("'sending'")


# What all processes of a channel share: its rate (a token bucket), how it was last seen, who polls for it. Its row also
# lets one of them claim at a time.
senders = Table(
    "senders",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("health", String(20)),
    Column("at", UtcDateTime, nullable=False),
    Column("poller", String(32)),
    Column("polls_until", UtcDateTime),
)

# What lets us speak on a platform whose tokens change: the pair that is good now, sealed, and who is renewing it.
consents = Table(
    "consents",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("sealed_tokens", LargeBinary, nullable=False),  # JSON {"access", "refresh"}
    Column("begun_with", JSON, nullable=False),  # hashes of the settings it began with: a new setting begins anew
    Column("renewed_at", UtcDateTime, nullable=False),
    Column("access_until", UtcDateTime, nullable=False),
    Column("renewer", String(32)),  # the process that asks for a new pair now, or died doing so
    Column("renews_until", UtcDateTime),
    Column("lost_at", UtcDateTime),  # the platform refused to renew: a human must consent anew
)

# The keys of writes, for telling whether a COMMIT without an answer was kept (PostgreSQL). Old ones are swept.
writes = Table(
    "writes",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
