"""What the tables of courses keep beside the rows it is computed from; each query finds the rows that differ."""

DRIFT = {
    "share of a video seen": """
        SELECT p.id FROM courses_progress p JOIN courses_video v ON v.module_id = p.module_id
        WHERE abs(p.coverage - least(1, coalesce((
            SELECT sum(w."end" - w.start) FROM courses_watchedrange w WHERE w.progress_id = p.id), 0)
            / nullif(v.duration, 0))) > 0.02""",
    "watched ranges that overlap": """
        SELECT a.id FROM courses_watchedrange a JOIN courses_watchedrange b
        ON b.progress_id = a.progress_id AND b.id > a.id AND b.start < a."end" AND a.start < b."end" """,
    "score of a finished attempt": """
        SELECT a.id FROM courses_attempt a WHERE a.finished_at IS NOT NULL AND abs(a.score - coalesce((
            SELECT sum(x.score) FROM courses_answer x WHERE x.attempt_id = a.id), 0)) > 0.001""",
    "contributions counted in a module": """
        SELECT p.id FROM courses_progress p JOIN courses_enrolment e ON e.id = p.enrolment_id AND e.left_at IS NULL
        JOIN courses_session s ON s.id = e.session_id WHERE p.contributions <> (
            SELECT count(*) FROM community_post w JOIN courses_modulethread m ON m.thread_id = w.thread_id
            WHERE m.module_id = p.module_id AND m.space_id = s.space_id AND w.author_id = e.user_id
            AND w.number > 1 AND w.deleted_at IS NULL AND w.hidden_at IS NULL)
        AND EXISTS (SELECT 1 FROM courses_completionrule r
            WHERE r.module_id = p.module_id AND r.kind IN ('contributed', 'replied'))""",
    "modules in a section of another course": """
        SELECT m.id FROM courses_module m JOIN courses_section s ON s.id = m.section_id
        WHERE s.course_id <> m.course_id""",
}
