"""Writes every golden file again: python tests/golden/make_all.py"""

import make_attention
import make_colormaps
import make_logits
import make_preprocess
import make_tiny

for part in (make_tiny, make_preprocess, make_logits, make_attention, make_colormaps):
    part.main()
