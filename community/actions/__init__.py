"""Every write a person can cause in spaces and talk."""

from community.actions.answers import accept_answer, unaccept_answer
from community.actions.attachments import attach_file
from community.actions.members import (
    leave_space,
    mute_again,
    mute_member,
    remove_member,
    return_to_space,
    undo_mute,
    unmute_member,
)
from community.actions.moderation import contest_decision, decide, flag_post, undo_decision
from community.actions.posts import delete_post, edit_post, restore_post, write_post
from community.actions.reactions import react, unreact, vote
from community.actions.reading import discard_draft, mark_read, mute, save_draft, unwatch, watch
from community.actions.spaces import (
    accept_charter,
    add_facilitator,
    add_member,
    answer_join_request,
    archive_space,
    ask_to_join,
    change_space,
    create_space,
    join_space,
    remove_facilitator,
    set_notify,
    state_of_space,
    welcome,
    withdraw_join_request,
)
from community.actions.threads import (
    change_end,
    close_threads,
    give_pass,
    lock_thread,
    own_question,
    pin_thread,
    start_thread,
)
