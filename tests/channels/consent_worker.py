"""A process that wants an access token: `python -m tests.channels.consent_worker DATABASE PLATFORM`.

`CRASH_AT` kills it where a test wants.
"""

import asyncio
import sys
from pathlib import Path

from bot.channels.http import Http
from bot.channels.zalo_oa_consent import ZaloConsent
from knowledge_base.keys import Keys
from knowledge_base.settings import Settings
from knowledge_base.storage import consent_store
from knowledge_base.storage.opening import open_database
from tests.channels.zalo_oa_platform import APP_ID, APP_SECRET, FIRST_REFRESH
from tests.conftest import FixedClock

LEASE_SECONDS = 1.5  # nobody wants to wait half a minute for a dead process
SECRET = "a secret for tests only, long enough"


def settings_for(platform: str) -> Settings:
    """The settings of a service that talks to a stand-in."""
    return Settings(
        data_dir=Path(),
        zalo_oa_app_id=APP_ID,
        zalo_oa_app_secret=APP_SECRET,
        zalo_oa_refresh_token=FIRST_REFRESH,
        zalo_oauth_url=platform,
    )


async def main(url: str, platform: str) -> None:
    consent_store._LEASE_SECONDS = LEASE_SECONDS
    database, http = open_database(url, FixedClock(), Keys.from_secret(SECRET)), Http()
    await ZaloConsent("zalo_oa", database, http, settings_for(platform)).access()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
