"""Every verb of the log. A verb that is not here is refused by `events.recording.record`."""

PRESENCE = frozenset(
    {
        "community.thread_opened",
        "courses.module_opened",
        "courses.video_played",
    }
)
VISITS = PRESENCE | {"community.thread_read"}
CONTRIBUTIONS = frozenset({"community.thread_started", "community.post_written"})
PARTICIPATIONS = CONTRIBUTIONS | {
    "community.post_reacted",
    "community.choice_voted",
    "courses.question_answered",
}
VERBS = frozenset(
    {
        "people.user_joined",
        "people.user_deactivated",
        "people.user_erased",
        "people.unit_changed",
        "people.role_granted",
        "people.role_revoked",
        "people.skill_declared",
        "people.skill_validated",
        "people.consent_given",
        "people.data_requested",
        "people.key_made",
        "people.key_removed",
        "community.space_created",
        "community.space_changed",
        "community.space_joined",
        "community.space_left",
        "community.thread_pinned",
        "community.thread_locked",
        "community.thread_owned",
        "community.end_changed",
        "community.post_edited",
        "community.post_deleted",
        "community.post_restored",
        "community.post_unreacted",
        "community.answer_accepted",
        "community.answer_unaccepted",
        "community.post_flagged",
        "community.post_decided",
        "community.decision_undone",
        "community.join_asked",
        "community.join_withdrawn",
        "community.join_declined",
        "community.member_muted",
        "community.member_unmuted",
        "community.facilitator_added",
        "community.facilitator_removed",
        "community.person_mentioned",
        "courses.course_created",
        "courses.course_changed",
        "courses.course_published",
        "courses.session_opened",
        "courses.module_published",
        "courses.module_withdrawn",
        "courses.enrolled",
        "courses.unenrolled",
        "courses.attempt_started",
        "courses.attempt_finished",
        "courses.module_completed",
        "courses.course_completed",
        "courses.questions_imported",
        "gamification.recognition_granted",
        "gamification.recognition_revoked",
        "analytics.report_exported",
        "analytics.activity_imported",
    }
    | VISITS
    | PARTICIPATIONS
)
