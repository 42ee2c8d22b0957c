"""What recognition keeps beside the rows it is counted from; each query finds the rows that differ."""

DRIFT = {
    "points that no recognition explains": """
        SELECT min(p.id) FROM gamification_pointentry p LEFT JOIN gamification_grant g
        ON g.user_id = p.user_id AND g.recognition_id = p.recognition_id AND g.evidence = p.evidence
        GROUP BY p.user_id, p.recognition_id, p.evidence HAVING (sum(p.points) <> 0) <> (count(g.id) > 0)""",
    "recognitions without points": """
        SELECT g.id FROM gamification_grant g WHERE NOT EXISTS (
            SELECT 1 FROM gamification_pointentry p WHERE p.user_id = g.user_id
            AND p.recognition_id = g.recognition_id AND p.evidence = g.evidence)""",
    "recognition beside a name": """
        SELECT s.user_id FROM people_standing s WHERE s.recognition <> coalesce((
            SELECT g.recognition_id FROM gamification_grant g
            JOIN gamification_recognition r ON r.code = g.recognition_id AND r.active
            WHERE g.user_id = s.user_id ORDER BY g.granted_at DESC, g.id DESC LIMIT 1), '')""",
}
