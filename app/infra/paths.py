"""Where the program keeps its things on this machine.

By default where the system wants them (platformdirs): the configuration in the user's configuration folder, the ledger
in the data folder, the logs in the log folder. A data folder that somebody names (``--data``, a container's variable)
holds the logs too, so that all of one run lies in one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import ConfigurationError

APP = "sinqro-companion"
CONFIG_VARIABLE = "SINQRO_COMPANION_CONFIG"
DATA_VARIABLE = "SINQRO_COMPANION_DATA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The places of one run; none of them need exist yet."""

    config: Path
    """The TOML file of the configuration."""
    data: Path
    """The folder of ledger, its copies and the lock."""
    logs: Path
    """The folder of the log files."""

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.data / "ledger.sqlite3"


def find_paths(*, environ: Mapping[str, str], config: Path | None = None, data: Path | None = None) -> Paths:
    """The places: as the command line says, else as the environment says, else the system's own."""
    import platformdirs

    system = platformdirs.PlatformDirs(APP, appauthor=False)
    if config is None:
        named = environ.get(CONFIG_VARIABLE)
        config = Path(named) if named else system.user_config_path / "config.toml"
    if data is None:
        named = environ.get(DATA_VARIABLE)
        data = Path(named) if named else None
    if data is None:
        return Paths(config=_absolute(config), data=system.user_data_path, logs=system.user_log_path)
    return Paths(config=_absolute(config), data=_absolute(data), logs=_absolute(data) / "logs")


def private_folder(folder: Path) -> Path:
    """The folder, made when it is missing and then for the user alone. Raises :class:`ConfigurationError`."""
    try:
        # One by one: mkdir(parents=True) would open the parents to everybody.
        for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(20, "it is a file")
    except OSError as exc:
        raise ConfigurationError(
            f"The folder {folder} cannot be used: {exc.strerror or exc}.",
            hint=f"Name another folder (--data, {DATA_VARIABLE}), or give this user the right to write there.",
        ) from exc
    return folder


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()
