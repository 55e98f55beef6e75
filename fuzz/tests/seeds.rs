//! Every target takes its seeds, and every target has some.

use std::fs;
use std::path::Path;

#[test]
fn seeds_hold() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (name, target) in hookproof_fuzz::TARGETS {
        let folder = fs::read_dir(seeds.join(name)).expect("a folder of seeds");
        let mut count = 0;
        for seed in folder {
            target(&fs::read(seed.expect("a seed").path()).expect("a readable seed"));
            count += 1;
        }
        assert!(count >= 3, "{name} has {count} seeds");
    }
}
