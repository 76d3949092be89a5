"""Sentences in Chinese and English: one catalogue, chosen when a sentence is shown, not when it is made."""

from grader.language.inert import Inert, inert
from grader.language.message import LANGUAGES, Bilingual, Language, Message, listed, say, say_count

__all__ = ["LANGUAGES", "Bilingual", "Inert", "Language", "Message", "inert", "listed", "say", "say_count"]
