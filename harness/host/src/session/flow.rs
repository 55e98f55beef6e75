//! Rules, modes and people: may the tool run?

use std::path::{Path, PathBuf};

use super::Session;
use crate::decision::Decision;
use crate::rules::tools::{Need, Tool};
use crate::rules::{Call as RuleCall, Rule};
use crate::semantics::{Merge, PromptReason};
use crate::{Call, PermissionMode};

/// What the permission flow says before anybody is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// The tool runs.
    Run,
    /// The tool does not run; what the model is told.
    Refuse(String),
    /// A person decides.
    Ask {
        /// What the person is told.
        reason: Option<String>,
        /// What the model is told when nobody can be asked.
        refusal: String,
    },
}

impl Session {
    /// Whether a rule takes the whole tool away from the model.
    #[must_use]
    pub fn is_tool_denied(&self, tool: &str) -> bool {
        // Older clients take a tool away only by its own name, not by its server's.
        let is_mcp = tool.starts_with("mcp__");
        let exact = self.client.semantics.merge != Merge::Ranked && is_mcp;
        if is_mcp && self.client.semantics.merge == Merge::Collected {
            return false;
        }
        self.permissions.deny.iter().any(|rule| {
            let rule = Rule::parse(rule);
            rule.is_whole(tool, &self.client) && (!exact || rule.is_exactly(tool))
        })
    }

    /// Whether a rule forbids the file that a call would change; the tool itself refuses then.
    #[must_use]
    pub fn is_path_denied(&self, call: &Call) -> bool {
        let about = self.rule_call(call);
        let rules = self.permissions.deny.iter().map(|r| Rule::parse(r));
        rules
            .filter(Rule::is_about_paths)
            .any(|rule| rule.covers_any_part(&about, &self.client))
    }

    fn rule_call<'a>(&'a self, call: &'a Call) -> RuleCall<'a> {
        RuleCall {
            tool: &call.tool_name,
            input: &call.tool_input,
            cwd: &self.cwd,
            project: &self.project_dir,
        }
    }

    fn any_rule(&self, rules: &[String], call: &Call) -> bool {
        let about = self.rule_call(call);
        rules
            .iter()
            .any(|rule| Rule::parse(rule).covers_any_part(&about, &self.client))
    }

    /// Rules and modes, in this client's order.
    pub(super) fn permission(&self, call: &Call, decision: &Decision) -> Step {
        let semantics = &self.client.semantics;
        match decision {
            Decision::Allow if !semantics.rules_beat_allow => return Step::Run,
            Decision::Ask { .. } if !semantics.hook_asks => {
                return self.permission(call, &Decision::None);
            }
            _ => {}
        }
        if self.any_rule(&self.permissions.deny, call) {
            return Step::Refuse(self.denied_by_rule(call));
        }
        let asked = self.ask_rule(call);
        if asked {
            return self.unless_dont_ask(
                call,
                Step::Ask {
                    reason: None,
                    refusal: self.asked_by_rule(call),
                },
            );
        }
        let ranked = semantics.merge == Merge::Ranked;
        let free = self.mode == PermissionMode::BypassPermissions;
        if let Some(step) = self.sensitive_file(call).filter(|_| ranked && !free) {
            return step;
        }
        match decision {
            Decision::Ask { reason } => Step::Ask {
                reason: Some(reason.clone()),
                refusal: reason.clone(),
            },
            Decision::Allow => match self.plan_mode(call) {
                Some(step) if !semantics.allow_beats_plan_mode => step,
                _ => Step::Run,
            },
            _ => self.without_hooks(call),
        }
    }

    /// Whether a rule asks about the call, whatever hooks say.
    fn ask_rule(&self, call: &Call) -> bool {
        let about = self.rule_call(call);
        let whole = |rule: &Rule| rule.is_whole(&call.tool_name, &self.client);
        // Older clients let a rule that allows the whole tool beat one that asks about a part.
        let allowed = self.client.semantics.merge != Merge::Ranked
            && self
                .permissions
                .allow
                .iter()
                .any(|rule| whole(&Rule::parse(rule)));
        self.permissions.ask.iter().any(|rule| {
            let rule = Rule::parse(rule);
            let overruled = allowed && !whole(&rule);
            !overruled && rule.covers_any_part(&about, &self.client)
        })
    }

    fn without_hooks(&self, call: &Call) -> Step {
        if self.mode == PermissionMode::BypassPermissions {
            return Step::Run;
        }
        if self.client.semantics.merge == Merge::Ranked
            && let Some(step) = self.plan_mode(call)
        {
            return step;
        }
        let about = self.rule_call(call);
        let allowed = self.permissions.allow.iter().map(|r| Rule::parse(r));
        if allowed
            .into_iter()
            .any(|rule| rule.allows(&about, &self.client))
        {
            return Step::Run;
        }
        if let Some(step) = self.sensitive_file(call) {
            return self.unless_dont_ask(call, step);
        }
        let step = match self.need(call) {
            Need::None => Step::Run,
            Need::Command => self.command(call),
            Need::Edit | Need::Read if self.runs_in_place(call) => Step::Run,
            Need::Read => Step::Ask {
                reason: Some("Path is outside allowed working directories".into()),
                refusal: self.not_granted(call),
            },
            Need::Edit | Need::Domain | Need::Tool => Step::Ask {
                reason: None,
                refusal: self.not_granted(call),
            },
        };
        self.unless_dont_ask(call, self.with_own_reason(step))
    }

