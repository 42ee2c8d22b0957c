WITH
    -- A mark that was taken back did not happen; the same post marked twice in a day counts once.
    marks AS (
        SELECT first.id, EXISTS (
            SELECT 1 FROM community_reaction useful
            WHERE useful.post_id = first.post_id AND useful.user_id = first.actor_id AND useful.kind = 'useful'
        ) AS useful FROM (
            SELECT DISTINCT ON (e.actor_id, e.post_id) e.id, e.actor_id, e.post_id
            FROM events_event e
            WHERE e.organisation_id = %(organisation)s AND e.at >= %(start)s AND e.at < %(end)s
              AND e.verb = 'community.post_reacted'
              AND (%(people)s::bigint[] IS NULL OR e.actor_id = ANY(%(people)s::bigint[]))
            ORDER BY e.actor_id, e.post_id, e.at, e.id
        ) first
        WHERE EXISTS (
            SELECT 1 FROM community_reaction reaction
            WHERE reaction.post_id = first.post_id AND reaction.user_id = first.actor_id
        )
    ),
    acts AS (
        SELECT actor_id AS user_id, space_id, 0 AS presences, counts AS contributions,
               1 AS participations, 0 AS reactions, 0 AS useful_marks
        FROM analytics_counted
        WHERE role = 'learner' AND actor_id IS NOT NULL
          AND (%(people)s::bigint[] IS NULL OR actor_id = ANY(%(people)s::bigint[]))
        UNION ALL
        SELECT e.actor_id, coalesce(e.space_id, s.space_id, 0), 1, 0,
               (e.verb = ANY(%(others)s) OR r.id IS NOT NULL)::int, (r.id IS NOT NULL)::int,
               coalesce(r.useful, false)::int
        FROM events_event e
        LEFT JOIN courses_session s ON s.id = e.session_id
        LEFT JOIN marks r ON r.id = e.id
        WHERE e.organisation_id = %(organisation)s AND e.at >= %(start)s AND e.at < %(end)s
          AND e.role = 'learner' AND e.actor_id IS NOT NULL AND e.verb = ANY(%(presence)s)
          AND (%(people)s::bigint[] IS NULL OR e.actor_id = ANY(%(people)s::bigint[]))
    ),
    found AS MATERIALIZED (
        SELECT acts.user_id, coalesce(max(m.unit_id), 0) AS unit_id, acts.space_id, sum(presences) AS presences,
               sum(contributions) AS contributions, sum(participations) AS participations,
               sum(reactions) AS reactions, sum(useful_marks) AS useful_marks
        FROM acts
        JOIN people_user u ON u.id = acts.user_id AND u.anonymised_at IS NULL
        LEFT JOIN people_unitmembership m
               ON m.user_id = acts.user_id AND m.starts_on <= %(day)s
              AND (m.ends_on IS NULL OR m.ends_on > %(day)s)
        GROUP BY acts.user_id, acts.space_id
    ),
    written AS (
        SELECT * FROM analytics_learnerday
        WHERE organisation_id = %(organisation)s AND day = %(day)s
          AND (%(people)s::bigint[] IS NULL OR user_id = ANY(%(people)s::bigint[]))
    ),
    gone AS (
        DELETE FROM analytics_learnerday l
        WHERE l.organisation_id = %(organisation)s AND l.day = %(day)s
          AND (%(people)s::bigint[] IS NULL OR l.user_id = ANY(%(people)s::bigint[]))
          AND NOT EXISTS (SELECT 1 FROM found WHERE found.user_id = l.user_id AND found.space_id = l.space_id)
        RETURNING l.user_id, l.space_id
    ),
    -- What is written already is left alone: a repair changes a few rows of tens of thousands.
    put AS (
INSERT INTO analytics_learnerday
    (organisation_id, day, user_id, unit_id, space_id, presences, contributions, participations, reactions,
     useful_marks)
SELECT %(organisation)s, %(day)s, user_id, unit_id, space_id, presences, contributions, participations, reactions,
       useful_marks
FROM found
WHERE NOT EXISTS (
    SELECT 1 FROM written w
    WHERE w.user_id = found.user_id AND w.space_id = found.space_id AND w.unit_id = found.unit_id
      AND w.presences = found.presences AND w.contributions = found.contributions
      AND w.participations = found.participations AND w.reactions = found.reactions
      AND w.useful_marks = found.useful_marks
)
ON CONFLICT ON CONSTRAINT learner_day_once DO UPDATE SET
    unit_id = excluded.unit_id, presences = excluded.presences, contributions = excluded.contributions,
    participations = excluded.participations, reactions = excluded.reactions,
    useful_marks = excluded.useful_marks
RETURNING user_id, space_id
    )
SELECT user_id, space_id FROM gone UNION ALL SELECT user_id, space_id FROM put
