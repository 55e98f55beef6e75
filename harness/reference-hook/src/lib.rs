//! A correct AxonFlow hook for Claude Code: the embedded default subject.
