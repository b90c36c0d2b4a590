from __future__ import annotations

import sys
from pathlib import Path

# The helpers beside the tests: caffe_writer, pickle_writer, networks.
sys.path.insert(0, str(Path(__file__).parent))
