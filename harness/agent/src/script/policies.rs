//! The policies that decide where nothing is scripted.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use hookproof_policy::{Engine, Pack, PackError};
use serde::{Deserialize, Serialize};

/// A pack that decides: the id of one that ships, or a file. Clones share the compiled pack.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Policies {
    name: String,
    engine: Arc<OnceLock<Arc<Engine>>>,
}

/// Packs that ship are compiled once for all agents of this process.
static SHIPPED: LazyLock<Mutex<HashMap<String, Arc<Engine>>>> = LazyLock::new(Mutex::default);

impl Policies {
    /// The pack of this id or file; nothing is read yet.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            engine: Arc::default(),
        }
    }

    /// The id or file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The pack, compiled.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn engine(&self) -> Result<Arc<Engine>, PackError> {
        if let Some(engine) = self.engine.get() {
            return Ok(Arc::clone(engine));
        }
        let engine = if Pack::shipped_ids().any(|id| id == self.name) {
            let mut shipped = SHIPPED.lock().unwrap_or_else(PoisonError::into_inner);
            match shipped.get(&self.name) {
                Some(engine) => Arc::clone(engine),
                None => {
                    let engine = Arc::new(Engine::new(Pack::open(&self.name)?));
                    shipped.insert(self.name.clone(), Arc::clone(&engine));
                    engine
                }
            }
        } else {
            Arc::new(Engine::new(Pack::open(&self.name)?))
        };
        Ok(Arc::clone(self.engine.get_or_init(|| engine)))
    }
}

/// A typing mistake in an id should not wait until somebody looks for a file of that name.
impl TryFrom<String> for Policies {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let shipped: Vec<String> = Pack::shipped_ids().map(|id| format!("`{id}`")).collect();
        if shipped.contains(&format!("`{name}`")) || name.ends_with(".toml") {
            return Ok(Self::named(&name));
        }
        Err(format!(
            "unknown pack `{name}`, expected one of {}, or a .toml file",
            shipped.join(", ")
        ))
    }
}

impl From<Policies> for String {
    fn from(policies: Policies) -> Self {
        policies.name
    }
}

impl PartialEq for Policies {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policies").field(&self.name).finish()
    }
}
