SELECT e.session_id, s.course_id, s.space_id, array_agg(e.user_id)
FROM courses_enrolment e
JOIN courses_session s ON s.id = e.session_id
JOIN courses_course c ON c.id = s.course_id AND c.organisation_id = %(organisation)s
WHERE e.enrolled_at < %(end)s AND (e.left_at IS NULL OR e.left_at >= %(start)s)
GROUP BY 1, 2, 3 ORDER BY 1
