"""Property tests here have no deadline: on a busy machine a single example may wait longer than Hypothesis allows."""

import hypothesis

hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")
