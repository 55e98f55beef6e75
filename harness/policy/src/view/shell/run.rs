//! A script, and the scripts it runs.

use std::collections::HashMap;

use super::canonical::{line, operand};
use super::carriers::{calls, carried, crontab, is_interpreter, is_shell};
use super::expand::{Environment, Substitute};
use super::lex::{Part, Redirect, Token, Word, tokens};
use super::wrapper::{base, core};
use super::{fetch, filters};

/// Scripts inside of scripts that are followed.
const DEPTH: usize = 8;

/// Bytes of scripts that are read, beside four times the statement's: what a script writes and
/// then runs counts again.
const ROOM: usize = 64 << 10;

/// All pipelines of a script, canonical, each on a line.
pub(super) fn lines(script: &str) -> String {
    let budget = script.len().saturating_mul(4) + ROOM;
    let mut runner = Runner {
        lines: Vec::new(),
        aliases: HashMap::new(),
        depth: 0,
        reading: budget,
        writing: budget,
    };
    runner.script(script, &mut Environment::new(budget));
    runner.lines.join("\n")
}

struct Runner {
    lines: Vec<String>,
    aliases: HashMap<String, String>,
    depth: usize,
    /// Bytes that may still be read.
    reading: usize,
    /// Bytes that may still be written.
    writing: usize,
}

/// A command as it was read.
#[derive(Default)]
struct Simple {
    words: Vec<Word>,
    outputs: Vec<Word>,
    input: Option<Word>,
    here: Option<Word>,
    /// The group that stands in place of words.
    group: Option<Ran>,
}

impl Simple {
    fn is_blank(&self) -> bool {
        self.words.is_empty() && self.group.is_none()
    }

    fn is_group_alone(&self) -> bool {
        self.group.is_some()
            && self.words.is_empty()
            && self.outputs.is_empty()
            && self.input.is_none()
    }
}

/// What the pipelines of a script wrote; `None` for one of which that cannot be told.
#[derive(Default)]
struct Written {
    parts: Vec<Option<String>>,
    /// Where the groups that are open began.
    opened: Vec<usize>,
}

impl Written {
    fn open(&mut self) {
        self.opened.push(self.parts.len());
    }

    /// The group as one command: what is known of its output, and how its last line reads.
    fn close(&mut self, last: Option<&String>) -> Option<Ran> {
        let start = self.opened.pop()?;
        let output = self.parts.split_off(start).into_iter().flatten().collect();
        Some(Ran {
            line: last.cloned().unwrap_or_default(),
            output: Some(output),
        })
    }
}

/// A command as it reads, and what it writes if that can be told.
#[derive(Clone)]
struct Ran {
    line: String,
    output: Option<String>,
}

impl Runner {
    /// Runs a script; what it writes, if that can be told.
    fn script(&mut self, script: &str, environment: &mut Environment) -> Option<String> {
        if self.depth >= DEPTH || script.len() > self.reading {
            return None;
        }
        self.reading -= script.len();
        self.depth += 1;
        let mut written = Written::default();
        let mut pipeline = Vec::new();
        let mut simple = Simple::default();
        let mut redirect = None;
        for token in tokens(script).into_iter().chain([Token::End]) {
            match token {
                Token::Word(word) => match redirect.take() {
                    Some(Redirect::Output) => simple.outputs.push(word),
                    Some(Redirect::Input) => simple.input = Some(word),
                    Some(Redirect::HereString) => simple.here = Some(word),
                    None if simple.is_blank() && word.is_bare("{") => written.open(),
                    None if simple.is_blank() && word.is_bare("}") => {
                        simple.group = written.close(self.lines.last());
                    }
                    None => simple.words.push(word),
                },
                Token::Open => written.open(),
                Token::Close => simple.group = written.close(self.lines.last()),
                Token::Redirect(kind) => redirect = Some(kind),
                Token::HereDoc(body) => {
                    match simple.words.is_empty() && simple.outputs.is_empty() {
                        true => {}
                        false => simple.here = Some(body),
                    }
                }
                Token::Pipe => pipeline.push(std::mem::take(&mut simple)),
                Token::End => {
                    pipeline.push(std::mem::take(&mut simple));
                    let output = self.pipeline(std::mem::take(&mut pipeline), environment);
                    written.parts.push(output);
                }
            }
        }
        self.depth -= 1;
        written.parts.into_iter().collect()
    }

