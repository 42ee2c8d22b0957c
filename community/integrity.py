"""What the tables of talk keep beside the rows it is counted from; each query finds the rows that differ."""

DRIFT = {
    "posts counted in a thread": """
        SELECT t.id FROM community_thread t WHERE t.deleted_at IS NULL AND t.number_of_posts <> (
            SELECT count(*) FROM community_post p
            WHERE p.thread_id = t.id AND p.deleted_at IS NULL AND p.hidden_at IS NULL)""",
    "last number of a thread": """
        SELECT t.id FROM community_thread t
        WHERE t.last_number <> coalesce((SELECT max(number) FROM community_post p WHERE p.thread_id = t.id), 0)""",
    "useful marks of a post": """
        SELECT p.id FROM community_post p WHERE p.useful_count <> greatest(p.imported_useful + (
            SELECT count(*) FROM community_reaction r WHERE r.post_id = p.id AND r.kind = 'useful'), 0)""",
    "replies to replies": """
        SELECT p.id FROM community_post p JOIN community_post above ON above.id = p.parent_id
        WHERE above.parent_id IS NOT NULL OR above.thread_id <> p.thread_id""",
    "accepted answers that are elsewhere": """
        SELECT r.id FROM community_resolution r JOIN community_post p ON p.id = r.post_id
        WHERE p.thread_id <> r.thread_id""",
    "readers ahead of their thread": """
        SELECT s.id FROM community_readstate s JOIN community_thread t ON t.id = s.thread_id
        WHERE s.last_number > t.last_number""",
}
