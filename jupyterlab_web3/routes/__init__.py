"""The routes under ``web3/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from .info import InfoHandler
from .ipfs import IpfsHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerWebApplication

    from ..config import Web3


def setup_handlers(app: ServerWebApplication, web3: Web3) -> None:
    """Add all routes to a Jupyter web application."""
    shared = {"web3": web3}
    routes = [
        (r"/config", InfoHandler, shared),
        (r"/ipfs/(.*)", IpfsHandler, shared),
    ]
    base = url_path_join(app.settings["base_url"], "web3")
    app.add_handlers(".*$", [(base + pattern, *rest) for pattern, *rest in routes])
