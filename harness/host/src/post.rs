//! What hooks say after a tool ran; pure.

use serde_json::Value;

use crate::decision::Finished;
use crate::semantics::Merge;
use crate::texts::Texts;
use crate::verdict::Stop;
use crate::{Client, Event, ModelText};

/// Everything that the hooks after a tool together say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MergedPost {
    /// Texts for the model beside the tool's result.
    pub to_model: Vec<ModelText>,
    /// The output that replaces the tool's.
    pub output: Option<Value>,
    /// The turn shall stop.
    pub stop: Option<Stop>,
}

/// Merges what the hooks after a tool said, in the order in which they finished.
#[must_use]
pub fn merge_post(
    finished: &[Finished],
    client: &Client,
    event: Event,
    tool: &str,
    is_mcp: bool,
) -> MergedPost {
    let mut merged = match client.semantics.merge {
        Merge::Collected => collected(finished, client, event, tool),
        Merge::Streamed => streamed(finished, client, event, tool),
        Merge::Ranked => ranked(finished, client, event, tool),
    };
    for Finished { verdict, .. } in finished {
        let mcp = verdict.updated_mcp_output.as_ref();
        let mcp = mcp.filter(|_| client.semantics.updated_mcp_output && is_mcp);
        let any = verdict.updated_output.as_ref();
        let any = any.filter(|_| client.semantics.updated_tool_output);
        if let Some(output) = any.or(mcp) {
            merged.output = Some(output.clone());
        }
    }
    merged
}

fn collected(finished: &[Finished], client: &Client, event: Event, tool: &str) -> MergedPost {
    let texts = Texts::new(client);
    let mut ordered: Vec<&Finished> = finished.iter().collect();
    ordered.sort_by_key(|f| f.index);
    let mut merged = MergedPost::default();
    let mut blocks = Vec::new();
    let mut contexts = Vec::new();
    for Finished { verdict, .. } in ordered {
        merged.stop = verdict.stop.clone().or(merged.stop);
        blocks.extend(verdict.block.as_ref().map(|b| b.text.clone()));
        contexts.extend(verdict.context.clone());
    }
    if merged.stop.is_none() {
        if !blocks.is_empty() {
            merged.to_model.push(texts.feedback(tool, &blocks));
        }
        if !contexts.is_empty() {
            merged.to_model.push(texts.context(event, tool, &contexts));
        }
    }
    merged
}

fn streamed(finished: &[Finished], client: &Client, event: Event, tool: &str) -> MergedPost {
    let texts = Texts::new(client);
    let mut merged = MergedPost::default();
    for Finished { verdict, .. } in finished {
        if let Some(block) = &verdict.block {
            let told = texts.blocking_error(event, tool, &block.command, &block.text);
            // A block in JSON is told once as the hook's message and once as its block.
            if block.from_json {
                merged.to_model.push(told.clone());
            }
            merged.to_model.push(told);
        }
        if let Some(context) = &verdict.context {
            let told = texts.context(event, tool, std::slice::from_ref(context));
            merged.to_model.push(told);
        }
        merged.stop = verdict.stop.clone().or(merged.stop);
    }
    merged
}

fn ranked(finished: &[Finished], client: &Client, event: Event, tool: &str) -> MergedPost {
    let texts = Texts::new(client);
    let mut merged = MergedPost::default();
    for Finished { verdict, .. } in finished {
        if let Some(block) = &verdict.block {
            let told = texts.blocking_error(event, tool, &block.command, &block.text);
            merged.to_model.push(told);
        }
        if let Some(context) = &verdict.context {
            let told = texts.context(event, tool, std::slice::from_ref(context));
            merged.to_model.push(told);
        }
        merged.stop = verdict.stop.clone().or(merged.stop);
    }
    merged
}
