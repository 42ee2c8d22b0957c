-- Somebody may stand in it twice: what is made of it is a set.
SELECT space_id, array_agg(user_id) FROM (
    SELECT m.space_id, m.user_id FROM community_membership m
    JOIN community_space s ON s.id = m.space_id AND s.organisation_id = %(organisation)s
    WHERE m.joined_at < %(end)s AND m.role <> 'facilitator'
    UNION ALL
    -- Those who have left since: the log says when they left and when they had joined before that.
    SELECT gone.space_id, gone.actor_id FROM events_event gone
    JOIN community_space s ON s.id = gone.space_id AND s.organisation_id = %(organisation)s
    WHERE gone.verb = 'community.space_left' AND gone.at >= %(start)s AND gone.actor_id IS NOT NULL
      AND coalesce(
          (SELECT max(e.at) FROM events_event e
           WHERE e.actor_id = gone.actor_id AND e.verb = 'community.space_joined'
             AND e.space_id = gone.space_id AND e.at <= gone.at),
          s.created_at) < %(end)s
) stays GROUP BY space_id ORDER BY space_id
