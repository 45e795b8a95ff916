using System.Reflection;
using System.Runtime.InteropServices;
using Jellyward.Native;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>Finds, loads and checks the native library beside the plugin.</summary>
internal static class Library
{
    private static readonly string Folder = Path.GetDirectoryName(typeof(Library).Assembly.Location)!;

    /// <summary>Not named .dll: Jellyfin takes every such file for an assembly and gives the plugin up.</summary>
    private static readonly string File = Path.Combine(Folder, "native", Platform, "jellyward.bin");

    private static nint _handle;

    /// <summary>The file was replaced while this process has the old one mapped.</summary>
    public static bool Replaced => OperatingSystem.IsLinux() && System.IO.File.ReadLines("/proc/self/maps").Any(line => line.EndsWith($"{File} (deleted)", StringComparison.Ordinal));

    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : RuntimeInformation.RuntimeIdentifier.Contains("musl") ? "linux-musl" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>Loads at once, so that a missing file or symbol is known before anybody signs in.</summary>
    public static void Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, _, _) => name == Lib.Name ? _handle : 0);
        _handle = NativeLibrary.Load(File);
        foreach (var method in typeof(Lib).GetMethods(BindingFlags.Static | BindingFlags.NonPublic))
        {
            if (method.GetCustomAttribute<DllImportAttribute>() is not null && !NativeLibrary.TryGetExport(_handle, method.Name, out _))
            {
                throw new EntryPointNotFoundException($"{File} lacks {method.Name}");
            }
        }

        var found = Lib.jw_abi_version();
        if (found != Lib.AbiVersion)
        {
            throw new NotSupportedException($"{File} speaks ABI {found}, the plugin {Lib.AbiVersion}: reinstall the plugin");
        }
    }
}
