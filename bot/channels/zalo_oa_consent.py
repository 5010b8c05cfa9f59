"""The Official Account's consent: an access token for 25 hours, and a refresh token that is good for one use.

See `knowledge_base/storage/consent_store.py` for how one use is kept to one, whoever dies.
"""

import asyncio
import logging
import secrets
import time
from datetime import timedelta

from bot.channels.http import Http
from bot.channels.protocol import ConsentLost, DeliveryFailed
from knowledge_base.crash_points import crash_point
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage import consent_store
from knowledge_base.storage.consent_store import Consent
from knowledge_base.storage.database import Database

_LOG = logging.getLogger(__name__)
_PATH = "/v4/oa/access_token"
_REFUSED = -14020  # the refresh token is spent, withdrawn or too old
_REMEMBERED_SECONDS = 30.0  # how long this process goes by what it read last
_WAIT_SECONDS = 0.5
_STOP_SECONDS = 5.0
_PATIENCE_SECONDS = 10.0  # less than the lease on the renewal
_LASTS = 25 * 3600  # seconds, where the platform doesn't say


class ZaloConsent:
    """Gives out access tokens that are good now, and renews them in time."""

    def __init__(self, channel: str, database: Database, http: Http, settings: Settings) -> None:
        self._channel = channel
        self._database = database
        self._http = http
        self._settings = settings
        self._me = secrets.token_hex(8)
        self._alone = asyncio.Lock()
        self._renewal: asyncio.Task[str] | None = None
        self._read = ("", -_REMEMBERED_SECONDS)  # an access token, and when it was read

    async def access(self, stale: str = "") -> str:
        """An access token; `stale` is one that the platform has just refused.

        Raises:
            ConsentLost: a human must consent anew.
            DeliveryFailed: there is none now; it is tried again.
        """
        async with self._alone:
            token, read_at = self._read
            if token and token != stale and time.monotonic() - read_at < _REMEMBERED_SECONDS:
                return token
            token = await self._current(stale)
            self._read = (token, time.monotonic())
            return token

    async def close(self) -> None:
        """Let a renewal that is under way end."""
        if self._renewal:
            await asyncio.wait([self._renewal], timeout=_STOP_SECONDS)

    async def _current(self, stale: str) -> str:
        first = self._settings.zalo_oa_refresh_token
        if self._renewal and not self._renewal.done():  # its caller was stopped, it goes on
            return await asyncio.shield(self._renewal)
        while True:
            consent = await self._database.write(consent_store.take, self._channel, first, self._me, stale)
            match consent.standing:
                case "good":
                    return consent.access
                case "ending":
                    _LOG.error("%s: our consent ends within hours; an administrator must renew it", self._channel)
                    return consent.access
                case "lost":
                    _LOG.error("%s: our consent is lost; an administrator must renew it", self._channel)
                    raise ConsentLost(self._channel)
                case "wait":
                    await asyncio.sleep(_WAIT_SECONDS)
                case "renew":
                    # Shielded: who stops in the middle of it must not lose the pair that is on its way.
                    self._renewal = asyncio.create_task(self._renewed(consent))
                    return await asyncio.shield(self._renewal)

    async def _renewed(self, consent: Consent) -> str:
        """A new token; when there is none to be had now, the old one while it lasts."""
        try:
            return await self._renew(consent)
        except DeliveryFailed as error:
            if not consent.access:
                raise
            _LOG.warning("%s: the token is not renewed yet: %s", self._channel, error)
            return consent.access

    async def _renew(self, consent: Consent) -> str:
        """Ask for a new pair with the refresh token that is ours to use; it is kept before it is used."""
        crash_point("consent:taken")
        fields = {
            "app_id": self._settings.zalo_oa_app_id,
            "grant_type": "refresh_token",
            "refresh_token": consent.refresh,
        }
        headers = {"secret_key": self._settings.zalo_oa_app_secret}
        url = self._settings.zalo_oauth_url + _PATH
        try:
            answer = await self._http.post(url, form=fields, headers=headers, patience=_PATIENCE_SECONDS)
        except DeliveryFailed as error:
            await self._undone(in_doubt=error.in_doubt)
            raise DeliveryFailed("the token service can't be reached", retry_after=10) from error
        crash_point("consent:answered")
        body = answer.body
        if body.get("access_token") and body.get("refresh_token"):
            return await self._keep(consent, str(body["access_token"]), str(body["refresh_token"]), body)
        if str(body.get("error")) == str(_REFUSED):
            await self._database.write(consent_store.lose, self._channel, consent.refresh)
            raise DeliveryFailed("the platform refused to renew our consent", retry_after=10)
        # An error in so many words: nothing was renewed. Anything else may have been.
        await self._undone(in_doubt=not body.get("error"))
        raise DeliveryFailed(f"the token service answered {answer.status}, error {body.get('error')}", retry_after=60)

    async def _keep(self, consent: Consent, access: str, refresh: str, body: dict[str, object]) -> str:
        given = str(body.get("expires_in", ""))
        lasts = timedelta(seconds=int(given) if given.isdecimal() else _LASTS)
        while True:  # it is nowhere else: whatever happens to the store, it is kept when that is back
            try:
                await self._database.write(consent_store.keep, self._channel, consent.refresh, access, refresh, lasts)
                break
            except Unavailable:
                await asyncio.sleep(_WAIT_SECONDS)
        crash_point("consent:kept")
        _LOG.info("%s: the token was renewed", self._channel)
        return access

    async def _undone(self, *, in_doubt: bool) -> None:
        verb = consent_store.doubt if in_doubt else consent_store.give_back
        await self._database.write(verb, self._channel, self._me)