    fn need(&self, call: &Call) -> Need {
        Tool::named(&call.tool_name, &self.client).map_or(Need::Tool, |tool| tool.permission)
    }

    fn with_own_reason(&self, step: Step) -> Step {
        match step {
            Step::Ask { refusal, .. }
                if self.client.semantics.prompt_reason == PromptReason::None =>
            {
                Step::Ask {
                    reason: None,
                    refusal,
                }
            }
            other => other,
        }
    }

    fn unless_dont_ask(&self, call: &Call, step: Step) -> Step {
        if self.mode == PermissionMode::DontAsk && matches!(step, Step::Ask { .. }) {
            return Step::Refuse(self.dont_ask(&call.tool_name));
        }
        step
    }

    fn file(&self, call: &Call) -> Option<PathBuf> {
        Tool::named(&call.tool_name, &self.client)?.path_of(&call.tool_input, &self.cwd)
    }

    /// Reads inside the project, and edits there in a mode that accepts them.
    fn runs_in_place(&self, call: &Call) -> bool {
        let file = self.file(call).unwrap_or_else(|| self.cwd.clone());
        let inside = is_inside(&file, &self.project_dir) || is_inside(&file, &self.cwd);
        let accepts = match self.need(call) {
            Need::Read => true,
            _ => self.mode == PermissionMode::AcceptEdits,
        };
        inside && accepts
    }

    /// Files that steer the client itself are always asked about.
    fn sensitive_file(&self, call: &Call) -> Option<Step> {
        let file = self.file(call).filter(|_| self.need(call) == Need::Edit)?;
        let known = self.client.semantics.merge != Merge::Collected;
        let inside = file.strip_prefix(&self.project_dir).ok()?;
        let folder = inside.components().next()?.as_os_str();
        if !known
            || ![".claude", ".git", ".vscode", ".idea"]
                .iter()
                .any(|s| folder == *s)
        {
            return None;
        }
        if inside == Path::new(".claude/settings.json")
            || inside == Path::new(".claude/settings.local.json")
        {
            return Some(Step::Ask {
                reason: None,
                refusal: self.not_granted(call),
            });
        }
        let text = format!(
            "Claude requested permissions to edit {} which is a sensitive file.",
            file.display()
        );
        Some(Step::Ask {
            reason: Some(text.clone()),
            refusal: text,
        })
    }

    fn plan_mode(&self, call: &Call) -> Option<Step> {
        if self.mode != PermissionMode::Plan {
            return None;
        }
        let text = match self.need(call) {
            Need::Read | Need::None => return None,
            Need::Command => {
                "Auto mode is unavailable: its safety check does not run for this session, so Bash was not run. Other actions that need the check will be denied too, and retrying won't help. Finish what you can without them, then tell the user what is blocked and that they can switch to another permission mode.".to_owned()
            }
            Need::Edit => {
                let file = self.file(call).unwrap_or_default();
                format!("Cannot write to {} while in plan mode.", file.display())
            }
            Need::Domain | Need::Tool => {
                format!("Cannot call {} while in plan mode.", call.tool_name)
            }
        };
        Some(Step::Refuse(text))
    }

    pub(super) fn not_granted(&self, call: &Call) -> String {
        let what = match (self.need(call), self.file(call)) {
            (Need::Edit, Some(file)) => format!("write to {}", file.display()),
            (Need::Read, Some(file)) => format!("read from {}", file.display()),
            _ => format!("use {}", call.tool_name),
        };
        not_granted(&what)
    }

    fn dont_ask(&self, tool: &str) -> String {
        let because = match self.client.semantics.merge {
            Merge::Ranked => " because Claude Code is running in don't ask mode",
            _ => "",
        };
        format!(
            "Permission to use {tool} has been denied{because}. IMPORTANT: You *may* attempt to accomplish this action using other tools that might naturally be used to accomplish this goal, e.g. using head instead of cat. But you *should not* attempt to work around this denial in malicious ways, e.g. do not use your ability to run tests to execute non-test actions. You should only try to work around this restriction in reasonable ways that do not attempt to bypass the intent behind this denial. If you believe this capability is essential to complete the user's request, STOP and explain to the user what you were trying to do and why you need this permission. Let the user decide how to proceed."
        )
    }
}

pub(super) fn not_granted(what: &str) -> String {
    format!("Claude requested permissions to {what}, but you haven't granted it yet.")
}

fn is_inside(file: &Path, directory: &Path) -> bool {
    file.starts_with(directory)
}
