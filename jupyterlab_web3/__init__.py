"""Server part of jupyterlab-web3: same-origin routes to IPFS, a chain and an Ocean Node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

try:
    from ._version import __version__
except ImportError:  # a checkout that was never built: package.json is the source
    _package = Path(__file__).parent.parent / "package.json"
    __version__ = json.loads(_package.read_text("utf-8"))["version"] if _package.exists() else "0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-web3"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "jupyterlab_web3"}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Add the routes under ``web3/`` to a Jupyter server.

    Raises ``traitlets.TraitError`` when a ``Web3`` setting cannot be right, so that a
    typing error in a URL is seen at the start and not at the first upload.
    """
    from .config import Web3
    from .routes import setup_handlers

    if Web3 not in serverapp.classes:
        # Registered: `--help-all` lists it and generated configuration has it.
        serverapp.classes = [*serverapp.classes, Web3]
    web3 = Web3(parent=serverapp, log=serverapp.log)
    setup_handlers(serverapp.web_app, web3)
    serverapp.log.info("jupyterlab_web3: %s", web3.summary())
