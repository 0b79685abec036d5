//! Lists the definitions under `pacts/` that the binary carries: facts, vocabulary, every programme folder and every pact.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let pacts = manifest.join("../../pacts").canonicalize()?;
    let mut files = vec![pacts.join("facts.yaml"), pacts.join("vocabulary.yaml")];
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    walk(&pacts.join("programmes"), &mut files)?;
    walk(&pacts.join("pactes"), &mut files)?;
    files.sort();
    let mut code = "&[\n".to_owned();
    for file in &files {
        let parts = file.strip_prefix(&pacts).unwrap_or(file).components();
        let name: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
        let Some(path) = file.to_str() else { return Err(io::Error::other("a path that is not UTF-8")) };
        let _ = writeln!(code, "    ({:?}, include_str!({path:?})),", name.join("/"));
    }
    code.push(']');
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("shipped.rs"), code)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "typ") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}
