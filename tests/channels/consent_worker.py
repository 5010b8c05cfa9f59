"""A process that wants an access token, once: `python -m tests.channels.consent_worker DATABASE PLATFORM [STALE]`.

Prints the token, or the name of what stands in its way. `CRASH_AT` kills it where a test wants.
"""

import asyncio
import sys
from pathlib import Path

from bot.channels.http import Http
from bot.channels.protocol import ConsentLost, DeliveryFailed
from bot.channels.zalo_oa_consent import ZaloConsent
from knowledge_base.clock import SystemClock
from knowledge_base.keys import Keys
from knowledge_base.settings import Settings
from knowledge_base.storage import consent_store
from knowledge_base.storage.opening import open_database
from tests.channels.zalo_oa_platform import APP_ID, APP_SECRET, FIRST_REFRESH

SECRET = "a secret for tests only, long enough"


async def main(url: str, platform: str, stale: str = "") -> None:
    consent_store._LEASE_SECONDS = 1.5  # nobody wants to wait half a minute for a dead process
    settings = Settings(
        data_dir=Path(),
        zalo_oa_app_id=APP_ID,
        zalo_oa_app_secret=APP_SECRET,
        zalo_oa_refresh_token=FIRST_REFRESH,
        zalo_oauth_url=platform,
    )
    database, http = open_database(url, SystemClock(), Keys.from_secret(SECRET)), Http()
    try:
        print(await ZaloConsent("zalo_oa", database, http, settings).access(stale), flush=True)
    except (ConsentLost, DeliveryFailed) as error:
        print(type(error).__name__, flush=True)
    finally:
        await http.close()
        database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
