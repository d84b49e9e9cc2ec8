"""Every Web API method this workspace knows."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.sandbox.methods_channels import CHANNEL_METHODS
from bot.sandbox.methods_chat import CHAT_METHODS
from bot.sandbox.methods_people import PEOPLE_METHODS
from bot.sandbox.methods_views import VIEW_METHODS
from bot.sandbox.slack_api import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {method.name: method for method in (*VIEW_METHODS, *CHAT_METHODS, *CHANNEL_METHODS, *PEOPLE_METHODS)}
)
