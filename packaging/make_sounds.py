"""Makes the alarm's sounds, resources/sounds/*.wav, from nothing: `python packaging/make_sounds.py [FOLDER]`.

They are ours, so nobody else's licence comes with them. What each must sound like stands in the design's tokens.md:
told apart by rhythm first and pitch second, energy between 500 and 3,000 Hz with overtones, attack under 10 ms. WAV,
24 kHz, 16 bit, one channel: every one under 60 kB and as short as its fastest repetition needs.
"""

import array
import math
import sys
import wave
from pathlib import Path

RATE = 24_000
PEAK = 0.9
ATTACK = 0.004  # seconds
RELEASE = 0.012
OVERTONES = ((1, 1.0), (2, 0.55), (3, 0.28), (4, 0.10))  # a struck bar with some edge: heard over a hood
DRIVE = 1.8  # soft clipping: louder at the same peak

# Per sound its strokes: begin and length in seconds, pitch in Hz, seconds in which it falls to a third.
SOUNDS = {
    "deadline_near": [(0.13 * n, 0.09, 1175, 0.06) for n in range(4)],
    "order_new": [(0.0, 0.24, 784, 0.22), (0.20, 0.46, 1047, 0.26)],
    "order_cancelled": [(0.0, 0.26, 1047, 0.20), (0.26, 0.26, 784, 0.20), (0.52, 0.42, 523, 0.26)],
    "order_changed": [(0.0, 0.22, 784, 0.16), (0.34, 0.34, 784, 0.20)],
    "reservation_new": [(0.0, 0.20, 659, 0.15), (0.24, 0.20, 659, 0.15), (0.48, 0.40, 880, 0.24)],
    "link_lost": [(0.0, 0.52, 587, 0.90), (0.62, 0.56, 554, 0.90)],
    "link_back": [(0.0, 0.14, 523, 0.12), (0.16, 0.26, 659, 0.16)],
}


def stroke(length: float, pitch: float, fall: float) -> list[float]:
    """One note, its overtones dying away the faster the higher they are."""
    count = round(length * RATE)
    samples = []
    for n in range(count):
        t = n / RATE
        edge = min(1.0, t / ATTACK, (length - t) / RELEASE)
        tone = sum(
            strength * math.exp(-t * number**0.5 / fall) * math.sin(2 * math.pi * pitch * number * t)
            for number, strength in OVERTONES
        )
        samples.append(edge * tone)
    return samples


def sound(strokes: list[tuple[float, float, float, float]]) -> array.array:
    total = [0.0] * round(max(begin + length for begin, length, *_ in strokes) * RATE)
    for begin, length, pitch, fall in strokes:
        first = round(begin * RATE)
        for n, value in enumerate(stroke(length, pitch, fall)):
            if first + n < len(total):
                total[first + n] += value
    pressed = [math.tanh(DRIVE * value) for value in total]
    loudest = max(abs(value) for value in pressed)
    return array.array("h", (round(32767 * PEAK * value / loudest) for value in pressed))


def write(samples: array.array, path: Path) -> None:
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "resources" / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    for name, strokes in SOUNDS.items():
        path = folder / f"{name}.wav"
        write(sound(strokes), path)
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
