"""Every feature, in order. Order is behaviour: the first route that matches takes the message, the fallback stands last."""

from __future__ import annotations

from intents.activities import ACTIVITIES
from intents.binding import BINDING
from intents.complaints import COMPLAINTS
from intents.feature import Feature
from intents.help import HELP
from intents.notices import NOTICES
from intents.policy import POLICY
from intents.sessions import SESSIONS

FEATURES: tuple[Feature, ...] = (BINDING, COMPLAINTS, SESSIONS, NOTICES, ACTIVITIES, POLICY, HELP)
