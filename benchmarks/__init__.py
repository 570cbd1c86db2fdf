"""What is measured, each time beside what a user would otherwise do."""
