-- A learner of a day held no role of trainer or administrator at any moment of it (METRICS C2); the day one
-- leaves still counts, the next one does not (C6).
SELECT u.id, coalesce(m.unit_id, 0) AS unit_id
FROM people_user u
LEFT JOIN people_unitmembership m
       ON m.user_id = u.id AND m.starts_on <= %(day)s AND (m.ends_on IS NULL OR m.ends_on > %(day)s)
WHERE u.organisation_id = %(organisation)s AND NOT u.is_staff AND NOT u.is_superuser
  AND u.anonymised_at IS NULL AND (u.is_active OR u.left_at IS NOT NULL)
  AND u.joined_at < %(end)s AND (u.left_at IS NULL OR u.left_at >= %(start)s)
  AND NOT EXISTS (
      SELECT 1 FROM people_rolegrant g
      WHERE g.user_id = u.id AND g.role IN ('trainer', 'administrator')
        AND g.granted_at < %(end)s AND (g.revoked_at IS NULL OR g.revoked_at >= %(start)s)
  )
