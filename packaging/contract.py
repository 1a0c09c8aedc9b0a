"""Writes the contract's documents into resources/contract, from the types of the program.

python packaging/contract.py           writes them
python packaging/contract.py --check   says which are not as they should be; status 1 when one is not
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "contract"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    from app.report.contract import documents, text

    status = 0
    for name, document in documents().items():
        path, wanted = FOLDER / name, text(document)
        if path.exists() and path.read_text(encoding="utf-8") == wanted:
            continue
        if arguments:
            print(f"{path.relative_to(ROOT)} is not what the types say: python packaging/contract.py")
            status = 1
        else:
            path.write_text(wanted, encoding="utf-8")
            print(path.relative_to(ROOT))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
