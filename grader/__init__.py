"""pingfen (评分): grade numerical assignments fairly, safely and with reasons."""

__version__ = "0.1.0"
