"""The one runner of limited processes, and the only room that starts a thread or a process."""
