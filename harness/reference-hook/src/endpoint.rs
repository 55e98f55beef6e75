//! Where the agent is, and how its address may be shown.

/// Who runs the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The public service, when nothing is configured.
    CommunitySaas,
    /// An agent of one's own.
    SelfHosted,
}

impl Mode {
    /// The word for it in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CommunitySaas => "community-saas",
            Self::SelfHosted => "self-hosted",
        }
    }
}

/// The agent's base address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Base address without a trailing slash.
    pub base: String,
    /// Who runs it.
    pub mode: Mode,
    /// Whether a request can be sent there at all.
    pub usable: bool,
}

const SAAS: &str = "https://try.getaxonflow.com";
const LOCAL: &str = "http://localhost:8080";

impl Endpoint {
    /// Chooses by `AXONFLOW_ENDPOINT` and by whether `AXONFLOW_AUTH` is set.
    #[must_use]
    pub fn choose(configured: Option<&str>, has_auth: bool) -> Self {
        let configured = configured.map(str::trim).filter(|text| !text.is_empty());
        let (base, mode) = match configured {
            None if has_auth => (LOCAL, Mode::SelfHosted),
            None => (SAAS, Mode::CommunitySaas),
            Some(base) => (base, Mode::SelfHosted),
        };
        let base = base.trim_end_matches('/');
        let base = if base.contains("://") {
            base.to_owned()
        } else {
            format!("http://{base}")
        };
        let usable = usable(&base);
        Self { base, mode, usable }
    }

    /// The address of the MCP server.
    #[must_use]
    pub fn mcp_server(&self) -> String {
        format!("{}/api/v1/mcp-server", self.base)
    }

    /// The address for people: without a user name and password, in one line.
    #[must_use]
    pub fn shown(&self) -> String {
        let (scheme, rest) = self.base.split_once("://").unwrap_or(("", &self.base));
        let end = rest.find('/').unwrap_or(rest.len());
        let host = rest[..end].rsplit('@').next().unwrap_or_default();
        crate::texts::clean(&format!("{scheme}://{host}{}", &rest[end..]))
    }
}

fn usable(base: &str) -> bool {
    let Ok(uri) = base.parse::<ureq::http::Uri>() else {
        return false;
    };
    let scheme = uri.scheme_str().unwrap_or_default().to_ascii_lowercase();
    // A port that is none, such as 99999, parses and reads back as absent.
    let port_is_none = uri.authority().is_some_and(|authority| {
        let after_host = authority.as_str().rsplit(['@', ']']).next();
        after_host.is_some_and(|text| text.contains(':')) && authority.port_u16().is_none()
    });
    ["http", "https"].contains(&scheme.as_str())
        && uri.host().is_some_and(|host| !host.is_empty())
        && !port_is_none
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_configured_is_the_service() {
        let endpoint = Endpoint::choose(None, false);
        assert_eq!(
            (endpoint.base.as_str(), endpoint.mode),
            (SAAS, Mode::CommunitySaas)
        );
        assert_eq!(Endpoint::choose(Some(" "), false), endpoint);
    }

    #[test]
    fn anything_configured_is_self_hosted() {
        assert_eq!(Endpoint::choose(None, true).base, LOCAL);
        let endpoint = Endpoint::choose(Some("http://a:1/"), false);
        assert_eq!(endpoint.mcp_server(), "http://a:1/api/v1/mcp-server");
        assert_eq!(endpoint.mode, Mode::SelfHosted);
        assert_eq!(Endpoint::choose(Some("a:1"), false).base, "http://a:1");
    }

    #[test]
    fn shows_no_password_and_one_line() {
        let endpoint = Endpoint::choose(Some("http://u:p@a:1/x\u{1b}[2J\ny"), false);
        assert_eq!(endpoint.shown(), "http://a:1/x[2J y");
    }

    #[test]
    fn knows_what_cannot_be_an_agent() {
        for base in [
            "ftp://a",
            "http://",
            "http://a b",
            "http://a:99999",
            "file:///etc",
        ] {
            assert!(!Endpoint::choose(Some(base), false).usable, "{base}");
        }
        for base in ["https://a", "http://[::1]:8080", "http://u:p@a", "HTTP://A"] {
            assert!(Endpoint::choose(Some(base), false).usable, "{base}");
        }
    }
}
