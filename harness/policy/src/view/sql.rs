/// SQL without comments, in single spaces.
pub(super) fn see(statement: &str) -> String {
    statement.split_whitespace().collect::<Vec<_>>().join(" ")
}
