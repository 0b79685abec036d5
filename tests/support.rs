//! What every test needs: the binary, a prepared training territory, a served portal, plain HTTP.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

/// The binary under test.
pub(crate) const PACTE: &str = env!("CARGO_BIN_EXE_pacte");

/// Runs `pacte --data DIR args…` and waits for it.
pub(crate) fn pacte(data: &Path, args: &[&str]) -> Output {
    Command::new(PACTE)
        .arg("--data")
        .arg(data)
        .args(args)
        .env_remove("PACTE_DATA")
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts")
}

/// Starts the program and kills it after some milliseconds; false when it was done before.
pub(crate) fn killed_after(delay: u64, data: &Path, args: &[&str]) -> bool {
    let mut child = Command::new(PACTE)
        .arg("--data")
        .arg(data)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(delay));
    if child.try_wait().unwrap().is_some() {
        return false;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// Standard output of a command that must succeed.
pub(crate) fn succeed(data: &Path, args: &[&str]) -> String {
    let output = pacte(data, args);
    assert!(
        output.status.success(),
        "pacte {args:?} failed: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// Standard error of a command that must fail with this exit code.
pub(crate) fn fail(data: &Path, args: &[&str], code: i32) -> String {
    let output = pacte(data, args);
    assert_eq!(output.status.code(), Some(code), "pacte {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stderr).expect("errors are UTF-8")
}

/// Parses the JSON a command printed.
pub(crate) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}"))
}

/// A data directory with the training territory, made once for all tests: read it, never change it.
pub(crate) fn training() -> &'static Path {
    static DIR: OnceLock<TempDir> = OnceLock::new();
    DIR.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        succeed(dir.path(), &["demo", "--no-serve"]);
        dir
    })
    .path()
}

/// The folder of the training territory's files, in their official formats.
pub(crate) fn training_files() -> &'static Path {
    static DIR: OnceLock<TempDir> = OnceLock::new();
    DIR.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        pacte_sources::training::write_official_files(pacte_sources::training::DEFAULT_SEED, dir.path())
            .expect("the generator writes");
        dir
    })
    .path()
}

/// The folder of real files, or `None` after saying loudly that nothing is checked without it.
pub(crate) fn real_files(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PACTE_REAL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("DONNÉES RÉELLES ABSENTES : {test} n’a rien vérifié ({} n’existe pas)", folder.display());
    None
}

/// A data directory with the real files imported and access computed, made once; `None` without real files.
pub(crate) fn real(test: &str) -> Option<&'static Path> {
    static DIR: OnceLock<TempDir> = OnceLock::new();
    let folder = real_files(test)?;
    let dir = DIR.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        succeed(dir.path(), &["import", &folder.to_string_lossy()]);
        succeed(dir.path(), &["access"]);
        dir
    });
    Some(dir.path())
}

/// Copies a folder and all it holds.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a copied file");
        }
    }
}

/// Every file below a folder with its content's hash, in order: two equal listings mean nothing changed.
pub(crate) fn listing(folder: &Path) -> Vec<(PathBuf, blake3::Hash)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.clone(), blake3::hash(&fs::read(&path).expect("a readable file"))));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// A served portal, stopped when dropped.
pub(crate) struct Portal {
    process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Portal {
    /// Serves a data directory on a free port and waits until it answers.
    pub(crate) fn open(data: &Path) -> Self {
        Self::open_with(data, &[])
    }

    /// The same with more arguments.
    pub(crate) fn open_with(data: &Path, more: &[&str]) -> Self {
        let mut process = Command::new(PACTE)
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a piped output")).read_line(&mut line).expect("a line");
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .and_then(|address| address.parse().ok())
            .unwrap_or_else(|| panic!("no address in « {line} »"));
        Self { process, address }
    }

    /// A portal on the training territory shared by all tests.
    pub(crate) fn training() -> &'static Self {
        static PORTAL: OnceLock<Portal> = OnceLock::new();
        PORTAL.get_or_init(|| Self::open(training()))
    }

    /// `GET path`.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.request("GET", path)
    }

    /// Any request without a body.
    pub(crate) fn request(&self, method: &str, path: &str) -> Response {
        let mut stream = TcpStream::connect(self.address).expect("the portal accepts");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        // HTTP/1.0 and no keep-alive: the whole answer, unchunked, then the end.
        write!(stream, "{method} {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).expect("a request");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a complete head");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        Response { status, head, body: bytes[end + 4..].to_vec() }
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // Already stopped is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An answer of the portal.
pub(crate) struct Response {
    /// Status code.
    pub(crate) status: u16,
    /// Status line and headers.
    pub(crate) head: String,
    /// Body.
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}
