from people.actions.accounts import change_profile, change_settings, deactivate, join, reactivate
from people.actions.bringing_in import bring_in, read_people
from people.actions.invitations import find_invitation, invite, revoke_invitation
from people.actions.organisation import (
    add_unit,
    grant_role,
    move_to_unit,
    move_unit,
    remove_unit,
    rename_unit,
    revoke_role,
)
from people.actions.privacy import (
    ask_erasure_for,
    ask_for_data,
    cancel_request,
    carry_out_erasures,
    fill_export,
)
from people.actions.programs import make_key, remove_key
from people.actions.skills import declare_skill, drop_skill, validate_skill

__all__ = [
    "add_unit",
    "ask_erasure_for",
    "ask_for_data",
    "bring_in",
    "cancel_request",
    "carry_out_erasures",
    "change_profile",
    "change_settings",
    "deactivate",
    "declare_skill",
    "drop_skill",
    "fill_export",
    "find_invitation",
    "grant_role",
    "invite",
    "join",
    "make_key",
    "move_to_unit",
    "move_unit",
    "reactivate",
    "read_people",
    "remove_key",
    "remove_unit",
    "rename_unit",
    "revoke_invitation",
    "revoke_role",
    "validate_skill",
]