    fn pipeline(&mut self, commands: Vec<Simple>, environment: &mut Environment) -> Option<String> {
        let mut output = Some(String::new());
        let mut shown = Vec::new();
        for (at, simple) in commands.iter().enumerate() {
            let before = output.take();
            let ran = self.command(simple, before.filter(|_| at > 0), environment);
            output = ran.output;
            if !ran.line.is_empty() {
                shown.push(ran.line);
            }
        }
        // A group alone was shown by its commands.
        if commands.len() > 1 || !commands[0].is_group_alone() {
            self.emit(shown.join(" | "));
        }
        output
    }

    fn emit(&mut self, line: String) {
        let line = line.replace('\n', " ");
        if !line.is_empty() && line.len() < self.writing {
            self.writing -= line.len() + 1;
            self.lines.push(line);
        }
    }

    fn command(
        &mut self,
        simple: &Simple,
        stdin: Option<String>,
        environment: &mut Environment,
    ) -> Ran {
        let words = self.fields(&simple.words, environment);
        let outputs: Vec<String> = simple
            .outputs
            .iter()
            .flat_map(|word| self.expand(word, false, environment))
            .collect();
        let here = simple.here.as_ref().map(|word| {
            let mut run =
                |script: &str, environment: &mut Environment| self.substitute(script, environment);
            environment.text(word, &mut run as &mut Substitute<'_>)
        });
        let input = simple
            .input
            .iter()
            .flat_map(|word| self.expand(word, false, environment))
            .next();
        let read = input
            .as_ref()
            .and_then(|file| environment.files.get(file).cloned());
        let stdin = here.or(read).or(stdin);
        let mut ran = match &simple.group {
            Some(group) if words.is_empty() => group.clone(),
            _ => self.run(&words, stdin.as_deref(), environment),
        };
        if let Some(input) = input.filter(|input| input.starts_with(['<', '/', '~', '.'])) {
            ran.line = format!("{} < {}", ran.line, operand(&input));
        }
        for file in outputs {
            let file = operand(&file);
            ran.line = format!("{} > {file}", ran.line).trim_start().to_owned();
            if let Some(output) = ran.output.take() {
                environment.files.insert(file, output);
            } else if ran.line.starts_with("curl ") || ran.line.starts_with("wget ") {
                environment.fetched.insert(file, ran.line.clone());
            }
        }
        ran
    }

    fn expand(
        &mut self,
        word: &Word,
        is_command: bool,
        environment: &mut Environment,
    ) -> Vec<String> {
        let mut run =
            |script: &str, environment: &mut Environment| self.substitute(script, environment);
        environment.fields(word, is_command, &mut run as &mut Substitute<'_>)
    }

    /// The words of a command after expansion; assignments in front take effect.
    fn fields(&mut self, words: &[Word], environment: &mut Environment) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        for word in words {
            let first = fields.iter().all(String::is_empty);
            if let Some((name, value)) = assignment(word) {
                let mut run = |script: &str, environment: &mut Environment| {
                    self.substitute(script, environment)
                };
                let value = environment.text(&value, &mut run as &mut Substitute<'_>);
                if first || declares(&fields) {
                    environment.set(&name, value);
                    continue;
                }
                fields.push(format!("{name}={value}"));
                continue;
            }
            fields.extend(self.expand(word, first, environment));
        }
        fields
    }

    /// What a substitution puts in its place, or how its script reads.
    fn substitute(
        &mut self,
        script: &str,
        environment: &mut Environment,
    ) -> Result<String, String> {
        let before = self.lines.len();
        let output = self.script(script, environment);
        output.ok_or_else(|| {
            self.lines[before.min(self.lines.len())..]
                .last()
                .cloned()
                .unwrap_or_default()
        })
    }

    /// Runs words: what they are, what they write, and what else they run.
    fn run(&mut self, words: &[String], stdin: Option<&str>, environment: &mut Environment) -> Ran {
        let given = words.len();
        let mut words = core(words);
        if let [script] = words.as_slice() {
            // `watch` and its like take a command as one word.
            if given > 1 && script.contains(' ') {
                let script = script.clone();
                let output = self.script(&script, environment);
                return Ran {
                    line: String::new(),
                    output,
                };
            }
        }
        if let Some(alias) = words.first().and_then(|name| self.aliases.get(name)) {
            words = alias
                .split_whitespace()
                .map(str::to_owned)
                .chain(words[1..].iter().cloned())
                .collect();
        }
        let Some(name) = words.first().map(|name| super::known::command(name)) else {
            return Ran {
                line: String::new(),
                output: stdin.map(str::to_owned).or(Some(String::new())),
            };
        };
        words[0] = name.clone();
        locate(&mut words, environment);
        let nested = self.nested(&name, &words, stdin, environment);
        self.remember(&name, &words, environment);
        let output = nested.or_else(|| {
            match environment
                .files
                .get(words.get(1).map_or("", String::as_str))
            {
                Some(content) if name == "cat" && words.len() == 2 => Some(content.clone()),
                _ => filters::output(&words, stdin),
            }
        });
        let mut line = line(&words);
        if let Some(file) = fetch::saved(&words) {
            let file = operand(&file);
            environment.fetched.insert(file.clone(), line.clone());
            line = format!("{line} > {file}");
        }
        Ran { line, output }
    }

    /// Shows a file that was fetched and is run now as the pipeline that it amounts to.
    fn run_fetched(&mut self, by: &str, file: &str, environment: &Environment) {
        if let Some(how) = environment.fetched.get(&operand(file)) {
            self.emit(format!("{how} | {by}"));
        }
    }

    /// What a builtin changes for the commands after it.
    fn remember(&mut self, name: &str, words: &[String], environment: &mut Environment) {
        match name {
            "alias" => {
                for (name, value) in words[1..].iter().filter_map(|word| word.split_once('=')) {
                    self.aliases.insert(name.to_owned(), value.to_owned());
                }
            }
            "for" | "select" if words.len() > 3 => environment.set(&words[1], words[3..].join(" ")),
            "set" if words.get(1).is_some_and(|word| word == "--") => {
                for (at, word) in words[2..].iter().enumerate() {
                    environment.set(&(at + 1).to_string(), word.clone());
                }
                environment.set("@", words[2..].join(" "));
                environment.set("*", words[2..].join(" "));
            }
            "printf" if words.get(1).is_some_and(|word| word == "-v") && words.len() > 3 => {
                let rest: Vec<String> = std::iter::once(name.to_owned())
                    .chain(words[3..].iter().cloned())
                    .collect();
                if let Some(value) = filters::output(&rest, None) {
                    environment.set(&words[2], value);
                }
            }
            _ => {}
        }
    }

    /// Runs what the command itself runs; what that writes, if it can be told.
    fn nested(
        &mut self,
        name: &str,
        words: &[String],
        stdin: Option<&str>,
        environment: &mut Environment,
    ) -> Option<String> {
        if is_shell(name) {
            return self.shell(words, stdin, environment);
        }
        match name {
            "eval" => return self.script(&words[1..].join(" "), environment),
            "source" | "." => return self.file(words.get(1)?, stdin, environment),
            "xargs" | "parallel" => return self.xargs(words, stdin, environment),
            "find" | "fd" => self.find(words, environment),
            "ssh" => self.after_host(words, environment),
            "ansible" | "salt" | "pssh" | "pdsh" | "clush" | "su" | "runuser" | "script"
            | "tmux" | "screen" | "trap" | "watch" | "at" | "batch" | "make" => {
                for word in words[1..].iter().filter(|word| word.contains(' ')) {
                    self.script(word, environment);
                }
                if let Some(stdin) = stdin {
                    self.script(stdin, environment);
                }
            }
            "crontab" => {
                for command in crontab(stdin.unwrap_or_default()) {
                    self.script(&command, environment);
                }
            }
            _ => {}
        }
        self.run_fetched("sh", name, environment);
        match (name, words) {
            ("mv" | "cp" | "install", [_, .., from, to]) => {
                if let Some(how) = environment.fetched.get(&operand(from)).cloned() {
                    environment.fetched.insert(operand(to), how);
                }
            }
            _ if is_interpreter(name) => {
                let file = words[1..].iter().find(|word| !word.starts_with('-'));
                self.run_fetched("sh", file.map_or("", String::as_str), environment);
            }
            _ => {}
        }
        if let Some(content) = environment.files.get(&operand(name)).cloned() {
            return self.script(&content, environment);
        }
        self.arguments(name, words, stdin, environment);
        None
    }

    /// Scripts that stand in arguments of whatever command.
    fn arguments(
        &mut self,
        name: &str,
        words: &[String],
        stdin: Option<&str>,
        environment: &mut Environment,
    ) {
        let code = words[1..]
            .iter()
            .map(String::as_str)
            .chain(stdin.filter(|_| is_interpreter(name)));
        let mut scripts: Vec<String> = code
            .filter(|text| text.contains('('))
            .flat_map(calls)
            .collect();
        let assigned = |word: &String| carried(word).map(str::to_owned);
        scripts.extend(words[1..].iter().filter_map(assigned));
        for (at, word) in words.iter().enumerate().skip(1) {
            if is_shell(base(word))
                && words.len() > at + 1
                && !matches!(
                    name,
                    "echo" | "printf" | "grep" | "which" | "type" | "apt-get" | "apt" | "brew"
                )
            {
                self.shell(&words[at..], None, environment);
                break;
            }
        }
        let carries = matches!(
            name,
            "docker"
                | "podman"
                | "kubectl"
                | "oc"
                | "lxc"
                | "vagrant"
                | "wsl"
                | "multipass"
                | "distrobox"
                | "docker-compose"
        );
        if carries {
            let from = words
                .iter()
                .skip(2)
                .position(|word| RUN_INSIDE.contains(&base(word)));
            if let Some(from) = from {
                let ran = self.run(&words[from + 2..], None, environment);
                self.emit(ran.line);
            }
        }
        for script in scripts {
            self.script(&script, environment);
        }
    }

    fn shell(
        &mut self,
        words: &[String],
        stdin: Option<&str>,
        environment: &mut Environment,
    ) -> Option<String> {
        let mut at = 1;
        while let Some(word) = words
            .get(at)
            .filter(|word| word.starts_with('-') || word.starts_with('+'))
        {
            let takes_script = !word.starts_with("--") && word.contains('c');
            at += if matches!(
                word.as_str(),
                "-o" | "+o" | "-O" | "--rcfile" | "--init-file"
            ) {
                2
            } else {
                1
            };
            if takes_script {
                let script = words.get(at)?;
                for (n, value) in words[at + 1..].iter().enumerate() {
                    environment.set(&n.to_string(), value.clone());
                }
                return self.script(script, environment);
            }
        }
        match words.get(at) {
            None => self.script(stdin?, environment),
            Some(file) => self.file(file, stdin, environment),
        }
    }

    fn file(
        &mut self,
        file: &str,
        stdin: Option<&str>,
        environment: &mut Environment,
    ) -> Option<String> {
        if matches!(file, "/dev/stdin" | "-" | "/dev/fd/0" | "/proc/self/fd/0") {
            return self.script(stdin?, environment);
        }
        self.run_fetched("sh", file, environment);
        let content = environment.files.get(&operand(file)).cloned()?;
        self.script(&content, environment)
    }

    fn xargs(
        &mut self,
        words: &[String],
        stdin: Option<&str>,
        environment: &mut Environment,
    ) -> Option<String> {
        let mut at = 1;
        let mut replace = None;
        let whole_lines = words
            .iter()
            .any(|word| matches!(word.as_str(), "-0" | "--null" | "-d" | "-I"));
        while let Some(word) = words.get(at).filter(|word| word.starts_with('-')) {
            let value = words.get(at + 1).cloned();
            let takes = matches!(
                word.as_str(),
                "-n" | "-P" | "-d" | "-L" | "-s" | "-a" | "-I" | "-i" | "-E" | "-j"
            );
            if word == "-I" {
                replace = value;
            } else if let Some(own) = word.strip_prefix("-I") {
                replace = Some(own.to_owned());
            }
            at += if takes { 2 } else { 1 };
        }
        let command = words.get(at..).filter(|rest| !rest.is_empty())?;
        let command: Vec<String> = command
            .iter()
            .take_while(|word| *word != ":::")
            .cloned()
            .collect();
        let given: Vec<String> = match words.iter().position(|word| word == ":::") {
            Some(at) => words[at + 1..].to_vec(),
            None => stdin
                .unwrap_or_default()
                .split(|c: char| {
                    if whole_lines {
                        matches!(c, '\0' | '\n')
                    } else {
                        c.is_whitespace()
                    }
                })
                .map(|word| word.trim_matches(['"', '\'']).to_owned())
                .filter(|word| !word.is_empty())
                .collect(),
        };
        let all: Vec<String> = match replace {
            Some(mark) if !mark.is_empty() && !given.is_empty() => command
                .iter()
                .map(|word| word.replace(&mark, &given.join(" ")))
                .collect(),
            _ => command.into_iter().chain(given).collect(),
        };
        let ran = self.run(&all, None, environment);
        self.emit(ran.line);
        ran.output
    }

    fn find(&mut self, words: &[String], environment: &mut Environment) {
        let starts: Vec<usize> = words
            .iter()
            .enumerate()
            .filter(|(_, word)| {
                matches!(
                    word.as_str(),
                    "-exec" | "-execdir" | "-ok" | "-okdir" | "-x"
                )
            })
            .map(|(at, _)| at)
            .collect();
        let roots: Vec<&String> = words[1..]
            .iter()
            .take_while(|word| !word.starts_with('-'))
            .collect();
        let root = roots.first().map_or(".", |root| root.as_str());
        // What is found by name is in the folder; without a filter it is the folder.
        let filtered = words
            .iter()
            .any(|word| word.len() > 1 && FILTERS.contains(&word.as_str()));
        let found = if filtered {
            format!("{}/{{}}", root.trim_end_matches('/'))
        } else {
            root.to_owned()
        };
        for start in starts {
            let inner = words[start + 1..]
                .iter()
                .take_while(|word| !matches!(word.as_str(), ";" | "+"));
            let inner: Vec<String> = inner.map(|word| word.replace("{}", &found)).collect();
            let ran = self.run(&inner, None, environment);
            self.emit(ran.line);
        }
    }

    fn after_host(&mut self, words: &[String], environment: &mut Environment) {
        const VALUES: &str = "-p -i -l -o -F -L -R -D -J -b -c -e -m -w";
        let mut at = 1;
        while let Some(word) = words.get(at).filter(|word| word.starts_with('-')) {
            at += if VALUES.split(' ').any(|option| option == word) {
                2
            } else {
                1
            };
        }
        if let Some(rest) = words.get(at + 1..).filter(|rest| !rest.is_empty()) {
            self.script(&rest.join(" "), environment);
        }
    }
}

/// Conditions of `find` that keep most of what is there.
const FILTERS: [&str; 14] = [
    "-name",
    "-iname",
    "-path",
    "-ipath",
    "-wholename",
    "-regex",
    "-iregex",
    "-mtime",
    "-mmin",
    "-newer",
    "-size",
    "-empty",
    "-atime",
    "-user",
];

/// Bytes of a path; systems take no more (PATH_MAX).
const LONGEST_PATH: usize = 4096;

/// Commands whose operands are files, so that the folder they run in matters.
const ON_FILES: [&str; 22] = [
    "rm", "shred", "chmod", "chown", "find", "cat", "less", "more", "head", "tail", "base64",
    "xxd", "strings", "cp", "mv", "tar", "tee", "truncate", "unlink", "grep", "sed", "zip",
];

/// Remembers the folder that `cd` goes to, and shows where the operands of other commands are.
fn locate(words: &mut [String], environment: &mut Environment) {
    let name = words[0].clone();
    let folder = environment.folder.clone();
    let within = |word: &str| match &folder {
        Some(folder) if !word.starts_with(['/', '~', '$', '-', '<']) => {
            format!("{}/{word}", folder.trim_end_matches('/'))
        }
        _ => word.to_owned(),
    };
    if matches!(name.as_str(), "cd" | "pushd") {
        let target = words
            .iter()
            .skip(1)
            .find(|word| !word.starts_with('-'))
            .map_or("~", String::as_str);
        environment.folder = Some(operand(&within(target)))
            .filter(|folder| folder.starts_with(['/', '~', '.']) && folder.len() < LONGEST_PATH);
    } else if folder.is_some() && ON_FILES.contains(&name.as_str()) {
        // The first operands of these are no files.
        let skip = match name.as_str() {
            "chmod" | "chown" | "grep" | "sed" => words
                .iter()
                .skip(1)
                .position(|word| !word.starts_with('-'))
                .map_or(words.len(), |at| at + 2),
            _ => 1,
        };
        for word in words
            .iter_mut()
            .skip(skip)
            .take_while(|word| name != "find" || !word.starts_with('-'))
        {
            *word = within(word);
        }
    }
}

/// Commands that are looked for behind `docker exec` and its like.
const RUN_INSIDE: [&str; 12] = [
    "rm", "dd", "cat", "curl", "wget", "nc", "chmod", "chown", "mkfs", "shred", "printenv", "eval",
];

/// `name=value` at the beginning of a word.
fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some(Part::Text {
        text,
        quoted: false,
    }) = word.0.first()
    else {
        return None;
    };
    let (name, value) = text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let valid = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    valid.then(|| {
        let mut parts = vec![Part::Text {
            text: value.to_owned(),
            quoted: false,
        }];
        parts.extend(word.0[1..].iter().cloned());
        (name.to_owned(), Word(parts))
    })
}

fn declares(fields: &[String]) -> bool {
    let first = fields.iter().find(|field| !field.is_empty());
    first.is_some_and(|first| {
        matches!(
            first.as_str(),
            "export" | "declare" | "local" | "readonly" | "typeset"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::lines;

    /// Each of these runs `rm -rf /`, one way or another.
    #[test]
    fn one_command_in_many_ways() {
        for script in [
            "rm -rf /",
            "'r'm -rf /",
            "r\"\"m -rf /",
            "\\rm -rf /",
            "r\\m -rf /",
            "$'\\x72m' -rf /",
            "rm${IFS}-rf${IFS}/",
            "rm$IFS-rf$IFS/",
            "rm\t-rf  /",
            "X=rm; $X -rf /",
            "X=1 rm -rf /",
            "a=r b=m; $a$b -rf /",
            "/bin/rm -rf /",
            "sh -c 'rm -rf /'",
            "bash -lc \"rm -rf /\"",
            "env rm -rf /",
            "sudo -n rm -rf /",
            "eval 'rm -rf /'",
            "eval rm -rf /",
            "echo cm0gLXJmIC8= | base64 -d | sh",
            "base64 -d <<< cm0gLXJmIC8= | bash",
            "sh <<EOF\nrm -rf /\nEOF",
            "bash <<< 'rm -rf /'",
            "rm \\\n-rf /",
            "rm --recursive --force /",
            "rm -r -f /",
            "rm / -rf",
            "rm -fr -- /",
            "rm -rf //",
            "{rm,-rf,/}",
            "$(echo rm) -rf /",
            "`echo rm` -rf /",
            "true; rm -rf /",
            "cd /tmp && rm -rf /",
            "(rm -rf /)",
            "{ rm -rf /; }",
            "if true; then rm -rf /; fi",
            "rm -rf / # tidy up",
            "rm -rf / >/dev/null 2>&1",
            ">/dev/null rm -rf /",
            "echo / | xargs rm -rf",
            "find / -exec rm -rf {} +",
            "timeout 5 rm -rf /",
            "nohup rm -rf / &",
            "x='rm -rf /'; sh -c \"$x\"",
            "python3 -c \"import os; os.system('rm -rf /')\"",
            "printf 'rm -rf /' | sh",
            "bash -c \"$(echo cm0gLXJmIC8= | base64 -d)\"",
            "source <(echo rm -rf /)",
            "alias x='rm -rf'; x /",
            "echo 'rm -rf /' > x.sh; bash x.sh",
            "set -- rm -rf /; \"$@\"",
            "ssh host 'rm -rf /'",
            "r${x}m -rf /",
            "r$@m -rf /",
            "/b?n/r[m] -rf /",
            "for d in /; do rm -rf $d; done",
            "f() { rm -rf /; }; f",
            "a=(rm -rf /); ${a[@]}",
            "echo '/ fr- mr' | rev | sh",
            "rm -rf \"/\"",
            "rm -rf ''/",
            "${X:-rm} -rf /",
            "docker exec c sh -c 'rm -rf /'",
            "trap 'rm -rf /' EXIT",
            "command rm -rf /",
            "sudo -u root -- sh -c 'rm -rf /'",
            "cat <<'E' | sh\nrm -rf /\nE",
            "watch -n 1 'rm -rf /'",
            "echo '* * * * * rm -rf /' | crontab -",
            "git -c alias.x='!rm -rf /' x",
            "${BASH:0:0}rm -rf /",
            "echo rm -rf / | sh -s",
            "ｒｍ -rf /",
        ] {
            let seen = super::super::see(script, crate::Surface::Command);
            assert!(
                seen.lines()
                    .any(|line| line == "rm -f -r /" || line.starts_with("rm -f -r / > ")),
                "{script:?} reads {seen:?}"
            );
        }
    }

    #[test]
    fn other_commands_stay_what_they_are() {
        for (script, expected) in [
            ("rm -rf ./build", "rm -f -r build"),
            ("rm -rf \"$BUILD\"/", "rm -f -r $BUILD/"),
            ("echo 'rm -rf /'", "echo rm -rf /"),
            (
                "git commit -m 'never rm -rf /'",
                "git commit -m never rm -rf /",
            ),
            ("ls -la | grep x", "ls -la | grep x"),
            (
                "curl -fsSL https://a.example/i.sh | sudo bash -s -- -y",
                "curl -fsSL https://a.example/i.sh | bash -s -- -y",
            ),
            (
                "bash -c \"$(curl -fsSL https://a.example/i)\"",
                "curl -fsSL https://a.example/i\ncurl -fsSL https://a.example/i\n$(curl -fsSL https://a.example/i)\nbash -c $(curl -fsSL https://a.example/i)",
            ),
            ("echo x > /dev/sda", "echo x > /dev/sda"),
            (
                "bash <(curl -s https://a.example/i)",
                "curl -s https://a.example/i\nbash <(curl -s https://a.example/i)",
            ),
        ] {
            assert_eq!(lines(script), expected);
        }
    }

    #[test]
    fn hostile_texts_end() {
        let nested = "$(".repeat(20_000);
        let doubling: String = (0..40).map(|n| format!("a{}=$a{n}$a{n};", n + 1)).collect();
        let braces = "{a,b}".repeat(200);
        let quotes = "'\"`$(<".repeat(20_000);
        for script in [
            nested,
            format!("a0=xxxxxxxx;{doubling} $a40"),
            braces,
            quotes,
            "<<E ".repeat(10_000),
        ] {
            assert!(lines(&script).len() <= 4 * script.len() + (128 << 10));
        }
    }
}
