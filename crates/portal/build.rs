//! Has the portal's styles and scripts bundled by Node, and writes the list that `src/assets.rs` compiles in.
//!
//! `npm ci` runs once for each state of `web/package-lock.json`, `npm run build` when something under `web/` changed.
//! A packager without network sets `PACTE_WEB_DIST` to a directory built beforehand with `npm run build`.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

const ADVICE: &str = "Pacte bundles its styles and scripts with Node.js (18 or later) and npm when it is built.\n\
    On Debian: apt-get install nodejs npm, or run « make demo », which sees to it.\n\
    Without network: build web/ elsewhere (npm ci && npm run build) and set PACTE_WEB_DIST to its dist directory.";

fn main() {
    let web = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../web");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    for path in ["src", "styles", "build.mjs", "package.json", "package-lock.json", ".npmrc"] {
        println!("cargo::rerun-if-changed={}", web.join(path).display());
    }
    println!("cargo::rerun-if-env-changed=PACTE_WEB_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    let dist = if let Some(ready) = env::var_os("PACTE_WEB_DIST") {
        PathBuf::from(ready)
    } else {
        let dist = out.join("web");
        bundle(&web, &dist);
        dist
    };
    let list = list(&dist).unwrap_or_else(|error| fail(&format!("{}: {error}", dist.display())));
    fs::write(out.join("assets.rs"), list).unwrap_or_else(|error| fail(&error.to_string()));
}

/// Tells what went wrong and stops the build.
#[expect(clippy::exit, reason = "a build script has no caller to return to; the message is already given")]
fn fail(problem: &str) -> ! {
    for line in problem.lines().chain(ADVICE.lines()) {
        println!("cargo::error={line}");
    }
    exit(1)
}

fn bundle(web: &Path, dist: &Path) {
    // Two builds at once (tests and clippy, say) would install over each other.
    let guard = env::temp_dir().join(format!("pacte-web-{:016x}.lock", hash(web.to_string_lossy().as_bytes())));
    let guard = File::create(&guard).unwrap_or_else(|error| fail(&format!("{}: {error}", guard.display())));
    guard.lock().unwrap_or_else(|error| fail(&format!("locking web/: {error}")));
    let lock = fs::read(web.join("package-lock.json"))
        .unwrap_or_else(|error| fail(&format!("web/package-lock.json: {error}")));
    let stamp = web.join("node_modules/.pacte-stamp");
    let state = format!("{:016x}", hash(&lock));
    if fs::read_to_string(&stamp).ok().as_deref() != Some(&state) {
        run(web, &["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        fs::write(&stamp, state).unwrap_or_else(|error| fail(&format!("{}: {error}", stamp.display())));
    }
    let target = dist.to_string_lossy().into_owned();
    run(web, &["run", "--silent", "build", "--", "--outdir", &target]);
}

fn run(web: &Path, arguments: &[&str]) {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let done = Command::new(npm).args(arguments).current_dir(web).output();
    let output = done.unwrap_or_else(|error| fail(&format!("npm cannot be run ({error})")));
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        fail(&format!("npm {} failed in web/:\n{}", arguments.join(" "), String::from_utf8_lossy(&text)));
    }
}

/// Hash for names and caches, not for security.
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// The Rust text of the list of files.
fn list(dist: &Path) -> std::io::Result<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !has_extension(&name, "gz") && !has_extension(&name, "br") {
            names.push(name);
        }
    }
    names.sort();
    let mut text = String::from("static ASSETS: &[Asset] = &[\n");
    for name in &names {
        let path = dist.join(name);
        let content = fs::read(&path)?;
        let include = |path: &Path| format!("include_bytes!({:?})", path.display().to_string());
        let compressed = |extension: &str| {
            let path = dist.join(format!("{name}.{extension}"));
            if path.is_file() { format!("Some({})", include(&path)) } else { "None".to_owned() }
        };
        let digest = format!("{:016x}", hash(&content));
        let _ = writeln!(
            text,
            "    Asset {{ name: {name:?}, hash: {:?}, media_type: {:?}, bytes: {}, gzip: {}, brotli: {} }},",
            &digest[..10],
            media_type(name),
            include(&path),
            compressed("gz"),
            compressed("br"),
        );
    }
    text.push_str("];\n");
    Ok(text)
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn media_type(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
