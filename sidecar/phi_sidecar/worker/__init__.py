"""The process that holds one loaded model."""
