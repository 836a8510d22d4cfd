"""Names the pages and runs the chosen one; for the server it is the app: the pages, and the images beside them."""

import streamlit as st

from pages import navigation
from pages.parts.image_server import ImageServer

if __name__ == "__main__":
    navigation().run()
else:
    app = st.App(__file__, routes=ImageServer().routes())
