//! The examples of README and `docs/abi.md` do what they say, in each of their languages.

#![allow(clippy::unwrap_used)]

#[path = "support/library.rs"]
mod library;
mod source;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use library::library;
use tools::{available, run};

/// The README's one example in that language.
fn example(language: &str) -> String {
    behind("README.md", "", language)
}

/// The first example in that language behind a heading.
fn behind(page: &str, heading: &str, language: &str) -> String {
    let page = source::text(Path::new(page)).unwrap();
    let (_, behind) = page.split_once(heading).unwrap();
    let (_, behind) = behind.split_once(&format!("```{language}\n")).unwrap();
    behind.split_once("```").unwrap().0.to_owned()
}

/// Compiles a C program.
fn compiled(example: &str, folder: &Path) -> PathBuf {
    let (text, program) = (folder.join("example.c"), folder.join("example"));
    fs::write(&text, example).unwrap();
    let include = source::root().join("include");
    run(Command::new("gcc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(include)
        .arg(text)
        .arg("-o")
        .arg(&program)
        .arg(library())
        .arg(format!("-Wl,-rpath,{}", library().parent().unwrap().display())));
    program
}

#[test]
fn the_c_example_runs() {
    if available("gcc", "the README's C example") {
        let folder = tempfile::tempdir().unwrap();
        let program = compiled(&example("c"), folder.path());
        assert_eq!(run(Command::new(program).env_remove("LD_LIBRARY_PATH")), "right\n");
    }
}

#[test]
fn the_host_of_the_abi_page_signs_in_and_answers() {
    if available("gcc", "the host of docs/abi.md") {
        let folder = tempfile::tempdir().unwrap();
        let program = compiled(&behind("docs/abi.md", "## Hosting the engine", "c"), folder.path());
        let mut host = Command::new(program);
        host.arg(folder.path().join("data")).env_remove("LD_LIBRARY_PATH");
        host.env_remove("JELLYWARD_MASTER_KEY").env_remove("JELLYWARD_MASTER_KEY_FILE");
        let printed = run(&mut host);
        let (verdict, head) = printed.split_once('\n').unwrap();
        assert!(verdict.contains("\"outcome\":\"allow\"") && verdict.contains("\"session\":true"), "{printed}");
        assert!(head.contains("\"status\":200") && head.contains("\"session\":false"), "{printed}");
    }
}

#[test]
fn the_python_example_runs() {
    if available("python3", "the README's Python example") {
        let folder = library().parent().unwrap();
        let printed = run(Command::new("python3").arg("-c").arg(example("python")).current_dir(folder));
        assert_eq!(printed, "right\n");
    }
}

#[test]
fn the_csharp_example_runs() {
    if available("dotnet", "the README's C# example") {
        let folder = tempfile::tempdir().unwrap();
        let bindings = source::root().join("bindings/csharp/Native.g.cs");
        let project = format!(
            "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType>\
             <TargetFramework>net9.0</TargetFramework><RollForward>Major</RollForward><UseAppHost>false</UseAppHost>\
             <ImplicitUsings>enable</ImplicitUsings><AllowUnsafeBlocks>true</AllowUnsafeBlocks>\
             <NuGetAudit>false</NuGetAudit></PropertyGroup>\
             <ItemGroup><Compile Include=\"{}\" /></ItemGroup></Project>",
            bindings.display()
        );
        fs::write(folder.path().join("example.csproj"), project).unwrap();
        fs::write(folder.path().join("example.cs"), example("csharp")).unwrap();
        let built = folder.path().join("built");
        run(Command::new("dotnet").args(["build", "--nologo", "-o"]).arg(&built).current_dir(folder.path()));
        fs::copy(library(), built.join("libjellyward.so")).unwrap();
        assert_eq!(run(Command::new("dotnet").arg(built.join("example.dll"))), "right\n");
    }
}
