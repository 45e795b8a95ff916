using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Jellyward.Plugin.Tests.Support;

/// <summary>Where the things under test are, and how the native stand-ins come about.</summary>
internal static class Places {
    private static readonly ConcurrentDictionary<string, Lazy<string>> Built = new();

    private static readonly Dictionary<string, string> Metadata = typeof(Places).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(entry => entry.Key, entry => entry.Value!);

    /// <summary>Everything the tests write lies in here and goes with the process.</summary>
    public static string Scratch { get; } = MakeScratch();

    /// <summary>The folder of a real server, or null for the host in this repository.</summary>
    public static string? RealServer { get; } = Environment.GetEnvironmentVariable("JELLYFIN_SERVER") is { Length: > 0 } folder ? folder : null;

    public static string Shim => Metadata["ShimFolder"];

    public static string Plugin => Path.Combine(Metadata["Artifacts"], "bin", "Jellyfin.Plugin.Jellyward", Metadata["Configuration"], "Jellyfin.Plugin.Jellyward.dll");

    public static string Neighbour => Path.Combine(Metadata["Artifacts"], "bin", "Neighbour", Metadata["Configuration"], "Neighbour.dll");

    public static string References => Path.Combine(Metadata["Artifacts"], "bin", "MediaBrowser.Controller", Metadata["Configuration"]);

    public static string Server => RealServer is null
        ? Path.Combine(Metadata["Artifacts"], "bin", "Jellyward.TestHost", Metadata["Configuration"], "jellyward-testhost.dll")
        : Path.Combine(RealServer, "jellyfin.dll");

    /// <summary>The library of this repository.</summary>
    public static string Library {
        get {
            var file = Environment.GetEnvironmentVariable("JELLYWARD_LIBRARY") ?? Path.GetFullPath(Path.Combine(Shim, "..", "target", "release", "libjellyward.so"));
            return File.Exists(file) ? file : throw new FileNotFoundException($"build the library first (cargo build --release --lib --no-default-features): {file}");
        }
    }

    /// <summary>A library with the same exports and no rules; <paramref name="flags"/> as its source says.</summary>
    public static string StandIn(params string[] flags) => Built.GetOrAdd(string.Join(' ', flags), key => new(() => {
        var file = Path.Combine(Scratch, $"stand-in-{Built.Count}-{Guid.NewGuid():N}.so");
        Run("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", .. flags, "-I", Path.GetFullPath(Path.Combine(Shim, "..", "include")), "-o", file, Path.Combine(Shim, "tests", "Native", "stand_in.c")]);
        return file;
    })).Value;

    private static string MakeScratch() {
        var folder = Directory.CreateTempSubdirectory("jellyward-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => {
            if (Environment.GetEnvironmentVariable("JELLYWARD_KEEP") is null) {
                Directory.Delete(folder, true);
            }
        };
        return folder;
    }

    public static void Run(string program, IEnumerable<string> arguments) {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} failed: {complaint}");
    }
}

/// <summary>A test that looks at what only the host of this repository shows; a real server is passed by, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostFactAttribute : FactAttribute {
    public HostFactAttribute() => Skip = Places.RealServer is null ? null : "looks into the test host; JELLYFIN_SERVER is a real one";
}

/// <inheritdoc cref="HostFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostTheoryAttribute : TheoryAttribute {
    public HostTheoryAttribute() => Skip = Places.RealServer is null ? null : "looks into the test host; JELLYFIN_SERVER is a real one";
}
