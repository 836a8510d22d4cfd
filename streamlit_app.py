"""Names the pages and runs the chosen one."""

from pages import navigation

navigation().run()
