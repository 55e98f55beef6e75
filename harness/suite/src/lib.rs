//! Scenarios, arranging, running, evidence, checks, events, reports.
