namespace Jellyfin.Plugin.Jellyward;

/// <summary>The way back in for whoever owns the machine, without the library: a file holding the value of the rescue id beside
/// it gives stock logins for a while, once. (<c>cp rescue-id unlock</c>)</summary>
internal sealed class Unlock(Ward ward) {
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode OthersReadOrWrite = OthersWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int Longest = 256;
    private readonly Lock _taking = new();
    private long _until;

    /// <summary>When the door closes again; null while it is closed.</summary>
    public DateTime? Until => new DateTime(Interlocked.Read(ref _until), DateTimeKind.Utc) is var until && until > DateTime.UtcNow ? until : null;

    /// <summary>Are logins stock right now? Takes the file when it lies there.</summary>
    public bool Holds(HttpContext? http) {
        try {
            var file = Path.Combine(ward.Data, Lib.UnlockFile);
            if (Until is null && File.Exists(file)) { Take(file, http); }
        } catch (Exception e) { ward.Log.LogError(e, "The unlock file was not accepted"); }
        return Until is not null;
    }

    private void Take(string file, HttpContext? http) {
        lock (_taking) {
            if (Until is not null) { return; }
            var rescue = Read(Path.Combine(ward.Data, Lib.RescueFile), OthersReadOrWrite);
            var same = rescue.Length > 0 && CryptographicOperations.FixedTimeEquals(rescue, Read(file, OthersWrite));
            if (!same) { throw new IOException($"{file} has to hold what {Lib.RescueFile} holds"); }
            // Once only: what cannot be moved out of the way does not count.
            File.Move(file, Path.Combine(ward.Data, Lib.UsedUnlockFile + DateTime.UtcNow.ToString(Lib.UsedUnlockTime, CultureInfo.InvariantCulture)), overwrite: true);
            var until = DateTime.UtcNow.AddMinutes(Lib.UnlockMinutes);
            Interlocked.Exchange(ref _until, until.Ticks);
            ward.Log.LogCritical("{Text} {Until:u}. First sign-in from {Address}", Texts.Unlocked, until, http?.GetNormalizedRemoteIP());
        }
    }

    /// <summary>The text of a short regular file that nobody else could have put there.</summary>
    private static byte[] Read(string path, UnixFileMode forbidden) {
        // A pipe or device has no length, and opening one could wait for ever.
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: > 0 and <= Longest }) {
            throw new IOException($"{path} is no short regular file");
        }
        using var handle = File.OpenHandle(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(handle) & forbidden) != 0) {
            throw new IOException($"{path} is open to other accounts of this machine: chmod 600 it");
        }
        var bytes = new byte[Longest];
        return Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(handle, bytes, 0)).Trim());
    }
}
