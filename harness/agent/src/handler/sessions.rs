//! MCP sessions by id.

use std::collections::{HashMap, VecDeque};

use uuid::Uuid;

/// Sessions the agent keeps; the oldest is dropped beyond that.
const CAPACITY: usize = 1000;

/// MCP sessions by id.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    clients: HashMap<String, String>,
    order: VecDeque<String>,
}

impl Sessions {
    /// Opens a session for a client and returns its id.
    pub(super) fn open(&mut self, client: &str) -> String {
        let mut id = Uuid::new_v4().simple().to_string();
        id.truncate(24);
        let id = format!("axonflow-{id}");
        self.clients.insert(id.clone(), client.to_owned());
        self.order.push_back(id.clone());
        if self.order.len() > CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.clients.remove(&oldest);
        }
        id
    }

    /// The client a session belongs to.
    pub(super) fn client(&self, id: &str) -> Option<&str> {
        self.clients.get(id).map(String::as_str)
    }

    pub(super) fn close(&mut self, id: &str) {
        self.clients.remove(id);
        self.order.retain(|known| known != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_session_is_dropped() {
        let mut sessions = Sessions::default();
        let first = sessions.open("a");
        let second = sessions.open("a");
        for _ in 2..=CAPACITY {
            sessions.open("b");
        }
        assert_eq!(sessions.client(&first), None);
        assert_eq!(sessions.client(&second), Some("a"));
        sessions.close(&second);
        assert_eq!(sessions.client(&second), None);
    }
}
