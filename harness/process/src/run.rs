use crate::{Finished, Program, SpawnError};

/// Runs one program until it is over as [`Program::wait`] says.
///
/// # Errors
/// [`SpawnError`] when the program could not be started; whatever happens later is part of
/// [`Finished`].
pub async fn run(program: Program) -> Result<Finished, SpawnError> {
    Err(SpawnError::NotFound {
        program: program.argv.into_iter().next().unwrap_or_default(),
    })
}
