"""Which of Kubo's RPC verbs the suite uses, and with which arguments.

Kubo's RPC is an administrator's interface (it can change its configuration, read local
files, publish keys): whatever is not in this table is refused.
Source: Kubo 0.43 RPC reference, /api/v0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One RPC verb as the route lets it through."""

    #: Query arguments, without the common ones.
    arguments: frozenset[str] = frozenset()
    #: Whether a (multipart) body goes with it.
    upload: bool = False
    #: Whether it may be silent for long while it looks for blocks on the network.
    patient: bool = False


#: Arguments that every verb may have. `stream-channels` is sent by kubo-rpc-client.
COMMON = frozenset({"timeout", "stream-channels", "cid-base", "offline", "encoding"})


def _verb(*arguments: str, upload: bool = False, patient: bool = False) -> Verb:
    return Verb(frozenset(arguments), upload, patient)


VERBS: dict[str, Verb] = {
    "version": _verb("all", "commit", "number", "repo"),
    "id": _verb("format", "peerid-base"),
    # Without nocopy, fscache (local files by path) and to-files (a second way to MFS).
    "add": _verb(
        "pin",
        "pin-name",
        "quiet",
        "quieter",
        "silent",
        "progress",
        "only-hash",
        "wrap-with-directory",
        "cid-version",
        "raw-leaves",
        "chunker",
        "hash",
        "trickle",
        "inline",
        "inline-limit",
        "max-file-links",
        "max-directory-links",
        "max-hamt-fanout",
        "preserve-mode",
        "preserve-mtime",
        "mode",
        "mtime",
        "mtime-nsecs",
        upload=True,
        patient=True,
    ),
    "cat": _verb("arg", "offset", "length", "progress", patient=True),
    "ls": _verb("arg", "headers", "resolve-type", "size", "stream", patient=True),
    "resolve": _verb("arg", "recursive", "dht-record-count", "dht-timeout", patient=True),
    "files/ls": _verb("arg", "long", "U"),
    "files/stat": _verb("arg", "format", "hash", "size", "with-local"),
    "files/mkdir": _verb(
        "arg", "parents", "cid-version", "hash", "max-directory-links", "mode", "mtime", "flush"
    ),
    "files/cp": _verb("arg", "parents", "force", "flush", patient=True),
    "files/mv": _verb("arg", "flush"),
    "files/rm": _verb("arg", "recursive", "force", "flush"),
    "files/read": _verb("arg", "offset", "count", "length", patient=True),
    "files/flush": _verb("arg"),
    "pin/add": _verb("arg", "name", "recursive", "progress", patient=True),
    "pin/rm": _verb("arg", "recursive"),
    "pin/ls": _verb("arg", "type", "quiet", "stream", "name", "names"),
    # Kubo's own pinning services: used, not registered here (that takes a key). Not
    # `service/ls --stat`, which asks each service.
    "pin/remote/service/ls": _verb(),
    "pin/remote/add": _verb("arg", "service", "name", "background"),
    "pin/remote/ls": _verb("service", "cid", "status"),
    "pin/remote/rm": _verb("service", "cid", "status", "force"),
    "repo/stat": _verb("size-only", "human"),
    "block/get": _verb("arg", patient=True),
    "block/stat": _verb("arg", patient=True),
    "dag/get": _verb("arg", "output-codec", patient=True),
    "dag/stat": _verb("arg", "progress", patient=True),
    "dag/export": _verb("arg", "progress", patient=True),
    # Without allow-big-block (2 MiB is what others would take from this node).
    "dag/import": _verb("pin-roots", "silent", "stats", upload=True, patient=True),
    # Keys stay in the node: none is exported, imported or removed through here.
    "key/list": _verb("ipns-base"),
    "key/gen": _verb("arg", "type", "ipns-base"),
    "name/publish": _verb(
        "arg", "key", "lifetime", "ttl", "allow-offline", "ipns-base", patient=True
    ),
    "name/resolve": _verb("arg", "recursive", "nocache", patient=True),
    "routing/findprovs": _verb("arg", "num-providers", patient=True),
}
