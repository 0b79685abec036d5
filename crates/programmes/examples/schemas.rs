//! Writes the JSON Schemas under a directory: `cargo run -p pacte-programmes --example schemas -- pacts/schemas`.

use std::path::PathBuf;
use std::{env, fs, io};

use pacte_programmes::schema::{KINDS, text};

fn main() -> io::Result<()> {
    let directory = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "pacts/schemas".to_owned()));
    fs::create_dir_all(&directory)?;
    for (name, kind) in KINDS {
        fs::write(directory.join(format!("{name}.json")), text(kind))?;
    }
    Ok(())
}
