"""Lists of posts that no board keeps: by topic, model, author; featured, unanswered; mine."""
