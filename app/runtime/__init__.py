"""The loop thread and the supervision of its tasks."""
