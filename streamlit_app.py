"""Names the pages and runs the chosen one; for the server it is the app: pages, and what answers beside them."""

import streamlit as st
from starlette.middleware import Middleware

from pages import navigation
from pages.parts import run_end
from pages.parts.assets import Assets
from pages.parts.headers import SecurityHeaders
from pages.parts.health import Health, OwnCounts
from pages.parts.image_server import ImageServer
from pages.parts.own_host import OwnHost
from pages.parts.process import share
from pages.parts.sign_in import SignedIn, secrets_now

if __name__ == "__main__":
    navigation().run()
else:
    share()
    run_end.install()
    app = st.App(
        __file__,
        routes=[*Health().routes(), *ImageServer().routes()],
        middleware=[Middleware(each) for each in (SecurityHeaders, OwnHost, OwnCounts, SignedIn, Assets)],
        secrets=secrets_now(),
    )
