//! Small hooks with exactly one defect each, to prove that the suite notices.
