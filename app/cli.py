"""The commands. They parse, call :mod:`app.bootstrap`, and print; what they do stands elsewhere.

Exit status: 0 done, 1 something is wrong (said in one line with what to do), 2 the words of the command are off.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app import __version__
from app.domain.errors import CompanionError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the entry point of ``sinqro-companion``."""
    options = _parser().parse_args(arguments)
    # httpx brings its own command with it, which loads click, rich and pygments where a developer has them: 8 MB.
    # For Python, None says that there is no such module.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    try:
        return int(options.command(options))
    except CompanionError as exc:
        print(f"sinqro-companion: {exc.message}", file=sys.stderr)
        if exc.hint:
            print(f"  {exc.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, metavar="FILE", help="the configuration (default: the user's own)")
    common.add_argument("--data", type=Path, metavar="DIR", help="the folder of ledger and logs")
    common.add_argument("--secrets", type=Path, metavar="FILE", help="a secrets file instead of the system's vault")

    parser = argparse.ArgumentParser(
        prog="sinqro-companion", description="Brings Sinqro's orders and reservations into the restaurant's POS."
    )
    parser.add_argument("--version", action="version", version=f"sinqro-companion {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", parents=[common], help="the tray program")
    run.set_defaults(command=_run)

    serve = commands.add_parser("serve", parents=[common], help="the same without a screen")
    serve.add_argument("--verbose", action="store_true", help="the log on the screen too")
    serve.add_argument(
        "--http",
        nargs="?",
        const="",
        metavar="HOST:PORT",
        help="answer the passive services over HTTP too (default: as the [http] table says, else 127.0.0.1:8713)",
    )
    serve.set_defaults(command=_serve)

    http_key = commands.add_parser("http-key", parents=[common], help="the key that opens a selling point's HTTP API")
    http_key.add_argument("action", choices=["new", "delete"], help="a new one replaces the one there was")
    http_key.add_argument("selling_point", help="the selling point's id")
    http_key.set_defaults(command=_http_key)

    pair = commands.add_parser("pair", parents=[common], help="pair this machine with the code that Sinqro shows")
    pair.add_argument("code", help="8 letters and digits")
    pair.add_argument("--url", default="", help="Sinqro's base address, where it is not the usual one (a sandbox)")
    pair.add_argument("--device", default="", metavar="NAME", help="what staff call this machine, for instance CAJA-1")
    pair.set_defaults(command=_pair)

    doctor = commands.add_parser("doctor", parents=[common], help="look at everything and say what to do")
    doctor.add_argument("--json", action="store_true", help="as JSON")
    doctor.set_defaults(command=_doctor)

    secret = commands.add_parser("secret", parents=[common], help="put a secret into the vault, or take it out")
    secret.add_argument("action", choices=["set", "delete"])
    secret.add_argument("name", help="for instance sandbox/pos/3961/api-key; the value is asked, or read from stdin")
    secret.set_defaults(command=_secret)

    sandbox = commands.add_parser("sandbox", help="a double of Sinqro, or a reference POS, on this machine")
    sandbox.add_argument("which", choices=["sinqro", "pos"])
    sandbox.add_argument("--port", type=int, default=0, metavar="N", help="default: any free one")
    sandbox.add_argument("--data", type=Path, metavar="DIR", help="keep its state there over restarts")
    sandbox.set_defaults(command=_sandbox)

    demo = commands.add_parser("demo", help="an evening with a Sinqro sandbox and a reference POS")
    demo.add_argument("--headless", action="store_true", help="a table on the terminal instead of the tray")
    demo.add_argument("--orders", type=int, metavar="N", help="play so many orders, staff too")
    demo.add_argument("--reservations", type=int, default=0, metavar="M", help="and so many reservations")
    demo.add_argument(
        "--rate", type=float, metavar="R", help="arrivals a second (default 20; 1 with a real POS, which is slower)"
    )
    demo.add_argument("--exit", action="store_true", help="end when all are final; status 1 if one was lost or doubled")
    demo.add_argument("--seed", type=int, default=1, help="shapes the orders' contents")
    demo.add_argument("--json", action="store_true", help="the summary as JSON, alone on stdout")
    demo.add_argument("--data", type=Path, metavar="DIR", help="keep the data there (default: a folder that goes)")
    demo.add_argument("--pos", choices=["reference", "odoo"], default="reference", help="which POS gets the orders")
    demo.add_argument(
        "--url", default="http://127.0.0.1:8069", help="the Odoo's address; its API key stands in ODOO_API_KEY"
    )
    demo.set_defaults(command=_demo)
    return parser


def _run(options: argparse.Namespace) -> int:
    from app.ui import lean

    lean.take_import_back()
    from app import bootstrap_tray

    return bootstrap_tray.run(config=options.config, data=options.data, secrets=options.secrets)


def _serve(options: argparse.Namespace) -> int:
    from app import bootstrap

    places = {"config": options.config, "data": options.data, "secrets": options.secrets}
    bootstrap.serve(**places, verbose=options.verbose, http=options.http)
    return 0


def _http_key(options: argparse.Namespace) -> int:
    from app import bootstrap_http

    key = asyncio.run(
        bootstrap_http.change_key(
            options.selling_point,
            new=options.action == "new",
            config=options.config,
            data=options.data,
            secrets=options.secrets,
        )
    )
    if key:
        print(key)  # alone on stdout, so that it can be handed on; it is shown this once
    return 0


def _pair(options: argparse.Namespace) -> int:
    from app import bootstrap_setup
    from app.infra.paths import find_paths

    paths = find_paths(environ=os.environ, config=options.config, data=options.data)
    paired = asyncio.run(
        bootstrap_setup.pair(
            code=options.code,
            base_url=options.url,
            device_name=options.device,
            paths=paths,
            secrets=options.secrets,
        )
    )
    for point in paired:
        print(f"Paired with {point.name or 'selling point'} ({point.id}).")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from app import bootstrap

    report = asyncio.run(bootstrap.examine(config=options.config, data=options.data, secrets=options.secrets))
    print(report.as_json() if options.json else report)
    return 0 if report.ok else 1


def _secret(options: argparse.Namespace) -> int:
    import getpass

    from app import bootstrap_setup

    value = None
    if options.action == "set":
        value = getpass.getpass(f"{options.name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    asyncio.run(bootstrap_setup.change_secret(options.name, value, secrets=options.secrets))
    return 0


def _sandbox(options: argparse.Namespace) -> int:
    from app import bootstrap_demo

    bootstrap_demo.serve_double(options.which, port=options.port, data=options.data)
    return 0


def _demo(options: argparse.Namespace) -> int:
    from app import bootstrap_demo, bootstrap_demo_pos

    open_pos: bootstrap_demo_pos.OpenPos = bootstrap_demo_pos.reference_pos
    if options.pos == "odoo":
        open_pos = bootstrap_demo_pos.odoo_pos(options.url, os.environ.get(bootstrap_demo_pos.ODOO_API_KEY))
    if options.orders is None and not options.headless and _has_screen():
        from app.ui import lean

        lean.take_import_back()
        from app import bootstrap_tray

        return bootstrap_tray.demo(data=options.data, seed=options.seed, open_pos=open_pos)
    return bootstrap_demo.demo(
        orders=options.orders,
        reservations=options.reservations,
        rate=options.rate or (20 if options.pos == "reference" else 1),
        ends=options.exit,
        seed=options.seed,
        as_json=options.json,
        data=options.data,
        open_pos=open_pos,
    )


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
