"""Many textures on a render farm: a job bundle of Open Job Description, and what its tasks do."""
