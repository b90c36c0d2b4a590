"""Pictures in and out of files; the engine sees float32 arrays and nothing of files."""
