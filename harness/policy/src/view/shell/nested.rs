//! What a command itself runs: scripts in its arguments, commands behind it, files.

use super::canonical::operand;
use super::carriers::{calls, carried, crontab, is_interpreter, is_shell};
use super::expand::Environment;
use super::languages;
use super::run::Runner;
use super::wrapper::base;

impl Runner {
    /// Runs what the command itself runs; what that writes, if it can be told.
    pub(super) fn nested(
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
        let given = words[1..].iter().map(String::as_str);
        let code = given.clone().chain(stdin.filter(|_| is_interpreter(name)));
        let mut scripts: Vec<String> = code
            .filter(|text| text.contains('('))
            .flat_map(calls)
            .collect();
        let code = given.chain(stdin);
        scripts.extend(code.flat_map(|text| languages::scripts(name, text)));
        if let Some(command) = languages::in_terminal(name, words) {
            let ran = self.run(command, None, environment);
            self.emit(ran.line);
        }
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

/// Commands that are looked for behind `docker exec` and its like.
const RUN_INSIDE: [&str; 12] = [
    "rm", "dd", "cat", "curl", "wget", "nc", "chmod", "chown", "mkfs", "shred", "printenv", "eval",
];
