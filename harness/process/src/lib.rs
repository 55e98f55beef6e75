//! Runs an untrusted program sealed: bounded output and time, own session, nothing left running.
