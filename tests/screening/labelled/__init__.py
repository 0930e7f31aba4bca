"""The labelled set of the screening: evasions to find, ordinary sentences and letters to leave alone.

Whoever writes its parts does not read the rules, and whoever writes rules reads the open part alone.
"""

from tests.screening.labelled.evasions import evasions
from tests.screening.labelled.letters import letters
from tests.screening.labelled.ordinary import ordinary

__all__ = ["evasions", "letters", "ordinary"]
