WITH learners AS ({learners}),
standing AS (
    SELECT s.course_id, e.session_id, l.unit_id, l.id AS user_id,
           coalesce(e.completed_at < %(end)s, false) AS completed,
           e.enrolled_at >= %(exposed)s AND NOT coalesce(e.completed_at < %(end)s, false) AS recent
    FROM courses_enrolment e
    JOIN learners l ON l.id = e.user_id
    JOIN courses_session s ON s.id = e.session_id
    JOIN courses_course c ON c.id = s.course_id AND c.organisation_id = %(organisation)s
    WHERE e.enrolled_at < %(end)s AND (e.left_at IS NULL OR e.left_at >= %(end)s)
)
INSERT INTO analytics_completionday
    (organisation_id, day, course_id, session_id, unit_id, learners, enrolments, completed, recent)
SELECT %(organisation)s, %(day)s, coalesce(course_id, 0), coalesce(session_id, 0), unit_id,
       count(DISTINCT user_id) FILTER (WHERE NOT recent), count(*) FILTER (WHERE NOT recent),
       count(*) FILTER (WHERE completed), count(*) FILTER (WHERE recent)
FROM standing
GROUP BY GROUPING SETS ((course_id, session_id, unit_id), (course_id, unit_id), (unit_id))
