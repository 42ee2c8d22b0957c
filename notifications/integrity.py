"""What the bell may not say; each query finds the notices that are wrong."""

DRIFT = {
    "notices of one event given twice": """
        SELECT min(n.id) FROM notifications_notification n, jsonb_array_elements(n.event_ids) event
        GROUP BY n.user_id, n.kind, n.thread_id, n.space_id, event HAVING count(*) > 1""",
    "answers told as kept that are not": """
        SELECT n.id FROM notifications_notification n WHERE n.kind IN ('accepted', 'recognised')
        AND n.read_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM community_resolution r WHERE r.post_id = n.last_post_id)""",
    "notices of what was read": """
        SELECT n.id FROM notifications_notification n JOIN community_post p ON p.id = n.last_post_id
        JOIN community_readstate s ON s.user_id = n.user_id AND s.thread_id = n.thread_id
        WHERE n.read_at IS NULL AND n.kind IN ('reply', 'thread', 'mention') AND p.number <= s.last_number
        AND s.updated_at < now() - interval '1 hour'""",
}
