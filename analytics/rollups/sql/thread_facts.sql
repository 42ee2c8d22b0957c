-- The role an author had when they replied is in the log beside the reply. A reply that came without an event
-- (made by hand) takes the roles that were granted over its author on that instant.
WITH starts AS MATERIALIZED (
    -- Once for the day: asked question by question, each would go through all events of the day.
    SELECT DISTINCT ON (thread_id) thread_id, role FROM events_event
    WHERE organisation_id = %(organisation)s AND at >= %(start)s AND at < %(end)s
      AND verb = 'community.thread_started'
    ORDER BY thread_id, id
),
questions AS (
    SELECT t.id, t.space_id, t.author_id, t.created_at, coalesce(starts.role, 'learner') AS role
    FROM community_thread t
    LEFT JOIN starts ON starts.thread_id = t.id
    JOIN community_space s ON s.id = t.space_id AND s.organisation_id = %(organisation)s
    JOIN community_post opening ON opening.thread_id = t.id AND opening.number = 1
     AND opening.deleted_at IS NULL AND opening.hidden_at IS NULL
    WHERE t.kind = 'question' AND t.deleted_at IS NULL
      AND t.created_at >= %(start)s AND t.created_at < %(end)s
),
answers AS (
    SELECT q.id AS thread_id, p.author_id, p.created_at,
           coalesce(
               (SELECT e.role FROM events_event e
                WHERE e.actor_id = p.author_id AND e.verb = 'community.post_written' AND e.post_id = p.id
                  AND e.at >= p.created_at - interval '1 hour' AND e.at <= p.created_at + interval '1 hour'
                LIMIT 1),
               (SELECT 'trainer' FROM people_rolegrant g
                WHERE g.user_id = p.author_id AND g.role IN ('trainer', 'administrator')
                  AND g.granted_at <= p.created_at
                  AND (g.revoked_at IS NULL OR g.revoked_at > p.created_at) LIMIT 1),
               'learner') AS role
    FROM questions q
    JOIN community_post p ON p.thread_id = q.id AND p.number > 1
     AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.author_id IS DISTINCT FROM q.author_id
)
INSERT INTO analytics_threadfact
    (thread_id, organisation_id, space_id, day, unit_id, asked_at, first_reply_at, first_peer_reply_at,
     accepted_at, replies, repliers)
SELECT q.id, %(organisation)s, q.space_id, %(day)s,
       coalesce((SELECT m.unit_id FROM people_unitmembership m
                 WHERE m.user_id = q.author_id AND m.starts_on <= %(day)s
                   AND (m.ends_on IS NULL OR m.ends_on > %(day)s)), 0),
       q.created_at,
       (SELECT min(created_at) FROM answers a WHERE a.thread_id = q.id AND a.role <> 'system'),
       (SELECT min(created_at) FROM answers a WHERE a.thread_id = q.id AND a.role = 'learner'),
       -- Accepting one's own answer is no answer (METRICS M11).
       (SELECT r.at FROM community_resolution r JOIN community_post p ON p.id = r.post_id
        WHERE r.thread_id = q.id AND p.author_id IS DISTINCT FROM q.author_id
          AND p.deleted_at IS NULL AND p.hidden_at IS NULL),
       (SELECT count(*) FROM answers a WHERE a.thread_id = q.id),
       (SELECT count(DISTINCT a.author_id) FROM answers a WHERE a.thread_id = q.id)
FROM questions q WHERE q.role = 'learner'
