"""The routes under ``web3/``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from ..pinning import PinningServices
from ..siwe import SignIns
from .chain import ChainHandler
from .development_wallet import DevelopmentWalletHandler
from .gateway import GatewayHandler
from .info import InfoHandler
from .ipfs import IpfsHandler
from .ocean import OceanHandler
from .pinning import (
    PinningServiceHandler,
    PinningServicesHandler,
    PinsHandler,
    PinUploadHandler,
)
from .sign_in import SignInMessageHandler, SignInSessionHandler, SignInVerifyHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerWebApplication

    from ..config import Web3


def setup_handlers(app: ServerWebApplication, web3: Web3) -> None:
    """Add all routes to a Jupyter web application."""
    shared = {"web3": web3}
    sign_ins = SignIns(
        web3.siwe_statement,
        challenge_lifetime=timedelta(minutes=web3.siwe_nonce_minutes),
        session_lifetime=timedelta(hours=web3.siwe_session_hours),
    )
    with_sign_ins = {**shared, "sign_ins": sign_ins}
    with_services = {**shared, "services": PinningServices(web3.pinning_file)}
    routes = [
        (r"/config", InfoHandler, shared),
        (r"/ipfs/(.*)", IpfsHandler, shared),
        (r"/gateway(?:/.*)?", GatewayHandler, shared),
        (r"/chain", ChainHandler, shared),
        (r"/ocean(?:/.*)?", OceanHandler, shared),
        (r"/pinning/services", PinningServicesHandler, with_services),
        (r"/pinning/services/([^/]+)", PinningServiceHandler, with_services),
        (r"/pinning/([^/]+)/pins(?:/([^/]+))?", PinsHandler, with_services),
        (r"/pinning/([^/]+)/add", PinUploadHandler, with_services),
        (r"/siwe/message", SignInMessageHandler, with_sign_ins),
        (r"/siwe/verify", SignInVerifyHandler, with_sign_ins),
        (r"/siwe/session", SignInSessionHandler, with_sign_ins),
        (r"/development-wallet", DevelopmentWalletHandler, shared),
    ]
    base = url_path_join(app.settings["base_url"], "web3")
    app.add_handlers(".*$", [(base + pattern, *rest) for pattern, *rest in routes])
