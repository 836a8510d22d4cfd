"""Names the pages and runs the chosen one; for the server it is the app: pages, the images and files beside them."""

import streamlit as st
from starlette.middleware import Middleware

from pages import navigation
from pages.parts.assets import Assets
from pages.parts.image_server import ImageServer

if __name__ == "__main__":
    navigation().run()
else:
    app = st.App(__file__, routes=ImageServer().routes(), middleware=[Middleware(Assets)])
