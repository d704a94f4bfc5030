"""Writes every golden file again: python tests/golden/make_all.py"""

import make_attention
import make_colormaps
import make_conv
import make_gradients
import make_logits
import make_methods
import make_metrics
import make_preprocess
import make_tiny

PARTS = (
    make_tiny,
    make_preprocess,
    make_logits,
    make_attention,
    make_methods,
    make_metrics,
    make_gradients,
    make_conv,
    make_colormaps,
)
for part in PARTS:
    part.main()
