from people.actions.accounts import change_profile, change_settings, deactivate, join, reactivate
from people.actions.bringing_in import bring_in, read_people
from people.actions.invitations import find_invitation, invite, revoke_invitation
from people.actions.organisation import (
    add_unit,
    cancel_move,
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
