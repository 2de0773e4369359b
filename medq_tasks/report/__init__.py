"""From a run folder to a decision: report, comparison, gate and agreement with experts."""
