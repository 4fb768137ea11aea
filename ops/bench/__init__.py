"""Measurements as ratios within one run: `python -m ops.bench`. Times depend on the machine; ratios less so."""
