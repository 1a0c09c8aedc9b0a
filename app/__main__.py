"""``python -m app`` is ``sinqro-companion``."""

import sys

from app.cli import main

sys.exit(main())
