use super::{Shown, lines};

/// Each of these runs `rm -rf /`, one way or another.
#[test]
fn one_command_in_many_ways() {
    for script in [
        "rm -rf /",
        "'r'm -rf /",
        "IFS=_; c=rm_-rf_/; $c",
        "x=rm; x=1 y=2 x=3 $x -rf /",
        "x=rm sh -c '$x -rf /'",
        "r=rm; r+=' -rf /'; $r",
        "perl -e 'exec q(rm -rf /)'",
        "awk '{print | \"rm -rf /\"}' f",
        "xterm -e rm -rf /",
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
        ("f(){ rm \"$1\"; }; f /", "rm\nrm\nrm /"),
        (
            "bash <(curl -s https://a.example/i)",
            "curl -s https://a.example/i\nbash <(curl -s https://a.example/i)",
        ),
    ] {
        assert_eq!(lines(script, Shown::Bare), expected);
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
        "f(){ ".repeat(20_000),
        format!("f(){{ {} }};f", "f;".repeat(20_000)),
    ] {
        assert!(lines(&script, Shown::Bare).len() <= 4 * script.len() + (128 << 10));
    }
}
