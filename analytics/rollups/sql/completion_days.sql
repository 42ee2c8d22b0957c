WITH learners AS ({learners}),
standing AS (
    SELECT s.course_id, e.session_id, l.unit_id, l.id AS user_id, seat.position,
           coalesce(e.completed_at < %(end)s, false) AS completed,
           e.enrolled_at >= %(exposed)s AND NOT coalesce(e.completed_at < %(end)s, false) AS recent
    FROM courses_enrolment e
    JOIN learners l ON l.id = e.user_id
    JOIN analytics_seat seat ON seat.user_id = l.id
    JOIN courses_session s ON s.id = e.session_id
    JOIN courses_course c ON c.id = s.course_id AND c.organisation_id = %(organisation)s
    WHERE e.enrolled_at < %(end)s AND (e.left_at IS NULL OR e.left_at >= %(end)s)
)
SELECT coalesce(course_id, 0) AS course_id, coalesce(session_id, 0) AS session_id, unit_id,
       count(DISTINCT user_id) FILTER (WHERE NOT recent) AS learners,
       count(*) FILTER (WHERE NOT recent) AS enrolments,
       count(*) FILTER (WHERE completed) AS completed, count(*) FILTER (WHERE recent) AS recent,
       array_agg(position) FILTER (WHERE NOT recent) AS enrolled_people,
       array_agg(position) FILTER (WHERE completed) AS completed_people
FROM standing
GROUP BY GROUPING SETS ((course_id, session_id, unit_id), (course_id, unit_id), (unit_id))
