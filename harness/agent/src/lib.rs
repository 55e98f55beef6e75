//! The mock AxonFlow agent, its journal, and the fault layer in front of it.
