"""Reply -> record -> judged record, for one reply or a whole run; no harness."""
