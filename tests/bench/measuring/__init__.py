"""What `npm run bench` measures, and how it is told."""
