//! What Claude Code does with hooks: config, matchers, spawning, merging decisions; per client version.
