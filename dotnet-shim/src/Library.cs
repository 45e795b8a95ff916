namespace Jellyfin.Plugin.Jellyward;

/// <summary>Finds, loads and checks the native library beside the plugin.</summary>
internal static class Library {
    /// <summary>Not named .dll: Jellyfin takes every such file for an assembly and gives the plugin up.</summary>
    private static readonly string Native = Path.Combine(Path.GetDirectoryName(typeof(Library).Assembly.Location)!, "native", Platform, "jellyward.bin");
    private static nint _handle;

    /// <summary>The file was replaced while this process has the old one mapped.</summary>
    public static bool Replaced => OperatingSystem.IsLinux() && File.ReadLines("/proc/self/maps").Any(line => line.EndsWith($"{Native} (deleted)", StringComparison.Ordinal));

    private static string System => OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : RuntimeInformation.RuntimeIdentifier.Contains("musl") ? "linux-musl" : "linux";
    private static string Platform => $"{System}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Loads at once, so that a missing file or function is known before anybody signs in.</summary>
    public static void Load() {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, _, _) => name == Lib.Name ? _handle : 0);
        _handle = NativeLibrary.Load(Native);
        if (Lib.jw_abi_version() is var found && found != Lib.AbiVersion) {
            throw new NotSupportedException($"{Native} speaks ABI {found}, the plugin {Lib.AbiVersion}: reinstall the plugin");
        }
        foreach (var function in typeof(Lib).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Where(method => method.Name.StartsWith("jw_engine_", StringComparison.Ordinal))) {
            NativeLibrary.GetExport(_handle, function.Name);
        }
    }
}
