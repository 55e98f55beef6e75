//! The private folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use hookproof_process::Scratch;

#[test]
fn it_is_private_complete_and_gone_afterwards() {
    let scratch = Scratch::new("hookproof-scratch-").expect("a folder");
    let path = scratch.path().to_owned();
    assert_eq!(
        fs::metadata(&path).expect("it exists").permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(path.canonicalize().expect("it exists"), path);
    for (name, folder) in scratch.env() {
        let folder = std::path::PathBuf::from(folder);
        assert!(folder.is_dir() && folder.starts_with(&path), "{name:?}");
    }
    assert!(scratch.work().is_dir() && scratch.home().is_dir() && scratch.tmp().is_dir());
    fs::write(scratch.home().join("file"), "x").expect("written");
    fs::set_permissions(scratch.home(), fs::Permissions::from_mode(0o000)).expect("a mode");
    drop(scratch);
    assert!(!path.exists());
}

#[test]
fn it_can_be_kept() {
    let scratch = Scratch::new("hookproof-scratch-").expect("a folder");
    let path = scratch.keep();
    assert!(path.is_dir());
    fs::remove_dir_all(path).expect("removed");
}
