-- The published posts behind contributions of a day and of the 24 hours before it. An event without a post
-- (an imported activity log) counts as it is; an event whose post is gone does not.
-- Texts are compared once: the days of learners and those of spaces both count this.
CREATE TEMPORARY TABLE analytics_counted ON COMMIT DROP AS
WITH candidates AS (
        SELECT e.id AS event_id, e.at, e.actor_id, e.role, e.space_id, e.thread_id,
               -- Looked up for the events without a post alone; as a join, every opening post there is would be read.
               coalesce(e.post_id, (SELECT opening.id FROM community_post opening
                                    WHERE opening.thread_id = e.thread_id AND opening.number = 1)) AS post_key
        FROM events_event e
        WHERE e.organisation_id = %(organisation)s AND e.at >= %(lookback)s AND e.at < %(end)s
          AND e.verb = ANY(%(contributions)s)
          AND (%(people)s::bigint[] IS NULL OR e.actor_id = ANY(%(people)s::bigint[]))
    ),
    said AS (
        SELECT DISTINCT ON (coalesce(c.post_key, -c.event_id))
               c.event_id, c.at, c.actor_id, c.role, coalesce(c.thread_id, p.thread_id) AS thread_id,
               coalesce(c.space_id, t.space_id, 0) AS space_id, lower(p.body) AS body
        FROM candidates c
        LEFT JOIN community_post p ON p.id = c.post_key
        LEFT JOIN community_thread t ON t.id = p.thread_id
        WHERE c.post_key IS NULL
           OR (p.id IS NOT NULL AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND t.deleted_at IS NULL)
        ORDER BY coalesce(c.post_key, -c.event_id), c.at, c.event_id
    ),
    fresh AS (
        SELECT s.* FROM said s
        -- Of the day before, only what may begin a burst that goes on past midnight.
        WHERE s.at >= %(start)s - %(burst)s AND NOT EXISTS (
            SELECT 1 FROM said earlier
            WHERE earlier.actor_id = s.actor_id AND earlier.at > s.at - %(repeat)s
              AND (earlier.at, earlier.event_id) < (s.at, s.event_id)
              AND (earlier.body = s.body OR similarity(earlier.body, s.body) >= %(alike)s)
        )
    ),
    counted AS (
        SELECT f.*, CASE WHEN f.at - lag(f.at) OVER burst < %(burst)s THEN 0 ELSE 1 END AS counts
        FROM fresh f
        WINDOW burst AS (
            PARTITION BY f.actor_id, coalesce(f.thread_id, -f.event_id) ORDER BY f.at, f.event_id
        )
    )
SELECT at, actor_id, role, space_id, counts FROM counted WHERE at >= %(start)s
