//! Names the shared library and keeps it loadable on older systems; with `headers`, also writes the C header to
//! `OUT_DIR`.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libjellyward.so");
    }
    old_glibc()?;
    #[cfg(feature = "headers")]
    header()?;
    Ok(())
}

fn out() -> Result<PathBuf, Box<dyn Error>> {
    Ok(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?.into())
}

/// What glibc 2.32 and 2.34 moved from libpthread and libdl into libc, under a new version. The old one is still there.
const MOVED: [&str; 18] = [
    "dlclose",
    "dlerror",
    "dlopen",
    "dlsym",
    "pthread_attr_getguardsize",
    "pthread_attr_getstack",
    "pthread_attr_setstacksize",
    "pthread_create",
    "pthread_detach",
    "pthread_getattr_np",
    "pthread_join",
    "pthread_key_create",
    "pthread_key_delete",
    "pthread_mutex_trylock",
    "pthread_mutexattr_destroy",
    "pthread_mutexattr_init",
    "pthread_mutexattr_settype",
    "pthread_setspecific",
];

/// The same, of functions that are younger than x86-64, and the version they came with.
const MOVED_LATER: [(&str, &str); 1] = [("pthread_setname_np", "GLIBC_2.12")];

/// Functions of glibc 2.33, and what its headers called before with a leading version number.
const STATS: [(&str, &str); 3] = [("stat64", "__xstat64"), ("lstat64", "__lxstat64"), ("fstat64", "__fxstat64")];

/// The version of everything that was there when x86-64 was new.
const OLDEST: &str = "GLIBC_2.2.5";

/// A library linked on a new system would ask for that system's glibc, only because it names the newest version of
/// functions that are all much older. Each is led through a jump that names the oldest version instead, so that the
/// library loads from glibc 2.31 on. `tests/abi.rs` reads what came of it.
fn old_glibc() -> Result<(), Box<dyn Error>> {
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let mut assembler = String::new();
    if (target("OS"), target("ENV"), target("ARCH")) == ("linux".into(), "gnu".into(), "x86_64".into()) {
        // Before 2.34 the moved ones are there.
        println!("cargo:rustc-cdylib-link-arg=-Wl,--push-state,--no-as-needed");
        println!("cargo:rustc-cdylib-link-arg=-l:libpthread.so.0");
        println!("cargo:rustc-cdylib-link-arg=-l:libdl.so.2");
        println!("cargo:rustc-cdylib-link-arg=-Wl,--pop-state");
        for name in MOVED {
            assembler += &jump(name, name, OLDEST, "");
        }
        for (name, version) in MOVED_LATER {
            assembler += &jump(name, name, version, "");
        }
        for (name, old) in STATS {
            // One more argument in front: the layout's version, 1 on x86-64.
            assembler += &jump(name, old, OLDEST, "mov rdx, rsi\n mov rsi, rdi\n mov edi, 1");
        }
    }
    fs::write(out()?.join("glibc.s"), assembler)?;
    Ok(())
}

/// Makes every call of `name` in the library a call of `old` in that version.
fn jump(name: &str, old: &str, version: &str, before: &str) -> String {
    println!("cargo:rustc-cdylib-link-arg=-Wl,--wrap={name}");
    format!(
        ".pushsection .text.jellyward_{name}, \"ax\", @progbits
.globl __wrap_{name}
.hidden __wrap_{name}
.type __wrap_{name}, @function
__wrap_{name}:
 {before}
 jmp jellyward_old_{name}@PLT
.symver jellyward_old_{name}, {old}@{version}
.popsection
"
    )
}

/// Reads the exports in `src/ffi` with cbindgen.
#[cfg(feature = "headers")]
fn header() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/ffi");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    let mut source = String::new();
    for file in ["types", "engine", "totp", "recovery", "passkey", "password", "token", "cookie", "smtp"] {
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
    let input = out()?.join("abi.rs");
    fs::write(&input, source)?;

    cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file("cbindgen.toml")?)
        .with_src(input)
        .generate()?
        .write_to_file(out()?.join("jellyward.h"));
    Ok(())
}
