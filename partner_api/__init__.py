"""The door for partners' systems: the dealer's records today, an order system some day."""

from partner_api import archive
from partner_api.door import door

__all__ = ["archive", "door"]
