"""The volume of the system's loudspeaker, where the system tells: PulseAudio and PipeWire by ``pactl``, Windows by its
endpoint volume. Elsewhere, and whenever asking fails, nothing is known: people press "Test the alarm".
"""

import logging
import os
import re
import subprocess
import sys

from app.ports.alarm import SystemVolume, VolumeReading

log = logging.getLogger(__name__)

_PATIENCE = 1.0
"""Seconds to wait for the sound server, both questions together about twice that."""


def system_volume() -> SystemVolume:
    """What this system has."""
    if sys.platform == "win32":
        return EndpointVolume()
    else:  # noqa: RET505 - the type checker sees one of the two
        return Pactl()


class Pactl:
    """Asks the sound server's own tool, in its own language. No tool, no server, no answer in time: nothing known."""

    def __init__(self, *, program: str = "pactl") -> None:
        self._program = program

    def read(self) -> VolumeReading | None:
        mute = self._ask("get-sink-mute")
        volume = self._ask("get-sink-volume")
        if mute is None or volume is None:
            return None
        percents = [int(found) for found in re.findall(r"(\d+)%", volume)]
        if not percents:
            return None
        return VolumeReading(muted="yes" in mute.lower(), percent=max(percents))

    def _ask(self, question: str) -> str | None:
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command, no shell
                [self._program, question, "@DEFAULT_SINK@"],
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=True,
                env={**os.environ, "LC_ALL": "C"},
            )
        except (OSError, subprocess.SubprocessError) as exc:
            log.debug("the volume is not told: %s", exc)
            return None
        return done.stdout


if sys.platform == "win32":
    import ctypes
    from collections.abc import Callable
    from ctypes import HRESULT, POINTER, WINFUNCTYPE, byref, c_float, c_int, c_void_p
    from typing import Any

    _ENUMERATOR_CLASS = "{BCDE0395-E52F-467C-8E3D-C4579291692E}"
    _ENUMERATOR = "{A95664D2-9614-4F35-A746-DE8DB63617E6}"
    _ENDPOINT_VOLUME = "{5CDF2C82-841E-4546-9722-0CF74078229A}"
    _EVERYWHERE = 23  # CLSCTX_ALL
    # Places in the interfaces' tables of functions.
    _RELEASE, _DEFAULT_ENDPOINT, _ACTIVATE, _GET_LEVEL, _GET_MUTE = 2, 4, 3, 9, 15

    class EndpointVolume:
        """Asks Windows' Core Audio for the default loudspeaker's own volume (IAudioEndpointVolume), by ctypes."""

        def read(self) -> VolumeReading | None:
            try:
                return _endpoint_reading()
            except OSError as exc:  # what a COM call that fails raises
                log.debug("the volume is not told: %s", exc)
                return None

    def _endpoint_reading() -> VolumeReading:
        ole = ctypes.OleDLL("ole32")
        ole.CoInitializeEx(None, 0)
        held: list[c_void_p] = []
        try:
            enumerator = c_void_p()
            ole.CoCreateInstance(
                byref(_guid(_ENUMERATOR_CLASS)), None, _EVERYWHERE, byref(_guid(_ENUMERATOR)), byref(enumerator)
            )
            held.append(enumerator)
            device = c_void_p()
            _call(enumerator, _DEFAULT_ENDPOINT, c_int, c_int, c_void_p)(0, 0, byref(device))
            held.append(device)
            volume = c_void_p()
            activate = _call(device, _ACTIVATE, c_void_p, c_int, c_void_p, c_void_p)
            activate(byref(_guid(_ENDPOINT_VOLUME)), _EVERYWHERE, None, byref(volume))
            held.append(volume)
            level, muted = c_float(), c_int()
            _call(volume, _GET_LEVEL, POINTER(c_float))(byref(level))
            _call(volume, _GET_MUTE, POINTER(c_int))(byref(muted))
            return VolumeReading(muted=bool(muted.value), percent=round(level.value * 100))
        finally:
            for thing in reversed(held):
                _call(thing, _RELEASE)()
            ole.CoUninitialize()

    def _call(thing: c_void_p, place: int, *types: Any) -> Callable[..., Any]:
        """The function at ``place`` of a COM object's table."""
        table = ctypes.cast(thing, POINTER(POINTER(c_void_p))).contents
        result = ctypes.c_ulong if place == _RELEASE else HRESULT
        function = WINFUNCTYPE(result, c_void_p, *types)(table[place])
        return lambda *arguments: function(thing, *arguments)

    def _guid(text: str) -> Any:
        guid = (ctypes.c_byte * 16)()
        ctypes.OleDLL("ole32").CLSIDFromString(text, byref(guid))
        return guid
