//! Names the shared library; with `headers`, also writes the C header to `OUT_DIR`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libjellyward.so");
    }
    #[cfg(feature = "headers")]
    header()?;
    Ok(())
}

/// Reads the exports in `src/ffi` with cbindgen.
#[cfg(feature = "headers")]
fn header() -> Result<(), Box<dyn std::error::Error>> {
    use std::path::PathBuf;
    use std::{env, fs};

    println!("cargo:rerun-if-changed=src/ffi");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut source = String::new();
    for file in ["types", "engine", "totp", "recovery", "password", "token"] {
        let text = fs::read_to_string(format!("src/ffi/{file}.rs"))?;
        for line in text.lines().filter(|line| !line.starts_with("//!")) {
            source.push_str(line);
            source.push('\n');
        }
    }
    let source = source
        // cbindgen knows `no_mangle`, not `ffi_export`; both export the same function.
        .replace("#[ffi_export]\npub fn", "#[unsafe(no_mangle)]\npub extern \"C\" fn")
        // What Rust must take as any number, C may call by its name.
        .replace("JwAnswer", "JwStatus");
    fs::write(out.join("abi.rs"), source)?;

    cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file("cbindgen.toml")?)
        .with_src(out.join("abi.rs"))
        .generate()?
        .write_to_file(out.join("jellyward.h"));
    Ok(())
}
